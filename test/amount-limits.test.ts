import { expect, test } from 'vitest';
import { credit, debit, openBooks, testDatabase, testPlatform } from './support/books.ts';
import { asOwner } from './support/people.ts';
import { formatAmount, MAX_AMOUNT, MAX_ENTRY_TOTAL, MAX_TURNOVER } from '../src/kernel/money.ts';
import { reportRoutes } from '../src/reports/index.ts';
import { apiOf } from './support/domain-api.ts';
import { exportFilesOf } from './support/saf-t-export.ts';
import { verifyBooks } from '../src/ledger/index.ts';

const api = apiOf(reportRoutes, testPlatform());
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
