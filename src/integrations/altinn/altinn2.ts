import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, jsonObjectOrNull, type JsonObject } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import type { Language } from '../../platform/errors.ts';
import { TokenRefused } from './altinn.ts';
import { altinnErrors } from './errors.ts';

const SERVICE = 'Altinn 2';
/** Its language codes. */
const LANGUAGES: Record<Language, string> = { nb: '1044', en: '1033' };
/** The HAL property with the items of a response. */
const EMBEDDED = '_embedded';
const A_PAGE = 500;
const MOST_PAGES = 40;

/** Altinn 2's list of reportees (HAL). Its shutdown is announced; responses that indicate it get a clear error. */
export class Altinn2 {
  readonly #options: { url: string; apiKey: string };
  readonly #party: OutboundParty;

  constructor(options: { url: string; apiKey: string }, { outbound }: { outbound: Outbound }) {
    this.#options = options;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 10,
      timeoutMs: 15_000,
      totalMs: 40_000,
      maxBytes: 10_000_000,
    });
  }

  /**
   * The response as received; with several pages the first, with the reportees of all. `isNew`: the token was fetched
   * just now, so that a page in place of a response is not a login page. Throws TokenRefused, altinn.altinn2_closed and
   * api_key_refused (502), and the outbound errors.
   */
  async reportees(token: string, language: Language, { isNew }: { isNew: boolean }): Promise<JsonObject> {
    let first: { body: JsonObject; reportees: unknown[] } | undefined;
    const all: unknown[] = [];
    for (let number = 0; number < MOST_PAGES; number++) {
      const page = await this.#page(token, language, number * A_PAGE, isNew);
      // It gives no total and ignores an unsupported `$skip`: a repeated page is the end.
      const repeats = number > 0 && JSON.stringify(page.reportees[0]) === JSON.stringify(first!.reportees[0]);
      if (!repeats) all.push(...page.reportees);
      first ??= page;
      if (repeats || page.reportees.length < A_PAGE)
        return number === 0
          ? first.body
          : { ...first.body, [EMBEDDED]: { ...(first.body[EMBEDDED] as JsonObject), reportees: all } };
    }
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'pages without an end' });
  }

  async #page(token: string, language: Language, skip: number, isNew: boolean) {
    const query = new URLSearchParams({ $top: String(A_PAGE), $skip: String(skip), language: LANGUAGES[language] });
    const answer = await this.#party.send({
      call: 'reportees',
      message: () => ({
        method: 'GET',
        url: `${this.#options.url}/api/reportees?${query.toString()}`,
        headers: { authorization: `Bearer ${token}`, accept: 'application/hal+json', apikey: this.#options.apiKey },
      }),
    });
    requireAnswer(answer, isNew);
    const body = jsonObjectOrNull(answer);
    if (!body) return elsewhere(answer, isNew);
    const embedded = body[EMBEDDED];
    const reportees = isObject(embedded) ? embedded.reportees : undefined;
    if (!Array.isArray(reportees))
      throw outboundErrors.contract_broken({ service: SERVICE, reason: 'no list of reportees' });
    return { body, reportees: reportees as unknown[] };
  }
}

/** Its errors have no body; the reason phrase describes them. */
function requireAnswer({ status, phrase = '' }: OutboundAnswer, isNew: boolean): void {
  const isAboutKey = /api ?key/i.test(phrase);
  if ((status === 400 || status === 403) && isAboutKey) throw altinnErrors.api_key_refused({ service: SERVICE });
  if (status === 401 || status === 403) throw new TokenRefused(status);
  if (status === 404 || status === 410)
    throw altinnErrors.altinn2_closed({ service: SERVICE, reason: `status ${status}` });
  // A redirect to its login page: equivalent to 401.
  if (status >= 300 && status < 400) throw new TokenRefused(isNew ? 403 : 401);
  if (status !== 200) throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${status}` });
}

/** A page with status 200 is its login page for an expired token, or a notice of its shutdown. */
function elsewhere({ headers }: OutboundAnswer, isNew: boolean): never {
  if (!/^text\/html\b/i.test(headers.get('content-type') ?? ''))
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'status 200 without JSON' });
  if (!isNew) throw new TokenRefused(401);
  throw altinnErrors.altinn2_closed({ service: SERVICE, reason: 'a page instead of an answer' });
}
