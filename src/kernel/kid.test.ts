import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isKid, kidOfInvoice, makeKid } from './kid.ts';

const body = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 24 }).map((digits) => digits.join(''));

describe('KID', () => {
  test.each([
    ['12345678', 'MOD10', '123456782'],
    ['12345678', 'MOD11', '123456785'],
    ['1234', 'MOD10', '12344'],
    ['1234', 'MOD11', '12343'],
    ['1009', 'MOD11', '1009-'],
  ] as const)('%s, %s: %s', (digits, modulus, kid) => {
    expect(makeKid(digits, modulus)).toBe(kid);
    expect(isKid(kid, modulus)).toBe(true);
    expect(isKid(kid)).toBe(true);
  });

  test.each(['', '1', '-', '12 344', '12345', '1009-1', 'RF18539007547034', '1'.repeat(26)])('%s is none', (text) => {
    expect(isKid(text)).toBe(false);
  });

  test('one check character at most fits a body and a modulus', () => {
    fc.assert(
      fc.property(body, fc.constantFrom('MOD10' as const, 'MOD11' as const), (digits, modulus) => {
        const fitting = '0123456789-'.split('').filter((check) => isKid(digits + check, modulus));
        expect(fitting.map((check) => digits + check)).toEqual([makeKid(digits, modulus)]);
      }),
    );
  });
});

describe('the KID of an invoice', () => {
  test.each([
    ['MOD10', 5, 4, 12n, 345n, '0001203454'],
    ['MOD11', 5, 4, 12n, 345n, '00012003455'],
    ['MOD10', 0, 8, 12n, 12345678n, '123456782'],
    ['MOD10', 2, 2, 100n, 1n, null],
    ['MOD10', 2, 2, 1n, 100n, null],
  ] as const)(
    '%s, %i and %i digits: customer %s, invoice %s',
    (modulus, customerDigits, invoiceDigits, customer, invoice, kid) => {
      expect(kidOfInvoice({ modulus, customerDigits, invoiceDigits }, customer, invoice)).toBe(kid);
    },
  );

  test('has one length, digits alone and a right check digit', () => {
    const number = fc.bigInt({ min: 1n, max: 999_999n });
    fc.assert(
      fc.property(number, number, fc.constantFrom('MOD10' as const, 'MOD11' as const), (customer, invoice, modulus) => {
        const kid = kidOfInvoice({ modulus, customerDigits: 6, invoiceDigits: 6 }, customer, invoice)!;
        expect(kid).toMatch(modulus === 'MOD10' ? /^\d{13}$/ : /^\d{14}$/);
        expect(isKid(kid, modulus)).toBe(true);
      }),
    );
  });
});
