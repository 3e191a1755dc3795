import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDimensionValue, addPartner, type Books, openBooks, testServer } from '../../../test/support/books/books.ts';
import { addDays } from '../../kernel/local-date.ts';
import { foldBalances } from '../../ledger/balances-fold.ts';
import type { EntryInput, LineInput } from '../../ledger/entries/entry-input.ts';
import { postEntries } from '../../ledger/index.ts';
import type { TrialBalanceView } from '../trial-balance/trial-balance-json.ts';
import type { GeneralLedgerView } from './general-ledger-json.ts';

const server = await testServer();

type Row = GeneralLedgerView['rows'][number];
type Query = Record<string, string | string[]>;

async function ask<V>(books: Books, path: string, query: Query): Promise<V> {
  const answer = await server.inject({
    method: 'GET',
    url: `/api/v2/reports/${path}`,
    query: { client_account_id: String(books.clientAccountId), ...query },
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json' },
  });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<V>();
}

const ACCOUNTS = ['1920', '2050', '1500', '3100', '6800', '8960'];
const INCOME_AND_EXPENSE = new Set(['3100', '6800', '8960']);
const day = fc.integer({ min: 0, max: 1200 }).map((n) => addDays('2022-11-20', n));

interface Posted {
  account: string;
  date: string;
  øre: number;
  dimension: number | null;
  draft: boolean;
}

/** Four hundred entries, half of them folded, a few drafts; most on few days, so that pages break within a day. */
async function randomBooks(): Promise<{ books: Books; posted: Posted[]; departments: number[] }> {
  const books = await openBooks();
  const partner = await addPartner(books);
  const departments = [await addDimensionValue(books, 'department'), await addDimensionValue(books, 'department')];
  const side = fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    dimension: fc.constantFrom(null, null, ...departments),
  });
  const made = fc.sample(
    fc.record({
      date: fc.oneof(day, fc.constantFrom('2024-02-29', '2024-12-31', '2025-01-01', '2025-01-15')),
      øre: fc.integer({ min: 1, max: 1_000_000 }),
      debit: side,
      credit: side,
      draft: fc.integer({ min: 0, max: 14 }).map((n) => n === 0),
    }),
    { numRuns: 400, seed: 20261121 },
  );
  const posted: Posted[] = [];
  const inputOf = (entry: (typeof made)[number]): EntryInput => ({
    entry_date: entry.date,
    lines: (['debit', 'credit'] as const).map((which): LineInput => {
      const { account, dimension } = entry[which];
      posted.push({
        account,
        date: entry.date,
        øre: which === 'debit' ? entry.øre : -entry.øre,
        dimension,
        draft: entry.draft,
      });
      return {
        account_code: account,
        [which]: (entry.øre / 100).toFixed(2),
        dimensions: dimension === null ? [] : [{ type: 'department', id: dimension }],
        business_partner_id: account === '1500' ? partner : null,
      };
    }),
  });
  const real = made.filter((entry) => !entry.draft).map(inputOf);
  await books.run(postEntries, { entries: real.slice(0, 200), mode: 'all', language: 'nb' });
  const id = books.clientAccountId;
  await books.platform.database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) => foldBalances(tx, id));
  await books.run(postEntries, { entries: real.slice(200), mode: 'all', language: 'nb' });
  for (const entry of made.filter(({ draft }) => draft)) {
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v2/journal-entries',
      headers: { authorization: `Bearer ${books.token}` },
      payload: { client_account_id: id, is_draft: true, ...inputOf(entry) },
    });
    expect(answer.statusCode, answer.body).toBe(201);
  }
  return { books, posted, departments };
}

const question = fc.record({
  from: day,
  days: fc.integer({ min: 0, max: 900 }),
  codes: fc.constantFrom<string[]>([], ['1920'], ['1500', '3000-3999'], ['2000-8000']),
  departments: fc.nat(3),
  drafts: fc.boolean(),
  perPage: fc.constantFrom(1, 7, 40, 333, 1000),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
});

const øre = (amount: number) => Math.round(amount * 100);

