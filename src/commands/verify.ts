import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { MATCHING_CHECK_NAMES, verifyMatching } from '../banking/index.ts';
import { CHECK_NAMES as LEDGER_CHECK_NAMES, verifyBooks } from '../ledger/index.ts';
import type { Database } from '../platform/database/pool.ts';
import type { Command } from './command.ts';
import { withDatabase } from './with-database.ts';
import { print, printError } from './print.ts';

const CHECK_NAMES = [...LEDGER_CHECK_NAMES, ...MATCHING_CHECK_NAMES];

export const command: Command = {
  usage: `verify [--client-account ID]

Proves the books from their lines: ${CHECK_NAMES.join(', ')}.
Names every difference. Exit code 1 if there is one. Works beside a running server.`,
  async run(args) {
    const { values } = parseArgs({ args, options: { 'client-account': { type: 'string' } } });
    const only = values['client-account'];
    if (only !== undefined && !/^[1-9]\d*$/.test(only)) {
      printError('hovedbok verify: --client-account takes an id');
      return 2;
    }
    return withDatabase((database) => verifyAll(database, only === undefined ? undefined : Number(only)));
  },
};

async function verifyAll(database: Database, only: number | undefined): Promise<number> {
  const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.rows<{ id: number; display_name: string }>(sql`
      select id, display_name from client_accounts where ${only ?? null}::bigint is null or id = ${only ?? null} order by id`),
  );
  if (accounts.length === 0 && only !== undefined) {
    printError(`hovedbok verify: there is no client account ${only}`);
    return 2;
  }
  let differences = 0;
  for (const account of accounts) {
    const findings = [...(await verifyBooks(database, account.id)), ...(await verifyMatching(database, account.id))];
    differences += findings.length;
    print(`${findings.length === 0 ? 'ok' : 'DIFFERS'}  ${account.id}  ${account.display_name}`);
    for (const finding of findings) print(`    ${finding.check}: ${finding.message}`);
  }
  const clean = `${accounts.length} client accounts, ${CHECK_NAMES.length} checks each: no difference`;
  print(differences === 0 ? clean : `${differences} differences`);
  return differences === 0 ? 0 : 1;
}
