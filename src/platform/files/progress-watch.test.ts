import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProgressWatch } from './progress-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Chunks that arrive when the clock is advanced by this much for each. */
async function* pieces(everyMs: number, count: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield Buffer.from([i]);
  }
}

async function read(of: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  for await (const piece of of) count += piece.length;
  return count;
}

test('a transfer may take as long as it must, while something arrives', async () => {
  const watch = new ProgressWatch(1_000);
  const all = read(watch.receiving(pieces(900, 20)));
  await vi.advanceTimersByTimeAsync(18_000);
  expect(await all).toBe(20);
  expect(watch.signal.aborted).toBe(false);
});

test('one that stands still is ended', async () => {
  const watch = new ProgressWatch(1_000);
  void read(watch.receiving(pieces(5_000, 1)));
  await vi.advanceTimersByTimeAsync(1_001);
  expect(watch.signal.aborted).toBe(true);
});

test('a reader who takes his time is no standstill, an end that takes nothing is one', async () => {
  const inward = new ProgressWatch(1_000);
  const coming = inward.receiving(pieces(1, 2));
  const first = coming.next();
  await vi.advanceTimersByTimeAsync(10);
  await first;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(inward.signal.aborted).toBe(false);

  const outward = new ProgressWatch(1_000);
  const sent = outward.sending(pieces(1, 2)).next();
  await vi.advanceTimersByTimeAsync(10);
  await sent;
  await vi.advanceTimersByTimeAsync(1_001);
  expect(outward.signal.aborted).toBe(true);
});
