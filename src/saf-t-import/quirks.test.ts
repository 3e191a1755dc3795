import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '../../test/support/people.ts';
import { exportOf, schemaFaults } from '../../test/support/saf-t-export.ts';
import { fixedClock } from '../kernel/clock.ts';
import { ore } from '../kernel/money.ts';
import { verifyBooks } from '../ledger/index.ts';
import { importSafT, type SafTImportOutcome, type SafTImportResult } from './import-saf-t.ts';

const fixtures = new URL('../../test/fixtures/quirks/saf-t/', import.meta.url).pathname;
const clock = fixedClock('2026-03-01T10:00:00Z');
const people = new People(clock);
const { database } = people.platform;
const folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-quirks-'));
let userId: number;

beforeAll(async () => {
  userId = (await people.user()).id;
});
afterAll(async () => {
  await people.close();
  rmSync(folder, { recursive: true, force: true });
});

function take(path: string, clientAccountId: number | null = null): Promise<SafTImportOutcome> {
  return importSafT(database, clock, { path, fileName: 'f', clientAccountId, userId, reachable: [] });
}

async function takeText(xml: string, clientAccountId: number | null = null): Promise<SafTImportOutcome> {
  const path = join(folder, 'file.xml');
  await writeFile(path, xml);
  return take(path, clientAccountId);
}

function resultOf(outcome: SafTImportOutcome): SafTImportResult {
  if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors, null, 1));
  return outcome.result;
}

function codesOf(outcome: SafTImportOutcome): string[] {
  if (outcome.status === 'succeeded') throw new Error('the file was taken in');
  return outcome.errors.map(({ code }) => code);
}

const warnings = (result: SafTImportResult) => [...new Set(result.warnings.map(({ code }) => code))].sort();

function rows<R>(id: number, query: ReturnType<typeof sql>): Promise<R[]> {
  return database.transaction({ clientAccounts: [id], mode: 'read' }, (tx) => tx.rows<R>(query));
}

async function balances(id: number, from = '1900-01-01', to = '2199-12-31'): Promise<Record<string, string>> {
  const found = await rows<{ account_code: string; balance: string }>(
    id,
    sql`select account_code, sum(debit) - sum(credit) as balance from journal_entry_lines
      where client_account_id = ${id} and entry_date between ${from} and ${to} group by account_code order by 1`,
  );
  return Object.fromEntries(found.map((row) => [row.account_code, kroner(ore(row.balance))]));
}

const kroner = (amount: bigint) => (Number(amount) / 100).toFixed(2);

function entries(id: number) {
  return rows<{ date: string; period: number; year: number; series: string; origin: Record<string, unknown> }>(
    id,
    sql`select entry_date as date, period, fiscal_year as year, series, origin from journal_entries
      where client_account_id = ${id} and source = 'saf-t' order by id`,
  );
}

interface Voucher {
  journal?: string;
  id?: string;
  period?: number;
  year?: number;
  date?: string;
  posted?: string;
  lines: string[];
}

/** The sum behind `+` is debit, behind `-` credit; `more` stands before the amount, as the schema has it. */
function line(account: string, amount: string, more = '', after = ''): string {
  const element = amount.startsWith('-') ? 'CreditAmount' : 'DebitAmount';
  return amountLine(account, element, amount.replace(/^[+-]/, ''), more, after);
}

function amountLine(account: string, element: string, amount: string, more = '', after = ''): string {
  return `<Line><RecordID>$n</RecordID><AccountID>${account}</AccountID>${more}<Description>Linje</Description><${element}><Amount>${amount}</Amount></${element}>${after}</Line>`;
}

function tax(code: string, percent: string, amount: string): string {
  return `<TaxInformation><TaxType>MVA</TaxType><TaxCode>${code}</TaxCode><TaxPercentage>${percent}</TaxPercentage><Country>NO</Country><TaxBase>100.00</TaxBase><DebitTaxAmount><Amount>${amount}</Amount></DebitTaxAmount></TaxInformation>`;
}

interface Book {
  /** Opening and closing by account, debit positive. */
  accounts: Record<string, [opening: number, closing: number]>;
  vouchers: Voucher[];
  selection?: string;
  number?: string;
  total?: string;
  entries?: number;
  balances?: (account: string, opening: number, closing: number) => string;
  parties?: string;
}

