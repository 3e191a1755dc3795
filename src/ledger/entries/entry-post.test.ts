import { describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
} from '../../../test/support/books/books.ts';
import type { EntryInput, LineInput } from './entry-input.ts';
import type { EntryView } from './entry-view.ts';

/** `1920 D 100.00`, `3000 K 80.00 (3)`, `2700 K 20.00 (3 of 2)`. */
function linesOf(entry: EntryView): string[] {
  return entry.lines.map((line) => {
    const side = line.debit !== '0.00' ? `D ${line.debit}` : `K ${line.credit}`;
    const vat = [line.tax_code, line.base_line_number && `of ${line.base_line_number}`].filter(Boolean).join(' ');
    return `${line.account_code} ${side}${vat ? ` (${vat})` : ''}`;
  });
}

describe('VAT lines by code', () => {
  const rows: [name: string, date: string, lines: LineInput[], expected: string[]][] = [
    [
      '3: sale, net',
      '2026-01-10',
      [credit('3000', '10000', { tax_code: '3' }), debit('1920', '12500')],
      ['3000 K 10000.00 (3)', '2700 K 2500.00 (3 of 1)', '1920 D 12500.00'],
    ],
    [
      '3: sale, gross',
      '2026-01-10',
      [credit('3000', '12500', { tax_code: '3', amount_basis: 'gross' }), debit('1920', '12500')],
      ['3000 K 10000.00 (3)', '2700 K 2500.00 (3 of 1)', '1920 D 12500.00'],
    ],
    [
      '3: credit note is the same code on the other side',
      '2026-01-10',
      [debit('3000', '100', { tax_code: '3' }), credit('1920', '125')],
      ['3000 D 100.00 (3)', '2700 D 25.00 (3 of 1)', '1920 K 125.00'],
    ],
    [
      '33 before April 2020: 12 %',
      '2020-03-31',
      [credit('3000', '100', { tax_code: '33' }), debit('1920', '112')],
      ['3000 K 100.00 (33)', '2703 K 12.00 (33 of 1)', '1920 D 112.00'],
    ],
    [
      '33 from April 2020: 6 %',
      '2020-04-01',
      [credit('3000', '100', { tax_code: '33' }), debit('1920', '106')],
      ['3000 K 100.00 (33)', '2703 K 6.00 (33 of 1)', '1920 D 106.00'],
    ],
    [
      '5: zero rate has no VAT line',
      '2026-01-10',
      [credit('3100', '100', { tax_code: '5' }), debit('1920', '100')],
      ['3100 K 100.00 (5)', '1920 D 100.00'],
    ],
    [
      '1: purchase',
      '2026-01-10',
      [debit('6540', '1000', { tax_code: '1' }), credit('1920', '1250')],
      ['6540 D 1000.00 (1)', '2710 D 250.00 (1 of 1)', '1920 K 1250.00'],
    ],
    [
      '86: services from abroad, payable 0',
      '2026-01-10',
      [debit('6540', '10000', { tax_code: '86' }), credit('1920', '10000')],
      ['6540 D 10000.00 (86)', '2706 K 2500.00 (86 of 1)', '2716 D 2500.00 (86 of 1)', '1920 K 10000.00'],
    ],
    [
      '87: without deduction the VAT is cost',
      '2026-01-10',
      [debit('6540', '10000', { tax_code: '87' }), credit('1920', '10000')],
      ['6540 D 10000.00 (87)', '2706 K 2500.00 (87 of 1)', '6540 D 2500.00 (of 1)', '1920 K 10000.00'],
    ],
    [
      '14: the line is the VAT',
      '2026-01-10',
      [debit('2714', '250', { tax_code: '14' }), credit('1920', '250')],
      ['2714 D 250.00 (14)', '1920 K 250.00'],
    ],
    [
      'rounding half away from zero, per line',
      '2026-01-10',
      [credit('3000', '33.33', { tax_code: '3' }), credit('3000', '0.02', { tax_code: '3' }), debit('1920', '41.69')],
      ['3000 K 33.33 (3)', '2700 K 8.33 (3 of 1)', '3000 K 0.02 (3)', '2700 K 0.01 (3 of 3)', '1920 D 41.69'],
    ],
  ];
  test.each(rows)('%s', async (_name, date, lines, expected) => {
    const books = await openBooks();
    expect(linesOf(await books.post(date, lines))).toEqual(expected);
  });
});

