import type { Transaction } from '../../platform/database/pool.ts';
import type { Text } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';

/**
 * The ways to consumers: eFaktura and AvtaleGiro. Given to the platform where it is put together, so that invoices choose
 * among them and know nothing of agreements and mandates.
 */
export interface ConsumerChannels {
  /** How a document may reach its customer now; in the words of people where it may not. */
  waysOf(platform: Platform, tx: Transaction, document: { clientAccountId: number; id: number }): Promise<ConsumerWays>;
  /** Makes the claim in the transaction of its delivery, once; null where it cannot be made any more. */
  claim(tx: Transaction, claim: WantedClaim): Promise<number | null>;
  /**
   * Presents the document to the consumer. `deliveryId` is the same for every attempt. Throws where nobody can tell whether it
   * was taken: it is asked again.
   */
  present(platform: Platform, document: PresentedDocument): Promise<Presented>;
}

export interface ConsumerWays {
  /** `recipient`: the consumer's address at the operator. */
  efaktura: { recipient: string } | { not: Text };
  claim: ClaimWay | { not: Text };
}

export interface ClaimWay {
  /** The payer wants to be told of each claim. */
  wantsNotice: boolean;
  /** Notices that the company sends itself. */
  byPrint: boolean;
  byEmail: boolean;
  /** There is time enough for the bank to tell the payer. */
  canBankTell: boolean;
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