const PLACES: Record<string, [category: string, code: string]> = {
  1500: ['balanseverdiForOmloepsmiddel', '1500'],
  1920: ['balanseverdiForOmloepsmiddel', '1920'],
  2000: ['egenkapital', '2000'],
  2050: ['egenkapital', '2050'],
  2400: ['kortsiktigGjeld', '2400'],
  3000: ['salgsinntekt', '3000'],
  6800: ['annenDriftskostnad', '7700'],
};
const DATES = (from: string, to: string) =>
  `<SelectionStartDate>${from}</SelectionStartDate><SelectionEndDate>${to}</SelectionEndDate>`;
const PERIODS = (from: number, to: number, year: number) =>
  `<PeriodStart>${from}</PeriodStart><PeriodStartYear>${year}</PeriodStartYear><PeriodEnd>${to}</PeriodEnd><PeriodEndYear>${year}</PeriodEndYear>`;

const side = (name: string, amount: number) =>
  `<${name}${amount < 0 ? 'Credit' : 'Debit'}Balance>${Math.abs(amount).toFixed(2)}</${name}${amount < 0 ? 'Credit' : 'Debit'}Balance>`;

function fileOf(book: Book): string {
  const accounts = Object.entries(book.accounts).map(([id, [opening, closing]]) => {
    const [category, code] = PLACES[id]!;
    const sums = book.balances?.(id, opening, closing) ?? side('Opening', opening) + side('Closing', closing);
    return `<Account><AccountID>${id}</AccountID><AccountDescription>Konto ${id}</AccountDescription><GroupingCategory>${category}</GroupingCategory><GroupingCode>${code}</GroupingCode><AccountType>GL</AccountType>${sums}</Account>`;
  });
  const journals = new Map<string, string[]>();
  for (const v of book.vouchers) {
    const date = v.date ?? '2025-01-15';
    const list = journals.get(v.journal ?? '1') ?? [];
    journals.set(v.journal ?? '1', list);
    list.push(
      `<Transaction><TransactionID>${v.id ?? String(list.length + 1)}</TransactionID><Period>${v.period ?? Number(date.slice(5, 7))}</Period><PeriodYear>${v.year ?? Number(date.slice(0, 4))}</PeriodYear><TransactionDate>${date}</TransactionDate><Description>Bilag</Description><SystemEntryDate>${v.posted ?? date}</SystemEntryDate><GLPostingDate>${v.posted ?? date}</GLPostingDate>${v.lines.map((text, i) => text.replace('$n', String(i + 1))).join('')}</Transaction>`,
    );
  }
  const debit = book.vouchers
    .flatMap(({ lines }) => lines)
    .reduce((sum, text) => sum + Number(/<DebitAmount><Amount>([\d.]+)/.exec(text)?.[1] ?? 0), 0)
    .toFixed(2);
  return `<?xml version="1.0" encoding="UTF-8"?>
<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO"><Header><AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry><AuditFileDateCreated>2026-01-10</AuditFileDateCreated><SoftwareCompanyName>Testhuset</SoftwareCompanyName><SoftwareID>Test</SoftwareID><SoftwareVersion>1</SoftwareVersion><Company><RegistrationNumber>${book.number ?? '811203335'}</RegistrationNumber><Name>Prøve AS</Name><Contact><ContactPerson><FirstName>Kari</FirstName><LastName>Prøve</LastName></ContactPerson></Contact></Company><DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria>${book.selection ?? DATES('2025-01-01', '2025-12-31')}</SelectionCriteria><TaxAccountingBasis>A</TaxAccountingBasis><UserID>kari</UserID></Header>
<MasterFiles><GeneralLedgerAccounts>${accounts.join('')}</GeneralLedgerAccounts>${book.parties ?? ''}</MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>${book.entries ?? book.vouchers.length}</NumberOfEntries><TotalDebit>${debit}</TotalDebit><TotalCredit>${book.total ?? debit}</TotalCredit>${[...journals].map(([id, list]) => `<Journal><JournalID>${id}</JournalID><Description>${id}</Description><Type>GL</Type>${list.join('')}</Journal>`).join('')}</GeneralLedgerEntries></AuditFile>`;
}

