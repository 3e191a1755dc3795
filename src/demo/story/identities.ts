import { assert } from '../../kernel/assert.ts';
import { mod10CheckDigit, mod11CheckDigit } from '../../kernel/check-digits.ts';

/**
 * The n-th invented organisation number. Real ones begin with 8 or 9; those that begin with 3 are kept for synthetic
 * test data, so that nobody is mistaken for a real enterprise.
 */
export function organizationNumber(n: number): string {
  let left = n;
  for (let digits = 31_0470_00; ; digits += 7) {
    const check = mod11CheckDigit(String(digits));
    if (check !== null && left-- === 0) return `${digits}${check}`;
  }
}

/** The n-th invented bank account number, in a register number that no bank has. */
export function bankAccountNumber(n: number): string {
  let left = n;
  for (let digits = 9999_20_1000; ; digits += 13) {
    const check = mod11CheckDigit(String(digits));
    if (check !== null && left-- === 0) return `${digits}${check}`;
  }
}

/** A customer identification (KID): customer and invoice number with the MOD10 check digit. */
export function kid(customer: number, invoice: number): string {
  assert(customer < 1e5 && invoice < 1e6, 'customer and invoice number fit their columns');
  const digits = `${String(customer).padStart(5, '0')}${String(invoice).padStart(6, '0')}`;
  return `${digits}${mod10CheckDigit(digits)}`;
}
