import { decodeJwt, errors as joseErrors } from 'jose';
import type { AppError } from '../../../platform/errors.ts';
import type { OutboundAnswer } from '../../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../../platform/outbound/errors.ts';
import { isObject, jsonObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../../platform/outbound/outbound-party.ts';
import { mvaMeldingErrors } from './errors.ts';
import type { Platform } from '../../../platform/operation.ts';
import { ENVELOPE_TYPE, type Instance, readInstance } from './instance.ts';
import type { Sender, TokenKind } from './sender.ts';
import { readValidationResult, type ValidationResult } from './validation-result.ts';

declare module '../../../platform/outbound/outside.ts' {
  interface Outside {
    mvaMelding: MvaMeldingClient;
  }
}

export interface MvaMeldingAddresses {
  /** The validation service, without a trailing slash. */
  validationUrl: string;
  /** The Altinn app: `https://skd.apps.altinn.no/skd/mva-melding-innsending-v1`. */
  appUrl: string;
  /** The platform, for searching instances. */
  platformUrl: string;
}

/** The client for VAT returns. Throws outbound.not_configured (503). */
export function mvaMeldingOf({ outside }: Platform): MvaMeldingClient {
  if (!outside?.mvaMelding) throw outboundErrors.not_configured({ service: 'Altinn (mva-melding)' });
  return outside.mvaMelding;
}

/** The outcome of a step of the process. `refused`: the app does not accept its data. */
export type NextOutcome = { went: true } | { went: false; refused: ValidationResult | { text: string } };

interface Call {
  call: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** False: a repetition could carry out something twice. */
  repeatable?: boolean;
}

const TAX = 'Skatteetaten';
const ALTINN = 'Altinn';
const RETURN_TYPE = 'mvamelding';
/** Pages of a search; a draft created a minute ago is among the first results. */
const MOST_PAGES = 5;
/** How far Altinn's clock may be behind ours. */
const SKEW_MS = 60_000;

/**
 * Sends VAT returns to Skatteetaten: the validation service with the person's ID-porten token, then the Altinn 3 app
 * with the exchanged one (Skatteetaten/mva-meldingen, API). Throws the mva_melding errors and the outbound errors.
 */
export class MvaMeldingClient {
  readonly #addresses: MvaMeldingAddresses;
  readonly #tax: OutboundParty;
  readonly #altinn: OutboundParty;

  constructor(addresses: MvaMeldingAddresses, { outbound }: { outbound: Outbound }) {
    this.#addresses = addresses;
    this.#tax = outbound.party({ service: TAX, atOnce: 5, timeoutMs: 20_000, totalMs: 60_000, maxBytes: 2_000_000 });
    this.#altinn = outbound.party({
      service: ALTINN,
      atOnce: 10,
      timeoutMs: 20_000,
      totalMs: 60_000,
      maxBytes: 26_214_400,
    });
  }

  /** Skatteetaten's validation of the return. It stores nothing. */
  async validate(xml: string, sender: Sender): Promise<ValidationResult> {
    const answer = await this.#send('idPorten', this.#tax, sender, {
      call: 'mva-melding.valider',
      method: 'POST',
      url: `${this.#addresses.validationUrl}/api/mva/grensesnittstoette/mva-melding/valider`,
      headers: { 'content-type': 'application/xml', accept: 'application/xml' },
      body: xml,
      repeatable: true,
    });
    if (answer.status !== 200)
      throw outboundErrors.contract_broken({ service: TAX, reason: `status ${answer.status} of the validation` });
    return readValidationResult(TAX, xmlOf(TAX, answer));
  }

  /** Creates an empty instance. If the response is lost, `find` finds it. */
  async create(sender: Sender): Promise<Instance> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.opprett',
      method: 'POST',
      url: `${this.#addresses.appUrl}/instances/`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ instanceOwner: { organisationNumber: sender.organizationNumber } }),
    });
    if (answer.status === 404)
      throw mvaMeldingErrors.unknown_organization({ organization_number: sender.organizationNumber });
    if (answer.status !== 201 && answer.status !== 200) throw unexpected(answer, 'creation');
    const made = this.#instanceOf(jsonObject(ALTINN, answer));
    // A field missing from the response is not an error.
    if (made.organizationNumber !== '' && made.organizationNumber !== sender.organizationNumber)
      throw outboundErrors.contract_broken({ service: ALTINN, reason: 'an instance of another organisation' });
    return made;
  }

  /**
   * Drafts that the same person created for the organisation after the given moment and that contain no return yet,
   * oldest first: the result of a lost response to `create`.
   */
  async find(sender: Sender, createdAfter: Date): Promise<Instance[]> {
    const { appUrl, platformUrl } = this.#addresses;
    const after = new Date(createdAfter.getTime() - SKEW_MS);
    const appId = new URL(appUrl).pathname.split('/').filter(Boolean).slice(-2).join('/');
    const person = altinnUserOf(await sender.token('altinn'));
    const found: Instance[] = [];
    let page: string | null = '';
    for (let count = 0; page !== null && count < MOST_PAGES; count++) {
      const query: URLSearchParams = new URLSearchParams({
        appId,
        'process.isComplete': 'false',
        created: `gte:${after.toISOString()}`,
        ...(page === '' ? {} : { continuationToken: page }),
      });
      const answer = await this.#altinnCall(sender, {
        call: 'mva-melding.finn',
        method: 'GET',
        url: `${platformUrl}/storage/api/v1/instances?${query.toString()}`,
        headers: {
          accept: 'application/json',
          'x-ai-instanceowneridentifier': `Organisation:${sender.organizationNumber}`,
        },
      });
      if (answer.status !== 200) throw unexpected(answer, 'look-up');
      const { instances, next } = jsonObject(ALTINN, answer);
      if (!Array.isArray(instances))
        throw outboundErrors.contract_broken({ service: ALTINN, reason: 'a look-up without a list' });
      for (const one of instances) {
        const instance = isObject(one) ? readInstance(one) : null;
        if (instance) found.push(instance);
      }
      page = continuationOf(next);
    }
    return found
      .filter(({ organizationNumber, stage, files, created, createdBy, isDeleted }) => {
        const isOurs = person === null || createdBy === '' || createdBy === person;
        const isEmpty = stage === 'data' && !isDeleted && files.every(({ dataType }) => dataType !== RETURN_TYPE);
        return (
          isEmpty && isOurs && organizationNumber === sender.organizationNumber && created !== null && created >= after
        );
      })
      .toSorted((a, b) => a.created!.getTime() - b.created!.getTime());
  }

  /** The current state of the instance; null if it is gone. */
  async instance(id: string, sender: Sender): Promise<Instance | null> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.instans',
      method: 'GET',
      url: this.#instanceUrl(id),
      headers: { accept: 'application/json' },
    });
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status !== 200) throw unexpected(answer, 'instance');
    return this.#instanceOf(jsonObject(ALTINN, answer));
  }

  /** Writes the envelope of the instance; repeating it changes nothing. */
  async putEnvelope(instance: Instance, xml: string, sender: Sender): Promise<void> {
    const place = instance.files.find(({ dataType }) => dataType === ENVELOPE_TYPE);
    if (!place) throw outboundErrors.contract_broken({ service: ALTINN, reason: 'an instance without an envelope' });
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.konvolutt',
      method: 'PUT',
      url: `${this.#instanceUrl(instance.id)}/data/${place.id}`,
      headers: { 'content-type': 'application/xml', accept: 'application/json' },
      body: xml,
    });
    // 303: the app has filled in fields itself.
    if (![200, 201, 303].includes(answer.status)) throw unexpected(answer, 'envelope');
  }

  /** Makes sure that the instance contains this return and no other. */
  async putReturn(
    instance: Instance,
    { xml, fileName }: { xml: string; fileName: string },
    sender: Sender,
  ): Promise<void> {
    let isThere = false;
    for (const file of instance.files.filter(({ dataType }) => dataType === RETURN_TYPE)) {
      const content = await this.download(instance.id, file.id, sender);
      if (!isThere && content.equals(Buffer.from(xml))) isThere = true;
      else await this.#remove(instance.id, file.id, sender);
    }
    if (isThere) return;
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.melding',
      method: 'POST',
      url: `${this.#instanceUrl(instance.id)}/data?datatype=${RETURN_TYPE}`,
      headers: {
        'content-type': 'text/xml',
        'content-disposition': `attachment; filename=${fileName}`,
        accept: 'application/json',
      },
      body: xml,
    });
    if (answer.status !== 201 && answer.status !== 200) throw unexpected(answer, 'return');
  }

  /**
   * Completes the current task of the instance. Never retried automatically: the second call would complete the next
   * task.
   */
  async next(id: string, sender: Sender): Promise<NextOutcome> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.neste',
      method: 'PUT',
      url: `${this.#instanceUrl(id)}/process/next`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      repeatable: false,
    });
    if (answer.status === 200) return { went: true };
    if (answer.status !== 409) throw unexpected(answer, 'process');
    return { went: false, refused: refusalOf(answer) };
  }

  /** Whether the tax administration has responded. */
  async isAnswered(id: string, sender: Sender): Promise<boolean> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.status',
      method: 'GET',
      url: `${this.#instanceUrl(id)}/feedback/status`,
      headers: { accept: 'application/json' },
    });
    if (answer.status !== 200) throw unexpected(answer, 'feedback');
    const { isFeedbackProvided } = jsonObject(ALTINN, answer);
    if (typeof isFeedbackProvided !== 'boolean')
      throw outboundErrors.contract_broken({ service: ALTINN, reason: 'a status without its answer' });
    return isFeedbackProvided;
  }

  async download(id: string, fileId: string, sender: Sender): Promise<Buffer> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.fil',
      method: 'GET',
      url: `${this.#instanceUrl(id)}/data/${fileId}`,
    });
    if (answer.status !== 200 || answer.body.length === 0) throw unexpected(answer, 'file');
    if (/^text\/html\b/i.test(answer.headers.get('content-type') ?? ''))
      throw outboundErrors.contract_broken({ service: ALTINN, reason: 'a page instead of a file' });
    return answer.body;
  }

  /** Deletes a draft that will not be sent. */
  async discard(id: string, sender: Sender): Promise<void> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.slett',
      method: 'DELETE',
      url: `${this.#instanceUrl(id)}?hard=true`,
      headers: { accept: 'application/json' },
    });
    if (![200, 204, 404, 410].includes(answer.status)) throw unexpected(answer, 'deletion');
  }

  async #remove(id: string, fileId: string, sender: Sender): Promise<void> {
    const answer = await this.#altinnCall(sender, {
      call: 'mva-melding.slett-fil',
      method: 'DELETE',
      url: `${this.#instanceUrl(id)}/data/${fileId}`,
    });
    if (![200, 204, 404].includes(answer.status)) throw unexpected(answer, 'deletion');
  }

  #instanceUrl(id: string): string {
    return `${this.#addresses.appUrl}/instances/${id}`;
  }

  #instanceOf(found: JsonObject): Instance {
    const instance = readInstance(found);
    if (!instance) throw outboundErrors.contract_broken({ service: ALTINN, reason: 'no instance' });
    return instance;
  }

  #altinnCall(sender: Sender, call: Call): Promise<OutboundAnswer> {
    return this.#send('altinn', this.#altinn, sender, call);
  }

  /** Sends with the person's token; if it is refused, once more with a new one. */
  async #send(kind: TokenKind, party: OutboundParty, sender: Sender, call: Call): Promise<OutboundAnswer> {
    let token = '';
    let refused: string | undefined;
    const once = () =>
      party.send({
        call: call.call,
        ...(call.repeatable === undefined ? {} : { repeatable: call.repeatable }),
        message: async () => {
          token = await sender.token(kind, refused);
          return {
            method: call.method,
            url: call.url,
            headers: { ...call.headers, authorization: `Bearer ${token}` },
            ...(call.body === undefined ? {} : { body: call.body }),
          };
        },
      });
    let answer = await once();
    if (answer.status === 401) {
      refused = token;
      answer = await once();
    }
    if (answer.status === 401) throw mvaMeldingErrors.login_required();
    if (answer.status === 403) throw mvaMeldingErrors.no_right({ organization_number: sender.organizationNumber });
    // A login page in place of a response.
    if (answer.status === 302)
      throw outboundErrors.contract_broken({ service: party.service, reason: 'a redirect instead of an answer' });
    return answer;
  }
}