const cost = (amount: string): string[] => [line('6800', `+${amount}`), line('1920', `-${amount}`)];
const OPEN = { 1920: [1000, 900], 2000: [-1000, -1000], 6800: [0, 100] } as const;
const simple = (more: Partial<Book> = {}, voucher: Partial<Voucher> = {}): string =>
  fileOf({
    accounts: structuredClone(OPEN) as unknown as Book['accounts'],
    vouchers: [{ lines: cost('100.00'), ...voucher }],
    ...more,
  });

describe('files that public reports showed', () => {
  it.each([
    ['46b-saft-number-of-entries.xml', ['entries-total'], { 1920: '11250.00', 3000: '-1000.00' }],
    ['47b-saft-negative-currency-amount.zip', [], { 1920: '11150.00', 1500: '-1150.00' }],
    ['48-saft-analysis-not-in-table.xml', ['analysis-unknown'], { 6800: '100.00' }],
    ['49-saft-tax-code-not-in-table.xml', ['tax-code-made'], { 1920: '9900.00' }],
    ['50a-saft-document-date-before-selection.xml', ['date-outside-periods'], { 6800: '800.00', 2400: '-1000.00' }],
    ['51-saft-both-opening-sides.xml', ['zero-side'], { 1920: '11250.00' }],
    ['54b-saft-period-13-0-periods.xml', [], { 6800: '150.00' }],
    ['55b-saft-dates-with-time.xml', ['date-with-time'], { 1920: '11250.00' }],
    ['58-saft-same-id-two-journals.xml', [], { 1920: '11250.00' }],
    ['63-saft-transaction-without-lines.xml', ['transaction-empty'], { 6800: '100.00' }],
    ['64-saft-grouping-code-is-account-number.xml', ['grouping-unknown'], { 1920: '11250.00' }],
  ])('%s: imported, warned of, verified, exported, and the same again', async (name, told, expected) => {
    const result = resultOf(await take(join(fixtures, name)));
    expect(warnings(result)).toEqual(told);
    const id = result.client_account_id;
    expect(await balances(id)).toMatchObject(expected);
    expect(result.accounts.filter(({ difference }) => difference !== '0.00')).toEqual([]);
    expect(await verifyBooks(database, id)).toEqual([]);
    const range = { from: '2025-01-01', to: '2025-12-31' };
    const xml = await exportOf(database, id, range);
    expect(schemaFaults(xml)).toBe('');
    const again = resultOf(await takeText(xml));
    const untidy = again.warnings.filter(({ code }) => code !== 'date-outside-periods');
    expect(untidy).toEqual([]);
    const second = await exportOf(database, again.client_account_id, range);
    const made = /<AuditFileDateCreated>[^<]*</;
    expect(second.replace(made, '').split('\n')).toEqual(xml.replace(made, '').split('\n'));
  });

  it('50a: stands in January, keeps the dates of document and posting, and nothing opens', async () => {
    const { client_account_id: id } = resultOf(
      await take(join(fixtures, '50a-saft-document-date-before-selection.xml')),
    );
    expect(await entries(id)).toMatchObject([{ date: '2025-01-05', period: 1, year: 2025 }]);
    expect((await balances(id, '1900-01-01', '2024-12-31'))['2400']).toBeUndefined();
    const xml = await exportOf(database, id, { from: '2025-01-01', to: '2025-12-31' });
    expect(xml).toContain(
      '<Period>1</Period><PeriodYear>2025</PeriodYear><TransactionDate>2024-12-30</TransactionDate>',
    );
    expect(xml).toContain('<GLPostingDate>2025-01-05</GLPostingDate>');
  });

  it('58: two vouchers of one number, each in its journal', async () => {
    const { client_account_id: id } = resultOf(await take(join(fixtures, '58-saft-same-id-two-journals.xml')));
    expect((await entries(id)).map(({ series, origin }) => [series, origin['transaction_id']])).toEqual([
      ['A1', '1'],
      ['B1', '1'],
    ]);
  });
});

