import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { systemClock } from '../kernel/clock.ts';
import { readConfig } from '../platform/config.ts';
import { migrate } from '../platform/database/migrate.ts';
import { applicationConnection } from '../platform/database/application-connection.ts';
import { openConnection } from '../platform/database/open-connection.ts';
import { Database } from '../platform/database/pool.ts';
import { faultLine, importSafT, resultTable, type SafTImportOutcome } from '../saf-t-import/index.ts';
import type { Command } from './command.ts';

export const command: Command = {
  usage: `import saf-t FILE [--client-account ID | --new] [--user EMAIL]

Takes in the books of a SAF-T Financial file (1.20, 1.30 or 1.40; the XML or a ZIP of it): accounts, partners, VAT codes,
dimensions, opening balances and vouchers, all or nothing. Into a client account, or into a new one made from the file
(the default). --user is who does it and owns the new client account: otherwise the owner of the client account, or the
first user. Works beside a running server. Exit code 1 if the file is refused; every fault is listed.`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'client-account': { type: 'string' }, new: { type: 'boolean' }, user: { type: 'string' } },
    });
    const [format, file, ...more] = positionals;
    const wanted = values['client-account'];
    const faults = [
      ...(format === 'saf-t' && file && more.length === 0 ? [] : ['expected: saf-t FILE']),
      ...(wanted === undefined || /^[1-9]\d{0,6}$/.test(wanted) ? [] : ['--client-account takes an id']),
      ...(wanted !== undefined && values.new ? ['--client-account and --new exclude each other'] : []),
    ];
    if (faults.length > 0) {
      for (const fault of faults) console.error(`hovedbok import: ${fault}`);
      return 2;
    }
    const opened = await openConnection(readConfig(process.env));
    try {
      await migrate(opened.connection);
      const database = new Database(await applicationConnection(opened.connection));
      try {
        return await run(database, resolve(file!), wanted === undefined ? null : Number(wanted), values.user);
      } finally {
        await database.close();
      }
    } finally {
      await opened.close();
    }
  },
};

async function run(
  database: Database,
  path: string,
  clientAccountId: number | null,
  email: string | undefined,
): Promise<number> {
  const who = await importer(database, clientAccountId, email);
  if (typeof who === 'string') {
    console.error(`hovedbok import: ${who}`);
    return 2;
  }
  const start = performance.now();
  const progress = progressLine(start);
  let outcome: SafTImportOutcome;
  try {
    outcome = await importSafT(database, systemClock, {
      path,
      fileName: basename(path),
      clientAccountId,
      userId: who.userId,
      reachable: who.clientAccounts,
      progress: progress.show,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.error(`hovedbok import: there is no file ${path}`);
    return 2;
  } finally {
    progress.end();
  }
  if (outcome.status === 'refused') {
    for (const fault of outcome.errors) console.error(faultLine(fault));
    const beyond = outcome.errorCount - outcome.errors.length;
    console.error(
      `\nRefused: ${outcome.errorCount} faults${beyond > 0 ? `, ${beyond} of them not listed` : ''}. Nothing was imported.`,
    );
    return 1;
  }
  const { result } = outcome;
  for (const warning of result.warnings) console.error(`warning ${faultLine(warning)}`);
  if (result.already_imported)
    console.log(`Client account ${result.client_account_id} has these books already. Nothing was changed.\n`);
  console.log(resultTable(result));
  if (!result.already_imported)
    console.log(
      `\nImported into client account ${result.client_account_id} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
  return 0;
}

/** Who imports, and the client accounts in which an earlier import of the file is looked for; or what is wrong. */
async function importer(
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

/** On a terminal one line that changes, elsewhere a line for every tenth. */
function progressLine(start: number) {
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
