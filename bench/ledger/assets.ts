import { listAssets } from '../../src/assets/asset-list.ts';
import { createDepreciationRun } from '../../src/assets/depreciation/depreciation-run-create.ts';
import { finishAllPostings, postEntries, takeIds } from '../../src/ledger/index.ts';
import { callerOfUser, createClientAccount, forgetCallers } from '../../src/tenancy/index.ts';
import { SCOPES } from '../../src/platform/caller.ts';
import type { ClientBooks } from '../setup/client-books.ts';
import { generateLedger } from '../setup/generated-ledger.ts';
import type { Result } from '../setup/result.ts';
import { median } from '../setup/rounds.ts';

const ASSETS = 50_000;
const LINES = 1_000_000;
const A_BATCH = 500;

/** Depreciating many assets for a month, and a page of the register with its balances, beside a ledger of a million lines. */
export async function measureAssets(books: ClientBooks, rounds: number): Promise<Result[]> {
  const { platform, owner } = books;
  const clientAccountId = await platform.database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, {
      displayName: 'Bench assets',
      uniqueName: 'bench-assets',
      createdById: books.caller.userId,
    }),
  );
  forgetCallers(platform.database);
  const caller = (await callerOfUser(platform.database, books.caller.userId, SCOPES, platform.clock.now()))!;
  const call = { caller, clientAccountId };
  await generateLedger(books, clientAccountId, LINES);
  const first = await registerAssets(books, clientAccountId);
  for (let from = 0; from < ASSETS; from += A_BATCH) {
    const entries = Array.from({ length: A_BATCH }, (_, i) => ({
      entry_date: '2026-01-10',
      lines: [
        { account_code: '1060', debit: '36000.00', dimensions: [{ type: 'asset', id: first + from + i }] },
        { account_code: '1920', credit: '36000.00' },
      ],
    }));
    await postEntries.call(platform, call, { entries, mode: 'all', language: 'nb' });
  }
  await owner.query('vacuum analyze');
  const rates: number[] = [];
  for (let month = 1; month <= Math.min(rounds, 6); month++) {
    const began = performance.now();
    const { value } = await createDepreciationRun.call(platform, call, {
      month: 2026 * 12 + month,
      dryRun: false,
      automatic: false,
      language: 'nb',
    });
    if (value.posted_count !== ASSETS) throw new Error(`${value.posted_count} assets were depreciated`);
    rates.push(ASSETS / ((performance.now() - began) / 1000));
  }
  // As a server's own worker does within a second.
  await finishAllPostings(platform.database);
  await owner.query('vacuum analyze');
  const pages: number[] = [];
  for (let round = 0; round < 40; round++) {
    const began = performance.now();
    const page = 1 + ((round * 37) % (ASSETS / 100));
    const { value } = await listAssets.call(platform, call, {
      page,
      perPage: 100,
      isActive: true,
      with: new Set(['statistics']),
    });
    if (value.data.length !== 100) throw new Error(`${value.data.length} assets on page ${page}`);
    pages.push(performance.now() - began);
  }
  const rate = Math.round(median(rates));
  const time = median(pages.slice(5));
  return [
    {
      measure: `depreciating ${ASSETS.toLocaleString('en')} assets for a month, posted`,
      target: '≥ 5,000 assets/s',
      reached: rate >= 5_000,
      seen: `${rate.toLocaleString('en')} assets/s`,
      detail: `one entry of ${(2 * ASSETS).toLocaleString('en')} lines; each month: ${rates.map((each) => Math.round(each)).join(', ')}`,
    },
    {
      measure: 'page of 100 assets with statistics, beside 1 M lines',
      target: '≤ 20 ms',
      reached: time <= 20,
      seen: `${time.toFixed(1)} ms`,
      detail: `median of ${pages.length - 5} pages from all over; the slowest ${Math.max(...pages.slice(5)).toFixed(1)} ms`,
    },
  ];
}

/** As if made one by one through the API. Returns the first id. */
async function registerAssets({ platform, owner }: ClientBooks, clientAccountId: number): Promise<number> {
  const first = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    takeIds(tx, clientAccountId, ASSETS),
  );
  const range = [clientAccountId, first, ASSETS];
  await owner.query(
    `insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
     select $1, 'asset', $2::bigint + n, n + 1, 'Eiendel ' || n + 1 from generate_series(0, $3::int - 1) n`,
    range,
  );
  await owner.query(
    `insert into assets (client_account_id, id, asset_class, acquisition_date)
     select $1, $2::bigint + n, 'SOFTWARE', '2026-01-10' from generate_series(0, $3::int - 1) n`,
    range,
  );
  return first;
}
