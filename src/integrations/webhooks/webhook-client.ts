import { isIP } from 'node:net';
import { AppError } from '../../platform/errors.ts';
import { guardedAttempt } from '../../platform/outbound/guarded-attempt.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { OutboundParty } from '../../platform/outbound/outbound-party.ts';
import { isPublicAddress } from '../../platform/outbound/public-address.ts';

declare module '../../platform/outbound/outside.ts' {
  interface Outside {
    webhooks: WebhookClient;
  }
}

/** The outcome of one delivery: a response, or the reason why there is none. */
export type WebhookOutcome = { status: number; problem: null } | { status: null; problem: string };

/**
 * Sends to addresses that our users have entered: once each, within limits, only to the internet unless configured
 * otherwise.
 */
export class WebhookClient {
  readonly #toPrivate: boolean;
  readonly #party: OutboundParty;

  constructor({ toPrivate }: { toPrivate: boolean }, outbound: Outbound) {
    this.#toPrivate = toPrivate;
    this.#party = outbound.party({
      service: 'webhook',
      atOnce: 20,
      inLine: 200,
      timeoutMs: 15_000,
      totalMs: 45_000,
      attempts: 1,
      // One name stands for many receivers: a failure of one says nothing about the others.
      breaker: { failures: Infinity, openMs: 0 },
      everyStatus: true,
      attempt: guardedAttempt({ toPrivate }),
    });
  }

  /** Whether the address is acceptable in general; what its name resolves to is checked when sending. */
  accepts(url: string): boolean {
    const parsed = URL.parse(url);
    if (!parsed || parsed.username || parsed.password || parsed.hash) return false;
    if (this.#toPrivate) return ['https:', 'http:'].includes(parsed.protocol);
    const host = parsed.hostname.replace(/^\[|\]$/g, '');
    return parsed.protocol === 'https:' && (isIP(host) === 0 || isPublicAddress(host)) && host !== 'localhost';
  }

  async send(url: string, headers: Record<string, string>, body: string): Promise<WebhookOutcome> {
    try {
      const { status } = await this.#party.send({
        call: 'deliver',
        once: true,
        message: () => ({ method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body }),
      });
      return { status, problem: null };
    } catch (error) {
      if (error instanceof AppError) return { status: null, problem: error.code.replace(/^outbound\./, '') };
      throw error;
    }
  }
}
