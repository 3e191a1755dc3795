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
/** Where HAL has what an answer is about. */
const EMBEDDED = '_embedded';
const A_PAGE = 500;
const MOST_PAGES = 40;

/** Altinn 2's list of reportees (HAL). It was announced to close; what shows that it has is said in words. */
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
   * The answer as it came; of several pages the first, with the reportees of all. `isNew`: the token was fetched just now, so
   * that a page instead of an answer is no login page. Throws TokenRefused, altinn.altinn2_closed and api_key_refused (502),
   * and the outbound errors.
   */
  async reportees(token: string, language: Language, { isNew }: { isNew: boolean }): Promise<JsonObject> {
    let first: { body: JsonObject; reportees: unknown[] } | undefined;
    const all: unknown[] = [];
    for (let number = 0; number < MOST_PAGES; number++) {
      const page = await this.#page(token, language, number * A_PAGE, isNew);
      // It counts nothing and follows no `$skip` where it does not know it: the same page again is the end.
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

/** Its errors have no body; what is wrong stands beside the status. */
function requireAnswer({ status, phrase = '' }: OutboundAnswer, isNew: boolean): void {
  const isAboutKey = /api ?key/i.test(phrase);
  if ((status === 400 || status === 403) && isAboutKey) throw altinnErrors.api_key_refused({ service: SERVICE });
  if (status === 401 || status === 403) throw new TokenRefused(status);
  if (status === 404 || status === 410)
    throw altinnErrors.altinn2_closed({ service: SERVICE, reason: `status ${status}` });
  // To its login page: as good as 401, whatever the token.
  if (status >= 300 && status < 400) throw new TokenRefused(isNew ? 403 : 401);
  if (status !== 200) throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${status}` });
}

/** A page with status 200 is its login page for a token that ended, or a notice that it has closed. */
function elsewhere({ headers }: OutboundAnswer, isNew: boolean): never {
  if (!/^text\/html\b/i.test(headers.get('content-type') ?? ''))
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'status 200 without JSON' });
  if (!isNew) throw new TokenRefused(401);
  throw altinnErrors.altinn2_closed({ service: SERVICE, reason: 'a page instead of an answer' });
}
