import { mod10CheckDigit, mod11CheckDigit } from './check-digits.ts';

export type KidModulus = 'MOD10' | 'MOD11';

/** A KID: 2 to 25 characters, the last one checks the others; a MOD11 check of ten is written `-`. No blanks. */
export function isKid(text: string, modulus: KidModulus | 'any' = 'any'): boolean {
  if (!/^\d{1,24}[\d-]$/.test(text)) return false;
  const body = text.slice(0, -1);
  const check = text.at(-1)!;
  if (modulus !== 'MOD11' && String(mod10CheckDigit(body)) === check) return true;
  return modulus !== 'MOD10' && kidMod11(body) === check;
}

/** The KID of a body of 1 to 24 digits. */
export function makeKid(body: string, modulus: KidModulus): string {
  return body + (modulus === 'MOD10' ? String(mod10CheckDigit(body)) : kidMod11(body));
}

function kidMod11(body: string): string {
  const check = mod11CheckDigit(body);
  return check === null ? '-' : String(check);
}
