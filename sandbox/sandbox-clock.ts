/** The clock of one party; may differ from the others'. */
export class SandboxClock {
  readonly #base: () => Date;
  #skewMs = 0;

  constructor(base: () => Date) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#base().getTime() + this.#skewMs);
  }

  /** Seconds since the epoch. */
  seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }

  skew(seconds: number): void {
    if (!Number.isFinite(seconds)) throw new Error('seconds: a number expected');
    this.#skewMs = seconds * 1000;
  }

  /** Seconds ahead of the others. */
  get ahead(): number {
    return this.#skewMs / 1000;
  }
}
