import type { Clock } from '../../kernel/clock.ts';
import { attempt, type Attempt, AttemptFailed, type AttemptFailure, type OutboundAnswer } from './attempt.ts';
import type { OutboundMessage } from './outbound-message.ts';
import { type BreakerOptions, CircuitBreaker } from './circuit-breaker.ts';
import { outboundErrors } from './errors.ts';
import type { OutboundCall } from './outbound-call.ts';
import { retryAfterMs } from './retry-after.ts';
import { Turnstile } from './turnstile.ts';

export interface PartyOptions {
  /** The party's public name, for errors, log and metrics. */
  service: string;
  /** Concurrent calls; others wait, at most `inLine` of them. */
  atOnce: number;
  inLine?: number;
  /** Limit for one attempt until the last byte of its response. */
  timeoutMs: number;
  /** Limit for the whole call: queue, attempts, pauses. */
  totalMs: number;
  maxBytes?: number;
  /** Attempts of a call that may be repeated. */
  attempts?: number;
  breaker?: BreakerOptions;
  /** How one attempt is made, if not the usual way. */
  attempt?: Attempt;
  /** Every status counts as a response, even those that report an error of the party. */
  everyStatus?: boolean;
}

export interface OutboundRequest {
  /** Its name in log and metrics. */
  call: string;
  /**
   * Repeating is harmless: to be set for a POST that only computes. GET, PUT and DELETE are repeatable by definition,
   * unless set to false.
   */
  repeatable?: boolean;
  /** Built again for each attempt, because parts of it may be valid only once. */
  message(attempt: number): OutboundMessage | Promise<OutboundMessage>;
  /** The message is valid for one request only: it is never sent again, and its caller must build another. */
  once?: boolean;
}

interface PartyWorld {
  clock: Clock;
  random(): number;
  sleep(ms: number): Promise<void>;
  ended(call: OutboundCall): void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** One party: limits on concurrent calls, time and retries, with a circuit breaker. */
export class OutboundParty {
  readonly #options: Required<PartyOptions>;
  readonly #world: PartyWorld;
  readonly #turnstile: Turnstile;
  readonly #breaker: CircuitBreaker;

  constructor(options: PartyOptions, world: PartyWorld) {
    this.#options = {
      inLine: 100,
      maxBytes: 5_000_000,
      attempts: 3,
      breaker: { failures: 5, openMs: 30_000 },
      attempt,
      everyStatus: false,
      ...options,
    };
    this.#world = world;
    this.#turnstile = new Turnstile(this.#options.atOnce, this.#options.inLine);
    this.#breaker = new CircuitBreaker(this.#options.breaker, world.clock);
  }

  get service(): string {
    return this.#options.service;
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /**
   * The response with any status below 500 except 429. Throws outbound.unavailable (503), too_slow (504) and
   * contract_broken (502).
   */
  async send(request: OutboundRequest): Promise<OutboundAnswer> {
    const end = AbortSignal.timeout(this.#options.totalMs);
    const { service } = this;
    for (let number = 1; ; number++) {
      const closed = this.#breaker.waitFor();
      if (closed !== null) throw outboundErrors.unavailable({ service, retry_after: Math.ceil(closed / 1000) });
      if (!(await this.#turnstile.enter(end))) {
        this.#breaker.undecided();
        throw outboundErrors.unavailable({ service, retry_after: 5 });
      }
      const ended = await this.#attempt(request, number).finally(() => this.#turnstile.leave());
      if ('answer' in ended && (this.#options.everyStatus || !isFailure(ended.answer.status))) return ended.answer;
      if (request.once) throw this.#refusal(ended);
      const wait = this.#waitBeforeNext(ended, number);
      const mayAgain = number < this.#options.attempts && isSafe(ended, isRepeatable(request, ended));
      if (!mayAgain || end.aborted || wait > LONGEST_WAIT_MS) throw this.#refusal(ended);
      await this.#world.sleep(wait);
    }
  }

  async #attempt(request: OutboundRequest, number: number): Promise<Ended> {
    const { timeoutMs, maxBytes } = this.#options;
    const started = performance.now();
    const report = (outcome: string) =>
      this.#world.ended({
        service: this.service,
        call: request.call,
        attempt: number,
        outcome,
        ms: Math.round((performance.now() - started) * 10) / 10,
      });
    let message: OutboundMessage;
    try {
      message = await request.message(number);
    } catch (error) {
      this.#breaker.undecided();
      throw error;
    }
    try {
      const answer = await this.#options.attempt(message, {
        timeoutMs,
        maxBytes,
        alone: !isRepeatable(request, message),
      });
      report(String(answer.status));
      if (answer.status >= 500) this.#breaker.failed();
      else this.#breaker.succeeded();
      return { method: message.method, answer };
    } catch (error) {
      if (!(error instanceof AttemptFailed)) throw error;
      report(error.failure);
      if (error.failure === 'too_large') this.#breaker.succeeded();
      else this.#breaker.failed();
      return { method: message.method, failure: error.failure };
    }
  }

  /** The pause that the party requests; otherwise doubled each time, with jitter over half of it. */
  #waitBeforeNext(ended: Ended, number: number): number {
    const asked =
      'answer' in ended ? retryAfterMs(ended.answer.headers.get('retry-after'), this.#world.clock.now()) : null;
    return asked ?? FIRST_WAIT_MS * 2 ** (number - 1) * (0.75 + this.#world.random() / 2);
  }

  #refusal(ended: Ended) {
    const { service } = this;
    if ('failure' in ended) {
      switch (ended.failure) {
        case 'timeout':
          return outboundErrors.too_slow({ service });
        case 'address_refused':
          return outboundErrors.address_refused({ service });
        case 'unreached':
        case 'unreachable':
          return outboundErrors.unavailable({ service });
        case 'broken_off':
        case 'too_large':
          return outboundErrors.contract_broken({ service, reason: ended.failure });
      }
    }
    const { status, headers } = ended.answer;
    if (status === 504) return outboundErrors.too_slow({ service });
    if (status !== 429 && status !== 502 && status !== 503)
      return outboundErrors.contract_broken({ service, reason: `status ${status}` });
    const wait = retryAfterMs(headers.get('retry-after'), this.#world.clock.now());
    return outboundErrors.unavailable({ service, ...(wait === null ? {} : { retry_after: Math.ceil(wait / 1000) }) });
  }
}

type Ended = { method: OutboundMessage['method'] } & ({ answer: OutboundAnswer } | { failure: AttemptFailure });

function isFailure(status: number): boolean {
  return status >= 500 || status === 429;
}

function isRepeatable({ once, repeatable }: OutboundRequest, { method }: Pick<OutboundMessage, 'method'>): boolean {
  return !once && (repeatable ?? method !== 'POST');
}

/** Whether a retry cannot cause anything to be carried out twice. */
function isSafe(ended: Ended, repeatable: boolean): boolean {
  if (repeatable) return !('failure' in ended && ended.failure === 'too_large');
  return 'failure' in ended ? ended.failure === 'unreached' : ended.answer.status === 429;
}
