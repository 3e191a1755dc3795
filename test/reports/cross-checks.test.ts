import type { FastifyInstance } from 'fastify';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { addDays, addMonths, type LocalDate, yearOf } from '../../src/kernel/local-date.ts';
import type { GeneralLedgerView } from '../../src/reports/general-ledger/general-ledger-json.ts';
import type { BalanceSheetView } from '../../src/reports/statements/balance-sheet-json.ts';
import type { IncomeStatementView } from '../../src/reports/statements/income-statement-json.ts';
import type { TrialBalanceView } from '../../src/reports/trial-balance/trial-balance-json.ts';
import type { VatView } from '../../src/reports/vat/vat-json.ts';
import { testServer } from '../support/books/books.ts';
import { unzipped } from '../support/files/unzipped.ts';
import { DAYS, FIRST_DAY, type RandomLedger, randomLedger, type StoredLine } from '../support/books/random-ledger.ts';

/**
 * The six reports, requested over HTTP, agree on the same books; and their figures equal sums of the lines, computed here
 * independently, line by line. All amounts in øre.
 */

const INCOME = new Set(['3000', '8050']);
const isResult = (account: string) => account >= '3000';
const isVat = (account: string) => account >= '2700' && account <= '2739';

/** Opening balance, debit, credit, closing balance. */
type Figures = [opening: number, debit: number, credit: number, closing: number];
type Accounts = Record<string, Figures>;
type Query = Record<string, string | string[]>;

interface Question {
  from: LocalDate;
  to: LocalDate;
  dimensions: { type: string; id: number }[];
  codes: string[];
  drafts: boolean;
  asOf: Date | null;
}

const ore = (amount: number) => Math.round(amount * 100);
const moves = ([opening, debit, credit]: Figures) => opening !== 0 || debit !== 0 || credit !== 0;