it.each([
  ['egenkapital', '7700', 'annenDriftskostnad', '7700'],
  ['annenDriftskostnad', '6800', 'NA', 'NA'],
])('a grouping %s %s that an earlier import left is written as %s %s', async (category, code, written, as) => {
  const { client_account_id: id } = resultOf(await takeText(simple()));
  await database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) =>
    tx.execute(sql`update client_gl_accounts set saft_category = ${category}, saft_code = ${code}
      where client_account_id = ${id} and account_code = '6800'`),
  );
  const xml = await exportOf(database, id, { from: '2025-01-01', to: '2025-12-31' });
  expect(schemaFaults(xml)).toBe('');
  expect(xml).toContain(
    `<AccountID>6800</AccountID><AccountDescription>Konto 6800</AccountDescription><GroupingCategory>${written}</GroupingCategory><GroupingCode>${as}</GroupingCode>`,
  );
});

describe('the accounting period decides', () => {
  it.each([
    [
      'posting date in the period',
      {},
      { date: '2024-12-30', period: 1, year: 2025, posted: '2025-01-20' },
      '2025-01-20',
    ],
    ['both dates before it', {}, { date: '2024-12-28', period: 1, year: 2025, posted: '2024-12-30' }, '2025-01-01'],
    ['both dates after it', {}, { date: '2026-01-15', period: 12, year: 2025, posted: '2026-02-01' }, '2025-12-31'],
    [
      'document in another month',
      {},
      { date: '2025-03-31', period: 4, year: 2025, posted: '2025-04-02' },
      '2025-04-02',
    ],
    ['document in the period', {}, { date: '2025-03-31', period: 3, year: 2025, posted: '2025-05-02' }, '2025-03-31'],
    [
      'period 13 posted the year after',
      {},
      { date: '2026-03-10', period: 13, year: 2025, posted: '2026-03-10' },
      '2025-12-31',
    ],
    ['period 0', {}, { date: '2025-01-31', period: 0, year: 2025 }, '2025-01-01'],
    [
      'selection by periods',
      { selection: PERIODS(1, 12, 2025) },
      { date: '2024-12-30', period: 1, year: 2025, posted: '2025-01-05' },
      '2025-01-05',
    ],
    [
      'selection by periods, period 0',
      { selection: PERIODS(1, 12, 2025) },
      { date: '2025-01-01', period: 0, year: 2025 },
      '2025-01-01',
    ],
    [
      'selection by periods, period 13',
      { selection: PERIODS(1, 12, 2025) },
      { date: '2025-12-31', period: 13, year: 2025 },
      '2025-12-31',
    ],
    [
      'a period outside the dates: the posting date',
      {},
      { date: '2024-12-30', period: 12, year: 2024, posted: '2025-01-02' },
      '2025-01-02',
    ],
    [
      'a year from July, named after its start',
      { selection: DATES('2025-07-01', '2026-06-30') },
      { date: '2026-01-15', period: 7, year: 2025 },
      '2026-01-15',
    ],
    [
      'a year from July, named after its end',
      { selection: DATES('2025-07-01', '2026-06-30') },
      { date: '2025-06-30', period: 1, year: 2026, posted: '2025-07-02' },
      '2025-07-02',
    ],
  ] as [string, Partial<Book>, Partial<Voucher>, string][])('%s', async (_title, book, voucher, day) => {
    const result = resultOf(await takeText(simple(book, voucher)));
    const [entry] = await entries(result.client_account_id);
    expect(entry).toMatchObject({ date: day, period: voucher.period, year: voucher.year });
    expect(warnings(result)).toEqual(day === voucher.date ? [] : ['date-outside-periods']);
    expect(await verifyBooks(database, result.client_account_id)).toEqual([]);
  });

  it.each([
    ['by dates', {}, { date: '2024-12-28', period: 12, year: 2024, posted: '2024-12-30' }],
    ['by periods', { selection: PERIODS(2, 12, 2025) }, { date: '2025-02-01', period: 1, year: 2025 }],
    [
      'period 0 of a selection from February',
      { selection: PERIODS(2, 12, 2025) },
      { date: '2025-02-01', period: 0, year: 2025 },
    ],
  ] as [string, Partial<Book>, Partial<Voucher>][])(
    'what lies outside the selection is refused: %s',
    async (_title, book, voucher) => {
      expect(codesOf(await takeText(simple(book, voucher)))).toContain('date-outside-selection');
    },
  );

  it('a year from July, selected by a part of its periods, is known by its vouchers', async () => {
    const months = ['2025-07-10', '2025-08-10', '2026-01-10'];
    const xml = fileOf({
      accounts: { 1920: [1000, 700], 2000: [-1000, -1000], 6800: [0, 300] },
      selection: PERIODS(1, 9, 2025),
      vouchers: [1, 2, 7].map((period, i) => ({ period, year: 2025, date: months[i]!, lines: cost('100.00') })),
    });
    const result = resultOf(await takeText(xml));
    expect((await entries(result.client_account_id)).map(({ date }) => date)).toEqual(months);
    expect(warnings(result)).toEqual([]);
  });

  it('a year from July goes on in books that are there', async () => {
    const book = (from: number, opening: number): Book => ({
      accounts: { 1920: [opening, opening - 100], 2000: [-1000, -1000], 6800: [0, 100] },
      selection: DATES(`${from}-07-01`, `${from + 1}-06-30`),
      vouchers: [{ date: `${from + 1}-02-01`, period: 8, year: from, lines: cost('100.00') }],
    });
    const { client_account_id: id } = resultOf(await takeText(fileOf(book(2024, 1000))));
    const result = resultOf(await takeText(fileOf(book(2025, 900)), id));
    expect(result.accounts.find((account) => account.account_code === '6800')).toMatchObject({
      imported_closing_balance: '100.00',
      difference: '0.00',
    });
  });

  it('a missing period leaves it to the posting date', async () => {
    const xml = simple({}, { date: '2024-12-30', posted: '2025-01-05' }).replace(/<Period>.*<\/PeriodYear>/, '');
    const result = resultOf(await takeText(xml));
    expect(await entries(result.client_account_id)).toMatchObject([{ date: '2025-01-05', period: 1, year: 2025 }]);
  });
});

