import pg from 'pg';
import sql from 'sql-template-tag';
import { createDocument, openItemsSelect } from '../../src/banking/index.ts';
import { type Invoice, readInvoice, validate, writeInvoice } from '../../src/ehf/index.ts';
import { readAgedBalances } from '../../src/invoices/aged/aged-balances.ts';
import { invoicePdf } from '../../src/invoices/pdf/invoice-pdf.ts';
import type { InvoicePrint } from '../../src/invoices/pdf/invoice-print.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { formatAmount } from '../../src/kernel/money.ts';
import { takeIds } from '../../src/ledger/index.ts';
import { SCOPES } from '../../src/platform/caller.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { Database } from '../../src/platform/database/pool.ts';
import { callerOfUser, createClientAccount, createUser } from '../../src/tenancy/index.ts';
import { randomInvoices } from '../../test/support/outside/random-invoices.ts';
import { type Result, whole } from '../setup/result.ts';
import { startBenchServer } from '../setup/server.ts';

const BOOKED_BEFORE = 1_000;
const BOOKED = 3_000;
const AT_ONCE = 50;
const LEAST_BOOKED = 500;
const PDFS = 600;
const LEAST_PDFS = 150;
const OPEN = 100_000;
const PARTNERS = 2_000;
const MOST_MILLISECONDS = 300;
const TIMES = 7;
const silent = { info() {}, warn() {}, error() {} };

interface Bench {
  database: Database;
  owner: pg.Client;
  userId: number;
}

/**
 * Invoices booked, printed, and listed by age. Each with the processor time of this process, which a busy machine
 * affects less.
 */
export async function measureInvoices(): Promise<Result[]> {
  const server = await startBenchServer();
  try {
    const connection = await server.createDatabase('invoices');
    await migrate(connection);
    const owner = new pg.Client(connection);
    await owner.connect();
    await owner.query(`set hovedbok.owner_works = 'on'`);
    const database = new Database({ ...connection, max: 12 });
    try {
      const userId = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
        createUser(tx, { email: 'faktura@example.test', firstName: 'Kari', lastName: 'Nordmann' }),
      );
      const bench = { database, owner, userId };
      return [await measureBooking(bench), await measurePrinting(), await measureAged(bench)];
    } finally {
      await database.close();
      await owner.end();
    }
  } finally {
    await server.stop();
  }
}

const openClient = ({ database, userId }: Bench, name: string) =>
  database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: name, uniqueName: name, createdById: userId }),
  );

function spent(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** EHF of five lines read, checked and posted as bills, many at once. */
async function measureBooking(bench: Bench): Promise<Result> {
  const { database, owner, userId } = bench;
  const id = await openClient(bench, 'kjoper');
  const supplier = await database.transaction({ clientAccounts: [id], mode: 'write' }, async (tx) => {
    const partner = await takeIds(tx, id);
    await tx.execute(sql`
      insert into business_partners (client_account_id, id, sequence_number, name, is_supplier)
      values (${id}, ${partner}, 1, 'Verkstedet AS', true)`);
    return partner;
  });
  const caller = (await callerOfUser(database, userId, SCOPES, systemClock.now()))!;
  const platform = { database, clock: systemClock, log: silent };
  const made = [...randomInvoices(7, 4 * (BOOKED_BEFORE + BOOKED), 5)]
    .filter(({ kind, currency, lines }) => kind === 'Invoice' && currency === 'NOK' && netOf(lines) > 0n)
    .map((invoice) => Buffer.from(writeInvoice(invoice)));
  const book = async (files: readonly Buffer[]) => {
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let file = files[next++]; file; file = files[next++]) {
          const document = readInvoice(file);
          if (validate(document).length > 0) throw new Error('a made invoice breaks a rule');
          await createDocument.call(platform, { caller, clientAccountId: id }, billOf(document.invoice, supplier));
        }
      }),
    );
  };
  // A database with statistics, as autovacuum gives it within a minute: the plans of an empty one read whole tables.
  await book(made.slice(0, BOOKED_BEFORE));
  await owner.query('analyze');
  const files = made.slice(BOOKED_BEFORE, BOOKED_BEFORE + BOOKED);
  const begun = performance.now();
  const cpu = process.cpuUsage();
  await book(files);
  const milliseconds = performance.now() - begun;
  const rate = files.length / (milliseconds / 1000);
  return {
    measure: 'EHF read, checked and booked',
    target: `≥ ${whole(LEAST_BOOKED)} a second`,
    seen: `${whole(rate)} a second`,
    reached: rate >= LEAST_BOOKED,
    detail: `${whole(files.length)} of 5 lines, ${AT_ONCE} at once; ${(spent(cpu) / files.length).toFixed(2)} ms of this process each`,
  };
}

const netOf = (lines: Invoice['lines']) => lines.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);

function billOf(invoice: Invoice, supplier: number) {
  return {
    document_type: 'APINV' as const,
    document_number: invoice.number,
    document_date: invoice.issueDate!,
    due_date: invoice.dueDate,
    business_partner_id: supplier,
    currency_code: 'NOK',
    vat_rounding: 'total' as const,
    lines: invoice.lines
      .filter(({ amount }) => amount !== 0n)
      .map(({ amount, name }) => ({ account_code: '6800', amount: formatAmount(amount!), description: name })),
  };
}

