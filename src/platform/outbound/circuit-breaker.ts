import type { Clock } from '../../kernel/clock.ts';

export interface BreakerOptions {
  /** So many failures in a row open it. */
  failures: number;
  /** For how long nobody is let through. */
  openMs: number;
}

/**
 * Keeps us from a party that is down: after some failures in a row nobody is let through for a while; then one call
 * tries, and its outcome decides for all.
 */
export class CircuitBreaker {
  readonly #options: BreakerOptions;
  readonly #clock: Clock;
  #failures = 0;
  #openUntil: number | null = null;
  #trying = false;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Null when the call may go; otherwise the milliseconds until one may try again. */
  waitFor(): number | null {
    if (this.#openUntil === null) return null;
    const left = this.#openUntil - this.#clock.now().getTime();
    if (left > 0) return left;
    if (this.#trying) return 1;
    this.#trying = true;
    return null;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntil = null;
    this.#trying = false;
  }

  failed(): void {
    this.#failures++;
    this.#trying = false;
    if (this.#failures >= this.#options.failures) this.#openUntil = this.#clock.now().getTime() + this.#options.openMs;
  }

  /** The call ended without telling anything about the party. */
  undecided(): void {
    this.#trying = false;
  }

  get isOpen(): boolean {
    return this.#openUntil !== null;
  }
}
