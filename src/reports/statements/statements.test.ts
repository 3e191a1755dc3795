import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../../../test/support/books/books.ts';
import {
  addDays,
  addMonths,
  endOfMonth,
  type LocalDate,
  monthOf,
  startOfMonth,
  yearOf,
} from '../../kernel/local-date.ts';
import { foldBalances } from '../../ledger/balances-fold.ts';
import type { LineInput } from '../../ledger/entries/entry-input.ts';
import { postEntries } from '../../ledger/index.ts';
import { validateAnswer } from '../../platform/http/checks/answer-check.ts';
import type { Route } from '../../platform/http/route.ts';
import type { TrialBalanceView } from '../trial-balance/trial-balance-json.ts';
import type { BalanceSheetView } from './balance-sheet-json.ts';
import { balanceSheetRoutes } from './balance-sheet.routes.ts';
import type { IncomeStatementView } from './income-statement-json.ts';
import { incomeStatementRoutes } from './income-statement.routes.ts';

const server = await testServer();

type Query = Record<string, string | string[]>;

async function ask(books: Books, report: string, query: Query, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'GET',
    url: `/api/v2/reports/${report}`,
    query: { client_account_id: String(books.clientAccountId), ...query },
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json', ...headers },
  });
}

async function balanceSheet(books: Books, date: LocalDate, query: Query = {}): Promise<BalanceSheetView> {
  const answer = await ask(books, 'balance-sheet', { report_date: date, ...query });
  expect(answer.statusCode, answer.body).toBe(200);
  validateAnswer(balanceSheetRoutes[0] as Route, 200, answer.json());
  return answer.json();
}

async function incomeStatement(
  books: Books,
  from: LocalDate,
  to: LocalDate,
  query: Query = {},
): Promise<IncomeStatementView> {
  const answer = await ask(books, 'income-statement', { date_from: from, date_to: to, ...query });
  expect(answer.statusCode, answer.body).toBe(200);
  validateAnswer(incomeStatementRoutes[0] as Route, 200, answer.json());
  return answer.json();
}

async function draft(books: Books, entryDate: string, lines: LineInput[]): Promise<void> {
  const answer = await server.inject({
    method: 'POST',
    url: '/api/v2/journal-entries',
    headers: { authorization: `Bearer ${books.token}` },
    payload: { client_account_id: books.clientAccountId, is_draft: true, entry_date: entryDate, lines },
  });
  expect(answer.statusCode, answer.body).toBe(201);
}

/** `1920 1440: 800` */
function balances({ rows }: BalanceSheetView): string[] {
  return rows.map(
    (row) => `${row.is_computed ? row.account_name : row.account_code} ${row.grouping.level_3_code}: ${row.balance}`,
  );
}

/** `3100: 2=100 3=50` */
function movements({ rows }: IncomeStatementView): string[] {
  return rows.map((row) => `${row.account_code}: ${keyed(row.period_debit_movements)}`);
}

function keyed(amounts: Record<string, number>): string {
  return Object.entries(amounts)
    .map(([key, amount]) => `${key}=${amount}`)
    .join(' ');
}

function resultOf(view: IncomeStatementView, key: string) {
  return view.results.find((result) => result.key === key)!;
}

/** A little company with two years behind it. */
async function companyBooks(options: Parameters<typeof openBooks>[0] = {}): Promise<Books> {
  const books = await openBooks(options);
  await books.post('2024-03-01', [debit('1920', 30_000), credit('2000', 30_000)]);
  await books.post('2024-06-10', [debit('1920', 1000), credit('3100', 1000, { tax_code: '5' })]);
  await books.post('2025-01-31', [debit('1920', 5000), credit('3100', 5000, { tax_code: '5' })]);
  await books.post('2025-02-03', [
    debit('4000', 2000),
    credit('2400', 2000, { business_partner_id: await addPartner(books) }),
  ]);
  await books.post('2025-02-28', [debit('6800', 300), credit('1920', 300)]);
  await books.post('2025-03-15', [debit('8150', 40), credit('1920', 40)]);
  await books.post('2025-03-20', [debit('1920', 15), credit('8050', 15)]);
  return books;
}

