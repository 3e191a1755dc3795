import type { OutboundAnswer } from '../../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { isObject, jsonValue } from '../../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../../platform/outbound/outbound-party.ts';
import {
  BILLING_KINDS,
  BILLING_PROCESS,
  type DocumentKind,
  documentTypeOf,
  participantOf,
  processOf,
  RESPONSE_PROCESS,
} from '../identifiers.ts';
import { bodyOf, type CallFacts, type CallName, pathOf, valueAt, type Wire } from './wire.ts';

export const SERVICE = 'Peppol access point';

const REGISTRATION_STATES = ['NONE', 'PENDING', 'REGISTERED', 'TAKEN', 'REFUSED'] as const;
/** `TAKEN`: registered through another provider. `REFUSED`: the access point refuses it. */
export type RegistrationState = (typeof REGISTRATION_STATES)[number];

const SENDING_STATES = ['NONE', 'QUEUED', 'SENT', 'FAILED'] as const;
/** `SENT`: the receiver's access point has it. `NONE`: the delivery id is unknown. */
type SendingState = (typeof SENDING_STATES)[number];

export interface Registration {
  state: RegistrationState;
  reason: string | null;
}

export interface Sending {
  state: SendingState;
  reason: string | null;
  /** The access point's own id of it. */
  id: string | null;
}

/** A pending document in the inbox. */
export interface WaitingDocument {
  id: string;
  /** `0192:991825827` */
  receiver: string;
  /** From its envelope (SBDH): a repeated delivery has the same id. */
  instanceId: string;
  /** Also from the envelope, if the access point reports them. */
  sender: string | null;
  documentType: string | null;
}

interface AccessPointOptions {
  url: string;
  token: string;
  wire: Wire;
}

const LONGEST_REASON = 400;

/**
 * The access point through which client accounts register, send and receive: a provider's HTTPS interface as described by
 * `wire`. Each call carries the id of what it creates, so that it may be repeated. Throws the outbound errors.
 */
export class AccessPoint {
  readonly #options: AccessPointOptions;
  readonly #party: OutboundParty;

