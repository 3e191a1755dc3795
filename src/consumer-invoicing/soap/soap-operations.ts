import type { Platform } from '../../platform/operation.ts';
import { configureAvtaleGiro } from '../avtalegiro/avtalegiro-configure.ts';
import { listMandates } from '../avtalegiro/mandate-list.ts';
import type { ConsumerFilter } from '../consumers/consumer-filter.ts';
import { getConsumer } from '../consumers/consumer-get.ts';
import { listConsumers } from '../consumers/consumer-list.ts';
import { listVendorConsumers } from '../consumers/consumer-vendor-list.ts';
import { disableIssuerAgreement } from '../issuer/issuer-disable.ts';
import { orderIssuerAgreement } from '../issuer/issuer-order.ts';
import type { KeyHolder } from '../keys/key-holder.ts';
import type { SoapArgument, SoapStruct } from './read-arguments.ts';
import { readSoapTime, writeSoapTime } from './soap-time.ts';
import type { SoapOperation } from './soap-types.ts';
import { StatusRefusal } from './status-text.ts';
import type { SoapValue } from './write-answer.ts';

/** A call whose keys have been checked. */
export interface SoapContext {
  platform: Platform;
  holder: KeyHolder;
  requestId: string;
  /** The address of this site as seen by the caller. */
  origin: string;
}

type Handler = (context: SoapContext, args: Record<string, SoapArgument>) => Promise<SoapValue>;

/** The seven operations, based on the operations of the REST API. */
export const SOAP_HANDLERS: Record<SoapOperation, Handler> = {
  async b2c_issuer_agreement_order(context, { signer_name: name, signer_email: email }) {
    const input = {
      signer_name: text(name) ?? '',
      signer_email: text(email) ?? '',
      language: 'nb' as const,
      origin: context.origin,
      vendorKeyId: context.holder.vendorKeyId,
    };
    const { value } = await orderIssuerAgreement.call(context.platform, callOf(context), input);
    return `OK: Email sent to ${value.signer_email}`;
  },
  async disable_b2c_issuer_agreement(context) {
    await disableIssuerAgreement.call(context.platform, callOf(context), {});
    return 'OK';
  },
  async consumer_agreement_status(context, { reference_nr: reference }) {
    const { value } = await getConsumer.call(context.platform, callOf(context), { referenceNr: text(reference) });
    return `OK: ${value.status}`;
  },
  async consumer_agreements_query(context, { query }) {
    const input = { filter: filterOf(query), page: null };
    const { value } = await listConsumers.call(context.platform, callOf(context), input);
    if (value.data.length === 0) throw new StatusRefusal('ERROR: No agreements found');
    return { status: 'OK', agreements: value.data.map(consumerOut) };
  },
  async vendor_consumer_agreements_query(context, { query }) {
    const input = { keyId: context.holder.vendorKeyId, filter: filterOf(query) };
    const { value } = await listVendorConsumers.call(context.platform, callOf(context), input);
    const results = value.map(({ company_uuid: company, consumers }) => ({
      company_id: company,
      agreements: consumers.map(consumerOut),
    }));
    return { status: 'OK', results };
  },
  async atg_mandate_list(context, { timestamp }) {
    const filter = { changedSince: timeOf(text(timestamp)), status: null };
    const { value } = await listMandates.call(context.platform, callOf(context), { filter, page: null });
    const mandates = value.data.map((one) => ({
      kid: one.kid,
      account_number: one.account_number,
      notification: one.notification,
      status: one.status === 'ACTIVE' ? 1 : 0,
      updated_timestamp: writeSoapTime(new Date(one.updated_at)),
    }));
    return { status: 'OK', atg_mandates: mandates };
  },
  async atg_agreement_configure(context, args) {
    const configured = {
      account_number: text(args.account_number),
      kid_length: text(args.kid_length),
      reference_position: text(args.reference_position),
      payment_type_position: text(args.payment_type_position),
    };
    const options = optionsOf(text(args.options));
    const input = {
      ...configured,
      notices: options && { byPrint: options.notif_print ?? true, byEmail: options.notif_email ?? true },
      vendorKeyId: context.holder.vendorKeyId,
    };
    await configureAvtaleGiro.call(context.platform, callOf(context), input);
    return 'OK';
  },
};

function callOf({ holder: { caller, clientAccountId }, requestId }: SoapContext) {
  return { caller, clientAccountId, requestId };
}

function text(value: SoapArgument | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function filterOf(query: SoapArgument | undefined): ConsumerFilter {
  const { name, phone, email, state, reference_nr, customer_nr, timestamp } = (query ?? {}) as SoapStruct;
  return { name, phone, email, state, reference_nr, customer_nr, changed_since: timeOf(timestamp ?? null) };
}

function timeOf(written: string | null): Date | null {
  if (written === null) return null;
  const time = readSoapTime(written);
  if (!time) throw new StatusRefusal('ERROR: Timestamp format error');
  return time;
}

function consumerOut(one: {
  status: string;
  name: string | null;
  phone: string | null;
  email: string | null;
  reference_number: string;
  customer_number: string | null;
}) {
  return {
    state: one.status,
    name: one.name,
    phone: one.phone,
    email: one.email,
    reference_nr: one.reference_number,
    customer_nr: one.customer_number,
  };
}

interface NoticeOptions {
  notif_print?: boolean;
  notif_email?: boolean;
}

/** Nothing, or a JSON object with booleans. Null for anything else. */
function optionsOf(written: string | null): NoticeOptions | null {
  if (written === null) return {};
  let options: unknown;
  try {
    options = JSON.parse(written);
  } catch {
    return null;
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return null;
  const { notif_print: print, notif_email: email } = options as Record<string, unknown>;
  if ([print, email].some((flag) => flag !== undefined && typeof flag !== 'boolean')) return null;
  return options;
}