describe('balance sheet', () => {
  test('assets = equity + liabilities on any day, with results of earlier years that were never transferred', async () => {
    const books = await companyBooks();
    const sheet = await balanceSheet(books, '2025-12-31');
    expect(balances(sheet)).toEqual([
      '1920 1440: 35675',
      '2000 2110: -30000',
      'Udisponert resultat 2120: -3675',
      '2400 2320: -2000',
    ]);
    expect(sheet.totals).toEqual({
      assets: 35_675,
      equity: -33_675,
      liabilities: -2000,
      unappropriated_result: -3675,
      difference: 0,
    });
    for (const day of [
      '2024-02-29',
      '2024-06-09',
      '2024-12-31',
      '2025-01-31',
      '2025-02-03',
      '2025-03-15',
      '2030-01-01',
    ])
      expect((await balanceSheet(books, day)).totals.difference, day).toBe(0);
    expect((await balanceSheet(books, '2024-02-29')).rows).toEqual([]);
  });

  test('a result that is transferred to equity leaves the computed line', async () => {
    const books = await companyBooks();
    await books.post('2024-12-31', [debit('8960', 1000), credit('2050', 1000)]);
    expect(balances(await balanceSheet(books, '2024-12-31'))).toEqual([
      '1920 1440: 31000',
      '2000 2110: -30000',
      '2050 2120: -1000',
    ]);
    expect(balances(await balanceSheet(books, '2025-12-31'))).toContain('Udisponert resultat 2120: -2675');
  });

  test('every row leads to what is behind it', async () => {
    const books = await companyBooks();
    const { rows } = await balanceSheet(books, '2025-12-31');
    const computed = rows.find((row) => row.is_computed)!;
    expect(rows.filter((row) => row.is_computed)).toEqual([
      expect.objectContaining({ account_code: '8800', account_name: 'Udisponert resultat', balance: -3675 }),
    ]);
    expect((await server.inject({ url: computed.links.income_statement!, headers: auth(books) })).statusCode).toBe(200);
    const bank = rows.find((row) => row.account_code === '1920')!;
    const lines = await server.inject({ url: bank.links.lines!, headers: auth(books) });
    expect(lines.statusCode).toBe(200);
    expect(lines.json<{ meta: { records: number } }>().meta.records).toBe(4);
  });

  test('narrowed to a department it shows what stands there, and says by how much it does not balance', async () => {
    const books = await openBooks();
    const department = await addDimensionValue(books, 'department');
    await books.post('2025-06-10', [
      debit('6800', 100, { dimensions: [{ type: 'department', id: department }] }),
      credit('1920', 100),
    ]);
    const sheet = await balanceSheet(books, '2025-12-31', { dimensions: `department,${department}` });
    expect(balances(sheet)).toEqual(['Udisponert resultat 2120: 100']);
    expect(sheet.totals.difference).toBe(100);
  });
});

function auth(books: Books) {
  return { authorization: `Bearer ${books.token}`, accept: 'application/json' };
}

