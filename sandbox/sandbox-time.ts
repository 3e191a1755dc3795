/** The time of all stand-ins: that of a clock, moved on request. It runs on from where it was put. */
export class SandboxTime {
  readonly #base: () => Date;
  #offsetMs = 0;

  constructor(base: () => Date) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#base().getTime() + this.#offsetMs);
  }

  /** From now on it is this time. */
  set(time: Date): void {
    if (Number.isNaN(time.getTime())) throw new Error('time: no moment');
    this.#offsetMs = time.getTime() - this.#base().getTime();
  }

  /** Seconds forward, or back where they are negative. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds)) throw new Error('seconds: a number expected');
    this.#offsetMs += seconds * 1000;
  }

  /** As the clock itself again. */
  reset(): void {
    this.#offsetMs = 0;
  }
}
