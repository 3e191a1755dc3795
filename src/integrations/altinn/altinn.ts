import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import { SERVICE } from './altinn-problem.ts';
import { type AltinnToken, exchangeUrl, readExchangedToken } from './altinn-token.ts';

export interface AltinnOptions {
  /** The Altinn 3 platform, without a trailing slash. */
  url: string;
  /** Scopes of a connection to Altinn, in addition to those of a plain login. */
  scopes: readonly string[];
  parties: 'enduser' | 'classic';
  /** Source of the reportees. */
  reportees: 'altinn2' | 'altinn3';
}

/** Altinn does not accept the token, or no longer. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  /** 401: another token may work. 403: the user lacks the right, with any token. */
  readonly status: 401 | 403;
  constructor(status: 401 | 403) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** The Altinn 3 platform, on behalf of a user. Throws TokenRefused and the outbound errors. */
export class Altinn {
  readonly options: AltinnOptions;
  readonly #party: OutboundParty;

  constructor(options: AltinnOptions, { outbound }: { outbound: Outbound }) {
    this.options = options;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 20,
      timeoutMs: 15_000,
      totalMs: 40_000,
      maxBytes: 20_000_000,
    });
  }

  get service(): string {
    return this.#party.service;
  }

  /** Altinn's own token for a user's ID-porten token; it expires with that. */
  async exchange(accessToken: string): Promise<AltinnToken> {
    const url = exchangeUrl(this.options.url, 'id-porten');
    const answer = await this.get({ call: 'exchange.id-porten', url, token: accessToken });
    if (answer.status !== 200) throw outboundErrors.contract_broken({ service: SERVICE, reason: statusOf(answer) });
    return readExchangedToken(answer);
  }

  /** One GET with a token. 401 and 403 throw TokenRefused; any other status is returned to the caller. */
  async get({ call, url, token }: { call: string; url: string; token: string }): Promise<OutboundAnswer> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const answer = await this.#party.send({ call, message: () => ({ method: 'GET', url, headers }) });
    if (answer.status === 401 || answer.status === 403) throw new TokenRefused(answer.status);
    return answer;
  }
}

export const statusOf = ({ status }: OutboundAnswer) => `status ${status}`;
