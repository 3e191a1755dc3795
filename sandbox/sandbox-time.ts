/** The time of all stand-ins: that of a clock, moved on request. It runs on from the time that was set. */
export class SandboxTime {
  readonly #base: () => Date;
  #offsetMs = 0;

  constructor(base: () => Date) {
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#base().getTime() + this.#offsetMs);
  }

  /** Sets the time. */
  set(time: Date): void {
    if (Number.isNaN(time.getTime())) throw new Error('time: no moment');
    this.#offsetMs = time.getTime() - this.#base().getTime();
  }

  /** Seconds forward, or back if negative. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds)) throw new Error('seconds: a number expected');
    this.#offsetMs += seconds * 1000;
  }

  /** Returns to the clock's own time. */
  reset(): void {
    this.#offsetMs = 0;
  }
}
