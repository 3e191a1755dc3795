import type { LocalDate } from '../../kernel/local-date.ts';
import type { Identifier } from '../invoice.ts';
import type { ResponseStatus } from './response-codes.ts';

export const RESPONSE_CUSTOMIZATION = 'urn:fdc:peppol.eu:poacc:trns:invoice_response:3';
export const RESPONSE_PROFILE = 'urn:fdc:peppol.eu:poacc:bis:invoice_response:3';

/** A reason, or a requested action: a code and a description. */
export interface Clarification {
  code: string | null;
  text: string | null;
  /** The value that the invoice should have had, by the business term of EN 16931: `BT-13`, `PO-42`. */
  details: { attribute: string | null; value: string | null }[];
}

export interface ResponseParty {
  endpoint: Identifier | null;
  name: string | null;
}

/** A receiver's response to one invoice or credit note: Peppol BIS Invoice Response 3, transaction T111. */
export interface InvoiceResponse {
  customizationId: string | null;
  profileId: string | null;
  id: string | null;
  issueDate: LocalDate | null;
  /** `12:00:00`, as in the document. */
  issueTime: string | null;
  note: string | null;
  /** The buyer, who responds; then the seller. */
  sender: ResponseParty;
  receiver: ResponseParty;
  /** Null also for a code that is not in the list. */
  status: ResponseStatus | null;
  effectiveDate: LocalDate | null;
  reasons: Clarification[];
  actions: Clarification[];
  /** The document that the response is about. `typeCode`: 380, 381 … of UNCL1001. */
  document: { number: string | null; issueDate: LocalDate | null; typeCode: string | null };
}