describe('income statement', () => {
  test('income is positive by credit, cost by debit, by calendar month', async () => {
    const books = await companyBooks();
    const view = await incomeStatement(books, '2025-01-01', '2025-03-31');
    expect(movements(view)).toEqual([
      '3100: 1=5000 2=0 3=0',
      '4000: 1=0 2=2000 3=0',
      '6800: 1=0 2=300 3=0',
      '8050: 1=0 2=0 3=15',
      '8150: 1=0 2=0 3=40',
    ]);
    expect(view.results.map((result) => `${result.key}: ${keyed(result.period_movements)} = ${result.total}`)).toEqual([
      'operating_income: 1=5000 2=0 3=0 = 5000',
      'operating_expenses: 1=0 2=2300 3=0 = 2300',
      'operating_result: 1=5000 2=-2300 3=0 = 2700',
      'financial_items: 1=0 2=0 3=-25 = -25',
      'result_before_tax: 1=5000 2=-2300 3=-25 = 2675',
      'tax: 1=0 2=0 3=0 = 0',
      'result_for_the_year: 1=5000 2=-2300 3=-25 = 2675',
      'appropriated: 1=0 2=0 3=0 = 0',
    ]);
    expect(view.periods).toEqual([
      { key: '1', date_from: '2025-01-01', date_to: '2025-01-31' },
      { key: '2', date_from: '2025-02-01', date_to: '2025-02-28' },
      { key: '3', date_from: '2025-03-01', date_to: '2025-03-31' },
    ]);
  });

  test('keys go on with 13 in the following year, and periods say what they cover', async () => {
    const books = await companyBooks();
    const view = await incomeStatement(books, '2024-06-05', '2025-02-10');
    expect(movements(view)[0]).toBe('3100: 6=1000 7=0 8=0 9=0 10=0 11=0 12=0 13=5000 14=0');
    expect(view.periods[0]).toEqual({ key: '6', date_from: '2024-06-05', date_to: '2024-06-30' });
    expect(view.periods.at(-1)).toEqual({ key: '14', date_from: '2025-02-01', date_to: '2025-02-10' });
  });

  test('beside the same range a year earlier', async () => {
    const books = await companyBooks();
    const view = await incomeStatement(books, '2025-05-01', '2025-06-30', { compare: 'previous_year' });
    expect(
      view.rows.map((row) => [row.account_code, row.period_debit_movements, row.compared_debit_movements]),
    ).toEqual([['3100', { '5': 0, '6': 0 }, { '5': 0, '6': 1000 }]]);
    expect(view.periods[1]!.compared_with).toEqual({ date_from: '2024-06-01', date_to: '2024-06-30' });
    expect(resultOf(view, 'result_for_the_year')).toMatchObject({ total: 0, compared_total: 1000 });
    const leap = await incomeStatement(books, '2025-02-01', '2025-02-28', { compare: 'previous_year' });
    expect(leap.periods[0]!.compared_with).toEqual({ date_from: '2024-02-01', date_to: '2024-02-29' });
  });

  test('the appropriation of the result stands after it and does not change it', async () => {
    const books = await companyBooks();
    await books.post('2025-12-31', [debit('8960', 2675), credit('2050', 2675)]);
    const view = await incomeStatement(books, '2025-01-01', '2025-12-31');
    expect(resultOf(view, 'result_for_the_year').total).toBe(2675);
    expect(resultOf(view, 'appropriated').total).toBe(2675);
    expect(view.rows.at(-1)).toMatchObject({ account_code: '8960', grouping: { level_1_code: '8900' } });
  });

  test('drafts only when asked for', async () => {
    const books = await companyBooks();
    await draft(books, '2025-02-11', [debit('6800', 7), credit('1920', 7)]);
    const cost = async (query: Query) =>
      movements(await incomeStatement(books, '2025-02-01', '2025-02-28', query)).find((row) => row.startsWith('6800'));
    expect(await cost({})).toBe('6800: 2=300');
    expect(await cost({ include_drafts: 'true' })).toBe('6800: 2=307');
    const bank = async (query: Query) => balances(await balanceSheet(books, '2025-02-28', query))[0];
    expect([await bank({}), await bank({ include_drafts: 'true' })]).toEqual(['1920 1440: 35700', '1920 1440: 35693']);
  });
});

interface Posted {
  date: LocalDate;
  account: string;
  amount: number;
  department: number | null;
}

const INCOME = ['3100', '8050'];
const RESULT = [...INCOME, '6800', '8960'];

describe('on random ledgers', () => {
  test('both statements are the sums of the lines, and agree with the trial balance', async () => {
    const books = await openBooks();
    const departments = [await addDimensionValue(books, 'department'), await addDimensionValue(books, 'department')];
    const posted: Posted[] = [];
    const day = fc.integer({ min: 0, max: 900 }).map((n) => addDays('2023-10-20', n));
    const side = fc.record({
      account: fc.constantFrom('1920', '2050', '3100', '6800', '8050', '8960'),
      department: fc.constantFrom(null, ...departments),
    });
    const entries = fc.sample(
      fc.record({ date: day, amount: fc.integer({ min: 1, max: 900_000 }), debit: side, credit: side }),
      { numRuns: 300, seed: 11 },
    );
    const inputs = entries.map(({ date, amount, ...sides }) => {
      const lines = (['debit', 'credit'] as const).map((which) => {
        const { account, department } = sides[which];
        posted.push({ date, account, amount: which === 'debit' ? amount : -amount, department });
        const dimensions = department === null ? [] : [{ type: 'department', id: department }];
        return { account_code: account, dimensions, [which]: (amount / 100).toFixed(2) };
      });
      return { entry_date: date, lines };
    });
    await books.run(postEntries, { entries: inputs.slice(0, 150), mode: 'all', language: 'nb' });
    await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'write' },
      async (tx) => void (await foldBalances(tx, books.clientAccountId)),
    );
    await books.run(postEntries, { entries: inputs.slice(150), mode: 'all', language: 'nb' });

    const question = fc.record({
      from: day,
      days: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 800 })),
      department: fc.constantFrom(null, ...departments),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ from, days, department }) => {
        const to = addDays(from, days);
        const query: Query = department === null ? {} : { dimensions: JSON.stringify([['department', department]]) };
        const wanted = posted.filter((line) => department === null || line.department === department);
        const statement = await incomeStatement(books, from, to, { ...query, compare: 'previous_year' });
        expect(monthly(statement, 'period_debit_movements')).toEqual(byMonth(wanted, from, to, from));
        const earlier = statement.periods[0]!.compared_with!.date_from;
        const until = statement.periods.at(-1)!.compared_with!.date_to;
        expect(until).toBe(to === endOfMonth(to) ? endOfMonth(addMonths(to, -12)) : addMonths(to, -12));
        expect(monthly(statement, 'compared_debit_movements')).toEqual(byMonth(wanted, earlier, until, earlier));

        const sheet = await balanceSheet(books, to, query);
        expect(
          Object.fromEntries(sheet.rows.map((row) => [row.is_computed ? '' : row.account_code, ore(row.balance)])),
        ).toEqual(byAccount(wanted, to));
        if (department !== null) return;
        expect(sheet.totals.difference).toBe(0);
        const trial = await ask(books, 'trial-balance', { date_from: from, date_to: to });
        const { rows } = trial.json<TrialBalanceView>();
        for (const row of sheet.rows)
          if (!row.is_computed)
            expect(row.balance).toBe(
              rows.find(({ account_code: code }) => code === row.account_code)!.outgoing_balance,
            );
        const moved = rows
          .filter((row) => RESULT.includes(row.account_code))
          .reduce((sum, row) => sum + ore(row.credit) - ore(row.debit), 0);
        const { total } = resultOf(statement, 'result_for_the_year');
        expect(ore(total) - ore(resultOf(statement, 'appropriated').total)).toBe(moved);
      }),
      { numRuns: 100, seed: 5 },
    );
  }, 60_000);
});