test('opening + lines = closing = trial balance, running balances hold, and every page is a piece of the whole', async () => {
  const { books, posted, departments } = await randomBooks();
  await fc.assert(
    fc.asyncProperty(question, async ({ from, days, codes, departments: chosen, drafts, perPage, place }) => {
      const to = addDays(from, days);
      const wanted = departments.filter((_, at) => chosen & (1 << at));
      const narrowed: Query = {
        include_drafts: String(drafts),
        ...(codes.length > 0 ? { account_codes: codes } : {}),
        ...(wanted.length > 0 ? { dimensions: JSON.stringify(wanted.map((id) => ['department', id])) } : {}),
      };
      const query = { start_date: from, end_date: to, ...narrowed };
      const rows: Row[] = [];
      for (let page = 1, pages = 1; page <= pages; page++) {
        const view = await ask<GeneralLedgerView>(books, 'general-ledger', {
          ...query,
          per_page: '1000',
          page: String(page),
        });
        pages = view.meta.pages;
        rows.push(...view.rows);
      }
      const pages = Math.max(1, Math.ceil(rows.length / perPage));
      for (const page of new Set([1, 1 + Math.floor(place * (pages - 1)), pages, pages + 1])) {
        const view = await ask<GeneralLedgerView>(books, 'general-ledger', {
          ...query,
          per_page: String(perPage),
          page: String(page),
        });
        expect(view.rows).toEqual(rows.slice((page - 1) * perPage, page * perPage));
        expect(view.meta).toEqual({ page, pages, per_page: perPage, records: rows.length });
      }

      const trial = await ask<TrialBalanceView>(books, 'trial-balance', { date_from: from, date_to: to, ...narrowed });
      const balances = new Map<string, number[]>();
      for (const row of trial.rows) {
        const sum = balances.get(row.account_code) ?? [0, 0, 0, 0];
        const figures = [row.incoming_balance, row.debit, row.credit, row.outgoing_balance];
        balances.set(
          row.account_code,
          sum.map((amount, at) => amount + øre(figures[at]!)),
        );
      }
      const reported = new Map<string, number[]>();
      const lines: string[] = [];
      for (const [code, account] of byAccount(rows)) {
        reported.set(code, proven(account));
        lines.push(...account.filter(isLine).map((row) => `${row.kind} ${code} ${row.date} ${øre(row.amount)}`));
      }
      for (const [code, figures] of balances)
        expect([code, reported.get(code) ?? [0, 0, 0, 0]]).toEqual([code, figures]);
      for (const [code, figures] of reported)
        expect([code, balances.get(code) ?? [0, 0, 0, 0]]).toEqual([code, figures]);

      const expected = posted.filter(
        (line) =>
          (drafts || !line.draft) &&
          from <= line.date &&
          line.date <= to &&
          (wanted.length === 0 || (line.dimension !== null && wanted.includes(line.dimension))) &&
          (codes.length === 0 ||
            codes.some((code) => {
              const [low = '', high = low] = code.split('-');
              return low <= line.account && line.account <= high;
            })),
      );
      expect(lines.sort()).toEqual(
        expected.map((line) => `${line.draft ? 'draft' : 'line'} ${line.account} ${line.date} ${line.øre}`).sort(),
      );
    }),
    { numRuns: 60, seed: 11 },
  );
}, 60_000);

function byAccount(rows: readonly Row[]): Map<string, Row[]> {
  const accounts = new Map<string, Row[]>();
  for (const row of rows) accounts.set(row.account_code, [...(accounts.get(row.account_code) ?? []), row]);
  return accounts;
}

function isLine({ kind }: Row): boolean {
  return kind === 'line' || kind === 'draft';
}

/** Follows an account's rows one by one and returns its trial balance figures. */
function proven(rows: readonly Row[]): number[] {
  let [balance, debit, credit] = [0, 0, 0];
  const all = { debit: 0, credit: 0 };
  let previous: Row | undefined;
  for (const row of rows) {
    if (row.kind === 'opening') {
      [balance, debit, credit] = [øre(row.balance), 0, 0];
      // Balance accounts have one section; the others start every year after the first at zero.
      if (previous) {
        expect([INCOME_AND_EXPENSE.has(row.account_code), row.date.slice(4), balance]).toEqual([true, '-01-01', 0]);
        expect(previous.kind).toBe('closing');
      }
    } else if (isLine(row)) {
      balance += øre(row.debit) - øre(row.credit);
      debit += øre(row.debit);
      credit += øre(row.credit);
      expect(øre(row.balance)).toBe(balance);
      if (previous?.kind === row.kind) expect(previous.date <= row.date).toBe(true);
      expect(previous!.kind === 'draft' && row.kind === 'line').toBe(false);
    } else if (row.kind === 'closing') {
      expect([row.debit, row.credit, row.balance].map(øre)).toEqual([debit, credit, balance]);
      all.debit += debit;
      all.credit += credit;
    } else {
      const { debit: debits, credit: credits } = all;
      expect([row.debit, row.credit, row.balance].map(øre)).toEqual([
        debits,
        credits,
        øre(rows[0]!.balance) + debits - credits,
      ]);
    }
    previous = row;
  }
  expect(rows.filter(({ kind }) => kind === 'opening').length > 1).toBe(previous!.kind === 'total');
  return [øre(rows[0]!.balance), all.debit, all.credit, øre(previous!.balance)];
}
