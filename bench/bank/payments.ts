import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { fetchFrom } from '../../src/bank-delivery/index.ts';
import { createBankAccount } from '../../src/banking/index.ts';
import { camt053 } from '../../src/demo/camt-file.ts';
import type { Mailbox } from '../../src/integrations/index.ts';
import { ibanOfAccountNumber } from '../../src/kernel/bank-account-number.ts';
import { mod11CheckDigit } from '../../src/kernel/check-digits.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { createPaymentOrder, approvePaymentOrder, getPaymentFile } from '../../src/payments/index.ts';
import { type Caller, SCOPES } from '../../src/platform/caller.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { type FileStore, openFileStore } from '../../src/platform/files/file-store.ts';
import type { Operation, Platform } from '../../src/platform/operation.ts';
import { createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { type Result, whole } from '../setup/result.ts';
import { startBenchServer } from '../setup/server.ts';

const CLIENTS = 1_000;
const ENTRIES = 50;
const LEAST_FILES_PER_SECOND = 100;
const PAYMENTS = 10_000;
const MOST_SECONDS = 3;
const SCHEMA = '../shared/reference/banking/xsd/pain.001.001.09.xsd';
const silent = { info() {}, warn() {}, error() {} };

interface Payers {
  platform: Platform & { files: FileStore };
  owner: pg.Client;
  userId: number;
}

/** Files of a thousand client accounts taken in from a mailbox in memory, and a large payment order written and validated. */
export async function measurePayments(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-payments-'));
  const server = await startBenchServer();
  try {
    const connection = await server.createDatabase('payments');
    await migrate(connection);
    const owner = new pg.Client(connection);
    await owner.connect();
    await owner.query(`set hovedbok.owner_works = 'on'`);
    const database = new Database({ ...connection, max: 12 });
    try {
      const files = openFileStore(readConfig({}), folder);
      const userId = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
        createUser(tx, { email: 'pay@example.test', firstName: 'Kari', lastName: 'Nordmann' }),
      );
      const payers = { platform: { database, clock: systemClock, log: silent, files }, owner, userId };
      const order = await measureOrder(payers, folder);
      return [await measureFetch(payers), order];
    } finally {
      await database.close();
      await owner.end();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The n-th valid account number of a register number. */
function accountNumber(n: number, prefix = '3624'): string {
  for (let i = n * 3; ; i++) {
    const body = prefix + String(100_000 + i).padStart(6, '0');
    const check = mod11CheckDigit(body);
    if (check !== null) return `${body}${check}`;
  }
}

async function openClient({ platform, userId, owner }: Payers, n: number) {
  const { database } = platform;
  const clientAccountId = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: `Kunde ${n} AS`, uniqueName: `kunde-${n}`, createdById: userId }),
  );
  const roles = new Map([[clientAccountId, new Set(['CA'] as const)]]);
  const caller: Caller = { userId, scopes: new Set(SCOPES), roles, language: 'nb' };
  const run = async <I, O>(operation: Operation<I, O>, input: I): Promise<O> =>
    (await operation.call(platform, { caller, clientAccountId }, input)).value;
  const account = accountNumber(n);
  const { id } = await run(createBankAccount, { type: 'CURRENT' as const, bban: account, bank_country: 'NO' });
  await owner.query(
    `insert into bank_connections (client_account_id, bic, provider, is_active, agreement_state, agreement_at, ordered_at, created_by_id)
     values ($1, 'SPAVNOBB', 'tietoevry', true, 'connected', now(), now(), $2)`,
    [clientAccountId, userId],
  );
  await owner.query(
    `insert into bank_connection_accounts (client_account_id, bank_account_id, state, services) values ($1, $2, 'ready', '{statements}')`,
    [clientAccountId, id],
  );
  return { clientAccountId, account, bankAccountId: id, run };
}

/** A day of an account: fifty movements. */
function statement(account: string): Buffer {
  const date = '2026-03-16';
  const entries = Array.from({ length: ENTRIES }, (_, i) => ({
    date,
    amount: i % 2 === 0 ? 12_500n + BigInt(i) : -4_300n - BigInt(i),
    text: `Bevegelse ${i}`,
    reference: `${account}${i}`,
    counterparty: `Motpart ${i} AS`,
    counterpartyAccount: accountNumber(i, '1503'),
    kid: null,
  }));
  const closing = entries.reduce((sum, { amount }) => sum + amount, 100_000n);
  const head = { id: `${account}-${date}`, number: 1, from: date, to: date, opening: 100_000n, closing };
  const owner = { iban: ibanOfAccountNumber(account), ownerName: 'Kunde AS', bic: 'SPAVNOBB' };
  return Buffer.from([...camt053(`${account}-1`, owner, [{ ...head, entries }])].join(''));
}

