/** Limits concurrency; further callers wait in a queue of limited length. */
export class Turnstile {
  readonly #atOnce: number;
  readonly #longest: number;
  #inside = 0;
  readonly #line: (() => void)[] = [];

  constructor(atOnce: number, longest: number) {
    this.#atOnce = atOnce;
    this.#longest = longest;
  }

  /** Waits for a slot, at most until `signal`. False if the queue was full or the wait too long. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (this.#inside < this.#atOnce) {
      this.#inside++;
      return true;
    }
    if (this.#line.length >= this.#longest || signal.aborted) return false;
    return new Promise<boolean>((resolve) => {
      const giveUp = () => {
        this.#line.splice(this.#line.indexOf(called), 1);
        resolve(false);
      };
      const called = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#line.push(called);
    });
  }

  /** The slot passes to the first in the queue. */
  leave(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#inside--;
  }
}