  constructor(options: AccessPointOptions, outbound: Outbound) {
    this.#options = options;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 5,
      timeoutMs: 20_000,
      totalMs: 50_000,
      maxBytes: 20_000_000,
    });
  }

  /**
   * Registers an organisation for invoices, credit notes and the answers to its own; `migrationKey` takes it over from
   * another provider.
   */
  register(organization: {
    organizationNumber: string;
    name: string;
    migrationKey: string | null;
  }): Promise<Registration> {
    const { organizationNumber, name, migrationKey } = organization;
    return this.#registration('register', {
      ...ofOrganization(organizationNumber),
      name,
      document_types: BILLING_KINDS.map(documentTypeOf),
      process: BILLING_PROCESS,
      response_document_type: documentTypeOf('InvoiceResponse'),
      response_process: RESPONSE_PROCESS,
      ...(migrationKey === null ? {} : { migration_key: migrationKey }),
    });
  }

  /** Ends the registration; an ended one stays ended. */
  async deregister(organizationNumber: string): Promise<void> {
    await this.#call('deregister', ofOrganization(organizationNumber));
  }

  status(organizationNumber: string): Promise<Registration> {
    return this.#registration('status', ofOrganization(organizationNumber));
  }

  /** For a known delivery id the access point answers as it did the first time. */
  send(delivery: {
    id: string;
    sender: string;
    receiver: string;
    kind: DocumentKind;
    document: string;
  }): Promise<Sending> {
    const { id, sender, receiver, kind, document } = delivery;
    return this.#sending('send', {
      delivery_id: id,
      sender,
      receiver,
      document_type: documentTypeOf(kind),
      process: processOf(kind),
      document_base64: Buffer.from(document, 'utf8').toString('base64'),
    });
  }

  sendStatus(deliveryId: string): Promise<Sending> {
    return this.#sending('send_status', { delivery_id: deliveryId });
  }

  /** A page of the pending documents, the oldest first, after the document `after`. */
  async waiting(after: string): Promise<WaitingDocument[]> {
    const { body } = await this.#call('receive', { after });
    const { read = {} } = this.#options.wire.receive;
    const list = valueAt(body, read['documents']);
    if (!Array.isArray(list)) throw broken('an inbox that is no list');
    return list.map((one: unknown) => ({
      id: textAt(one, read['id']) ?? missing('id'),
      receiver: textAt(one, read['receiver']) ?? missing('receiver'),
      instanceId: textAt(one, read['instance_id']) ?? missing('instance id'),
      sender: textAt(one, read['sender']),
      documentType: textAt(one, read['document_type']),
    }));
  }

  /** The bytes of a document in the inbox. */
  async document(id: string): Promise<Buffer> {
    const answer = await this.#ask('document', { id });
    const type = answer.headers.get('content-type') ?? '';
    // An error page of a gateway must not be taken in as an invoice.
    if (answer.status !== 200 || /html/i.test(type) || answer.body.length === 0)
      throw broken(`status ${answer.status} without a document`);
    const { read } = this.#options.wire.document;
    if (!read?.['document']) return answer.body;
    const base64 = textAt(jsonValue(answer), read['document']);
    return base64 === null ? missing('document') : Buffer.from(base64, 'base64');
  }

  async acknowledge(id: string): Promise<void> {
    await this.#call('acknowledge', { id });
  }

  async #registration(name: 'register' | 'status', facts: CallFacts): Promise<Registration> {
    const { body, state } = await this.#call(name, facts);
    const { read } = this.#options.wire[name];
    return { state: oneOf(REGISTRATION_STATES, state), reason: reasonIn(body, read?.['reason']) };
  }

  async #sending(name: 'send' | 'send_status', facts: CallFacts): Promise<Sending> {
    const { body, state } = await this.#call(name, facts);
    const { read } = this.#options.wire[name];
    return {
      state: oneOf(SENDING_STATES, state),
      reason: reasonIn(body, read?.['reason']),
      id: textAt(body, read?.['id'])?.slice(0, 200) ?? null,
    };
  }

  /** The JSON of the response, and its state in our terms; undefined if there is none. */
  async #call(name: CallName, facts: CallFacts): Promise<{ body: unknown; state: string | undefined }> {
    const answer = await this.#ask(name, facts);
    const { read, statuses, states } = this.#options.wire[name];
    const body = answer.body.length === 0 ? undefined : jsonValue(answer);
    const mapped = statuses?.[answer.status];
    if (mapped !== undefined) return { body, state: mapped };
    if (answer.status < 200 || answer.status > 299) throw broken(`status ${answer.status}`);
    if (!isObject(body) && !Array.isArray(body)) throw broken('no JSON');
    const state = textAt(body, read?.['state']) ?? undefined;
    return { body, state: state === undefined ? undefined : (states?.[state] ?? state) };
  }

  async #ask(name: CallName, facts: CallFacts): Promise<OutboundAnswer> {
    const { url, token, wire } = this.#options;
    const call = wire[name];
    const body = bodyOf(call, facts);
    const answer = await this.#party.send({
      call: `access_point.${name}`,
      repeatable: true,
      message: () => ({
        method: call.method,
        url: url + pathOf(call, facts),
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json, application/xml',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      }),
    });
    if (answer.status === 401 || answer.status === 403) throw outboundErrors.credentials_refused({ service: SERVICE });
    return answer;
  }
}

function ofOrganization(organizationNumber: string) {
  return { organization_number: organizationNumber, participant: participantOf(organizationNumber) };
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined): T {
  const found = known.find((one) => one === value);
  if (!found) throw broken('a state that is not in its list');
  return found;
}

/** Text, or a number as text; null for anything else. */
function textAt(body: unknown, path: string | undefined): string | null {
  const value = valueAt(body, path);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The reason for display: one line, shortened. */
function reasonIn(body: unknown, path: string | undefined): string | null {
  const reason = textAt(body, path);
  // eslint-disable-next-line no-control-regex
  return reason && reason.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, LONGEST_REASON);
}

function missing(what: string): never {
  throw broken(`without ${what}`);
}

function broken(reason: string) {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}
