import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIban, isNorwegianAccountNumber } from './bank-account-number.ts';
import { isOrganizationNumber, mod10CheckDigit, mod11CheckDigit } from './check-digits.ts';

fc.configureGlobal({ seed: 1814, numRuns: 500 });

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''));

/** Every text that differs from this one in exactly one digit. */
function* oneDigitWrong(text: string): Generator<string> {
  for (let i = 0; i < text.length; i++)
    for (let d = 0; d <= 9; d++) if (text[i] !== String(d)) yield text.slice(0, i) + d + text.slice(i + 1);
}

describe('organisation numbers (MOD11)', () => {
  // The Brønnøysund Register Centre, Skatteetaten, Norges Bank.
  test.each(['974760673', '974761076', '937884117'])('%s is one', (text) =>
    expect(isOrganizationNumber(text)).toBe(true),
  );

  test.each(['974760674', '97476067', '9747606733', '974 760 673', 'NO974760673', '', '97476067x'])(
    '%s is none',
    (text) => {
      expect(isOrganizationNumber(text)).toBe(false);
    },
  );

  test('every single wrong digit is found', () => {
    fc.assert(
      fc.property(digits(8), (first) => {
        const check = mod11CheckDigit(first);
        fc.pre(check !== null);
        const number = `${first}${check}`;
        expect(isOrganizationNumber(number)).toBe(true);
        for (const wrong of oneDigitWrong(number)) expect(isOrganizationNumber(wrong)).toBe(false);
      }),
    );
  });

  test('where the check digit would be ten there is no number', () => {
    fc.assert(
      fc.property(digits(8), (first) => {
        const valid = Array.from({ length: 10 }, (_, d) => `${first}${d}`).filter(isOrganizationNumber);
        expect(valid).toHaveLength(mod11CheckDigit(first) === null ? 0 : 1);
      }),
    );
  });
});

describe('KID and account numbers', () => {
  test('MOD10 (Luhn) of known numbers', () => {
    expect(mod10CheckDigit('7992739871')).toBe(3);
    expect(mod10CheckDigit('0')).toBe(0);
    expect(mod10CheckDigit('12345678')).toBe(2);
  });

  test('MOD10 finds every wrong digit, and two swapped neighbours but 0 and 9', () => {
    fc.assert(
      fc.property(digits(12), (text) => {
        const check = mod10CheckDigit(text);
        for (const wrong of oneDigitWrong(text)) expect(mod10CheckDigit(wrong)).not.toBe(check);
        for (let i = 0; i + 1 < text.length; i++) {
          const pair = text.slice(i, i + 2);
          if (pair[0] === pair[1] || pair === '09' || pair === '90') continue;
          expect(mod10CheckDigit(`${text.slice(0, i)}${pair[1]}${pair[0]}${text.slice(i + 2)}`)).not.toBe(check);
        }
      }),
    );
  });

  test('every single wrong digit of an account number is found', () => {
    fc.assert(
      fc.property(digits(10), (first) => {
        const check = mod11CheckDigit(first);
        // With 00 in the middle a number can be read in two ways.
        fc.pre(check !== null && !/^....(0.|.0)/.test(first));
        const number = `${first}${check}`;
        expect(isNorwegianAccountNumber(number)).toBe(true);
        for (const wrong of oneDigitWrong(number)) expect(isNorwegianAccountNumber(wrong)).toBe(false);
      }),
    );
  });

  // Examples of the IBAN registry.
  test.each(['NO9386011117947', 'GB29NWBK60161331926819', 'DE89370400440532013000', 'SE4550000000058398257466'])(
    '%s is an IBAN',
    (text) => expect(isIban(text)).toBe(true),
  );

  test.each(['NO9386011117948', 'NO93 8601 1117 947', 'no9386011117947', 'GB29NWBK60161331926818', 'NO93', ''])(
    '%s is no IBAN',
    (text) => expect(isIban(text)).toBe(false),
  );
});