describe('untidy and sound', () => {
  const party = '<CustomerID>10009</CustomerID>';
  it.each([
    ['a customer', '<Customers/>', line('1920', '-100.00', party), 'customer-unknown'],
    ['a supplier', '', line('1920', '-100.00', '<SupplierID>77</SupplierID>'), 'supplier-unknown'],
    [
      'a dimension',
      '',
      line('1920', '-100.00', '<Analysis><AnalysisType>KST</AnalysisType><AnalysisID>9</AnalysisID></Analysis>'),
      'analysis-unknown',
    ],
    ['a VAT code without tax', '', line('1920', '-100.00', '', tax('X0', '0', '0.00')), 'tax-code-made'],
    [
      'a VAT code that is a standard code',
      '',
      line('1920', '-100.00', '', tax('1', '25', '20.00')),
      'tax-code-standard',
    ],
    ['an owner', '', line('1920', '-100.00', '', '<OwnerID>E1</OwnerID>'), 'owner-unknown'],
  ])('%s that the file does not list is made', async (_title, parties, credit, code) => {
    const xml = simple(
      { parties: parties === '<Customers/>' ? '' : parties },
      { lines: [line('6800', '+100.00'), credit] },
    );
    const result = resultOf(await takeText(xml));
    expect(warnings(result)).toContain(code);
    const id = result.client_account_id;
    expect(await verifyBooks(database, id)).toEqual([]);
    const exported = await exportOf(database, id, { from: '2025-01-01', to: '2025-12-31' });
    expect(schemaFaults(exported)).toBe('');
  });

  it('a made customer keeps its number, and a listed one in the same file its own', async () => {
    const xml = simple({}, { lines: [line('6800', '+100.00'), line('1920', '-100.00', party)] });
    const { client_account_id: id } = resultOf(await takeText(xml));
    expect(
      await rows(
        id,
        sql`select name, customer_code, is_customer from business_partners where client_account_id = ${id}`,
      ),
    ).toEqual([{ name: '10009', customer_code: '10009', is_customer: true }]);
  });

  it('a VAT code with tax that nobody knows is refused, also after a line without', async () => {
    const vouchers = ['0.00', '20.00'].map((amount, i) => ({
      lines: [line('6800', '+50.00', '', tax('X1', i === 0 ? '0' : '25', amount)), line('1920', '-50.00')],
    }));
    expect(codesOf(await takeText(simple({ vouchers })))).toEqual(['tax-code-unknown']);
  });

  it.each([
    ['NO 811203335 MVA', ['registration-number']],
    ['NO811203335MVA', ['registration-number']],
    ['811.203.335', ['registration-number']],
    ['811203335MVA', ['registration-number']],
    ['811 203 335', []],
  ])('the number %s is nine digits', async (number, told) => {
    const result = resultOf(await takeText(simple({ number })));
    expect(warnings(result)).toEqual(told);
    const [client] = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows(sql`select organization_number from client_accounts where id = ${result.client_account_id}`),
    );
    expect(client).toEqual({ organization_number: '811203335' });
  });

  it.each([
    ['2025-01-15T00:00:00', '2025-01-15'],
    ['2025-01-15T09:30:00.000+01:00', '2025-01-15'],
    ['2025-01-14T23:00:00Z', '2025-01-15'],
    ['2025-01-15 00:00:00', '2025-01-15'],
  ])('the date %s is %s', async (written, day) => {
    const xml = simple().replace('<TransactionDate>2025-01-15', `<TransactionDate>${written}`);
    const result = resultOf(await takeText(xml));
    expect(await entries(result.client_account_id)).toMatchObject([{ date: day }]);
    expect(warnings(result)).toEqual(['date-with-time']);
  });

  it('warnings of one kind do not hide the others', async () => {
    const vouchers = Array.from({ length: 1200 }, (_, i) => ({
      id: String(i),
      lines: i === 1199 ? cost('100.00') : [],
    }));
    const result = resultOf(await takeText(simple({ vouchers, entries: 3 })));
    expect(warnings(result)).toEqual(['entries-total', 'transaction-empty']);
    expect(result.warning_count).toBe(1200);
  });

  it('is the same on parties: zero sides, numbers, dimensions and accounts that are not listed', async () => {
    const customer = (more: string, number = '811203335') =>
      `<Customers><Customer><RegistrationNumber>${number}</RegistrationNumber><Name>Kunde</Name><CustomerID>1</CustomerID><BalanceAccount>${more}</BalanceAccount><PartyInfo><Analysis><AnalysisType>KST</AnalysisType><AnalysisID>9</AnalysisID></Analysis></PartyInfo></Customer></Customers>`;
    const sums = `${side('Opening', 0)}<OpeningCreditBalance>0.00</OpeningCreditBalance>${side('Closing', 0)}`;
    const result = resultOf(
      await takeText(simple({ parties: customer(`<AccountID>1599</AccountID>${sums}`, 'NO 811 203 335 MVA') })),
    );
    expect(warnings(result)).toEqual(['analysis-unknown', 'loose-account', 'registration-number', 'zero-side']);
    const id = result.client_account_id;
    expect(
      await rows(id, sql`select organization_number from business_partners where client_account_id = ${id}`),
    ).toEqual([{ organization_number: '811203335' }]);
    expect(await rows(id, sql`select code from dimension_values where client_account_id = ${id}`)).toEqual([
      { code: '9' },
    ]);
    // A balance on an account that is nowhere would be lost.
    const lost = customer(`<AccountID>1599</AccountID>${side('Opening', 5)}${side('Closing', 5)}`);
    expect(codesOf(await takeText(simple({ parties: lost })))).toEqual(['account-unknown']);
  });

  it('a side of zero beside the other is left out, on accounts and lines; two amounts are refused', async () => {
    const both = (credit: string) =>
      simple().replace('<CreditAmount>', `<DebitAmount><Amount>${credit}</Amount></DebitAmount><CreditAmount>`);
    expect(warnings(resultOf(await takeText(both('0.00'))))).toEqual(['zero-side']);
    expect(codesOf(await takeText(both('1.00')))).toContain('both-sides');
    const accounts = (zero: string) =>
      simple({
        balances: (_, opening, closing) =>
          `${side('Opening', opening)}${side('Closing', closing)}<Opening${opening < 0 ? 'Debit' : 'Credit'}Balance>${zero}</Opening${opening < 0 ? 'Debit' : 'Credit'}Balance>`,
      });
    expect(warnings(resultOf(await takeText(accounts('0.00'))))).toEqual(['zero-side']);
    expect(codesOf(await takeText(accounts('1.00')))).toContain('both-sides');
  });
});

