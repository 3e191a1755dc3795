import { describe, expect, test } from 'vitest';
import { houseAccount, importContent } from './support/bank/bank-import.ts';
import { type Books, credit, debit, openBooks, testDatabase, testPlatform } from './support/books/books.ts';
import { withFiles } from './support/http/upload.ts';
import { asOwner } from './support/books/people.ts';
import { formatAmount, MAX_AMOUNT, MAX_ENTRY_TOTAL, MAX_TURNOVER } from '../src/kernel/money.ts';
import { reportRoutes } from '../src/reports/index.ts';
import { apiOf } from './support/http/domain-api.ts';
import { exportFilesOf } from './support/saf-t/saf-t-export.ts';
import { bankingRoutes, verifyMatching } from '../src/banking/index.ts';
import { camt053 } from '../src/demo/camt-file.ts';
import { createDraft } from '../src/ledger/drafts/draft-create.ts';
import { verifyBooks } from '../src/ledger/index.ts';

const platform = withFiles(testPlatform());
const api = apiOf(reportRoutes, platform);
const banking = apiOf(bankingRoutes, platform);
const DATE = '2026-02-10';
const largest = formatAmount(MAX_AMOUNT);
const tenth = (side: typeof debit, account: string) => Array.from({ length: 10 }, () => side(account, largest));
const LARGEST_ENTRY = [...tenth(debit, '1920'), ...tenth(credit, '3000')];

test('a line above the limit is refused by field, and so is one øre more in an entry', async () => {
  const books = await openBooks();
  const above = formatAmount(MAX_AMOUNT + 1n);
  await expect(books.post(DATE, [debit('1920', above), credit('3000', above)])).rejects.toMatchObject({
    fields: [{ path: 'lines[0].debit' }, { path: 'lines[1].credit' }],
  });
  await expect(
    books.post(DATE, [...LARGEST_ENTRY, debit('1920', '0.01'), credit('3000', '0.01')]),
  ).rejects.toMatchObject({ fields: [{ path: 'lines' }] });
  expect(await verifyBooks(testDatabase(), books.clientAccountId)).toEqual([]);
});

