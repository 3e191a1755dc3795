import fc from 'fast-check';
import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { read } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, openBooks } from '../../../test/support/books/books.ts';
import { vatFold } from '../../../test/support/books/vat-notes.ts';
import { divideRounded, formatAmount, percentOf } from '../../kernel/money.ts';
import { createDocument } from './document-write.ts';

const BILLS = 1_000;
const AT_ONCE = 25;

/** Codes of a bill in Norway, by percent, and of one from abroad: none, reverse charge. */
const TAX = [
  { code: '1', percent: 25n },
  { code: '11', percent: 15n },
  { code: '13', percent: 12n },
  { code: '86', percent: 0n },
  { code: null, percent: 0n },
] as const;

/** A bill as in an EHF file: lines without VAT (one may be an allowance), VAT rounded on the total of each rate. */
const bills = fc.record({
  currency: fc.constantFrom(
    { code: 'NOK', rate: null },
    { code: 'EUR', rate: '11.4325' },
    { code: 'EUR', rate: '11.70953812' },
    { code: 'SEK', rate: '0.9987' },
  ),
  lines: fc
    .array(
      fc.record({
        amount: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 25_000_00 })),
        tax: fc.constantFrom(...TAX),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .chain((lines) =>
      fc
        .nat(Math.floor(lines[0]!.amount / 2))
        .map((allowance) => [...lines, ...(allowance > 0 ? [{ amount: -allowance, tax: lines[0]!.tax }] : [])]),
    ),
});

test(`${BILLS} random bills in three currencies are accepted and tie to the øre`, async () => {
  const books = await openBooks();
  const partner = await addPartner(books);
  const sample = fc.sample(bills, { seed: 20260301, numRuns: BILLS });
  const expected = new Map<number, { kroner: bigint; gross: bigint }>();
  for (let from = 0; from < sample.length; from += AT_ONCE)
    await Promise.all(
      sample.slice(from, from + AT_ONCE).map(async ({ currency, lines }, i) => {
        const gross = grossOf(lines);
        const made = await books.run(createDocument, {
          document_type: 'APINV',
          document_date: '2026-03-01',
          document_number: `F${from + i}`,
          business_partner_id: partner,
          currency_code: currency.code,
          exchange_rate: currency.rate,
          gross_amount: formatAmount(gross),
          vat_rounding: 'total',
          lines: lines.map(({ amount, tax }) => ({
            account_code: '6800',
            amount: formatAmount(BigInt(amount)),
            tax_code: tax.code,
          })),
        });
        expect(made).toMatchObject({ document_status: 'POSTED', gross_amount: formatAmount(gross) });
        const rate = currency.rate === null ? 10n ** 8n : BigInt(Math.round(Number(currency.rate) * 1e8));
        expected.set(made.journal_entry_id!, { gross, kroner: divideRounded(gross * rate, 10n ** 8n) });
      }),
    );
  const claims = await read(books, (tx) =>
    tx.rows<{ entry_id: number; kroner: string; currency: string | null; rest: string }>(sql`
      select entry_id, sum(credit) filter (where line_no = 1) as kroner,
        sum(round(currency_amount * 100)::bigint) filter (where line_no = 1) as currency,
        sum(debit - credit) filter (where line_no <> 1) as rest
      from journal_entry_lines where client_account_id = ${books.clientAccountId} group by 1`),
  );
  expect(claims).toHaveLength(BILLS);
  for (const { entry_id, kroner, currency, rest } of claims) {
    const bill = expected.get(entry_id)!;
    expect(BigInt(kroner)).toBe(bill.kroner);
    expect(BigInt(rest)).toBe(bill.kroner);
    if (currency !== null) expect(BigInt(currency)).toBe(bill.gross);
  }
  expect(await vatFold(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
}, 120_000);

/** As EN 16931 computes it: BR-CO-17 for each rate, BR-CO-15 for the total. */
function grossOf(lines: readonly { amount: number; tax: (typeof TAX)[number] }[]): bigint {
  const net = new Map<bigint, bigint>();
  for (const { amount, tax } of lines) net.set(tax.percent, (net.get(tax.percent) ?? 0n) + BigInt(amount));
  return [...net].reduce((sum, [percent, base]) => sum + base + percentOf(base, percent * 10_000n), 0n);
}
