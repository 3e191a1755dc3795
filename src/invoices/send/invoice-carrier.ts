/**
 * Who carries invoices over a network (Peppol), and answers to them. An integration gives it to the platform where it is
 * configured; without one invoices go by e-mail or on paper, and nothing is answered.
 */
export interface InvoiceCarrier {
  /** The client account as a participant (`0192:991825827`); null where it does not use the network. */
  senderOf(clientAccountId: number): Promise<string | null>;
  /**
   * Whether a receiver can take the document; `unknown` where the network does not tell, `sender-inactive` where the client
   * account does not use it.
   */
  canReceive(
    receiver: CarriedTo,
    kind: CarriedKind,
  ): Promise<'yes' | 'not-registered' | 'cannot-take' | 'unknown' | 'sender-inactive'>;
  /**
   * Hands a document over. `deliveryId` is the same for every attempt, and a carrier that has it answers as it did the
   * first time. Throws where nobody can tell whether it was taken: it is asked again.
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