/** Invoices of five lines as PDF/A-3 with their EHF inside, on one thread. */
async function measurePrinting(): Promise<Result> {
  const parts = { print: PRINT, createdAt: new Date('2026-03-01T10:00:00Z'), logo: null };
  const content = Buffer.from(writeInvoice([...randomInvoices(1, 1, 5)][0]!));
  const ehf = {
    name: 'ehf.xml',
    type: 'application/xml',
    description: 'EHF',
    content,
    modifiedAt: parts.createdAt,
    relationship: 'Alternative' as const,
  };
  let bytes = 0;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  for (let i = 0; i < PDFS; i++)
    for await (const piece of invoicePdf({ ...parts, files: [ehf] })) bytes += piece.length;
  const rate = PDFS / ((performance.now() - begun) / 1000);
  return {
    measure: 'invoice as PDF',
    target: `≥ ${LEAST_PDFS} a second`,
    seen: `${whole(rate)} a second`,
    reached: rate >= LEAST_PDFS,
    detail: `${PDFS} of 5 lines, ${whole(bytes / PDFS)} bytes; ${(spent(cpu) / PDFS).toFixed(2)} ms of processor each`,
  };
}

const PRINT: InvoicePrint = {
  language: 'nb',
  title: 'Faktura',
  name: 'Faktura 10001',
  isDraft: false,
  seller: {
    name: 'Fjellheim Verksted AS',
    lines: ['Storgata 1', '9008 Tromsø', 'Org.nr. 991 825 827 MVA', 'Foretaksregisteret'],
    foot: 'Org.nr. 991 825 827 MVA  ·  Fjellheim Verksted AS',
  },
  buyer: { name: 'Nordlys Entreprenør AS', lines: ['Havnegata 3', '8006 Bodø'] },
  facts: [
    { label: 'Nummer', text: '10001' },
    { label: 'Dato', text: '01.03.2026' },
    { label: 'Forfall', text: '15.03.2026' },
  ],
  columns: ['Beskrivelse', 'Antall', 'Enhet', 'Pris', 'Mva.', 'Beløp'].map((label, i) => ({
    label,
    toRight: i !== 0 && i !== 2,
  })),
  rows: Array.from({ length: 5 }, (_, i) => ({
    description: `Service av maskin nummer ${i + 1}`,
    details: [],
    cells: ['2', 'timer', '500,00', '25 %', '1 000,00'],
  })),
  sums: [
    { label: 'Sum uten mva.', text: '5 000,00', isTotal: false },
    { label: 'Mva. 25 % av 5 000,00', text: '1 250,00', isTotal: false },
    { label: 'Å betale NOK', text: '6 250,00', isTotal: true },
  ],
  remarks: ['Takk for handelen'],
  payment: [
    { label: 'Kontonummer', text: '1503 40 11238' },
    { label: 'KID', text: '0000000019' },
    { label: 'Beløp NOK', text: '6 250,00' },
  ],
};

/** Aged receivables of many open items. Written as the owner, with the triggers off: what refers is there. */
async function measureAged(bench: Bench): Promise<Result> {
  const { database, owner } = bench;
  const id = await openClient(bench, 'selger');
  const first = await database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) =>
    takeIds(tx, id, OPEN + PARTNERS),
  );
  await owner.query('set session_replication_role = replica');
  const entry = first + PARTNERS;
  for (const text of [
    `insert into business_partners (client_account_id, id, sequence_number, name)
      select ${id}, ${first} + n, n + 1, 'Kunde nummer ' || n from generate_series(0, ${PARTNERS - 1}) n`,
    `insert into client_gl_accounts (client_account_id, account_code, id, is_own)
      select ${id}, account_code, id, false from gl_accounts where account_code in ('1500', '3000')`,
    `insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period,
        source, debit_total, credit_total, line_count, created_by_id)
      select ${id}, ${entry} + n, n + 1, 'UTG', 2026, n + 1, date '2026-01-01' + n % 180, 1, 'bench', 1000 + n, 1000 + n, 2, 1
      from generate_series(0, ${OPEN - 1}) n`,
    `insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit,
        business_partner_id, due_date)
      select ${id}, ${entry} + n, 1, '1500', date '2026-01-01' + n % 180, 1000 + n, 0, ${first} + n % ${PARTNERS},
        date '2026-01-15' + n % 180 from generate_series(0, ${OPEN - 1}) n
      union all select ${id}, ${entry} + n, 2, '3000', date '2026-01-01' + n % 180, 0, 1000 + n, null, null
        from generate_series(0, ${OPEN - 1}) n`,
    'set session_replication_role = origin',
    'analyze',
  ])
    await owner.query(text);
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const begun = performance.now();
    const { partners } = await database.transaction({ clientAccounts: [id], mode: 'read' }, (tx) =>
      readAgedBalances(tx, id, 'customer', '2026-06-30'),
    );
    times.push(performance.now() - begun);
    if (partners.length !== PARTNERS) throw new Error(`${partners.length} customers owe something`);
  }
  const { found } = await database.transaction({ clientAccounts: [id], mode: 'read' }, (tx) =>
    tx.one<{ found: number }>(sql`select count(*) as found from (${openItemsSelect(id)}) i`),
  );
  const median = times.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)]!;
  return {
    measure: 'aged receivables',
    target: `≤ ${MOST_MILLISECONDS} ms`,
    seen: `${whole(median)} ms`,
    reached: median <= MOST_MILLISECONDS,
    detail: `${whole(found)} open items of ${whole(PARTNERS)} customers; fastest ${whole(Math.min(...times))} ms`,
  };
}
