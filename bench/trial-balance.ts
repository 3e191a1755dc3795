import { Agent, get } from 'node:http';
import { createClientAccount } from '../src/tenancy/index.ts';
import { forgetCallers } from '../src/tenancy/index.ts';
import type { ClientBooks } from './client-books.ts';
import { FIGURES_FROM_LINES, generateLedger, RANGE } from './generated-ledger.ts';
import type { BenchHttp } from './http-server.ts';
import { notMeasured, type Result, times } from './result.ts';
import { median, spread } from './rounds.ts';

const FROM_SQL = 'trial balance JSON over HTTP at 1 M lines, against the figures summed from lines in SQL';
const FROM_ITSELF = 'the same at 10 M lines, against its own time at 1 M';

/** How long the report takes over HTTP, beside the same figures summed in SQL, and beside itself on a larger ledger. */
export async function measureTrialBalance(
  books: ClientBooks,
  http: BenchHttp,
  { rounds, large }: { rounds: number; large: boolean },
): Promise<Result[]> {
  const million = await openLedger(books, 'bench-million', 1_000_000);
  const ask = asker(books, http);
  const sum = async (id: number) => {
    const { rows } = await books.owner.query<{ debit: string }>({
      ...FIGURES_FROM_LINES,
      values: [id, RANGE.from, RANGE.to],
    });
    return rows.reduce((total, row) => total + Number(row.debit), 0);
  };
  const [report, lines] = [await ask(million), await sum(million)];
  if (Math.round(report.totals.debit * 100) !== lines)
    throw new Error(`the report says ${report.totals.debit}, the lines ${lines / 100}`);
  const seen: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round++)
    seen.push({ ours: await medianTime(11, () => ask(million)), theirs: await medianTime(1, () => sum(million)) });
  const ratio = spread(seen.map(({ ours, theirs }) => theirs / ours));
  const results: Result[] = [
    {
      measure: FROM_SQL,
      target: '≥ 30 ×',
      seen: times(ratio),
      reached: ratio.median >= 30,
      detail: `${milliseconds(seen.map(({ ours }) => ours))} against ${milliseconds(seen.map(({ theirs }) => theirs))}, ${report.rows.length} rows`,
    },
  ];
  if (!large) return [...results, notMeasured(FROM_ITSELF, '≤ 1.3 ×', 'needs minutes and disk: --large')];
  const tenMillion = await openLedger(books, 'bench-ten-million', 10_000_000);
  await ask(tenMillion);
  const pairs: { small: number; large: number }[] = [];
  for (let round = 0; round < rounds; round++)
    pairs.push({
      small: await medianTime(11, () => ask(million)),
      large: await medianTime(11, () => ask(tenMillion)),
    });
  const growth = spread(pairs.map((pair) => pair.large / pair.small));
  results.push({
    measure: FROM_ITSELF,
    target: '≤ 1.3 ×',
    seen: times(growth),
    reached: growth.median <= 1.3,
    detail: `${milliseconds(pairs.map((pair) => pair.large))} against ${milliseconds(pairs.map((pair) => pair.small))}`,
  });
  return results;
}

async function openLedger(books: ClientBooks, uniqueName: string, lines: number): Promise<number> {
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

interface Report {
  rows: unknown[];
  totals: { debit: number };
}

function asker(books: ClientBooks, { port }: BenchHttp): (clientAccountId: number) => Promise<Report> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${books.token}`, accept: 'application/json' };
  return (id) =>
    new Promise((resolve, reject) => {
      const path = `/api/v2/reports/trial-balance?client_account_id=${id}&date_from=${RANGE.from}&date_to=${RANGE.to}&format=json`;
      get({ host: '127.0.0.1', port, path, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text) as Report);
          else reject(new Error(`trial balance: ${response.statusCode} ${text.slice(0, 500)}`));
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
