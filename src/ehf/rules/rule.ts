import type { Place } from '../finding.ts';
import type { ReadDocument } from '../read-invoice.ts';

/**
 * A rule of EN 16931 (BR), Peppol BIS Billing 3.0 (PEPPOL) or Norway (NO), under the identifier by which others report it.
 * The sentences are our own. `broken` returns the places where a document breaks it.
 */
export interface Rule {
  id: string;
  severity?: 'warning';
  nb: string;
  en: string;
  broken(document: ReadDocument): Place[];
}

/** The place, if the condition is broken there. */
export function where(isBroken: boolean, path: string, found?: string | null, expected?: string): Place[] {
  if (!isBroken) return [];
  return [{ path, ...(found == null ? {} : { found }), ...(expected === undefined ? {} : { expected }) }];
}

/** The place, if a required value is missing there. */
export const missing = (value: unknown, path: string): Place[] => where(value === null || value === undefined, path);

/** The places of several elements, counted from 1 as in XPath. */
export function each<T>(list: readonly T[], path: string, broken: (one: T, path: string) => Place[]): Place[] {
  return list.flatMap((one, i) => broken(one, list.length > 1 ? `${path}[${i + 1}]` : path));
}

/** The places of a document's lines. */
export function eachLine(
  { invoice }: ReadDocument,
  broken: (line: ReadDocument['invoice']['lines'][number], path: string) => Place[],
): Place[] {
  return each(invoice.lines, invoice.kind === 'Invoice' ? 'cac:InvoiceLine' : 'cac:CreditNoteLine', broken);
}

export const SELLER = 'cac:AccountingSupplierParty/cac:Party';
export const BUYER = 'cac:AccountingCustomerParty/cac:Party';
export const TOTAL = 'cac:LegalMonetaryTotal';
export const SUBTOTAL = 'cac:TaxTotal/cac:TaxSubtotal';
