import { expect, test } from 'vitest';
import { isIban, isNorwegianAccountNumber } from './bank-account-number.ts';

test.each([
  ['86011117947', true],
  ['86011117948', false],
  ['8601111794', false],
  ['8601 1117947', false],
])('account number %s: %s', (text, expected) => {
  expect(isNorwegianAccountNumber(text)).toBe(expected);
});

test.each([
  ['NO9386011117947', true],
  ['NO9486011117947', false],
  ['GB82WEST12345698765432', true],
  ['GB82WEST12345698765433', false],
  ['DE89370400440532013000', true],
  ['de89370400440532013000', false],
  ['NO93', false],
])('IBAN %s: %s', (text, expected) => {
  expect(isIban(text)).toBe(expected);
});