describe('negative credit', () => {
  const signed = (sum: string) => [
    amountLine('6800', 'DebitAmount', sum),
    amountLine('1920', 'CreditAmount', `-${sum}`),
  ];
  it.each([
    ['total as written', '-100.00'],
    ['total without sign', '100.00'],
  ])('is credit where the voucher and the closings say so: %s', async (_title, total) => {
    const result = resultOf(await takeText(simple({ total }, { lines: signed('100.00') })));
    expect(warnings(result)).toEqual(['credit-signed']);
    expect(await balances(result.client_account_id)).toEqual({ 1920: '900.00', 2000: '-1000.00', 6800: '100.00' });
  });

  it('is credit on balances too where these sum up to zero so', async () => {
    const balances = (_: string, opening: number, closing: number) =>
      (side('Opening', opening) + side('Closing', closing)).replaceAll(/CreditBalance>(?=\d)/g, 'CreditBalance>-');
    const result = resultOf(await takeText(simple({ balances }, { lines: signed('100.00') })));
    expect(warnings(result)).toEqual(['credit-signed']);
    expect(result.accounts.find((account) => account.account_code === '2000')).toMatchObject({
      opening_balance: '-1000.00',
      imported_closing_balance: '-1000.00',
    });
  });

  it('is debit where the voucher balances as written', async () => {
    const lines = [amountLine('6800', 'CreditAmount', '-100.00'), amountLine('1920', 'CreditAmount', '100.00')];
    const result = resultOf(await takeText(simple({ total: '0.00' }, { lines })));
    expect(warnings(result)).toEqual(['amount-negative']);
    expect((await balances(result.client_account_id))['6800']).toBe('100.00');
  });

  it('that no reading explains is refused', async () => {
    const lines = [amountLine('6800', 'DebitAmount', '100.00'), amountLine('1920', 'CreditAmount', '-90.00')];
    expect(codesOf(await takeText(simple({}, { lines })))).toContain('transaction-unbalanced');
  });
});

