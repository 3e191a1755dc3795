/**
 * Carries invoices over a network (Peppol), and answers to them. An integration adds it to the platform if configured;
 * without one, invoices are sent by e-mail or print, and no answers are given.
 */
export interface InvoiceCarrier {
  /** The client account as a participant (`0192:991825827`); null if it does not use the network. */
  senderOf(clientAccountId: number): Promise<string | null>;
  /**
   * Whether a receiver accepts the document; `unknown` if the network gives no clear response, `sender-inactive` if the
   * client account does not use it.
   */
  canReceive(
    receiver: CarriedTo,
    kind: CarriedKind,
  ): Promise<'yes' | 'not-registered' | 'cannot-take' | 'unknown' | 'sender-inactive'>;
  /**
   * Hands a document over. `deliveryId` is the same for every attempt, and a carrier that has it responds as it did the
   * first time. Throws if the outcome is unknown: it is tried again.
   */
  send(document: CarriedDocument): Promise<{ taken: true; externalId: string } | { taken: false; reason: string }>;
}

export type CarriedKind = 'Invoice' | 'CreditNote' | 'InvoiceResponse';

export interface CarriedTo {
  clientAccountId: number;
  /** `0192:991825827` */
  participant: string;
}

export interface CarriedDocument extends CarriedTo {
  deliveryId: string;
  kind: CarriedKind;
  /** XML */
  document: string;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    invoiceCarrier: InvoiceCarrier;
  }
}
