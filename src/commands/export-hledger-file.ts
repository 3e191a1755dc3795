import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import sql from 'sql-template-tag';
import { isLocalDate } from '../kernel/local-date.ts';
import { hledgerJournal } from '../hledger-export/index.ts';
import { withDatabase } from './with-database.ts';
import { writeWhole } from './write-whole.ts';
import { print, printError } from './print.ts';

export const HLEDGER_USAGE = `export hledger --client-account ID [--from DATE] [--to DATE] [--language nb|en] FILE

Writes the posted entries of a client account to FILE as a journal of hledger (plain text accounting), for work beside this
program and to check it by another: hledger -f FILE balance 1500; hledger -f FILE incomestatement --monthly.`;

/** `hovedbok export hledger`. */
export async function exportHledgerFile(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'client-account': { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      language: { type: 'string' },
    },
  });
  const { 'client-account': id, from, to, language = 'nb' } = values;
  const [file, ...more] = positionals;
  const faults = [
    ...(id !== undefined && /^[1-9]\d{0,6}$/.test(id) ? [] : ['expected --client-account ID']),
    ...(from === undefined || isLocalDate(from) ? [] : ['--from is a date, as 2025-01-01']),
    ...(to === undefined || isLocalDate(to) ? [] : ['--to is a date, as 2025-12-31']),
    ...(from !== undefined && to !== undefined && from > to ? ['--from is after --to'] : []),
    ...(language === 'nb' || language === 'en' ? [] : ['--language is nb or en']),
    ...(file !== undefined && more.length === 0 ? [] : ['expected one FILE']),
  ];
  if (faults.length > 0) {
    for (const fault of faults) printError(`hovedbok export hledger: ${fault}`);
    return 2;
  }
  return withDatabase((database) =>
    database.transaction({ clientAccounts: [Number(id)], mode: 'read', streams: true }, async (tx) => {
      const known = await tx.maybe(sql`select id from client_accounts where id = ${Number(id)}`);
      if (!known) {
        printError(`hovedbok export hledger: there is no client account ${id}`);
        return 2;
      }
      const request = {
        clientAccountId: Number(id),
        from: from ?? null,
        to: to ?? null,
        language: language as 'nb' | 'en',
      };
      const path = resolve(file!);
      await writeWhole(Readable.from(hledgerJournal(tx, database, request)), path);
      print(`Wrote ${path}`);
      return 0;
    }),
  );
}
