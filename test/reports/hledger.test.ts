import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { addDays, addMonths, type LocalDate } from '../../src/kernel/local-date.ts';
import type { Platform } from '../../src/platform/operation.ts';
import type { BalanceSheetView } from '../../src/reports/statements/balance-sheet-json.ts';
import type { IncomeStatementView } from '../../src/reports/statements/income-statement-json.ts';
import type { TrialBalanceView } from '../../src/reports/trial-balance/trial-balance-json.ts';
import { testServer } from '../support/books/books.ts';
import { testDemo } from '../support/server/demo.ts';
import { hasHledger, hledger, journalOf, monthlyBalances } from '../support/books/hledger.ts';
import { randomLedger } from '../support/books/random-ledger.ts';

/** Compares the reports with an independent program, on a journal exported for it. Amounts in øre. */

const why = hasHledger ? '' : ' (skipped: no hledger here)';
const ore = (amount: number) => Math.round(amount * 100);
const nonZero = (sums: Record<string, number>) =>
  Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));

interface Company {
  platform: Platform;
  clientAccountId: number;
  token: string;
}

const COMPANIES: [name: string, open: () => Promise<Company>, first: LocalDate, months: number][] = [
  ['the demo company', testDemo, '2023-12-01', 36],
  ['a random ledger', async () => (await randomLedger(1_905, 300)).books, '2022-11-01', 40],
];

describe.skipIf(!hasHledger && !process.env.CI).each(COMPANIES)(
  `%s against hledger${why}`,
  (_, open, first, months) => {
    const ends = Array.from({ length: months }, (__, at) => addDays(addMonths(first, at + 1), -1));
    const last = ends.at(-1)!;
    let company: Company;
    let server: FastifyInstance;
    let journal: string;
    beforeAll(async () => {
      company = await open();
      server = await testServer(company.platform);
      journal = await journalOf(company.platform, company.clientAccountId);
    }, 300_000);

    async function ask<V>(path: string, query: Record<string, string>): Promise<V> {
      const answer = await server.inject({
        method: 'GET',
        url: `/api/v2/reports/${path}`,
        query: { client_account_id: String(company.clientAccountId), ...query },
        headers: { authorization: `Bearer ${company.token}`, accept: 'application/json' },
      });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json<V>();
    }

    test('hledger takes the journal under its strict checks, balances included', () => {
      expect(hledger(journal, ['check', '--strict'])).toBe('');
      expect(hledger(journal, ['check', 'ordereddates'])).toBe('');
    });

    test('income statement by account and month, and its result', async () => {
      const view = await ask<IncomeStatementView>('income-statement', { date_from: first, date_to: last });
      expect(view.periods).toHaveLength(months);
      const ours = Object.fromEntries(
        view.rows.map((row) => {
          const amounts = view.periods.map(({ key }) => ore(row.period_debit_movements[key] ?? 0));
          return [row.account_code, amounts.map((amount) => (isIncome(row.account_code) ? 0 - amount : amount))];
        }),
      );
      const theirs = monthlyBalances(journal, first, months, 'type:RXE');
      const results = Object.entries(theirs).filter(([code]) => code >= '3000');
      expect(results.length).toBeGreaterThan(5);
      expect(ours).toEqual(Object.fromEntries(results));
      const earned = monthlyBalances(journal, first, months, 'type:RX');
      const byMonth = ends.map((__, at) => Object.values(earned).reduce((sum, amounts) => sum - amounts[at]!, 0));
      const result = view.results.find(({ key }) => key === 'result_for_the_year')!;
      expect(view.periods.map(({ key }) => ore(result.period_movements[key] ?? 0))).toEqual(byMonth);
    });

    test('balance sheet at the end of every month', async () => {
      const theirs = monthlyBalances(journal, first, months, '--historical');
      for (const [at, report_date] of ends.entries()) {
        const { rows, totals } = await ask<BalanceSheetView>('balance-sheet', { report_date });
        const ours = Object.fromEntries(
          rows.map((row) => [row.is_computed ? 'result' : row.account_code, ore(row.balance)]),
        );
        const expected: Record<string, number> = { result: 0 };
        for (const [code, balances] of Object.entries(theirs)) {
          const key = code < '3000' ? code : 'result';
          expected[key] = (expected[key] ?? 0) + balances[at]!;
        }
        expect([report_date, nonZero(ours)]).toEqual([report_date, nonZero(expected)]);
        expect(totals.difference).toBe(0);
      }
    });

    test('trial balance and general ledger totals of ragged ranges', async () => {
      for (const [from, to] of [
        [first, last],
        ['2024-02-29', '2025-03-10'],
        ['2025-01-01', '2025-12-31'],
        ['2025-06-15', '2025-06-15'],
      ] as const) {
        const { rows } = await ask<TrialBalanceView>('trial-balance', { date_from: from, date_to: to });
        const ours: Record<string, number> = {};
        const closing: Record<string, number> = {};
        for (const row of rows) {
          const code = row.account_code;
          ours[code] = (ours[code] ?? 0) + ore(row.debit) - ore(row.credit);
          if (code < '3000') closing[code] = (closing[code] ?? 0) + ore(row.outgoing_balance);
        }
        const end = addDays(to, 1);
        const one = (...options: string[]) => {
          const csv = hledger(journal, [
            'balance',
            '--flat',
            '--no-total',
            '-O',
            'csv',
            '--layout=bare',
            '-e',
            end,
            ...options,
          ]);
          const amounts = csv.trim().split('\n').slice(1);
          return Object.fromEntries(
            amounts.map((row) => {
              const [account, , amount] = row.slice(1, -1).split('","');
              return [account!.split(' ')[0]!, ore(Number(amount))];
            }),
          );
        };
        expect(nonZero(ours)).toEqual(nonZero(one('-b', from)));
        const balances = Object.entries(one()).filter(([code]) => code < '3000');
        expect(nonZero(closing)).toEqual(nonZero(Object.fromEntries(balances)));
      }
    });

    test('a journal of some days has just their entries', async () => {
      const some = await journalOf(company.platform, company.clientAccountId, { from: '2025-01-01', to: '2025-03-31' });
      const whole = hledger(journal, ['balance', '--flat', '-b', '2025-01-01', '-e', '2025-04-01', '-O', 'csv']);
      expect(hledger(some, ['balance', '--flat', '-O', 'csv'])).toBe(whole);
    });
  },
);

/** Operating income and financial income. */
function isIncome(code: string): boolean {
  return code < '4000' || code.startsWith('80');
}
