import { createHash } from 'node:crypto';
import { assert } from '../../kernel/assert.ts';
import { mod10CheckDigit, mod11CheckDigit } from '../../kernel/check-digits.ts';

/**
 * The invented organisation number of a name: the same in all books. Real ones begin with 8 or 9; those that begin with
 * 3 are reserved for synthetic test data, so that no real enterprise has the number.
 */
export function organizationNumber(name: string): string {
  return withCheckDigit(31_000_000 + (fingerprint(name) % 990_000));
}

/** The invented bank account number of a name, in a register number that no bank has. */
export function bankAccountNumber(name: string): string {
  return withCheckDigit(9999_000_000 + (fingerprint(`account of ${name}`) % 990_000));
}

function fingerprint(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0);
}

/** The first number from here on that has a check digit. */
function withCheckDigit(digits: number): string {
  const check = mod11CheckDigit(String(digits));
  return check === null ? withCheckDigit(digits + 1) : `${digits}${check}`;
}

/** A customer identification (KID): customer and invoice number with the MOD10 check digit. */
export function kid(customer: number, invoice: number): string {
  assert(customer < 1e5 && invoice < 1e6, 'customer and invoice number fit their columns');
  const digits = `${String(customer).padStart(5, '0')}${String(invoice).padStart(6, '0')}`;
  return `${digits}${mod10CheckDigit(digits)}`;
}
