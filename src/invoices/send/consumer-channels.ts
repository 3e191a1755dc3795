import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';

/**
 * The channels to consumers: eFaktura and AvtaleGiro. Passed to the platform at start, so that invoices choose among them
 * without depending on agreements and mandates.
 */
export interface ConsumerChannels {
  /** Whether a document can reach its customer by each channel; if not, the reason in words for people. */
  waysOf(platform: Platform, tx: Transaction, document: { clientAccountId: number; id: number }): Promise<ConsumerWays>;
  /** Creates the claim once, in the transaction of its delivery; null if it can no longer be made. */
  claim(tx: Transaction, claim: WantedClaim): Promise<number | null>;
  /**
   * Presents the document to the consumer. `deliveryId` is the same for every attempt. Throws if the outcome is unknown: it
   * is tried again.
   */
  present(platform: Platform, document: PresentedDocument): Promise<Presented>;
}

export interface ConsumerWays {
  /** `recipient`: the consumer's address at the operator. */
  efaktura: { recipient: string } | { not: Text };
  claim: ClaimWay | { not: Text };
}

export interface ClaimWay {
  /** The payer wants a notice of each claim. */
  wantsNotice: boolean;
  /** Notices that the company sends itself. */
  byPrint: boolean;
  byEmail: boolean;
  /** There is enough time for the bank to notify the payer. */
  canBankNotify: boolean;
}

export interface WantedClaim {
  clientAccountId: number;
  documentId: number;
  notice: 'bank' | 'payee';
  /** Lines of the bank's notice: at most 42 of 80 characters. */
  specification: readonly string[];
  now: Date;
  userId: number | null;
}

export interface PresentedDocument {
  clientAccountId: number;
  deliveryId: string;
  recipient: string;
  kind: 'INVOICE' | 'CREDIT_NOTE';
  number: string;
  sellerName: string;
  /** Kroner with two decimals. */
  amount: string;
  dueDate: string | null;
  kid: string | null;
  accountNumber: string | null;
  /** The claim is sent by file. */
  hasClaim: boolean;
  pdf: Buffer;
}

/** `waiting`: the network has it, and has not decided. */
export type Presented = { state: 'taken' | 'waiting'; externalId: string } | { state: 'refused'; reason: string };

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    consumerChannels: ConsumerChannels;
  }
}