function ore(amount: number): number {
  return Math.round(amount * 100);
}

function monthly({ rows }: IncomeStatementView, side: 'period_debit_movements' | 'compared_debit_movements') {
  return Object.fromEntries(
    rows.flatMap((row) =>
      Object.entries(row[side]!).flatMap(([key, amount]) =>
        amount === 0 ? [] : [[`${row.account_code} ${key}`, ore(amount)]],
      ),
    ),
  );
}

/** The same rule implemented separately, from the lines one by one. */
function byMonth(lines: Posted[], from: LocalDate, to: LocalDate, first: LocalDate): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of lines) {
    if (!RESULT.includes(line.account) || line.date < from || line.date > to) continue;
    const key = `${line.account} ${(yearOf(line.date) - yearOf(first)) * 12 + monthOf(startOfMonth(line.date))}`;
    sums[key] = (sums[key] ?? 0) + (INCOME.includes(line.account) ? -line.amount : line.amount);
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

function byAccount(lines: Posted[], to: LocalDate): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of lines) {
    if (line.date > to) continue;
    const key = RESULT.includes(line.account) ? '' : line.account;
    sums[key] = (sums[key] ?? 0) + line.amount;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

describe('what is refused, and how', () => {
  const range = { date_from: '2025-01-01', date_to: '2025-12-31' };
  const day = { report_date: '2025-12-31' };
  const rows: [
    name: string,
    report: string,
    query: Query,
    headers: Record<string, string>,
    status: number,
    fields: string[],
  ][] = [
    ['nothing given', 'balance-sheet', { client_account_id: '' }, {}, 400, ['client_account_id', 'report_date']],
    [
      'nothing given',
      'income-statement',
      { client_account_id: '' },
      {},
      400,
      ['client_account_id', 'date_from', 'date_to'],
    ],
    [
      'everything wrong at once',
      'balance-sheet',
      {
        report_date: '2025-02-30',
        dimensions: 'department',
        include_drafts: 'maybe',
        format: 'word',
        account_codes: '1920',
      },
      {},
      400,
      ['account_codes', 'dimensions', 'format', 'include_drafts', 'report_date'],
    ],
    [
      'everything wrong at once',
      'income-statement',
      {
        date_from: 'x',
        date_to: '2025-13-01',
        dimensions: 'department,0',
        compare: 'next_year',
        as_of: 'now',
        format: 'xls',
      },
      {},
      400,
      ['as_of', 'compare', 'date_from', 'date_to', 'dimensions', 'format'],
    ],
    ['no format, no Accept', 'balance-sheet', day, { accept: '*/*' }, 400, ['format']],
    ['no format, no Accept', 'income-statement', range, { accept: 'text/html' }, 400, ['format']],
    [
      'as_of with drafts',
      'balance-sheet',
      { ...day, as_of: '2025-01-01T00:00:00Z', include_drafts: '1' },
      {},
      400,
      ['include_drafts'],
    ],
    ['as_of in the future', 'balance-sheet', { ...day, as_of: '2999-01-01T00:00:00Z' }, {}, 422, []],
    ['from after to', 'income-statement', { date_from: '2025-12-31', date_to: '2025-01-01' }, {}, 422, ['date_from']],
    [
      'from after to, as a page',
      'income-statement',
      { date_from: '2025-12-31', date_to: '2025-01-01', format: 'html' },
      {},
      422,
      ['date_from'],
    ],
    [
      'more than ten years',
      'income-statement',
      { date_from: '2015-01-01', date_to: '2025-01-01' },
      {},
      422,
      ['date_to'],
    ],
    ['an unknown client account', 'balance-sheet', { ...day, client_account_id: '4194303' }, {}, 404, []],
    ['an unknown client account', 'income-statement', { ...range, client_account_id: '4194303' }, {}, 404, []],
    ['no credentials', 'balance-sheet', day, { authorization: '' }, 401, []],
    ['no credentials', 'income-statement', range, { authorization: '' }, 401, []],
  ];
  test.each(rows)('%s: %s', async (_, report, query, headers, status, fields) => {
    const books = await openBooks();
    const answer = await ask(books, report, query, headers);
    expect(answer.statusCode, answer.body).toBe(status);
    const { details } = answer.json<{ details: { fields?: { path: string }[] } }>();
    expect((details.fields ?? []).map(({ path }) => path).sort()).toEqual(fields);
  });

  test('the books of others answer 403', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const client = { client_account_id: String(theirs.clientAccountId) };
    expect((await ask(mine, 'balance-sheet', { ...day, ...client })).statusCode).toBe(403);
    expect((await ask(mine, 'income-statement', { ...range, ...client })).statusCode).toBe(403);
  });

  test('days outside the books are an empty report, also at the ends of the calendar', async () => {
    const books = await companyBooks();
    const none = await incomeStatement(books, '0001-01-01', '0001-01-10', { compare: 'previous_year' });
    expect(none.rows).toEqual([]);
    expect((await incomeStatement(books, '9999-12-05', '9999-12-31')).rows).toEqual([]);
    expect((await balanceSheet(books, '0001-01-01')).rows).toEqual([]);
    expect((await balanceSheet(books, '9999-12-31')).totals.difference).toBe(0);
  });
});