function unexpected(answer: OutboundAnswer, what: string): AppError {
  return outboundErrors.contract_broken({ service: ALTINN, reason: `status ${answer.status} of the ${what}` });
}

function xmlOf(service: string, { headers, body }: OutboundAnswer): Buffer {
  const type = headers.get('content-type') ?? '';
  // A missing type is accepted, a wrong one is not: gateways send their pages with status 200.
  if (type !== '' && !/^(application|text)\/([\w.-]+\+)?xml\b/i.test(type))
    throw outboundErrors.contract_broken({ service, reason: 'an answer that is no XML' });
  return body;
}

/** 409: a validation result, or a sentence as JSON string or plain text. */
function refusalOf(answer: OutboundAnswer): ValidationResult | { text: string } {
  const text = answer.body.toString('utf8').slice(0, 2_000_000).trim();
  const unquoted = text.startsWith('"') ? jsonText(text) : text;
  if (unquoted.startsWith('<') && unquoted.includes('valideringsresultat'))
    return readValidationResult(ALTINN, Buffer.from(unquoted));
  // A page, or a framework's problem details: not the app's judgement of its input.
  if (unquoted === '' || /^[<{[]/.test(unquoted)) throw unexpected(answer, 'process');
  return { text: unquoted.slice(0, 500) };
}

function jsonText(text: string): string {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'string' ? value.trim() : text;
  } catch {
    return text;
  }
}

/** Only the token is taken from the link: the host is the configured one. */
function continuationOf(next: unknown): string | null {
  if (typeof next !== 'string' || !URL.canParse(next)) return null;
  return new URL(next).searchParams.get('continuationToken') || null;
}

/** Altinn's id of the person, to recognise our own drafts; null if the token does not contain it. */
function altinnUserOf(token: string): string | null {
  try {
    const id = decodeJwt(token)['urn:altinn:userid'];
    return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
  } catch (error) {
    if (error instanceof joseErrors.JWTInvalid) return null;
    throw error;
  }
}
