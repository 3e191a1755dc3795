import { expect, test } from 'vitest';
import { bankOfAccountNumber, bankOfBic, bankOfIban, banks } from './bank-register.ts';

test('the register holds every bank once and a bank for every registration number', () => {
  expect(banks()).toHaveLength(103);
  expect(new Set(banks().map((bank) => bank.bic)).size).toBe(103);
  const registered = Array.from({ length: 10_000 }, (_, i) => bankOfAccountNumber(String(i).padStart(4, '0'))).filter(
    Boolean,
  );
  expect(registered).toHaveLength(2297);
});

test.each([
  ['15034011238', 'DNBANOKK', 'DNB Bank ASA'],
  ['05000000000', 'DNBANOKK', 'DNB Bank ASA'],
  ['44840000000', 'AASANO21', 'Aasen Sparebank'],
])('account %s is at %s', (accountNumber, bic, name) => {
  expect(bankOfAccountNumber(accountNumber)).toMatchObject({ bic, name, country: 'NO' });
});

test('a BIC in any case and length; a retired one gives its successor', () => {
  expect(bankOfBic('dnbanokkxxx')?.bic).toBe('DNBANOKK');
  expect(bankOfBic('MASPNO21')?.bic).toBe('EIDSNO21');
  expect(bankOfBic('NOSUCHXX')).toBeNull();
});

test('an IBAN: Norwegian ones only; a number nobody is registered with', () => {
  expect(bankOfIban('NO5315034011238')?.bic).toBe('DNBANOKK');
  expect(bankOfIban('GB82WEST12345698765432')).toBeNull();
  expect(bankOfAccountNumber('00010000000')).toBeNull();
});
