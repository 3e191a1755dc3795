import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { systemClock } from '../kernel/clock.ts';
import { type Scope, SCOPES } from '../platform/caller.ts';
import type { Database } from '../platform/database/pool.ts';
import { createAccessToken } from '../tenancy/index.ts';
import type { Command } from './command.ts';
import { withDatabase } from './with-database.ts';
import { print, printError } from './print.ts';

export const command: Command = {
  usage: `token --user EMAIL [--name NAME] [--scope SCOPE ...] [--days N]

Makes a personal access token of a user and prints it, once. Scopes: ${SCOPES.join(', ')}; all if none is given.
Valid for 90 days unless --days says otherwise. Works beside a running server.`,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: {
        user: { type: 'string' },
        name: { type: 'string', default: 'command line' },
        scope: { type: 'string', multiple: true },
        days: { type: 'string', default: '90' },
      },
    });
    const scopes = values.scope ?? [...SCOPES];
    const days = Number(values.days);
    const faults = [
      ...(values.user ? [] : ['--user EMAIL is required']),
      ...scopes
        .filter((scope) => !SCOPES.includes(scope as Scope))
        .map((scope) => `unknown scope ${scope}; known: ${SCOPES.join(', ')}`),
      ...(Number.isInteger(days) && days >= 1 && days <= 3650 ? [] : ['--days takes a whole number from 1 to 3650']),
    ];
    if (faults.length > 0) {
      for (const fault of faults) printError(`hovedbok token: ${fault}`);
      return 2;
    }
    return withDatabase((database) => issue(database, values.user!, values.name, scopes as Scope[], days));
  },
};

async function issue(database: Database, email: string, name: string, scopes: Scope[], days: number): Promise<number> {
  return database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const user = await tx.maybe<{ id: number }>(
      sql`select id from users where lower(email) = lower(${email}) and is_active`,
    );
    if (!user) {
      printError(`hovedbok token: no active user ${email}`);
      return 1;
    }
    const expiresAt = new Date(systemClock.now().getTime() + days * 86_400_000);
    const { id, token } = await createAccessToken(tx, { userId: user.id, name, scopes, expiresAt });
    await tx.execute(sql`
      insert into audit_log (user_id, operation, record_type, record_id, after)
      values (${user.id}, 'command.token', 'access_token', ${id}, ${JSON.stringify({ name, scopes, expires_at: expiresAt })})`);
    print(token);
    return 0;
  });
}
