import { decodeJwt, errors as joseErrors, type JWTPayload } from 'jose';
import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import type { TokenSource } from '../authorized-call.ts';
import type { TokenQuestion } from '../maskinporten/assertion.ts';
import type { Maskinporten } from '../maskinporten/maskinporten.ts';
import { isFor } from '../maskinporten/system-user.ts';
import { type Token, TokenCache, usableUntil } from '../maskinporten/token-cache.ts';
import { altinnRefusal, SERVICE } from './altinn-problem.ts';

/** Issuer of the token that is exchanged. */
export type ExchangeProvider = 'maskinporten' | 'id-porten';

export interface AltinnToken {
  value: string;
  claims: JWTPayload;
}

/**
 * Altinn's own token for one of Maskinporten or ID-porten: `GET …/authentication/api/v1/exchange/{provider}`. The
 * response is the token as plain text or as a quoted JSON string. Throws outbound.contract_broken for anything else.
 */
export function readExchangedToken(answer: OutboundAnswer): AltinnToken {
  const text = answer.body.toString('utf8').trim();
  const value = /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : text;
  try {
    const claims = decodeJwt(value);
    if (typeof claims.exp === 'number') return { value, claims };
  } catch (error) {
    // A gateway's page with status 200, a truncated response, an empty one.
    if (!(error instanceof joseErrors.JWTInvalid)) throw error;
  }
  throw outboundErrors.contract_broken({ service: SERVICE, reason: 'an exchanged token that is none' });
}

export function exchangeUrl(altinnUrl: string, provider: ExchangeProvider): string {
  return `${altinnUrl}/authentication/api/v1/exchange/${provider}`;
}

/** Machine tokens in the form that Altinn's APIs accept: Maskinporten's own, or exchanged for Altinn's. */
export class AltinnTokens {
  readonly #url: string;
  readonly #maskinporten: Maskinporten;
  readonly #party: OutboundParty;
  readonly #clock: Clock;
  readonly #cache = new TokenCache();

  /** `url`: of Altinn's platform, without a trailing slash. */
  constructor(
    url: string,
    { outbound, maskinporten, clock }: { outbound: Outbound; maskinporten: Maskinporten; clock: Clock },
  ) {
    this.#url = url;
    this.#maskinporten = maskinporten;
    this.#clock = clock;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 10,
      timeoutMs: 10_000,
      totalMs: 25_000,
      maxBytes: 100_000,
    });
  }

  /** Maskinporten's own token. */
  direct(question: TokenQuestion): TokenSource {
    return {
      token: () => this.#maskinporten.token(question),
      drop: (token) => this.#maskinporten.drop(token),
    };
  }

  /** Altinn's token in exchange for it. Cached by purpose: tokens of a vendor and of its customers are never mixed. */
  exchanged(question: TokenQuestion): TokenSource {
    const { scopes, systemUser, resource } = question;
    const key = JSON.stringify([[...scopes].sort(), systemUser ?? null, resource ?? null]);
    return {
      token: () => this.#cache.get(key, this.#clock.now().getTime(), () => this.#exchange(question)),
      drop: (token) => this.#cache.drop(token),
    };
  }

  async #exchange(question: TokenQuestion): Promise<Token> {
    let answer = await this.#ask(question);
    // Maskinporten has changed its key since, or revoked the token: retry once with a new one.
    if (answer.status === 401) answer = await this.#ask(question);
    if (answer.status >= 400) throw altinnRefusal(answer);
    if (answer.status !== 200)
      throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status} from the exchange` });
    const { value, claims } = readExchangedToken(answer);
    const broken = (reason: string) => outboundErrors.contract_broken({ service: SERVICE, reason });
    const granted = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
    if (!question.scopes.every((scope) => granted.includes(scope))) throw broken('a token with another scope');
    if (question.systemUser && !isFor(question.systemUser, claims.authorization_details))
      throw broken('a token for another organisation');
    const now = this.#clock.now().getTime();
    // Lifetime by the issuer's clock, if the token states when it was issued.
    const life = claims.exp! - (typeof claims.iat === 'number' ? claims.iat : now / 1000);
    if (!(life > 0)) throw broken('a token that has expired');
    return { value, until: usableUntil(now, life) };
  }

  async #ask(question: TokenQuestion): Promise<OutboundAnswer> {
    let token = '';
    const answer = await this.#party.send({
      call: 'exchange.maskinporten',
      message: async () => {
        token = await this.#maskinporten.token(question);
        return {
          method: 'GET',
          url: exchangeUrl(this.#url, 'maskinporten'),
          headers: { authorization: `Bearer ${token}`, accept: 'text/plain, application/json' },
        };
      },
    });
    if (answer.status === 401) this.#maskinporten.drop(token);
    return answer;
  }
}
