import { mod11CheckDigit } from './check-digits.ts';

/**
 * A Norwegian account number (kontonummer): eleven digits, the last one MOD11. Where the fifth and sixth digit are
 * zero, banks may have computed it over only the four digits before it: both are accepted. Dots and spaces are removed
 * first.
 */
export function isNorwegianAccountNumber(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false;
  const check = Number(text[10]);
  return (
    mod11CheckDigit(text.slice(0, 10)) === check ||
    (text.slice(4, 6) === '00' && mod11CheckDigit(text.slice(6, 10)) === check)
  );
}

/** An IBAN (ISO 13616) without spaces: country, two check digits (MOD 97-10), up to 30 letters and digits. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false;
  return (
    mod97(text.slice(4) + text.slice(0, 4)) === 1 && (!text.startsWith('NO') || isNorwegianAccountNumber(text.slice(4)))
  );
}

/** The IBAN of a Norwegian account number. */
export function ibanOfAccountNumber(accountNumber: string): string {
  return `NO${String(98 - mod97(`${accountNumber}NO00`)).padStart(2, '0')}${accountNumber}`;
}

/** The account number in a Norwegian IBAN; null for every other country. */
export function accountNumberOfIban(iban: string): string | null {
  return /^NO\d{13}$/.test(iban) ? iban.slice(4) : null;
}

/** ISO 7064: letters count 10 to 35. */
function mod97(text: string): number {
  let remainder = 0;
  for (const character of text) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}
