import { seededNumbers } from '../../test/support/seeded-numbers.ts';

/** One side of a comparison: runs for a while and returns the amount of work done. */
export type Side = (milliseconds: number) => Promise<Throughput>;

export interface Throughput {
  /** Entries, transfers, requests per second. */
  rate: number;
  /** Bytes of write-ahead log for each, where it was measured. */
  walBytes?: number;
}

export interface Compared {
  ours: Throughput;
  theirs: Throughput;
  ratio: Spread;
}

export interface Spread {
  median: number;
  lowest: number;
  highest: number;
}

export interface Rounds {
  rounds: number;
  milliseconds: number;
}

/**
 * Both sides in turn, the first one changing from round to round: what the machine does beside hits both alike. Rates
 * differ from machine to machine and minute to minute; the ratio of two neighbours is what counts.
 */
export async function compare(ours: Side, theirs: Side, { rounds, milliseconds }: Rounds): Promise<Compared> {
  await ours(milliseconds / 4);
  await theirs(milliseconds / 4);
  const seen: { ours: Throughput; theirs: Throughput }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours(milliseconds);
      seen.push({ ours: first, theirs: await theirs(milliseconds) });
    } else {
      const first = await theirs(milliseconds);
      seen.push({ ours: await ours(milliseconds), theirs: first });
    }
  }
  return {
    ours: middle(seen.map((round) => round.ours)),
    theirs: middle(seen.map((round) => round.theirs)),
    ratio: spread(seen.map((round) => round.ours.rate / round.theirs.rate)),
  };
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

function middle(values: readonly Throughput[]): Throughput {
  const wal = values.flatMap(({ walBytes }) => walBytes ?? []);
  return { rate: median(values.map(({ rate }) => rate)), ...(wal.length > 0 ? { walBytes: median(wal) } : {}) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** So many callers, each asking again as soon as it is answered. Returns how many answers came, and in how long. */
export async function closedLoop(
  callers: number,
  milliseconds: number,
  once: (caller: number) => Promise<void>,
): Promise<{ count: number; seconds: number }> {
  let count = 0;
  const start = performance.now();
  const end = start + milliseconds;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() < end) {
        await once(caller);
        count++;
      }
    }),
  );
  return { count, seconds: (performance.now() - start) / 1000 };
}

/** Repeatable random numbers from 0 to below 1. */
export function seededRandom(seed: number): () => number {
  const next = seededNumbers(seed);
  return () => next() / 2 ** 32;
}
