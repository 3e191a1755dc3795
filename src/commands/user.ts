import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { createUser } from '../tenancy/index.ts';
import type { Command } from './command.ts';
import { withDatabase } from './with-database.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `user EMAIL [--first-name NAME] [--last-name NAME] [--language nb|en]

Makes a user, the first one of a new installation for example, and prints a random password, once. The user signs in with
it, opens client accounts and invites others. Works beside a running server.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        'first-name': { type: 'string', default: '' },
        'last-name': { type: 'string', default: '' },
        language: { type: 'string', default: 'nb' },
      },
    });
    const [email, ...more] = positionals;
    if (!email || more.length > 0 || !/^[^\s@]+@[^\s@]+$/.test(email) || !['nb', 'en'].includes(values.language)) {
      printError('hovedbok user: expected one EMAIL, and nb or en as language');
      return 2;
    }
    const password = randomBytes(15).toString('base64url');
    await withDatabase((database) =>
      database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
        const id = await createUser(tx, {
          email,
          password,
          firstName: values['first-name'],
          lastName: values['last-name'],
          language: values.language as 'nb' | 'en',
        });
        await tx.execute(sql`
          insert into audit_log (operation, record_type, record_id, after)
          values ('command.user', 'user', ${id}, ${JSON.stringify({ email })})`);
      }),
    );
    print(`User ${email}, password ${password}`);
    return 0;
  },
};
