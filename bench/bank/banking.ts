import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createReadStream } from 'node:fs';
import pg from 'pg';
import { createBankAccount, importBankFile, listBankTransactions } from '../../src/banking/index.ts';
import { camt053, type CamtEntry } from '../../src/demo/camt-file.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { addDays } from '../../src/kernel/local-date.ts';
import { SCOPES } from '../../src/platform/caller.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { openFileStore } from '../../src/platform/files/file-store.ts';
import type { Call, Platform } from '../../src/platform/operation.ts';
import { callerOfUser, createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { type Result, whole } from '../setup/result.ts';
import { median } from '../setup/rounds.ts';
import { startBenchServer } from '../setup/server.ts';

const TRANSACTIONS = 100_000;
const PAGE_RECORDS = 1_000_000;
const LEAST_PER_SECOND = 10_000;
const MOST_MILLISECONDS = 15;
const IBAN = 'NO5315034011238';
const silent = { info() {}, warn() {}, error() {} };

export interface Bank {
  platform: Platform;
  owner: pg.Client;
  call: Call;
  clientAccountId: number;
  userId: number;
  bankAccountId: number;
}

/** A year of a busy account imported, imported again, and pages of a million transactions; on a separate server. */
export async function measureBanking(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-bank-'));
  const server = await startBenchServer();
  try {
    const connection = await server.createDatabase('banking');
    await migrate(connection);
    const owner = new pg.Client(connection);
    await owner.connect();
    const database = new Database({ ...connection, max: 6 });
    try {
      const files = openFileStore(readConfig({}), folder);
      const bank = await openBank({ database, clock: systemClock, log: silent, files }, owner);
      return [...(await measureImports(bank, folder)), ...(await measurePages(bank))];
    } finally {
      await database.close();
      await owner.end();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function openBank(platform: Platform, owner: pg.Client): Promise<Bank> {
  const { database } = platform;
  const { userId, clientAccountId } = await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const id = await createUser(tx, { email: 'bench@example.test', firstName: 'Kari', lastName: 'Nordmann' });
    const made = await createClientAccount(tx, { displayName: 'Kunde AS', uniqueName: 'bench', createdById: id });
    return { userId: id, clientAccountId: made };
  });
  const caller = (await callerOfUser(database, userId, SCOPES, systemClock.now()))!;
  const call = { caller, clientAccountId };
  const { value } = await createBankAccount.call(platform, call, { type: 'CURRENT', iban: IBAN });
  return { platform, owner, call, clientAccountId, userId, bankAccountId: value.id };
}

async function measureImports(bank: Bank, folder: string): Promise<Result[]> {
  const first = await timedImport(bank, await writeBankFile(join(folder, 'first.xml'), 'FIRST', TRANSACTIONS));
  const again = await timedImport(bank, await writeBankFile(join(folder, 'again.xml'), 'AGAIN', TRANSACTIONS));
  const target = `≥ ${whole(LEAST_PER_SECOND)} a second`;
  const timing = ({ seconds, peak, before }: Timed) =>
    `${seconds.toFixed(1)} s; memory ${whole(before / 1e6)} MB before, ${whole(peak / 1e6)} MB at most`;
  return [
    {
      measure: `camt.053 import, ${whole(TRANSACTIONS)} transactions`,
      target,
      seen: `${whole(TRANSACTIONS / first.seconds)} a second`,
      reached: first.imported === TRANSACTIONS && TRANSACTIONS / first.seconds >= LEAST_PER_SECOND,
      detail: timing(first),
    },
    {
      measure: 'the same transactions delivered again',
      target: 'all recognised',
      seen: `${whole(again.known)} recognised, ${again.imported} new`,
      reached: again.known === TRANSACTIONS && again.imported === 0,
      detail: `${whole(TRANSACTIONS / again.seconds)} a second; ${timing(again)}`,
    },
  ];
}

/** One statement of a year. */
export async function writeBankFile(path: string, messageId: string, count: number): Promise<string> {
  const total = BigInt(count) * 100n;
  function* entries(): Generator<CamtEntry> {
    for (let i = 0; i < count; i++) {
      const isIn = i % 3 !== 0;
      const kid = isIn && i % 2 === 0 ? String(100_000_000 + i) : null;
      yield {
        date: addDays('2025-01-01', Math.floor((i * 365) / count)),
        amount: isIn ? BigInt(10_000 + (i % 977) * 100) : -BigInt(5_000 + (i % 613) * 100),
        counterparty: `Motpart ${i % 5000} AS`,
        counterpartyAccount: String(10_000_000_000 + (i % 5000)),
        kid,
        text: kid ? null : `Faktura ${i}`,
        reference: `REF${String(i).padStart(12, '0')}`,
      };
    }
  }
  let sum = 0n;
  for (const entry of entries()) sum += entry.amount;
  const statement = {
    id: `S-${count}`,
    number: 1,
    from: '2025-01-01',
    to: '2025-12-31',
    opening: total,
    closing: total + sum,
    entries: entries(),
  };
  const account = { iban: IBAN, ownerName: 'Kunde AS', bic: 'DNBANOKK' };
  await pipeline(Readable.from(camt053(messageId, account, [statement])), createWriteStream(path));
  return path;
}

interface Timed {
  seconds: number;
  before: number;
  peak: number;
  imported: number;
  known: number;
}

async function timedImport({ platform, clientAccountId, userId }: Bank, path: string): Promise<Timed> {
  const files = platform.files!;
  const file = await files.stage(createReadStream(path), 1e9);
  file.name = 'bench.xml';
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const begun = performance.now();
  const outcome = await importBankFile(
    { database: platform.database, clock: platform.clock, files },
    { file, clientAccountId, bankAccountId: null, acceptSuspicious: false, userId },
  );
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(sampler);
  if (outcome.status !== 'succeeded') throw new Error(`refused: ${JSON.stringify(outcome.errors.slice(0, 3))}`);
  const { imported, already_known: known } = outcome.result.counts;
  return { seconds, before, peak, imported, known };
}

const PAGES: readonly (readonly [string, object])[] = [
  ['first page', {}],
  ['last page', { page: PAGE_RECORDS / 50 }],
  ['middle page', { page: PAGE_RECORDS / 100 }],
  ['first page of an account', { ofAccount: true }],
  ['last page of an account and a period', { ofAccount: true, from: '2025-03-01', to: '2026-10-31', last: true }],
  ['last page of what is not externally reconciled', { includeExternal: false, last: true }],
  ['first page, latest first', { orderBy: 'booking_date desc, amount desc' }],
];

/** The operation as the route calls it, details included. */
async function measurePages(bank: Bank): Promise<Result[]> {
  const { owner, clientAccountId, bankAccountId, platform, call } = bank;
  await fillUp(owner, clientAccountId, bankAccountId);
  const seen: { name: string; milliseconds: number }[] = [];
  for (const [name, given] of PAGES) {
    const { ofAccount, last, ...more } = given as { ofAccount?: boolean; last?: boolean; page?: number };
    const input = {
      page: 1,
      perPage: 50,
      bankAccountId: ofAccount ? bankAccountId : null,
      from: null,
      to: null,
      includeExternal: true,
      orderBy: undefined,
      with: new Set<string>(),
      ...more,
    };
    if (last) input.page = (await listBankTransactions.call(platform, call, input)).value.meta.pages;
    const times: number[] = [];
    for (let round = 0; round < 21; round++) {
      const begun = performance.now();
      const { value } = await listBankTransactions.call(platform, call, input);
      times.push(performance.now() - begun);
      if (value.data.length === 0) throw new Error(`${name}: an empty page`);
    }
    seen.push({ name, milliseconds: median(times) });
  }
  const worst = Math.max(...seen.map(({ milliseconds }) => milliseconds));
  return [
    {
      measure: `a page of 50 of ${whole(PAGE_RECORDS)} transactions`,
      target: `≤ ${MOST_MILLISECONDS} ms`,
      seen: `${worst.toFixed(1)} ms`,
      reached: worst <= MOST_MILLISECONDS,
      detail: seen.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(1)}`).join(', '),
    },
  ];
}

/** Up to a million, over two years, a tenth of them externally reconciled. */
async function fillUp(owner: pg.Client, clientAccountId: number, bankAccountId: number): Promise<void> {
  const more = PAGE_RECORDS - TRANSACTIONS;
  const first = clientAccountId * 2 ** 31 + 500_000_000;
  await owner.query(
    `insert into bank_transactions (client_account_id, id, bank_account_id, payee_bank_account_id, payor_name, booking_date, value_date,
      memo, amount, currency_code, external_reconciled_amount, weak_key, created_at)
    select $1::bigint, $2::bigint + n, $3::bigint, $3, 'Motpart ' || n % 5000, date '2025-01-01' + (n * 730 / $4::int), date '2025-01-01' + (n * 730 / $4),
      'Faktura ' || n, 100 + n % 99991, 'NOK', case when n % 10 = 0 then 100 + n % 99991 else 0 end, md5(n::text), now()
    from generate_series(0, $4 - 1) n`,
    [clientAccountId, first, bankAccountId, more],
  );
  await owner.query(
    `insert into bank_transaction_details (client_account_id, id, transaction_id, position, transaction_type, amount, currency_code)
    select client_account_id, id + 1500000000 - 500000000, id, 1, 'CREDIT', amount, currency_code
    from bank_transactions where client_account_id = $1 and id >= $2`,
    [clientAccountId, first],
  );
  await owner.query('vacuum analyze bank_transactions, bank_transaction_details, bank_transaction_counts');
}