describe('a closed year whose closing is not in the file', () => {
  const accounts = {
    1920: [1000, 1400],
    2000: [-1000, -1000],
    2050: [0, -400],
    3000: [0, 0],
    6800: [0, 0],
  } as unknown as Book['accounts'];
  const vouchers = [{ lines: [line('1920', '+500.00'), line('3000', '-500.00')] }, { lines: cost('100.00') }];

  it('is posted against appropriation; the result accounts keep their figures', async () => {
    const result = resultOf(await takeText(fileOf({ accounts, vouchers })));
    expect(warnings(result)).toEqual(['year-closed']);
    const id = result.client_account_id;
    expect(await balances(id)).toEqual({
      1920: '1400.00',
      2000: '-1000.00',
      2050: '-400.00',
      3000: '-500.00',
      6800: '100.00',
      'RES-DISP': '400.00',
    });
    expect(await verifyBooks(database, id)).toEqual([]);
    expect(schemaFaults(await exportOf(database, id, { from: '2025-01-01', to: '2025-12-31' }))).toBe('');
  });

  it('is refused where something else than equity differs, or not all results are closed', async () => {
    const elsewhere = { ...accounts, 2050: [0, 0], 1920: [1000, 1000] } as Book['accounts'];
    expect(codesOf(await takeText(fileOf({ accounts: elsewhere, vouchers })))).toContain('closing-balance');
    const half = { ...accounts, 2050: [0, -500], 6800: [0, 100] } as Book['accounts'];
    expect(codesOf(await takeText(fileOf({ accounts: half, vouchers })))).toContain('closing-balance');
  });

  it('the year after opens with it, in books where the year is not closed', async () => {
    const open = { ...accounts, 2050: [0, 0], 3000: [0, -500], 6800: [0, 100] } as Book['accounts'];
    const { client_account_id: id } = resultOf(await takeText(fileOf({ accounts: open, vouchers })));
    const next = fileOf({
      accounts: { 1920: [1400, 1300], 2000: [-1000, -1000], 2050: [-400, -400], 3000: [0, 0], 6800: [0, 100] },
      selection: DATES('2026-01-01', '2026-12-31'),
      vouchers: [{ date: '2026-02-01', lines: cost('100.00') }],
    });
    const result = resultOf(await takeText(next, id));
    expect(warnings(result)).toEqual(['year-closed']);
    expect(await balances(id, '1900-01-01', '2025-12-31')).toMatchObject({ 2050: '-400.00', 'RES-DISP': '400.00' });
    expect(await verifyBooks(database, id)).toEqual([]);
    const other = next
      .replace('<OpeningDebitBalance>1400', '<OpeningDebitBalance>1399')
      .replace('<ClosingDebitBalance>1300', '<ClosingDebitBalance>1299');
    const { client_account_id: fresh } = resultOf(await takeText(fileOf({ accounts: open, vouchers })));
    expect(codesOf(await takeText(other, fresh))).toContain('opening-differs');
  });
});

