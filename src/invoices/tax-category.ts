import type { TaxCategory } from '../ehf/index.ts';
import { parseDecimal } from '../ehf/index.ts';

/** The VAT code of the client account on the date of a document. */
export interface CodeFacts {
  standardCode: string;
  /** In percent, such as `25.0000`. */
  rate: string;
}

/** Standard codes of sales (SAF-T) by VAT category; other codes are not taxed turnover. */
const CATEGORIES: Record<string, string> = { 3: 'S', 31: 'S', 32: 'S', 33: 'S', 5: 'Z', 51: 'AE', 52: 'G' };
const FREE = parseDecimal('0')!;

/**
 * The VAT category of a sale. A sale outside the VAT act is out of scope (O) if the seller is not registered, and exempt (E)
 * if it is, because one document cannot have both O and another category (BR-O-11).
 */
export function taxCategoryOf(code: CodeFacts | null, sellerIsRegistered: boolean): TaxCategory {
  const category = (code && CATEGORIES[code.standardCode]) ?? 'E';
  if (category === 'S') return { code: category, percent: parseDecimal(code!.rate) };
  return sellerIsRegistered ? { code: category, percent: FREE } : { code: 'O', percent: null };
}