describe('golden files', () => {
  const REPORTS: [report: string, query: Query][] = [
    ['balance-sheet', { report_date: '2025-12-31' }],
    ['income-statement', { date_from: '2025-01-01', date_to: '2025-03-31', compare: 'previous_year' }],
  ];
  test.each(REPORTS)('%s as JSON and HTML, in Norwegian and English', async (report, query) => {
    const books = await companyBooks({ name: 'Fjell & Fjord <AS>', organizationNumber: organizationNumbers[report]! });
    await books.post('2025-12-30', [debit('8300', 500), credit('2500', 500)]);
    for (const language of ['nb', 'en']) {
      const json = await ask(books, report, query, { 'accept-language': language });
      const text = withoutIds(JSON.stringify(json.json(), null, 2), books);
      await expect(`${text}\n`).toMatchFileSnapshot(`../../../test/golden/${report}.${language}.json`);
      const page = await ask(books, report, { ...query, format: 'html' }, { 'accept-language': language });
      expect(page.statusCode, page.body).toBe(200);
      expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(page.body).not.toMatch(/<script|style="|javascript:|https?:\/\/(?!www\.w3\.org)/);
      const body = /<body>([\s\S]*)<\/body>/.exec(page.body)![1]!;
      const lines = body.replace(/<(tr|article|header|table|thead|tbody|footer|dl|div|h1|p)\b/g, '\n<$1');
      await expect(`${withoutIds(lines.trim(), books)}\n`).toMatchFileSnapshot(
        `../../../test/golden/${report}.${language}.html`,
      );
    }
  });
});

const organizationNumbers: Record<string, string> = { 'balance-sheet': '999888798', 'income-statement': '999888801' };

function withoutIds(text: string, books: Books): string {
  return text
    .replaceAll(/client_account_id=\d+/g, 'client_account_id=CA')
    .replaceAll(`/client-accounts/${books.clientAccountId}/`, '/client-accounts/CA/');
}
