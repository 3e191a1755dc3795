import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { readConfig } from '../platform/config.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { Database } from '../platform/database/pool.ts';
import { createUser } from '../tenancy/index.ts';
import type { Command } from './command.ts';

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
      console.error('hovedbok user: expected one EMAIL, and nb or en as language');
      return 2;
    }
    const password = randomBytes(15).toString('base64url');
    const opened = await openConnection(readConfig(process.env));
    const database = new Database(await applicationConnection(opened.connection));
    try {
      await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
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
      });
    } finally {
      await database.close();
      await opened.close();
    }
    console.log(`User ${email}, password ${password}`);
    return 0;
  },
};
