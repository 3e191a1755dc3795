import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePercent } from '../../src/kernel/money.ts';
import type { PostingTaxCode } from '../../src/ledger/masters.ts';
import { STANDARD_TAX_CODES, type StandardTaxCode, vatOfLine } from '../../src/ledger/index.ts';

const SEED = 1814;
const ACCOUNT = '4300';
const HUNDRED = 1_000_000n;

/** Øre on either side: a purchase and its credit note. */
const amounts = fc
  .tuple(fc.oneof(fc.bigInt({ min: 1n, max: 200n }), fc.bigInt({ min: 1n, max: 10n ** 13n })), fc.boolean())
  .map(([amount, credit]) => (credit ? -amount : amount));
/** 1/10000 percent: rates in actual use, and any other. */
const deductions = fc.oneof(fc.constant(HUNDRED), fc.bigInt({ min: 0n, max: HUNDRED }));

function codeOf(standard: StandardTaxCode, deduction: bigint): PostingTaxCode {
  return {
    code: standard.code,
    standardCode: standard.code,
    direction: standard.direction,
    outputAccount: standard.output ?? null,
    deductionAccount: standard.deduction ?? null,
    deduction,
    isImportPaid: standard.importPaid ?? false,
    activeFrom: '1970-01-01',
    activeTo: null,
    rates: [],
  };
}

const absolute = (value: bigint) => (value < 0n ? -value : value);
const sum = (lines: readonly { amount: bigint }[]) => lines.reduce((total, line) => total + line.amount, 0n);

/** A line of `exactTimes` × (1 / scale) øre is rounded to the nearest øre, half away from zero. */
function expectRounded(rounded: bigint, exactTimes: bigint, scale: bigint): void {
  const error = 2n * (rounded * scale - exactTimes);
  expect(absolute(error) <= scale).toBe(true);
  if (absolute(error) === scale) expect(absolute(rounded * scale) > absolute(exactTimes)).toBe(true);
}

const cases = STANDARD_TAX_CODES.flatMap((code) =>
  code.rates.map((rate) => [code.code, rate.rate, rate.from, code] as const),
);

test('there are the 30 standard codes, each with its rates by date', () => {
  expect(STANDARD_TAX_CODES).toHaveLength(30);
  expect(new Set(STANDARD_TAX_CODES.map(({ code }) => code)).size).toBe(30);
});

describe.each(cases)('code %s at %s %% from %s', (_, rateText, __, standard) => {
  const rate = parsePercent(rateText);

  test('net: the base stays, the VAT is its share, the lines add up with the counter amount', () => {
    fc.assert(
      fc.property(amounts, deductions, (amount, deduction) => {
        const vat = vatOfLine(codeOf(standard, deduction), amount, 'net', rate, ACCOUNT);
        expect(vat.base).toBe(amount);
        expect(vat.rate).toBe(rate);
        expect(vat.lines.every((line) => line.amount !== 0n)).toBe(true);
        if (standard.importPaid || standard.direction === 'none' || rate === 0n) {
          expect(vat.lines).toEqual([]);
          return;
        }
        const output = vat.lines.filter((line) => line.role === 'output');
        const deducted = vat.lines.filter((line) => line.role === 'deduction');
        const cost = vat.lines.filter((line) => line.role === 'cost');
        for (const line of cost) expect(line.account).toBe(ACCOUNT);
        for (const line of deducted) {
          expect(line.account).toBe(standard.deduction);
          expectRounded(line.amount, amount * rate * deduction, HUNDRED * HUNDRED);
        }
        if (standard.direction === 'sale') {
          // The counter side is the base and the VAT; the customer owes both.
          expect(vat.lines).toEqual(output);
          expectRounded(sum(output), amount * rate, HUNDRED);
          expect(vat.taxAmount).toBe(sum(output));
        } else if (standard.direction === 'purchase') {
          // VAT without deduction is a cost; together they are the VAT on the supplier's invoice.
          expect(output).toEqual([]);
          expectRounded(sum(vat.lines), amount * rate, HUNDRED);
          expect(vat.taxAmount).toBe(sum(deducted));
        } else {
          // Reverse charge: nothing more is owed to the supplier; the lines cancel out among themselves.
          expect(sum(vat.lines)).toBe(0n);
          expectRounded(-sum(output), amount * rate, HUNDRED);
          expect(vat.taxAmount).toBe(-sum(output));
          if (!standard.deductible) expect(sum(cost)).toBe(-sum(output));
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('gross: base and VAT are the gross amount, to the øre', () => {
    // With reverse charge no invoice contains the VAT: a posting refuses gross for it.
    if (standard.direction === 'reverse') {
      expect(standard.output === undefined).toBe(rate === 0n);
      return;
    }
    fc.assert(
      fc.property(amounts, deductions, (amount, deduction) => {
        const vat = vatOfLine(codeOf(standard, deduction), amount, 'gross', rate, ACCOUNT);
        expect(vat.base + sum(vat.lines)).toBe(amount);
        if (vat.lines.length > 0) expectRounded(vat.base, amount * HUNDRED, HUNDRED + rate);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('a credit note is the invoice on the other side', () => {
    fc.assert(
      fc.property(
        amounts,
        deductions,
        fc.constantFrom('net' as const, 'gross' as const),
        (amount, deduction, asked) => {
          const basis = standard.direction === 'reverse' ? 'net' : asked;
          const code = codeOf(standard, deduction);
          const invoice = vatOfLine(code, amount, basis, rate, ACCOUNT);
          const note = vatOfLine(code, -amount, basis, rate, ACCOUNT);
          expect(note.base).toBe(-invoice.base);
          expect(note.taxAmount).toBe(-invoice.taxAmount);
          expect(note.lines).toEqual(invoice.lines.map((line) => ({ ...line, amount: -line.amount })));
        },
      ),
      { seed: SEED, numRuns: 40 },
    );
  });
});