describe.each([20261121, 7])('random ledger %i', (seed) => {
  let ledger: RandomLedger;
  let server: FastifyInstance;
  beforeAll(async () => {
    ledger = await randomLedger(seed);
    server = await testServer(ledger.books.platform);
  }, 120_000);

  async function get(path: string, query: Query) {
    const answer = await server.inject({
      method: 'GET',
      url: `/api/v2/reports/${path}`,
      query: { client_account_id: String(ledger.books.clientAccountId), ...query },
      headers: { authorization: `Bearer ${ledger.books.token}`, accept: 'application/json' },
    });
    expect(answer.statusCode, `${path} ${answer.body.slice(0, 500)}`).toBe(200);
    return answer;
  }

  const narrowing = ({ dimensions, drafts, asOf }: Question): Query => ({
    ...(dimensions.length > 0 ? { dimensions: JSON.stringify(dimensions.map(({ type, id }) => [type, id])) } : {}),
    ...(drafts ? { include_drafts: 'true' } : {}),
    ...asKnown(asOf),
  });
  const asKnown = (asOf: Date | null): Query => (asOf ? { as_of: asOf.toISOString() } : {});
  const ofAccounts = ({ codes }: Question): Query => (codes.length > 0 ? { account_codes: codes } : {});

  async function trialBalance(asked: Question): Promise<Accounts> {
    const query = { date_from: asked.from, date_to: asked.to, ...narrowing(asked), ...ofAccounts(asked) };
    const view = (await get('trial-balance', query)).json<TrialBalanceView>();
    const accounts: Accounts = {};
    for (const row of view.rows) {
      const figures = [row.incoming_balance, row.debit, row.credit, row.outgoing_balance].map(ore);
      const sum = (accounts[row.account_code] ??= [0, 0, 0, 0]);
      figures.forEach((amount, at) => (sum[at]! += amount));
    }
    const totals = [view.totals.incoming_balance, view.totals.debit, view.totals.credit, view.totals.outgoing_balance];
    expect(totals.map(ore)).toEqual(sumOf(accounts));
    return moved(accounts);
  }

  async function generalLedger(asked: Question): Promise<Accounts> {
    const accounts: Accounts = {};
    for (let page = 1, pages = 1; page <= pages; page++) {
      const query = { start_date: asked.from, end_date: asked.to, per_page: '1000', page: String(page) };
      const answer = await get('general-ledger', { ...query, ...narrowing(asked), ...ofAccounts(asked) });
      const view = answer.json<GeneralLedgerView>();
      pages = view.meta.pages;
      for (const row of view.rows) {
        if (row.kind === 'opening') accounts[row.account_code] ??= [ore(row.balance), 0, 0, 0];
        const figures = accounts[row.account_code]!;
        if (row.kind === 'line' || row.kind === 'draft') {
          figures[1] += ore(row.debit);
          figures[2] += ore(row.credit);
        }
      }
      if (page === pages) {
        const { opening_balance: opening, debit, credit, closing_balance: closing } = view.totals;
        for (const figures of Object.values(accounts)) figures[3] = figures[0] + figures[1] - figures[2];
        expect([opening, debit, credit, closing].map(ore)).toEqual(sumOf(accounts));
      }
    }
    return moved(accounts);
  }

  async function balanceSheet(date: LocalDate, asked: Question) {
    const view = (await get('balance-sheet', { report_date: date, ...narrowing(asked) })).json<BalanceSheetView>();
    const rows = Object.fromEntries(
      view.rows.map((row) => [row.is_computed ? 'result' : row.account_code, ore(row.balance)]),
    );
    const { totals } = view;
    expect(ore(totals.assets) + ore(totals.equity) + ore(totals.liabilities)).toBe(ore(totals.difference));
    if (asked.dimensions.length === 0) expect(totals.difference).toBe(0);
    const { result = 0, ...accounts } = rows;
    return { accounts, result };
  }

  async function incomeStatement(asked: Question) {
    const query = { date_from: asked.from, date_to: asked.to, ...narrowing(asked) };
    const view = (await get('income-statement', query)).json<IncomeStatementView>();
    const accounts: Record<string, number> = {};
    const months: Record<string, number> = {};
    for (const { account_code: code, period_debit_movements: movements } of view.rows)
      for (const [key, amount] of Object.entries(movements)) {
        const debitLessCredit = ore(INCOME.has(code) ? -amount : amount);
        accounts[code] = (accounts[code] ?? 0) + debitLessCredit;
        const { date_from: month } = view.periods.find((period) => period.key === key)!;
        if (debitLessCredit !== 0) months[`${code} ${month.slice(0, 7)}`] = debitLessCredit;
      }
    const total = (key: string) => ore(view.results.find((result) => result.key === key)!.total);
    return { accounts, months, result: total('result_for_the_year') - total('appropriated') };
  }

  async function safT(asked: Question): Promise<Accounts> {
    const answer = await get('saf-t-financial', { start_date: asked.from, end_date: asked.to, ...asKnown(asked.asOf) });
    const [file] = await unzipped(answer.rawPayload);
    const xml = file!.content.toString();
    const accounts: Accounts = {};
    for (const [, account = ''] of xml.matchAll(/<Account>(.*?)<\/Account>/gs)) {
      const code = textOf(account, 'AccountID')!;
      const opening = amountOf(account, 'OpeningDebitBalance') - amountOf(account, 'OpeningCreditBalance');
      const closing = amountOf(account, 'ClosingDebitBalance') - amountOf(account, 'ClosingCreditBalance');
      accounts[code] = [opening, 0, 0, closing];
    }
    for (const [, line = ''] of xml.matchAll(/<Line>(.*?)<\/Line>/gs)) {
      const figures = accounts[textOf(line, 'AccountID')!]!;
      figures[1] += amountOf(line.match(/<DebitAmount>.*?<\/DebitAmount>/s)?.[0] ?? '', 'Amount');
      figures[2] += amountOf(line.match(/<CreditAmount>.*?<\/CreditAmount>/s)?.[0] ?? '', 'Amount');
    }
    const [, debit, credit] = sumOf(accounts);
    expect([amountOf(xml, 'TotalDebit'), amountOf(xml, 'TotalCredit')]).toEqual([debit, credit]);
    return moved(accounts);
  }

  async function vat(asked: Question): Promise<{ accounts: Accounts; bases: Record<string, number> }> {
    const query = { from_date: asked.from, to_date: asked.to, ...asKnown(asked.asOf) };
    const view = (await get('vat', query)).json<VatView>();
    expect(view.closing_check.difference).toBe(0);
    const accounts: Accounts = {};
    for (const row of view.accounts) {
      const [debit, credit] = [ore(row.debit), ore(row.credit)];
      const posted = ore(row.posted_tax_debit_amount) - ore(row.posted_tax_credit_amount);
      const other = ore(row.reconciliation_debit_amount) - ore(row.reconciliation_credit_amount);
      expect(posted + other).toBe(debit - credit);
      if (debit !== 0 || credit !== 0) accounts[row.account_code] = [0, debit, credit, 0];
    }
    const bases: Record<string, number> = {};
    for (const row of view.rows) {
      const base = ore(row.base_debit_amount) - ore(row.base_credit_amount);
      if (base !== 0) bases[row.tax_code.code] = (bases[row.tax_code.code] ?? 0) + base;
    }
    return { accounts, bases };
  }

  const dayIn = fc.integer({ min: -20, max: DAYS + 40 }).map((n) => addDays(FIRST_DAY, n));
  const questions = () => {
    const { departments, projects, moments } = ledger;
    const [d, e] = departments.map((id) => ({ type: 'department', id }));
    const [p, q] = projects.map((id) => ({ type: 'project', id }));
    return fc
      .record({
        start: fc.oneof(
          dayIn,
          dayIn.map((date) => `${date.slice(0, 7)}-01`),
          dayIn.map((date) => `${yearOf(date)}-01-01`),
        ),
        length: fc.oneof(
          fc.integer({ min: 0, max: 45 }).map((days) => ({ days })),
          fc.integer({ min: 0, max: 1200 }).map((days) => ({ days })),
          fc.constantFrom(1, 2, 12, 24, 36).map((months) => ({ months })),
        ),
        dimensions: fc.constantFrom<Question['dimensions']>([], [], [], [d!], [d!, e!], [p!], [d!, p!], [e!, p!, q!]),
        codes: fc.constantFrom<string[]>([], [], [], ['1500'], ['2000-2999'], ['1920', '3000-3999', '8960']),
        drafts: fc.nat(3).map((n) => n === 0),
        asOf: fc.constantFrom(null, null, null, ...moments),
      })
      .map(({ start, length, drafts, asOf, ...rest }): Question => {
        const to = 'days' in length ? addDays(start, length.days) : addDays(addMonths(start, length.months), -1);
        return { from: start, to, ...rest, drafts: drafts && !asOf, asOf };
      });
  };

  test('trial balance = balance sheet + income statement = general ledger = SAF-T = VAT = the lines', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(questions(), async (asked) => {
        const trial = await trialBalance(asked);
        expect(await generalLedger(asked)).toEqual(trial);
        const lines = linesOf(ledger.lines, asked);
        if (!asked.drafts) expect(figuresOf(lines, asked)).toEqual(trial);

        const all = { ...asked, codes: [] };
        const whole = asked.codes.length > 0 ? await trialBalance(all) : trial;
        const sheet = await balanceSheet(asked.to, asked);
        const before = await balanceSheet(addDays(asked.from, -1), asked);
        const statement = await incomeStatement(asked);
        expect(sheet.accounts).toEqual(closingOf(whole, (code) => !isResult(code)));
        expect(before.accounts).toEqual(openingOf(whole, (code) => !isResult(code)));
        expect(nonZero(statement.accounts)).toEqual(movementOf(whole, isResult));
        // The unappropriated result in the balance sheet grew by exactly the result of the income statement.
        expect(sheet.result - before.result + statement.result).toBe(0);
        if (!asked.drafts) expect(statement.months).toEqual(monthsOf(linesOf(ledger.lines, all), all));

        // Filters that the report lacks are checked against the posted books.
        const posted = { ...all, dimensions: [], drafts: false };
        const books = asked.dimensions.length > 0 || asked.drafts ? await trialBalance(posted) : whole;
        const returned = await vat(posted);
        expect(returned.accounts).toEqual(vatAccountsOf(books));
        expect(returned.bases).toEqual(basesOf(linesOf(ledger.lines, posted), posted));
        if (files++ % 2 === 0) expect(await safT(posted)).toEqual(books);
      }),
      { numRuns: 30, seed },
    );
  }, 120_000);

  test('of neighbouring ranges, one closes as the next opens, and together they are the whole', async () => {
    const asked = fc.record({ question: questions(), cut: fc.double({ min: 0, max: 1, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(asked, async ({ question, cut }) => {
        const days = (Date.parse(question.to) - Date.parse(question.from)) / 86_400_000;
        if (days < 1) return;
        const middle = addDays(question.from, Math.floor(cut * (days - 1)));
        const [first, second, whole] = [
          await trialBalance({ ...question, to: middle }),
          await trialBalance({ ...question, from: addDays(middle, 1) }),
          await trialBalance(question),
        ];
        const newYear = middle.endsWith('-12-31');
        for (const code of new Set([first, second, whole].flatMap((accounts) => Object.keys(accounts)))) {
          const [a, b, c] = [first, second, whole].map((accounts) => accounts[code] ?? [0, 0, 0, 0]) as Figures[];
          expect([code, a![1] + b![1], a![2] + b![2]]).toEqual([code, c![1], c![2]]);
          if (!isResult(code)) expect([code, a![3], b![3]]).toEqual([code, b![0], c![3]]);
          else if (newYear) expect([code, b![0]]).toEqual([code, 0]);
        }
      }),
      { numRuns: 25, seed },
    );
  }, 120_000);
});

function moved(accounts: Accounts): Accounts {
  return Object.fromEntries(Object.entries(accounts).filter(([, figures]) => moves(figures)));
}

function nonZero(sums: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

function sumOf(accounts: Accounts): Figures {
  const sum: Figures = [0, 0, 0, 0];
  for (const figures of Object.values(accounts)) figures.forEach((amount, at) => (sum[at]! += amount));
  return sum;
}

type Wanted = (code: string) => boolean;
const each = (accounts: Accounts, wanted: Wanted, of: (figures: Figures) => number) =>
  nonZero(Object.fromEntries(Object.entries(accounts).flatMap(([code, f]) => (wanted(code) ? [[code, of(f)]] : []))));
const openingOf = (accounts: Accounts, wanted: Wanted) => each(accounts, wanted, ([opening]) => opening);
const movementOf = (accounts: Accounts, wanted: Wanted) =>
  each(accounts, wanted, ([, debit, credit]) => debit - credit);
const closingOf = (accounts: Accounts, wanted: Wanted) => each(accounts, wanted, ([, , , closing]) => closing);

/** The lines that a query covers, including those before its range: an independent implementation of the filters. */
function linesOf(lines: StoredLine[], { to, dimensions, codes, asOf }: Question): StoredLine[] {
  const types = new Set(dimensions.map(({ type }) => type));
  return lines.filter(
    (line) =>
      line.date <= to &&
      (!asOf || line.postedAt <= asOf) &&
      [...types].every((type) =>
        line.dimensions.some((has) => has.type === type && dimensions.some((d) => d.type === type && d.id === has.id)),
      ) &&
      (codes.length === 0 ||
        codes.some((code) => {
          const [low = '', high = low] = code.split('-');
          return low <= line.account && line.account <= high;
        })),
  );
}

/** Balances of accounts carry forward, those of the result from the beginning of the range's first year. */
function figuresOf(lines: StoredLine[], { from }: Question): Accounts {
  const accounts: Accounts = {};
  for (const { account, date, debit, credit } of lines) {
    if (isResult(account) && yearOf(date) < yearOf(from)) continue;
    const figures = (accounts[account] ??= [0, 0, 0, 0]);
    if (date < from) figures[0] += debit - credit;
    else {
      figures[1] += debit;
      figures[2] += credit;
    }
    figures[3] += debit - credit;
  }
  return moved(accounts);
}

function monthsOf(lines: StoredLine[], { from }: Question): Record<string, number> {
  const months: Record<string, number> = {};
  for (const { account, date, debit, credit } of lines) {
    if (date < from || !isResult(account)) continue;
    const key = `${account} ${date.slice(0, 7)}`;
    months[key] = (months[key] ?? 0) + debit - credit;
  }
  return nonZero(months);
}

function vatAccountsOf(accounts: Accounts): Accounts {
  return Object.fromEntries(
    Object.entries(accounts).flatMap(([code, [, debit, credit]]) =>
      isVat(code) && (debit !== 0 || credit !== 0) ? [[code, [0, debit, credit, 0]]] : [],
    ),
  );
}

/** Debit less credit of the lines that carry a VAT code. */
function basesOf(lines: StoredLine[], { from }: Question): Record<string, number> {
  const bases: Record<string, number> = {};
  for (const { date, taxCode, account, debit, credit } of lines)
    if (taxCode !== null && date >= from && !isVat(account)) bases[taxCode] = (bases[taxCode] ?? 0) + debit - credit;
  return nonZero(bases);
}

function textOf(xml: string, element: string): string | null {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? null;
}

function amountOf(xml: string, element: string): number {
  const text = textOf(xml, element);
  return text === null ? 0 : Math.round(Number(text) * 100);
}
