import type { Clock } from '../../kernel/clock.ts';

export interface BreakerOptions {
  /** This many consecutive failures open it. */
  failures: number;
  /** How long calls are blocked. */
  openMs: number;
}

/**
 * Stops calls to a party that is down: after a number of consecutive failures calls are blocked for a while; then one
 * call is let through, and its outcome decides.
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

  /** Null if the call may proceed; otherwise the milliseconds until one may be tried. */
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

  /** The call ended without a conclusion about the party. */
  undecided(): void {
    this.#trying = false;
  }

  get isOpen(): boolean {
    return this.#openUntil !== null;
  }
}
