import { createHash } from 'node:crypto';
import { assert } from '../../kernel/assert.ts';
import type { Ore } from '../../kernel/money.ts';

/**
 * Reproducible random numbers: the same seed and name give the same draws on every machine. Each part of the story uses
 * a separate stream, so that one more invoice in May changes nothing in June.
 */
export class Random {
  readonly #seed: string;
  #state: number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  }

  /** A separate stream, identified by name. */
  stream(name: string): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from min to max, both included. */
  whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    assert(from.length > 0, 'nothing to pick from');
    return from[this.whole(0, from.length - 1)]!;
  }

  /** Whole kroner from min to max, as a multiple of `step` kroner. */
  kroner(min: number, max: number, step = 1): Ore {
    return BigInt(this.whole(Math.ceil(min / step), Math.floor(max / step)) * step) * 100n;
  }

  /** An amount to the øre, as shops and power companies bill. */
  amount(min: number, max: number): Ore {
    return BigInt(this.whole(min * 100, max * 100));
  }
}