describe('what is refused, and where', () => {
  let books: Books;
  const rows: [name: string, lines: LineInput[], where: string[], more?: Partial<EntryInput>][] = [
    ['unknown account', [debit('0001', 1), credit('1920', 1)], ['lines[0].account_code']],
    ['account missing', [{ debit: 1 }, credit('1920', 1)], ['lines[0].account_code']],
    ['three decimals', [debit('1920', '1.001'), credit('3000', '1.001')], ['lines[0].debit', 'lines[1].credit']],
    ['negative', [debit('1920', -1), credit('3000', -1)], ['lines[0].debit', 'lines[1].credit']],
    ['both sides', [{ account_code: '1920', debit: 1, credit: 1 }], ['lines[0]']],
    ['zero', [debit('1920', 0), credit('3000', 0)], ['lines[0]', 'lines[1]']],
    ['unknown VAT code', [debit('1920', 1), credit('3000', 1, { tax_code: '99' })], ['lines[1].tax_code']],
    ['customer account without customer', [debit('1500', 1), credit('3000', 1)], ['lines[0].business_partner_id']],
    ['asset account without asset', [debit('1200', 1), credit('1920', 1)], ['lines[0].dimensions']],
    [
      'unknown partner',
      [debit('1500', 1, { business_partner_id: 99 }), credit('3000', 1)],
      ['lines[0].business_partner_id'],
    ],
    [
      'unknown project',
      [debit('1920', 1), credit('3000', 1, { dimensions: [{ type: 'project', id: 99 }] })],
      ['lines[1].dimensions[0].id'],
    ],
    [
      'currency without rate',
      [debit('1920', 1, { currency_code: 'EUR', currency_amount: 1 }), credit('3000', 1)],
      ['lines[0].currency_code'],
    ],
    [
      'currency that does not multiply',
      [debit('1920', 100, { currency_code: 'EUR', currency_amount: 10, exchange_rate: '11.5' }), credit('3000', 100)],
      ['lines[0].currency_amount'],
    ],
    [
      'two lines, two øre off the currency',
      [
        debit('1920', '115.02', { currency_code: 'EUR', currency_amount: 10, exchange_rate: '11.5' }),
        credit('3100', '115.02'),
      ],
      ['lines[0].currency_amount'],
    ],
    [
      'gross amounts where the VAT lines are given',
      [
        debit('1920', 125),
        credit('3000', 125, { tax_code: '3', amount_basis: 'gross' }),
        credit('2700', 25, { base_line_number: 2 }),
      ],
      ['lines[1].amount_basis'],
      { vat: 'given' },
    ],
    [
      'a due date that does not exist',
      [debit('1920', 1, { due_date: '2026-02-30' }), credit('3000', 1)],
      ['lines[0].due_date'],
    ],
  ];
  test.each(rows)('%s', async (_name, lines, where, more = {}) => {
    books ??= await openBooks();
    const refused = await books.post('2026-01-10', lines, more).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ledger.invalid_entry', fields: where.map((path) => ({ path })) });
  });

  test('lines in euro, each rounded: what they are owed with follows their number', async () => {
    books ??= await openBooks();
    const euro = (amount: string) => ({ currency_code: 'EUR', currency_amount: amount, exchange_rate: '11.4325' });
    // 7 × 0.03 euro are 7 × 34 øre; 0.21 euro are 240.
    const seven = Array.from({ length: 7 }, () => debit('6800', '0.34', euro('0.03')));
    await expect(books.post('2026-01-10', [...seven, credit('1920', '2.38', euro('0.21'))])).resolves.toBeTruthy();
    // VAT of 3.77 is 0.94, of 0.33 euro 0.08; 0.41 euro are 4.69.
    const taxed = [debit('6800', '3.77', { ...euro('0.33'), tax_code: '1' }), credit('1920', '4.71', euro('0.41'))];
    await expect(books.post('2026-01-10', taxed)).resolves.toBeTruthy();
  });

  test('B1: an unbalanced entry cannot be posted', async () => {
    books ??= await openBooks();
    await expect(books.post('2026-01-10', [debit('1920', '100.00'), credit('3000', '99.99')])).rejects.toMatchObject({
      code: 'ledger.unbalanced',
      facts: { debit: '100.00', credit: '99.99', difference: '0.01' },
    });
  });

  test('a refused entry takes no number', async () => {
    const own = await openBooks();
    await own.post('2026-01-10', [debit('1920', 1), credit('3000', 2)]).catch(() => {});
    const entry = await own.post('2026-01-10', [debit('1920', 1), credit('3000', 1)]);
    expect(entry.sequence_number).toBe(1);
  });
});

test('dimensions and partners are kept with the line', async () => {
  const books = await openBooks();
  const [customer, project] = [await addPartner(books), await addDimensionValue(books, 'project')];
  const entry = await books.post('2026-01-10', [
    debit('1500', 125, { business_partner_id: customer, due_date: '2026-02-10', payment_reference: '1234567' }),
    credit('3000', 100, { tax_code: '3', dimensions: [{ type: 'project', id: project }] }),
  ]);
  expect(entry.lines[0]).toMatchObject({
    business_partner_id: customer,
    dimensions: [],
    due_date: '2026-02-10',
    payment_reference: '1234567',
  });
  expect(entry.lines[1]).toMatchObject({
    dimensions: [{ type: 'project', id: project }],
    tax_amount: '25.00',
    tax_rate: '25.00',
  });
});

test('B3: numbers are gapless under parallel load with failures', async () => {
  const books = await openBooks();
  const attempts = Array.from({ length: 200 }, (_, i) =>
    books.post('2026-01-10', [debit('1920', 10), credit('3000', i % 5 === 0 ? 11 : 10)]).then(
      (entry) => entry.sequence_number!,
      () => null,
    ),
  );
  const numbers = (await Promise.all(attempts)).filter((n) => n !== null).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 160 }, (_, i) => i + 1));
});