async function measureFetch(payers: Payers): Promise<Result> {
  const { platform } = payers;
  const content = new Map<string, Buffer>();
  for (let n = 0; n < CLIENTS; n++) content.set(`${n}.xml`, statement((await openClient(payers, n)).account));
  await payers.owner.query('analyze');
  const acknowledged = new Set<string>();
  // Without a network: only our own time is measured.
  const mailbox: Mailbox = {
    provider: 'tietoevry',
    service: 'memory',
    open: (work) =>
      work({
        list: async () =>
          [...content].map(([name, bytes]) => ({
            name,
            size: bytes.length,
            version: '1',
            modifiedAt: new Date(0),
            sha256: null,
          })),
        async *read({ name }) {
          yield content.get(name)!;
        },
        acknowledge: async ({ name }) => void acknowledged.add(name),
        send: async () => {},
      }),
  };
  const start = performance.now();
  const before = process.cpuUsage();
  await fetchFrom(platform, mailbox, new AbortController().signal);
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuSeconds(before);
  const { rows } = await payers.owner.query<{ count: number }>('select count(*)::int as count from bank_transactions');
  const rate = CLIENTS / seconds;
  return {
    measure: `scheduled fetch of ${whole(CLIENTS)} client accounts with one file of ${ENTRIES} entries each`,
    target: `≥ ${LEAST_FILES_PER_SECOND} files/s`,
    seen: `${rate.toFixed(0)} files/s`,
    reached: rate >= LEAST_FILES_PER_SECOND && acknowledged.size === CLIENTS && rows[0]!.count === CLIENTS * ENTRIES,
    detail: `${whole(rows[0]!.count)} transactions in ${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of them CPU time of ours; acknowledged ${whole(acknowledged.size)}`,
  };
}

/** Of this process, beside the wall time that a busy machine makes longer. */
function cpuSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

async function measureOrder(payers: Payers, folder: string): Promise<Result> {
  const { owner } = payers;
  const { clientAccountId, bankAccountId, run } = await openClient(payers, CLIENTS);
  await fillBills(owner, clientAccountId);
  const order = await run(createPaymentOrder, {
    bankAccountId,
    dueUntil: '2030-01-01',
    documents: null,
    language: 'nb' as const,
  });
  const approving = performance.now();
  await run(approvePaymentOrder, { id: order.id, language: 'nb' as const });
  const approved = (performance.now() - approving) / 1000;
  const start = performance.now();
  const { xml } = await run(getPaymentFile, { id: order.id });
  const file = join(folder, 'order.xml');
  writeFileSync(file, xml);
  const canValidate = existsSync(SCHEMA);
  const checked = canValidate
    ? spawnSync('xmllint', ['--noout', '--schema', SCHEMA, file], { encoding: 'utf8' })
    : { status: 0, stderr: '' };
  const seconds = (performance.now() - start) / 1000;
  return {
    measure: `payment order of ${whole(PAYMENTS)} payments written and validated`,
    target: `≤ ${MOST_SECONDS} s`,
    seen: `${seconds.toFixed(2)} s`,
    reached: seconds <= MOST_SECONDS && checked.status === 0 && order.payment_count === PAYMENTS,
    detail: `${whole(xml.length)} bytes${canValidate ? ', valid by the schema' : ', schema absent'}; approved in ${approved.toFixed(2)} s`,
  };
}

/** As many posted bills of a hundred suppliers, written directly. */
async function fillBills(owner: pg.Client, account: number): Promise<void> {
  const base = account * 2 ** 31;
  const numbers = Array.from({ length: 100 }, (_, i) => accountNumber(i, '1503'));
  await owner.query(
    `insert into business_partners (client_account_id, id, sequence_number, name, is_supplier, bank_accounts)
     select $1, $2::bigint + 1000000 + n, n, 'Leverandør ' || n || ' AS', true, jsonb_build_array(jsonb_build_object('account_number', ($3::text[])[n]))
     from generate_series(1, 100) n`,
    [account, base, numbers],
  );
  await owner.query(
    `insert into client_gl_accounts (client_account_id, account_code, id, is_own)
     select $1, account_code, $2::bigint + 900000 + row_number() over (), false from gl_accounts where account_code in ('2400', '6800')
     on conflict do nothing`,
    [account, base],
  );
  await owner.query(
    `insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period, source,
       debit_total, credit_total, line_count, created_by_id)
     select $1, $2::bigint + 2000000 + n, n, 'GL', 2026, n, '2026-03-01', 3, 'document', 10000 + n, 10000 + n, 2, 1 from generate_series(1, ${PAYMENTS}) n`,
    [account, base],
  );
  await owner.query(
    `insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit, business_partner_id)
     select $1, $2::bigint + 2000000 + n, l, case l when 1 then '2400' else '6800' end, '2026-03-01', case l when 2 then 10000 + n else 0 end,
       case l when 1 then 10000 + n else 0 end, case l when 1 then $2::bigint + 1000000 + 1 + n % 100 end
     from generate_series(1, ${PAYMENTS}) n, generate_series(1, 2) l`,
    [account, base],
  );
  await owner.query(
    `insert into documents (client_account_id, id, document_type, document_status, document_number, document_date, due_date,
       business_partner_id, journal_entry_id, line_no, gross_amount)
     select $1, $2::bigint + 4000000 + n, 'APINV', 'POSTED', 'F' || n, '2026-03-01', '2026-03-31', $2::bigint + 1000000 + 1 + n % 100, $2::bigint + 2000000 + n, 1,
       10000 + n from generate_series(1, ${PAYMENTS}) n`,
    [account, base],
  );
  await owner.query(`update client_account_heads set next_id = 10000000 where client_account_id = $1`, [account]);
  await owner.query('analyze');
}
