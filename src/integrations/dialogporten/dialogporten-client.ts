import type { Clock } from '../../kernel/clock.ts';
import type { AppError } from '../../platform/errors.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, jsonObject, jsonObjectOrNull } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import type { AltinnTokens } from '../altinn/altinn-token.ts';
import { sendAuthorized, type TokenSource } from '../authorized-call.ts';
import type { SystemUser } from '../maskinporten/system-user.ts';
import { type Dialog, readDialogPage, SERVICE } from './dialog.ts';
import { dialogportenErrors } from './errors.ts';

const SCOPE = 'digdir:dialogporten';
const RESOURCE = 'urn:altinn:resource:';
const PAGE = 100;
/** Most pages of one search: 1,000 dialogs, the newest. */
const MOST_PAGES = 10;
/** Time limit for all pages together. */
const LONGEST_MS = 45_000;

export interface DialogSearch {
  /** In Dialogporten's spelling. */
  status?: string | undefined;
  /** With or without the prefix `urn:altinn:resource:`. */
  serviceResource?: string | undefined;
}

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    dialogporten: DialogportenClient;
  }
}

/**
 * Dialogporten's end-user search with a system user's token; stores nothing. Throws dialogporten.refused, the
 * maskinporten errors and the outbound errors.
 */
export class DialogportenClient {
  readonly #url: string;
  readonly #party: OutboundParty;
  readonly #tokens: AltinnTokens;
  readonly #exchanges: boolean;
  readonly #clock: Clock;

  /** `url`: without a trailing slash. `exchanges`: Maskinporten's tokens are first exchanged for Altinn's. */
  constructor(
    { url, exchanges }: { url: string; exchanges: boolean },
    { outbound, tokens, clock }: { outbound: Outbound; tokens: AltinnTokens; clock: Clock },
  ) {
    this.#url = url;
    this.#exchanges = exchanges;
    this.#tokens = tokens;
    this.#clock = clock;
    // Their access checks take up to 25 seconds.
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 10,
      timeoutMs: 30_000,
      totalMs: 40_000,
      maxBytes: 10_000_000,
    });
  }

  /** Dialogs of the system user's organisation, last changed first; at most 1,000. */
  async search(systemUser: SystemUser, { status, serviceResource }: DialogSearch): Promise<Dialog[]> {
    const party = `urn:altinn:organization:identifier-no:${systemUser.organizationNumber}`;
    const query = new URLSearchParams({ party, limit: String(PAGE), orderBy: 'contentUpdatedAt_desc' });
    if (status !== undefined) query.append('status', status);
    if (serviceResource !== undefined)
      query.append(
        'serviceResource',
        serviceResource.startsWith(RESOURCE) ? serviceResource : RESOURCE + serviceResource,
      );
    const end = this.#clock.now().getTime() + LONGEST_MS;
    const dialogs: Dialog[] = [];
    let token: string | null = null;
    for (let page = 1; page <= MOST_PAGES; page++) {
      // The query is the same for every page: a continuation token is valid only for that.
      if (token !== null) query.set('continuationToken', token);
      const found = readDialogPage(jsonObject(SERVICE, await this.#ask(systemUser, query)), party);
      dialogs.push(...found.dialogs);
      if (found.continuationToken === null) break;
      if (found.continuationToken === token)
        throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a page that leads to itself' });
      if (this.#clock.now().getTime() > end) throw outboundErrors.too_slow({ service: SERVICE });
      token = found.continuationToken;
    }
    return dialogs;
  }

  async #ask(systemUser: SystemUser, query: URLSearchParams): Promise<OutboundAnswer> {
    const question = { scopes: [SCOPE], systemUser };
    const exchanged = this.#tokens.exchanged(question);
    const direct = this.#tokens.direct(question);
    const sources: [TokenSource, ...TokenSource[]] = this.#exchanges
      ? [exchanged, exchanged]
      : [direct, direct, exchanged];
    const answer = await sendAuthorized(this.#party, sources, {
      call: 'dialogs.search',
      message: {
        method: 'GET',
        url: `${this.#url}/api/v1/enduser/dialogs?${query.toString()}`,
        headers: { accept: 'application/json' },
      },
    });
    if (answer.status >= 400) throw refusalOf(answer);
    return answer;
  }
}

/** Problem details: field and messages under `errors`, otherwise `detail` or `title`; some are empty or plain text. */
export function refusalOf(answer: OutboundAnswer): AppError {
  if (answer.status === 401) return outboundErrors.credentials_refused({ service: SERVICE });
  const body = jsonObjectOrNull(answer);
  const errors = isObject(body?.errors) ? Object.entries(body.errors).slice(0, 10) : [];
  const faults = errors.map(([field, messages]) => `${field}: ${(Array.isArray(messages) ? messages : []).join(' ')}`);
  const text = faults.join('; ') || [body?.detail, body?.title].find((one) => typeof one === 'string') || '';
  const reason = `${answer.status} ${text.slice(0, 300)}`.trim();
  if (!body && answer.body.length > 0)
    return outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status} without JSON` });
  return dialogportenErrors.refused({ service: SERVICE, reason });
}