describe('vouchers that the books have', () => {
  const two = (first: string[], second: string[], closing: Record<string, [number, number]>) =>
    fileOf({
      accounts: { 1500: [0, 0], 1920: [1000, 900], 2000: [-1000, -1000], 3000: [0, 0], 6800: [0, 100], ...closing },
      vouchers: [
        { id: '1', lines: first },
        { id: '2', lines: second },
      ],
    });
  const before = two(cost('60.00'), cost('40.00'), {});

  it.each([
    [
      'another account',
      two([line('3000', '+60.00'), line('1920', '-60.00')], cost('40.00'), { 3000: [0, 60], 6800: [0, 40] }),
    ],
    [
      'other amounts of the same total',
      two([line('6800', '+60.00'), line('1920', '-30.00'), line('1920', '-30.00')], cost('40.00'), {}),
    ],
    ['a party', two([line('6800', '+60.00'), line('1920', '-60.00', '<SupplierID>1</SupplierID>')], cost('40.00'), {})],
    ['a VAT code', two([line('6800', '+60.00', '', tax('0', '0', '0.00')), line('1920', '-60.00')], cost('40.00'), {})],
    [
      'a dimension',
      two(
        [
          line('6800', '+60.00', '<Analysis><AnalysisType>P</AnalysisType><AnalysisID>1</AnalysisID></Analysis>'),
          line('1920', '-60.00'),
        ],
        cost('40.00'),
        {},
      ),
    ],
  ])('are changed, not present, with %s', async (_title, changed) => {
    const { client_account_id: id } = resultOf(await takeText(before));
    expect(codesOf(await takeText(changed, id))).toContain('transaction-present');
  });

  it('are present with another text, and a new one beside them comes in', async () => {
    const { client_account_id: id } = resultOf(await takeText(before));
    const more = fileOf({
      accounts: { 1500: [0, 0], 1920: [1000, 890], 2000: [-1000, -1000], 3000: [0, 0], 6800: [0, 110] },
      vouchers: [cost('60.00'), cost('40.00'), cost('10.00')].map((lines, i) => ({ id: String(i + 1), lines })),
    }).replaceAll('Linje', 'Annen tekst');
    const result = resultOf(await takeText(more, id));
    expect(result.counts).toMatchObject({ entries: 1, entries_already_present: 2 });
    expect(result.accounts.find((account) => account.account_code === '6800')).toMatchObject({
      imported_closing_balance: '110.00',
      difference: '0.00',
    });
  });

  it('a closing balance that the books would not have is refused, account by account', async () => {
    const { client_account_id: id } = resultOf(await takeText(simple({}, { id: '1', journal: 'A' })));
    // The file forgets a voucher that the books have of the same time.
    const other = simple({}, { id: '9', journal: 'B' });
    const outcome = await takeText(other, id);
    expect(codesOf(outcome)).toEqual(['closing-differs', 'closing-differs']);
    expect(outcome).toMatchObject({
      errors: [{ element: 'Account 1920', found: '900.00 (declared)', expected: '800.00 (the books)' }, {}],
    });
  });
});

it('a job that broke off between commit and report answers the second time as the first', async () => {
  const path = join(folder, 'job.xml');
  await writeFile(path, simple());
  const run = (jobId: number, reachable: number[]) =>
    importSafT(database, clock, { path, fileName: 'f', clientAccountId: null, userId, reachable, jobId });
  const first = resultOf(await run(4711, []));
  expect(resultOf(await run(4711, [first.client_account_id]))).toEqual(first);
  expect(resultOf(await run(4712, [first.client_account_id]))).toEqual({ ...first, already_imported: true });
});
