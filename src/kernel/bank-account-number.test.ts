import { expect, test } from 'vitest';
import { accountNumberOfIban, ibanOfAccountNumber, isIban, isNorwegianAccountNumber } from './bank-account-number.ts';

test.each([
  ['86011117947', true],
  ['86011117948', false],
  ['8601111794', false],
  ['8601 1117947', false],
  // Fifth and sixth digit zero: over the four digits behind them, or over all.
  ['12340056782', true],
  ['12340056785', true],
  ['12340056783', false],
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

test('account number and IBAN of each other', () => {
  expect(ibanOfAccountNumber('86011117947')).toBe('NO9386011117947');
  expect(ibanOfAccountNumber('15034011238')).toBe('NO5315034011238');
  expect(accountNumberOfIban('NO9386011117947')).toBe('86011117947');
  expect(accountNumberOfIban('GB82WEST12345698765432')).toBeNull();
});
