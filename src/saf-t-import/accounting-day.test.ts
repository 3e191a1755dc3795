import { afterAll, describe, expect, it } from 'vitest';
import { type Book, cost, DATES, fileOf, PERIODS, simple, type Voucher } from '../../test/support/saf-t/saf-t-book.ts';
import { codesOf, resultOf, SafTImports, warningsOf } from '../../test/support/saf-t/saf-t-imports.ts';
import { verifyBooks } from '../ledger/index.ts';

const books = new SafTImports();
afterAll(() => books.close());

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
    const result = resultOf(await books.takeText(simple(book, voucher)));
    const [entry] = await books.entries(result.client_account_id);
    expect(entry).toMatchObject({ date: day, period: voucher.period, year: voucher.year });
    expect(warningsOf(result)).toEqual(day === voucher.date ? [] : ['date-outside-periods']);
    expect(await verifyBooks(books.database, result.client_account_id)).toEqual([]);
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
      expect(codesOf(await books.takeText(simple(book, voucher)))).toContain('date-outside-selection');
    },
  );

  it('a year from July, selected by a part of its periods, is known by its vouchers', async () => {
    const months = ['2025-07-10', '2025-08-10', '2026-01-10'];
    const xml = fileOf({
      accounts: { 1920: [1000, 700], 2000: [-1000, -1000], 6800: [0, 300] },
      selection: PERIODS(1, 9, 2025),
      vouchers: [1, 2, 7].map((period, i) => ({ period, year: 2025, date: months[i]!, lines: cost('100.00') })),
    });
    const result = resultOf(await books.takeText(xml));
    expect((await books.entries(result.client_account_id)).map(({ date }) => date)).toEqual(months);
    expect(warningsOf(result)).toEqual([]);
  });

  it('a year from July goes on in books that are there', async () => {
    const book = (from: number, opening: number): Book => ({
      accounts: { 1920: [opening, opening - 100], 2000: [-1000, -1000], 6800: [0, 100] },
      selection: DATES(`${from}-07-01`, `${from + 1}-06-30`),
      vouchers: [{ date: `${from + 1}-02-01`, period: 8, year: from, lines: cost('100.00') }],
    });
    const { client_account_id: id } = resultOf(await books.takeText(fileOf(book(2024, 1000))));
    const result = resultOf(await books.takeText(fileOf(book(2025, 900)), id));
    expect(result.accounts.find((account) => account.account_code === '6800')).toMatchObject({
      imported_closing_balance: '100.00',
      difference: '0.00',
    });
  });

  it('a missing period leaves it to the posting date', async () => {
    const xml = simple({}, { date: '2024-12-30', posted: '2025-01-05' }).replace(/<Period>.*<\/PeriodYear>/, '');
    const result = resultOf(await books.takeText(xml));
    expect(await books.entries(result.client_account_id)).toMatchObject([
      { date: '2025-01-05', period: 1, year: 2025 },
    ]);
  });
});
