import { mod11CheckDigit } from './check-digits.ts';

/** A Norwegian account number (kontonummer): eleven digits, the last one MOD11. Dots and spaces are taken out before. */
export function isNorwegianAccountNumber(text: string): boolean {
  return /^\d{11}$/.test(text) && mod11CheckDigit(text.slice(0, 10)) === Number(text[10]);
}

/** An IBAN (ISO 13616) without spaces: country, two check digits (MOD 97-10), up to 30 letters and digits. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1 && (!text.startsWith('NO') || isNorwegianAccountNumber(text.slice(4)));
}