test(
  'the largest entries, as many as the books hold: each figure is exact, and the next is refused',
  { timeout: 120_000 },
  async () => {
    const books = await openBooks({ organizationNumber: '983746268' });
    const count = Number(MAX_TURNOVER / MAX_ENTRY_TOTAL);
    const outcomes = await Promise.allSettled(Array.from({ length: count + 3 }, () => books.post(DATE, LARGEST_ENTRY)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(Array(3).fill('ledger.books_full'));
    await expect(books.post(DATE, [debit('1920', '0.01'), credit('3000', '0.01')])).rejects.toMatchObject({
      code: 'ledger.books_full',
    });
    const { rows } = await asOwner('select turnover::text from client_account_heads where client_account_id = $1', [
      books.clientAccountId,
    ]);
    expect(rows).toEqual([{ turnover: String(MAX_TURNOVER) }]);
    expect(await verifyBooks(testDatabase(), books.clientAccountId)).toEqual([]);

    const answers = new Map<string, string>();
    for (const report of ['trial-balance', 'general-ledger', 'balance-sheet', 'income-statement', 'vat']) {
      const range = {
        'balance-sheet': 'report_date=2026-12-31',
        'general-ledger': 'start_date=2026-01-01&end_date=2026-12-31',
        vat: 'from_date=2026-01-01&to_date=2026-12-31',
      }[report];
      const dates = range ?? 'date_from=2026-01-01&date_to=2026-12-31';
      const path = `/reports/${report}?client_account_id=${books.clientAccountId}&format=json&${dates}`;
      const answer = await api('GET', path, books.token);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      answers.set(report, JSON.stringify(answer.body));
    }
    for (const report of ['trial-balance', 'general-ledger', 'balance-sheet', 'income-statement'])
      expect(answers.get(report), report).toMatch(/\b70000000000000\b/);
    const [file] = await exportFilesOf(testDatabase(), books.clientAccountId, { from: '2026-01-01', to: '2026-12-31' });
    expect(file!.xml).toContain(
      '<n1:TotalDebit>70000000000000.00</n1:TotalDebit>'.replaceAll('n1:', file!.xml.includes('<n1:') ? 'n1:' : ''),
    );
  },
);

test('the database keeps the limits too', async () => {
  const books = await openBooks();
  await expect(
    asOwner('update client_account_heads set turnover = $2 where client_account_id = $1', [
      books.clientAccountId,
      String(MAX_TURNOVER + 1n),
    ]),
  ).rejects.toThrow('turnover_within_exact_numbers');
});

test('a turnover that is not that of the entries, and an earlier record of nothing, are found', async () => {
  const books = await openBooks();
  await books.post(DATE, [debit('1920', '10.00'), credit('3000', '10.00')]);
  await asOwner('update client_account_heads set turnover = 1 where client_account_id = $1', [books.clientAccountId]);
  await asOwner(
    `insert into earlier_records (client_account_id, table_name, key, until, was)
     values ($1, 'business_partners', '1', now(), '{}')`,
    [books.clientAccountId],
  );
  await asOwner('insert into vat_folds (client_account_id, posting_no) values ($1, 5)', [books.clientAccountId]);
  const checks = (await verifyBooks(testDatabase(), books.clientAccountId)).map(({ check }) => check);
  expect(checks).toEqual(['turnover', 'marks of the sums', 'earlier records']);
});

describe('drafts', () => {
  const draft = async (books: Books, lines: object[]) =>
    books.run(createDraft, { draft: { entry_date: DATE, memo: 'Utkast', lines }, language: 'en' });

  test('that pass the limit together with the books are refused by reports, which do without them', async () => {
    const books = await openBooks();
    const reports = [
      'trial-balance?date_from=2026-01-01&date_to=2026-12-31',
      'general-ledger?start_date=2026-01-01&end_date=2026-12-31',
      'balance-sheet?report_date=2026-12-31',
      'income-statement?date_from=2026-01-01&date_to=2026-12-31',
    ];
    const ask = (report: string, drafts: boolean) =>
      api(
        'GET',
        `/reports/${report}&client_account_id=${books.clientAccountId}&format=json&include_drafts=${drafts}`,
        books.token,
      );
    await draft(books, [debit('1920', largest), credit('3000', largest)]);
    for (const report of reports) expect((await ask(report, true)).status, report).toBe(200);
    // Written directly, bypassing the operation, like drafts from before the limit: a thousand of the largest lines.
    await asOwner(
      `insert into draft_journal_entries (client_account_id, id, entry_date, input, computed_lines, problems, created_by_id, updated_by_id)
       select client_account_id, id + n, entry_date, input, computed_lines, problems, created_by_id, updated_by_id
       from draft_journal_entries, generate_series(1, 700) n where client_account_id = $1`,
      [books.clientAccountId],
    );
    for (const report of reports) {
      expect(await ask(report, true), report).toMatchObject({
        status: 422,
        body: { details: { code: 'reports.drafts_too_large' } },
      });
      expect((await ask(report, false)).status, report).toBe(200);
    }
  });

  test('that are larger than an entry may be say so, and stand in no report', async () => {
    const books = await openBooks();
    const made = await draft(books, [...LARGEST_ENTRY, debit('1920', '0.01'), credit('3000', '0.01')]);
    expect(made).toMatchObject({ is_draft: true, problems: [{ path: 'lines' }] });
  });
});

describe('foreign amounts and rates', () => {
  test.each([
    ['10000000000000.01', '1', 'currency_amount'],
    ['9999999999999999', '0.000001', 'currency_amount'],
    ['1', '1000000000.000001', 'exchange_rate'],
    ['1', '9999999999999999', 'exchange_rate'],
  ])('%s at %s is refused by field', async (currencyAmount, exchangeRate, field) => {
    const books = await openBooks();
    const currency = { currency_code: 'EUR', currency_amount: currencyAmount, exchange_rate: exchangeRate };
    await expect(
      books.post(DATE, [{ ...debit('1920', '100.00'), ...currency }, credit('3000', '100.00')]),
    ).rejects.toMatchObject({ fields: [{ path: `lines[0].${field}` }] });
  });
});

describe('a bank account', () => {
  const transaction = (ours: number, amount: string, more: object = {}) => ({
    payee_bank_account_id: ours,
    booking_date: DATE,
    amount,
    currency_code: 'NOK',
    ...more,
  });

  test('holds as much as sums can tell, and refuses the next øre in words', async () => {
    const books = await openBooks();
    const ours = await houseAccount(books, '15034011238');
    const create = (amount: string, more?: object) =>
      banking('POST', '/bank-transactions', books.token, {
        client_account_id: books.clientAccountId,
        ...transaction(ours, amount, more),
      });
    expect(await create(largest)).toMatchObject({ status: 201 });
    await asOwner('update bank_account_turnovers set turnover = $2 where client_account_id = $1', [
      books.clientAccountId,
      String(MAX_TURNOVER - 1n),
    ]);
    expect(await create('0.01')).toMatchObject({ status: 201 });
    expect(await create('0.01')).toMatchObject({ status: 400, body: { details: { code: 'banking.account_full' } } });
    const findings = await verifyMatching(testDatabase(), books.clientAccountId);
    expect(findings.map(({ check }) => check)).toEqual(['bank turnover']);
    await expect(importContent(platform, books, oneEntryFile())).rejects.toMatchObject({
      code: 'banking.account_full',
    });
  });

  test.each([
    ['instructed_amount', '10000000000000.01'],
    ['instructed_exchange_rate', '1000000001'],
    ['exchange_rate', '1000000000.1'],
  ])('%s of %s is refused by field', async (field, value) => {
    const books = await openBooks();
    const ours = await houseAccount(books, '15034011238');
    const more = { [field]: value, ...(field === 'instructed_amount' ? { instructed_currency_code: 'EUR' } : {}) };
    const answer = await banking('POST', '/bank-transactions', books.token, {
      client_account_id: books.clientAccountId,
      ...transaction(ours, '1.00', more),
    });
    expect(answer).toMatchObject({ status: 400, body: { details: { fields: [{ path: field }] } } });
  });

  function oneEntryFile(): string {
    const account = { iban: 'NO5315034011238', ownerName: 'Oss', bic: 'DNBANOKK' };
    const entry = { date: DATE, amount: 100n, text: 'Rente', reference: 'R1', counterparty: null };
    const statement = { id: 'S', number: 1, from: DATE, to: DATE, opening: 1_000n, closing: 1_100n };
    const entries = [{ ...entry, counterpartyAccount: null, kid: null }];
    return [...camt053('M', account, [{ ...statement, entries }])].join('');
  }
});

/** Sums of lines that are bounded by the limits of the books, and columns bounded by another column of the row. */
const BOUNDED_OTHERWISE = [
  'account_balances.credit',
  'account_balances.debit',
  'journal_entries.credit_total',
  'journal_entry_lines.tax_rate',
  'vat_balances.credit',
  'vat_balances.debit',
  'vat_balances.tax_rate',
  'vat_notes.base_credit',
  'vat_notes.base_debit',
  'vat_notes.expected_credit',
  'vat_notes.expected_debit',
  'vat_notes.posted_credit',
  'vat_notes.posted_debit',
  'year_balances.credit',
  'year_balances.debit',
];

test('every other stored amount, balance and rate has a limit in the database', async () => {
  const { rows } = await asOwner(`
    select c.table_name || '.' || c.column_name as amount
    from information_schema.columns c
    where c.table_schema = 'public' and c.data_type in ('bigint', 'numeric')
      and c.column_name ~ '(amount|balance|debit|credit|total|proceeds|value|turnover|grants|at_once|adjustment|rate|gain|payable)$'
      and exists (select from pg_class t where t.oid = c.table_name::regclass and t.relkind in ('r', 'p'))
      and not exists (
        select from pg_constraint k
        where k.conrelid = c.table_name::regclass and k.contype = 'c'
          and pg_get_constraintdef(k.oid) ~ ('\\m' || c.column_name || '\\)? <= '))
    order by 1`);
  expect(rows.map(({ amount }) => amount as string)).toEqual(BOUNDED_OTHERWISE);
});
