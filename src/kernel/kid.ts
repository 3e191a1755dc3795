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

/** Parts of a KID before its check digit: customer, invoice; both padded with zeros on the left. */
export interface KidRule {
  modulus: KidModulus;
  /** 0 if the KID does not contain the customer. */
  customerDigits: number;
  invoiceDigits: number;
}

/**
 * The KID of an invoice: digits only, the same length for all of a rule. MOD11 has one digit more between customer and
 * invoice: 0, or 1 if 0 gives the check character `-`, because not every system accepts a KID that ends in `-`. Null if
 * a number has more digits than its part.
 */
export function kidOfInvoice(rule: KidRule, customer: bigint, invoice: bigint): string | null {
  const parts = [part(customer, rule.customerDigits), part(invoice, rule.invoiceDigits)] as const;
  if (parts[0] === null || parts[1] === null) return null;
  if (rule.modulus === 'MOD10') return makeKid(parts.join(''), 'MOD10');
  const kid = makeKid(parts.join('0'), 'MOD11');
  return kid.endsWith('-') ? makeKid(parts.join('1'), 'MOD11') : kid;
}

/** Empty if the part has no digits. */
function part(number: bigint, digits: number): string | null {
  if (digits === 0) return '';
  const text = number.toString().padStart(digits, '0');
  return text.length > digits || number < 0n ? null : text;
}

function kidMod11(body: string): string {
  const check = mod11CheckDigit(body);
  return check === null ? '-' : String(check);
}
