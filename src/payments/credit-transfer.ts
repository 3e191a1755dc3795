import type { LocalDate } from '../kernel/local-date.ts';
import type { Ore } from '../kernel/money.ts';

/** A payment order as written to the bank. */
export interface CreditTransferMessage {
  messageId: string;
  createdAt: Date;
  debtor: {
    name: string;
    organizationNumber: string | null;
    /** Eleven digits, or an IBAN. */
    account: string;
    bic: string;
    currency: string;
    /** The bank's identifier of the agreement; the organisation number for most. */
    customerId: string | null;
    /** DNB: the division that the file belongs to. Text: leading zeros matter. */
    division: string | null;
  };
  payments: readonly CreditTransfer[];
}

export interface CreditTransfer {
  /** Payments with the same id form a batch of one day; the bank responds and books per batch. */
  batchId: string;
  instructionId: string;
  endToEndId: string;
  executionDate: LocalDate;
  /** Hundredths of the currency, positive. */
  amount: Ore;
  currency: string;
  creditor: { name: string; account: string; country: string | null };
  /** KID, or an ISO 11649 creditor reference. */
  reference: string | null;
  message: string | null;
}
