import { decodeJwt, errors as joseErrors } from 'jose';
import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { jsonObject, type JsonObject } from '../../platform/outbound/json-answer.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import type { Log } from '../../platform/operation.ts';
import { signAssertion, type TokenQuestion } from './assertion.ts';
import { readRefusal, refusalError } from './refusal.ts';
import type { SigningKey } from './signing-key.ts';
import { isFor } from './system-user.ts';
import { type Token, TokenCache, usableUntil } from './token-cache.ts';

export interface MaskinportenOptions {
  /** With a trailing slash, as in its metadata and the audience of assertions. */
  issuer: string;
  clientId: string;
  key: SigningKey;
}

interface Metadata {
  tokenEndpoint: string;
  until: number;
}

const SERVICE = 'Maskinporten';
const METADATA_MS = 3_600_000;
/** A smaller clock difference is not the cause of a refusal. */
const NOTABLE_SKEW_MS = 3_000;

/**
 * Machine tokens from Maskinporten (JWT bearer grant). Tokens are cached by purpose until shortly before they expire;
 * each attempt to get one uses a new assertion.
 */
export class Maskinporten {
  readonly #options: MaskinportenOptions;
  readonly #party: OutboundParty;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #cache = new TokenCache();
  #metadata: Metadata | undefined;
  /** How far Maskinporten's clock is ahead of ours. Measured when it refuses an assertion because of its time. */
  #skewMs = 0;

  constructor(options: MaskinportenOptions, { outbound, clock, log }: { outbound: Outbound; clock: Clock; log: Log }) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 10,
      timeoutMs: 10_000,
      totalMs: 25_000,
      maxBytes: 200_000,
    });
  }

  /**
   * An access token. Throws maskinporten.system_user_missing (400), maskinporten.refused (503) and the outbound errors.
   */
  token(question: TokenQuestion): Promise<string> {
    const { systemUser, resource } = question;
    const key = JSON.stringify([
      [...question.scopes].sort(),
      resource ?? null,
      systemUser?.organizationNumber ?? null,
      systemUser?.externalRef ?? null,
    ]);
    return this.#cache.get(key, this.#now(), () => this.#fetch(question));
  }

  /** An API refused the token: the next call fetches a new one. */
  drop(token: string): void {
    this.#cache.drop(token);
  }

  async #fetch(question: TokenQuestion): Promise<Token> {
    let answer = await this.#ask(question);
    if (answer.status >= 400 && this.#learnSkew(answer)) answer = await this.#ask(question);
    if (answer.status >= 400) {
      const refusal = readRefusal(answer);
      if (!refusal) throw outboundErrors.contract_broken({ service: SERVICE, reason: `status ${answer.status}` });
      this.#log.warn({ service: SERVICE, status: answer.status, ...refusal }, 'no token');
      throw refusalError(refusal, question);
    }
    return this.#read(jsonObject(SERVICE, answer), question);
  }

  async #ask(question: TokenQuestion): Promise<OutboundAnswer> {
    const { tokenEndpoint } = await this.#readMetadata();
    return this.#party.send({
      call: 'token',
      // A lost response leaves an unused token.
      repeatable: true,
      message: async () => ({
        method: 'POST',
        url: tokenEndpoint,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion: await signAssertion(question, {
            key: this.#options.key,
            clientId: this.#options.clientId,
            audience: this.#options.issuer,
            now: Math.floor((this.#now() + this.#skewMs) / 1000),
          }),
        }).toString(),
      }),
    });
  }

  /** RFC 8414: the address of the token endpoint. Metadata of another issuer are refused (section 3.3). */
  async #readMetadata(): Promise<Metadata> {
    if (this.#metadata && this.#metadata.until > this.#now()) return this.#metadata;
    const { issuer } = this.#options;
    const url = `${issuer}.well-known/oauth-authorization-server`;
    const answer = await this.#party.send({
      call: 'metadata',
      message: () => ({ method: 'GET', url, headers: { accept: 'application/json' } }),
    });
    const found = answer.status === 200 ? jsonObject(SERVICE, answer) : {};
    const { token_endpoint: tokenEndpoint } = found;
    if (found.issuer !== issuer || typeof tokenEndpoint !== 'string' || !sameOrigin(tokenEndpoint, issuer))
      throw outboundErrors.contract_broken({ service: SERVICE, reason: `metadata with status ${answer.status}` });
    return (this.#metadata = { tokenEndpoint, until: this.#now() + METADATA_MS });
  }

  /** Whether the assertion was refused because our clock is wrong; the response's Date gives the difference. */
  #learnSkew(answer: OutboundAnswer): boolean {
    if (!readRefusal(answer)?.isAboutTime) return false;
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return false;
    const skew = theirs - this.#now();
    if (Math.abs(skew - this.#skewMs) < NOTABLE_SKEW_MS) return false;
    this.#skewMs = skew;
    this.#log.warn({ service: SERVICE, seconds: Math.round(skew / 1000) }, 'our clock differs from theirs');
    return true;
  }

  #read(found: JsonObject, question: TokenQuestion): Token {
    const { access_token: value, token_type: type, expires_in: life, scope } = found;
    const broken = (reason: string) => outboundErrors.contract_broken({ service: SERVICE, reason });
    if (typeof value !== 'string' || value === '' || String(type).toLowerCase() !== 'bearer')
      throw broken('no bearer token');
    if (typeof life !== 'number' || !(life > 0)) throw broken('a token without expires_in');
    const granted = new Set(typeof scope === 'string' ? scope.split(' ') : []);
    if (!question.scopes.every((one) => granted.has(one))) throw broken('a token with another scope');
    if (question.systemUser && !isFor(question.systemUser, claimsOf(value)?.authorization_details))
      throw broken('a token for another organisation');
    return { value, until: usableUntil(this.#now(), life) };
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}

function claimsOf(token: string): JsonObject | null {
  try {
    return decodeJwt(token);
  } catch (error) {
    if (error instanceof joseErrors.JWTInvalid) return null;
    throw error;
  }
}

function sameOrigin(url: string, issuer: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(issuer).origin;
}
