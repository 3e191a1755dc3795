import type { OutboundAnswer } from '../../../platform/outbound/attempt.ts';
import type { OutboundMessage } from '../../../platform/outbound/outbound-message.ts';
import { jsonObject } from '../../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../../platform/outbound/outbound-party.ts';
import { sendAuthorized, type TokenSource } from '../../authorized-call.ts';
import { altinnRefusal, readProblem, SERVICE } from '../altinn-problem.ts';
import type { AltinnTokens } from '../altinn-token.ts';
import { type AltinnRequest, readRequest, readSystemUser, type RequestKey } from './system-user-answer.ts';

const READ = 'altinn:authentication/systemuser.request.read';
const WRITE = 'altinn:authentication/systemuser.request.write';
const PREFIX = '/authentication/api/v1/systemuser';

/** The requested rights: single resources, and packages of them. */
export interface AskedRights {
  rights: readonly { resource: readonly { id: string; value: string }[] }[];
  accessPackages: readonly { urn: string }[];
}

export interface SystemUserOptions extends AskedRights {
  /** Altinn's platform, without a trailing slash. */
  url: string;
  /** `<our organisation number>_<name>`, as registered. */
  systemId: string;
  /** Whether the tokens are exchanged for Altinn's own. */
  exchanges: boolean;
}

declare module '../../../platform/outbound/outside.ts' {
  interface Outside {
    systemUsers: SystemUserClient;
  }
}

/**
 * Requests for system users at Altinn, for a vendor. Throws system_users.refused (400), the maskinporten errors and the
 * outbound errors.
 */
export class SystemUserClient {
  readonly #options: SystemUserOptions;
  readonly #party: OutboundParty;
  readonly #tokens: AltinnTokens;

  constructor(options: SystemUserOptions, { outbound, tokens }: { outbound: Outbound; tokens: AltinnTokens }) {
    this.#options = options;
    this.#tokens = tokens;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 10,
      timeoutMs: 10_000,
      totalMs: 30_000,
      maxBytes: 1_000_000,
    });
  }

  get systemId(): string {
    return this.#options.systemId;
  }

  get asked(): AskedRights {
    const { rights, accessPackages } = this.#options;
    return { rights, accessPackages };
  }

  /** Whether Altinn would send a user back to this address: it requires TLS, the stand-in on this machine does not. */
  mayRedirectTo(address: string): boolean {
    return address.startsWith('https://') || this.#options.url.startsWith('http://');
  }

  /**
   * Creates a request, or returns the one with the same reference: repeated calls, also after a lost response, give one
   * request.
   */
  async request(key: RequestKey, more: { title: string; redirectUrl: string | null }): Promise<AltinnRequest> {
    const { rights, accessPackages } = this.#options;
    const answer = await this.#send(WRITE, 'systemuser.request', {
      method: 'POST',
      url: '/request/vendor',
      body: JSON.stringify({
        systemId: key.systemId,
        partyOrgNo: key.organizationNumber,
        externalRef: key.externalRef,
        integrationTitle: more.title,
        rights,
        accessPackages,
        ...(more.redirectUrl === null ? {} : { redirectUrl: more.redirectUrl }),
      }),
    });
    return readRequest(jsonObject(SERVICE, successful(answer)), key);
  }

  /** Null if Altinn no longer knows it: it has expired and was removed. */
  async read(asked: RequestKey & { id: string }): Promise<AltinnRequest | null> {
    const answer = await this.#send(READ, 'systemuser.status', {
      method: 'GET',
      url: `/request/vendor/${encodeURIComponent(asked.id)}`,
    });
    if (isUnknown(answer, 'AUTH-00010')) return null;
    return readRequest(jsonObject(SERVICE, successful(answer)), asked);
  }

  /** The system user created from a request; null if there is none, or no longer. */
  async find(key: RequestKey): Promise<{ id: string } | null> {
    const query = new URLSearchParams({
      'system-id': key.systemId,
      orgno: key.organizationNumber,
      'external-ref': key.externalRef,
    });
    const answer = await this.#send(WRITE, 'systemuser.query', {
      method: 'GET',
      url: `/vendor/byquery?${query.toString()}`,
    });
    // Some of these come without a body; a gateway's page is not one of them.
    if (isUnknown(answer, 'AUTH-00015') || (answer.status === 404 && answer.body.length === 0)) return null;
    const { id, isDeleted } = readSystemUser(jsonObject(SERVICE, successful(answer)), key);
    return isDeleted ? null : { id };
  }

  /** Withdraws a request. Returns false for one that Altinn keeps or does not know. */
  async remove(id: string): Promise<boolean> {
    const answer = await this.#send(WRITE, 'systemuser.remove', {
      method: 'DELETE',
      url: `/request/vendor/${encodeURIComponent(id)}`,
    });
    if (answer.status === 401) throw altinnRefusal(answer);
    return answer.status < 300;
  }

  #send(scope: string, call: string, { url, body, ...message }: OutboundMessage): Promise<OutboundAnswer> {
    const question = { scopes: [scope] };
    const source: TokenSource = this.#options.exchanges
      ? this.#tokens.exchanged(question)
      : this.#tokens.direct(question);
    // If Maskinporten's own tokens are not accepted, the result with an exchanged token counts.
    const last = this.#options.exchanges ? source : this.#tokens.exchanged(question);
    return sendAuthorized(this.#party, [source, last], {
      call,
      repeatable: true,
      message: {
        ...message,
        url: `${this.#options.url}${PREFIX}${url}`,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      },
    });
  }
}

/** 404 with the corresponding code; a 404 without it is a wrong address, or comes from a gateway. */
function isUnknown(answer: OutboundAnswer, code: string): boolean {
  return answer.status === 404 && readProblem(answer)?.code === code;
}

function successful(answer: OutboundAnswer): OutboundAnswer {
  if (answer.status >= 400) throw altinnRefusal(answer);
  return answer;
}
