import { isObject, jsonObject, type JsonObject } from '../../platform/outbound/json-answer.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';

const SERVICE = 'eFaktura';

/** `ACTIVE`: ours; `FREE`: not taken; `RESERVED`: another provider's; `FAULT`: the number cannot have one. */
export const ISSUER_STATES = ['ACTIVE', 'FREE', 'RESERVED', 'FAULT'] as const;
export type IssuerState = (typeof ISSUER_STATES)[number];

export const ISSUER_ORDER_STATES = ['PENDING', 'CONFIRMED', 'REJECTED'] as const;
export type IssuerOrderState = (typeof ISSUER_ORDER_STATES)[number];

/** The search key for a consumer (getEfakturaIdentifiers of the operator). */
export interface ConsumerKey {
  id: string;
  efakturaIdentifier?: string;
  phone?: string;
  email?: string;
  name?: string;
  postalCode?: string;
  city?: string;
  reference?: string;
}

export const LOOKUP_RESULTS = [
  'UNIQUE_RECEIVER_FOUND',
  'RECEIVER_NOT_FOUND',
  'LOOKUP_KEY_MISSING_DATA',
  'MULTIPLE_RECEIVERS',
] as const;

export interface ConsumerFound {
  id: string;
  result: (typeof LOOKUP_RESULTS)[number];
  /** The consumer accepts invoices from all issuers. */
  autoAccept: boolean;
  blocked: boolean;
  hasAgreement: boolean;
  efakturaIdentifier: string | null;
}

export const PRESENTED_STATES = ['IN_PROGRESS', 'ACCEPTED', 'REJECTED', 'STOPPED', 'CANCELLED'] as const;

/** An invoice for a consumer (addShipment of the operator, one transaction). */
export interface PresentedInvoice {
  /** Identical for every attempt. */
  id: string;
  efakturaIdentifier: string;
  /** Combined with AvtaleGiro, whose claim is sent by file. */
  paymentType: 'EFAKTURA' | 'EFAKTURA_AND_EXTERNAL_AVTALEGIRO';
  documentType: 'INVOICE' | 'CREDIT_NOTE';
  documentNumber: string;
  /** At most 40 characters. */
  brandName: string;
  /** Two decimals, not negative. */
  amount: string;
  dueDate: string | null;
  kid: string | null;
  accountNumber: string | null;
  pdf: Buffer;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    efaktura: EfakturaClient;
  }
}

/**
 * The operator of eFaktura through a service provider's HTTPS interface (README of this folder): the operator's own
 * interface needs WS-Security certificates that only providers have. Throws the outbound errors.
 */
export class EfakturaClient {
  readonly #url: string;
  readonly #token: string;
  readonly #party: OutboundParty;

  /** `url`: without a trailing slash. */
  constructor({ url, token }: { url: string; token: string }, outbound: Outbound) {
    this.#url = url;
    this.#token = token;
    this.#party = outbound.party({ service: SERVICE, atOnce: 5, timeoutMs: 15_000, totalMs: 40_000 });
  }

  /** Whether the organisation can get an issuer agreement through us. */
  async issuerState(organizationNumber: string): Promise<IssuerState> {
    const { state } = await this.#call('issuer.state', 'GET', `issuers/${organizationNumber}`);
    return oneOf(ISSUER_STATES, state);
  }

  /** Reports an accepted agreement to the operator; a repeated reference is the same order. */
  async orderIssuer(order: { reference: string; organizationNumber: string }): Promise<IssuerOrderState> {
    const { state } = await this.#call('issuer.order', 'PUT', `issuer-orders/${encodeURIComponent(order.reference)}`, {
      organization_number: order.organizationNumber,
    });
    return oneOf(ISSUER_ORDER_STATES, state);
  }

  /** Ends the agreement at the operator; an ended agreement stays ended. */
  async disableIssuer(organizationNumber: string): Promise<void> {
    await this.#call('issuer.disable', 'DELETE', `issuers/${organizationNumber}`);
  }

  /** Looks up consumers, at most 100 at a time. The results have the order of the keys. */
  async lookup(organizationNumber: string, keys: readonly ConsumerKey[]): Promise<ConsumerFound[]> {
    const { receivers } = await this.#call('consumers.lookup', 'POST', 'lookups', {
      issuer: organizationNumber,
      keys: keys.map((key) => ({
        id: key.id,
        efaktura_identifier: key.efakturaIdentifier,
        phone: key.phone,
        email: key.email,
        name: key.name,
        postal_code: key.postalCode,
        city: key.city,
        reference: key.reference,
      })),
    });
    const found = new Map((Array.isArray(receivers) ? receivers : []).filter(isObject).map((one) => [one.id, one]));
    return keys.map(({ id }) => {
      const one = found.get(id);
      if (!one) throw broken('a lookup without one of its answers');
      return {
        id,
        result: oneOf(LOOKUP_RESULTS, one.result),
        autoAccept: one.auto_accept === true,
        blocked: one.blocked === true,
        hasAgreement: one.has_agreement === true,
        efakturaIdentifier: typeof one.efaktura_identifier === 'string' ? one.efaktura_identifier : null,
      };
    });
  }

  /** Requests a consumer's consent, by SMS or e-mail, whichever is known; a repeated reference is the same request. */
  async invite(organizationNumber: string, consumer: ConsumerKey): Promise<void> {
    await this.#call(
      'consumers.invite',
      'PUT',
      `issuers/${organizationNumber}/invitations/${encodeURIComponent(consumer.id)}`,
      {
        phone: consumer.phone,
        email: consumer.email,
        name: consumer.name,
      },
    );
  }

  /** Presents an invoice to a consumer, or queries its state: a repeated id is the same invoice. */
  async presentInvoice(
    organizationNumber: string,
    invoice: PresentedInvoice,
  ): Promise<{ state: (typeof PRESENTED_STATES)[number]; id: string; reason: string | null }> {
    const path = `issuers/${organizationNumber}/invoices/${encodeURIComponent(invoice.id)}`;
    const answer = await this.#call('invoices.present', 'PUT', path, {
      efaktura_identifier: invoice.efakturaIdentifier,
      payment_type: invoice.paymentType,
      document_type: invoice.documentType,
      document_number: invoice.documentNumber,
      brand_name: invoice.brandName,
      amount: invoice.amount,
      due_date: invoice.dueDate,
      kid: invoice.kid,
      account_number: invoice.accountNumber,
      pdf: invoice.pdf.toString('base64'),
    });
    const { id, reason } = answer;
    if (typeof id !== 'string' || id === '') throw broken('an invoice without an id');
    return {
      state: oneOf(PRESENTED_STATES, answer.state),
      id: id.slice(0, 200),
      reason: typeof reason === 'string' ? reason.slice(0, 500) : null,
    };
  }

  async #call(
    call: string,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<JsonObject> {
    const answer = await this.#party.send({
      call,
      // A lookup only reads; the other calls identify what they create.
      repeatable: true,
      message: () => ({
        method,
        url: `${this.#url}/${path}`,
        headers: {
          authorization: `Bearer ${this.#token}`,
          accept: 'application/json',
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    });
    if (answer.status === 204) return {};
    if (answer.status >= 400) throw broken(`status ${answer.status}`);
    return jsonObject(SERVICE, answer);
  }
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (!found) throw broken('a state that is not in its list');
  return found;
}

function broken(reason: string) {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}
