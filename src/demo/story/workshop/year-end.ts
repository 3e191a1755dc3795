import { divideRounded, type Ore } from '../../../kernel/money.ts';
import { type Book, credit, debit, type StoryLine } from '../book.ts';
import type { Random } from '../random.ts';
import { payDividend, payTax } from './finance.ts';

const TAX_PERCENT = 22n;

/** Posts the stock count: the change since last year. */
export function countStock(book: Book, random: Random, year: number): void {
  const date = `${year}-12-31`;
  const materials = random.kroner(-38_000, 62_000, 100);
  const finished = random.kroner(-22_000, 34_000, 100);
  const lines: StoryLine[] = [];
  if (materials !== 0n) lines.push({ account: '1400', amount: materials }, { account: '4090', amount: -materials });
  if (finished !== 0n) lines.push({ account: '1440', amount: finished }, { account: '4290', amount: -finished });
  book.enter({ date, series: 'GL', memo: `Varetelling 31.12.${year}`, lines });
}

/**
 * Tax on the result, and the appropriation of the result: dividend and earned equity. Accounts 3 to 8 keep their
 * figures; the transfer is on the accounts of appropriation. A year is closed in March, when its last VAT term is
 * settled too.
 */
export function closeYear(book: Book, year: number): void {
  if (book.today < `${year + 1}-03-20`) return;
  const date = `${year}-12-31`;
  const from = `${year}-01-01`;
  const beforeTax = -['3', '4', '5', '6', '7', '8'].reduce((sum, group) => sum + book.balance(group, date, from), 0n);
  const tax = beforeTax > 0n ? divideRounded(beforeTax * TAX_PERCENT, 10_000n) * 100n : 0n;
  if (tax > 0n)
    book.enter({
      date,
      series: 'GL',
      memo: `Skattekostnad ${year}`,
      lines: [debit('8300', tax), credit('2500', tax)],
    });
  const result = beforeTax - tax;
  const dividend: Ore = result > 0n ? (result / 2n / 10_000_00n) * 10_000_00n : 0n;
  const lines: StoryLine[] = [
    { account: '8960', amount: result - dividend, memo: 'Overført annen egenkapital' },
    { account: '2050', amount: dividend - result },
  ];
  if (dividend > 0n) lines.push(debit('8920', dividend, { memo: 'Avsatt utbytte' }), credit('2800', dividend));
  book.enter({ date, series: 'GL', memo: `Disponering av årsresultatet ${year}`, lines });
  payTax(book, year + 1, tax);
  payDividend(book, year + 1, dividend);
}
