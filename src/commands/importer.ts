import sql from 'sql-template-tag';
import type { Database } from '../platform/database/pool.ts';

/** The importing user, and the client accounts in which an earlier import of the file is searched; or the error. */
export async function importer(
  database: Database,
  clientAccountId: number | null,
  email: string | undefined,
): Promise<{ userId: number; clientAccounts: number[] } | string> {
  return database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    const accounts = await tx.rows<{ id: number }>(sql`select id from client_accounts order by id`);
    if (clientAccountId !== null && !accounts.some(({ id }) => id === clientAccountId))
      return `there is no client account ${clientAccountId}`;
    const user = email
      ? await tx.maybe<{ id: number }>(sql`select id from users where lower(email) = lower(${email}) and is_active`)
      : await tx.maybe<{ id: number }>(sql`
          select u.id from users u left join client_account_users m on m.user_id = u.id and m.client_account_id = ${clientAccountId}
            left join roles r on r.id = m.role_id
          where u.is_active order by (r.code = 'CA') desc nulls last, (m.user_id is not null) desc, u.id limit 1`);
    if (!user) return email ? `no active user ${email}` : 'there is no user yet; make one with: hovedbok user EMAIL';
    return { userId: user.id, clientAccounts: accounts.map(({ id }) => id) };
  });
}

/** On a terminal one line that is updated, elsewhere one line per tenth. */
export function progressLine(start: number) {
  const { isTTY } = process.stderr;
  let shown = -1;
  return {
    show: (bytes: number, of: number) => {
      const percent = Math.floor((bytes / Math.max(of, 1)) * 100);
      const step = isTTY ? percent : Math.floor(percent / 10) * 10;
      if (step === shown) return;
      shown = step;
      const rate = (bytes / 1e6 / ((performance.now() - start) / 1000)).toFixed(1);
      process.stderr.write(
        isTTY
          ? `\r${percent} %  ${(bytes / 1e6).toFixed(0)} of ${(of / 1e6).toFixed(0)} MB, ${rate} MB/s `
          : `${step} %\n`,
      );
    },
    end: () => {
      if (isTTY && shown >= 0) process.stderr.write('\r\u001b[K');
    },
  };
}
