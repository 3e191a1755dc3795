import { SCOPES } from '../../src/platform/caller.ts';
import { getGeneralLedgerPage } from '../../src/reports/index.ts';
import { generalLedgerView } from '../../src/reports/general-ledger/general-ledger-json.ts';
import { printableGeneralLedger } from '../../src/reports/general-ledger/general-ledger-print.ts';
import { callerOfUser } from '../../src/tenancy/index.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import { RANGE } from '../setup/generated-ledger.ts';
import { openLedger } from './report-figures.ts';
import type { Result } from '../setup/result.ts';
import { median } from '../setup/rounds.ts';

/** Account of the customers: a sixth of all lines. */
const BUSIEST = '1500';
const ROWS_A_PAGE = 100;
const QUESTION = { range: RANGE, filter: { codes: [], ranges: [], dimensions: [] }, includeDrafts: false, asOf: null };

/** Pages of the general ledger at 1 M lines, and how long its rows take to be made for a printed one of 500,000. */
export async function measureGeneralLedger(books: ClientBooks, rounds: number): Promise<Result[]> {
  const million = await openLedger(books, 'bench-ledger-million', 1_000_000);
  const half = await openLedger(books, 'bench-ledger-half', 500_000);
  return [
    ...(await pages(books, million, 'general ledger page JSON at the server, busiest account of 1 M lines', [BUSIEST])),
    ...(await pages(books, million, 'the same, all accounts', [])),
    await rowsOfAll(books, half, rounds),
  ];
}

async function pages(books: ClientBooks, clientAccountId: number, what: string, codes: string[]): Promise<Result[]> {
  const { platform, caller: asked } = books;
  const caller = await callerOfUser(platform.database, asked.userId, SCOPES, new Date());
  const ask = async (page: number) => {
    const question = { ...QUESTION, filter: { ...QUESTION.filter, codes }, page, perPage: ROWS_A_PAGE };
    const { value } = await getGeneralLedgerPage.call(platform, { caller, clientAccountId }, question);
    JSON.stringify(generalLedgerView(value, 'nb'));
    return value.records;
  };
  const records = await ask(1);
  const last = Math.ceil(records / ROWS_A_PAGE);
  const results: Result[] = [];
  for (const [name, page, target] of [
    ['first', 1, 10],
    ['last', last, 10],
    ['middle', last >> 1, null],
  ] as const) {
    const seen: number[] = [];
    for (let i = 0; i < 51; i++) {
      const start = performance.now();
      await ask(page);
      seen.push(performance.now() - start);
    }
    results.push({
      measure: `${what}: ${name} page`,
      target: target === null ? '-' : `≤ ${target} ms`,
      seen: `${median(seen).toFixed(1)} ms (from ${Math.min(...seen).toFixed(1)})`,
      reached: target === null ? null : median(seen) <= target,
      detail: `page ${page} of ${last}`,
    });
  }
  return results;
}

/** Processor time of this thread and elapsed time, of reading rows without rendering. */
async function rowsOfAll(books: ClientBooks, clientAccountId: number, rounds: number): Promise<Result> {
  const { database } = books.platform;
  const seen: { processor: number; clock: number }[] = [];
  let count = 0;
  for (let round = 0; round < Math.max(rounds, 3); round++) {
    await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
      const [processor, start] = [process.cpuUsage(), performance.now()];
      const context = { tx, database, clientAccountId, language: 'nb' as const, now: new Date() };
      const stream = await printableGeneralLedger.open(context, QUESTION);
      if (!('rowCount' in stream)) throw new Error('the general ledger is a stream');
      count = 0;
      for await (const batch of stream.rows()) count += batch.length;
      if (count !== stream.rowCount) throw new Error(`${count} rows, foretold were ${stream.rowCount}`);
      const { user, system } = process.cpuUsage(processor);
      seen.push({ processor: (user + system) / count, clock: ((performance.now() - start) * 1000) / count });
    });
  }
  const microseconds = median(seen.map(({ clock }) => clock));
  return {
    measure: 'general ledger of 500,000 lines: rows made, before any format',
    target: '≤ 15 µs each',
    seen: `${microseconds.toFixed(1)} µs each`,
    reached: microseconds <= 15,
    detail: `${median(seen.map(({ processor }) => processor)).toFixed(1)} µs of this thread; ${count} rows; ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`,
  };
}
