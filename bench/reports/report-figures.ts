import { Agent, get } from 'node:http';
import { createClientAccount } from '../../src/tenancy/index.ts';
import { forgetCallers } from '../../src/tenancy/index.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import {
  BALANCES_FROM_LINES,
  FIGURES_FROM_LINES,
  generateLedger,
  MONTHS_FROM_LINES,
  RANGE,
  VAT_FROM_LINES,
} from '../setup/generated-ledger.ts';
import type { BenchHttp } from '../ledger/http-server.ts';
import { notMeasured, type Result, times } from '../setup/result.ts';
import { median, spread } from '../setup/rounds.ts';

/** A report that is answered in JSON, and the same figures from the lines. */
interface Measured {
  name: string;
  path: string;
  /** Figures summed from the lines in SQL, for the same client account. */
  fromLines: { name: string; text: string };
  values(clientAccountId: number): unknown[];
  /** One number of the report in øre, and the same of the lines. */
  check(report: Report): number;
  sum(rows: Record<string, unknown>[]): number;
}

interface Report {
  rows: { period_debit_movements?: Record<string, number> }[];
  totals: { debit: number; assets: number; vat_payable: number };
}

const { from, to } = RANGE;
const MEASURED: Measured[] = [
  {
    name: 'trial balance',
    path: `trial-balance?date_from=${from}&date_to=${to}`,
    fromLines: FIGURES_FROM_LINES,
    values: (id) => [id, from, to],
    check: ({ totals }) => Math.round(totals.debit * 100),
    sum: (rows) => rows.reduce((total, row) => total + Number(row.debit), 0),
  },
  {
    name: 'balance sheet',
    path: `balance-sheet?report_date=${to}`,
    fromLines: BALANCES_FROM_LINES,
    values: (id) => [id, to],
    check: ({ totals }) => Math.round(totals.assets * 100),
    sum: (rows) => rows.reduce((total, row) => total + (row.account_code === '1500' ? Number(row.balance) : 0), 0),
  },
  {
    name: 'income statement by month',
    path: `income-statement?date_from=${from}&date_to=${to}`,
    fromLines: MONTHS_FROM_LINES,
    values: (id) => [id, from, to],
    check: ({ rows }) =>
      rows
        .flatMap((row) => Object.values(row.period_debit_movements!))
        .reduce((sum, amount) => sum + Math.round(amount * 100), 0),
    sum: (rows) =>
      rows.reduce((total, row) => total + Number(row.amount) * (String(row.account_code) < '4000' ? -1 : 1), 0),
  },
  {
    name: 'VAT',
    path: `vat?from_date=${from}&to_date=${to}`,
    fromLines: VAT_FROM_LINES,
    values: (id) => [id, from, to],
    check: ({ totals }) => Math.round(totals.vat_payable * 100),
    sum: (rows) => rows.reduce((total, row) => total + Number(row.vat_credit) - Number(row.vat_debit), 0),
  },
];

/** How long reports take over HTTP, beside the same figures summed in SQL, and beside themselves on a larger ledger. */
export async function measureReportFigures(
  books: ClientBooks,
  http: BenchHttp,
  { rounds, large }: { rounds: number; large: boolean },
): Promise<Result[]> {
  const million = await openLedger(books, 'bench-million', 1_000_000);
  const ask = asker(books, http);
  const results: Result[] = [];
  for (const measured of MEASURED) results.push(await againstLines(books, million, ask, measured, rounds));
  const growth = (name: string) => `the same at 10 M lines, against its own time at 1 M: ${name}`;
  if (!large) return [...results, notMeasured(growth('four reports'), '≤ 1.3 ×', 'needs minutes and disk: --large')];
  const tenMillion = await openLedger(books, 'bench-ten-million', 10_000_000);
  for (const { name, path } of MEASURED) {
    await ask(tenMillion, path);
    const pairs: { small: number; large: number }[] = [];
    for (let round = 0; round < rounds; round++)
      pairs.push({
        small: await medianTime(11, () => ask(million, path)),
        large: await medianTime(11, () => ask(tenMillion, path)),
      });
    const ratio = spread(pairs.map((pair) => pair.large / pair.small));
    results.push({
      measure: growth(name),
      target: '≤ 1.3 ×',
      seen: times(ratio),
      reached: ratio.median <= 1.3,
      detail: `${milliseconds(pairs.map((pair) => pair.large))} against ${milliseconds(pairs.map((pair) => pair.small))}`,
    });
  }
  return results;
}

async function againstLines(
  books: ClientBooks,
  id: number,
  ask: Ask,
  measured: Measured,
  rounds: number,
): Promise<Result> {
  const { name, path, fromLines, check, sum } = measured;
  const inSql = async () =>
    sum((await books.owner.query({ ...fromLines, values: measured.values(id) })).rows as Record<string, unknown>[]);
  const report = await ask(id, path);
  const lines = await inSql();
  if (check(report) !== lines) throw new Error(`the ${name} says ${check(report)}, the lines ${lines}`);
  const seen: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++)
    seen.push({ ours: await medianTime(11, () => ask(id, path)), theirs: await medianTime(1, inSql) });
  const ratio = spread(seen.map(({ ours, theirs }) => theirs / ours));
  return {
    measure: `${name} JSON over HTTP at 1 M lines, against the figures summed from lines in SQL`,
    target: '≥ 30 ×',
    seen: times(ratio),
    reached: ratio.median >= 30,
    detail: `${milliseconds(seen.map(({ ours }) => ours))} against ${milliseconds(seen.map(({ theirs }) => theirs))}, ${report.rows.length} rows`,
  };
}

export async function openLedger(books: ClientBooks, uniqueName: string, lines: number): Promise<number> {
  const { database } = books.platform;
  const id = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: uniqueName, uniqueName, createdById: books.caller.userId }),
  );
  forgetCallers(database);
  const start = performance.now();
  await generateLedger(books, id, lines);
  console.log(`${lines} lines generated in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return id;
}

type Ask = (clientAccountId: number, path: string) => Promise<Report>;

function asker(books: ClientBooks, { port }: BenchHttp): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${books.token}`, accept: 'application/json' };
  return (id, report) =>
    new Promise((resolve, reject) => {
      const path = `/api/v2/reports/${report}&client_account_id=${id}&format=json`;
      get({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as Report);
          else reject(new Error(`${report}: ${response.statusCode} ${text.slice(0, 500)}`));
        });
      }).on('error', reject);
    });
}

async function medianTime(times: number, work: () => Promise<unknown>): Promise<number> {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    seen.push(performance.now() - start);
  }
  return median(seen);
}

function milliseconds(values: readonly number[]): string {
  return `${median(values).toFixed(1)} ms`;
}
