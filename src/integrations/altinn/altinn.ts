import { decodeJwt } from 'jose';
import type { Clock } from '../../kernel/clock.ts';
import type { OutboundAnswer } from '../../platform/outbound/attempt.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';

export const SERVICE = 'Altinn';

export interface AltinnOptions {
  /** The Altinn 3 platform, without a slash at its end. */
  url: string;
  /** What a connection to Altinn asks ID-porten for, beyond a plain login. */
  scopes: readonly string[];
  parties: 'enduser' | 'classic';
}

/** Altinn does not accept the token (any more). */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  /** 401: another token may do. 403: the user lacks the right, whatever the token. */
  readonly status: 401 | 403;
  constructor(status: 401 | 403) {
    super(`status ${status}`);
    this.status = status;
  }
}

export interface AltinnToken {
  value: string;
  /** Milliseconds since the epoch; that of the token it was made from. */
  endsAt: number;
}

/** The Altinn 3 platform, on behalf of a user. Throws TokenRefused and the outbound errors. */
export class Altinn {
  readonly options: AltinnOptions;
  readonly #party: OutboundParty;
  readonly #clock: Clock;

  constructor(options: AltinnOptions, { outbound, clock }: { outbound: Outbound; clock: Clock }) {
    this.options = options;
    this.#clock = clock;
    this.#party = outbound.party({
      service: SERVICE,
      atOnce: 20,
      timeoutMs: 15_000,
      totalMs: 40_000,
      maxBytes: 20_000_000,
    });
  }

  /** Altinn's own token for a user's ID-porten token. */
  async exchange(accessToken: string): Promise<AltinnToken> {
    const answer = await this.get({
      call: 'exchange',
      url: `${this.options.url}/authentication/api/v1/exchange/id-porten`,
      token: accessToken,
    });
    if (answer.status !== 200) throw outboundErrors.contract_broken({ service: SERVICE, reason: statusOf(answer) });
    return readExchange(answer, this.#clock.now().getTime());
  }

  /** One GET with a token. 401 and 403 are TokenRefused; any other status is the caller's to judge. */
  async get({ call, url, token }: { call: string; url: string; token: string }): Promise<OutboundAnswer> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const answer = await this.#party.send({ call, message: () => ({ method: 'GET', url, headers }) });
    if (answer.status === 401 || answer.status === 403) throw new TokenRefused(answer.status);
    return answer;
  }
}

export const statusOf = ({ status }: OutboundAnswer) => `status ${status}`;

/** The body is the token itself, or that as a JSON text, depending on what was negotiated on the way. */
function readExchange({ body }: OutboundAnswer, now: number): AltinnToken {
  const value = body.toString('utf8').trim().replace(/^"|"$/g, '');
  try {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) throw new Error('no token');
    const { exp } = decodeJwt(value);
    return { value, endsAt: exp === undefined ? now : exp * 1000 };
  } catch {
    // The cause would quote what came.
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'an exchange without a token' });
  }
}
