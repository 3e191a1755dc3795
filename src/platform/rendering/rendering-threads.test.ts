import { once } from 'node:events';
import { getPriority } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { newRendering } from '../../../test/support/server/rendering.ts';
import { WINDOW_BYTES } from './thread-messages.ts';
import type { RenderingOptions } from './rendering.ts';
import type { RenderingThreads, RenderingThreadsOptions } from './rendering-threads.ts';

let threads: RenderingThreads;
afterEach(() => threads.close());

function open(overrides: Partial<RenderingThreadsOptions> = {}): void {
  threads = newRendering(overrides, 'trial-thread');
}

function trial(name: string, input: unknown = null, options?: RenderingOptions) {
  return threads.render({ name, clientAccountId: 1, input }, options);
}

async function content(name: string, input: unknown = null): Promise<Buffer> {
  return buffer((await trial(name, input)).bytes);
}

const refused = (code: string) => expect.objectContaining({ code });

test('a document arrives whole and in order, also past what may be on its way', async () => {
  open();
  const size = 3 * WINDOW_BYTES + 12_345;
  const document = await trial('bytes', size);
  expect(document).toMatchObject({ fileName: 'trial.bin', contentType: 'application/octet-stream' });
  const bytes = await buffer(document.bytes);
  expect(bytes.length).toBe(size);
  const wrong = bytes.findIndex((byte, at) => byte !== Math.floor(at / 1000) % 251);
  expect(wrong).toBe(-1);
  expect(threads.load).toMatchObject({ running: 0, waiting: 0, done: 1, failed: 0 });
});

test('a reader that does not read stops the thread, not the memory', async () => {
  open();
  const { bytes } = await trial('bytes', 100 * 1024 * 1024);
  await expect.poll(() => bytes.readableLength).toBeGreaterThan(WINDOW_BYTES - 100_000);
  await sleep(100);
  expect(bytes.readableLength).toBeLessThan(WINDOW_BYTES + 100_000);
  bytes.destroy();
});

test('what was read of a document is freed while the rest comes', async () => {
  open();
  const { bytes } = await trial('bytes', 80 * 1024 * 1024);
  const before = process.memoryUsage().external;
  let most = 0;
  for await (const _ of bytes) most = Math.max(most, process.memoryUsage().external - before);
  expect(most).toBeLessThan(20 * 1024 * 1024);
});

test.runIf(process.platform === 'linux')(
  'threads stand back behind the server, which keeps its own priority',
  async () => {
    open();
    const before = getPriority();
    expect(Number((await content('priority')).toString())).toBe(Math.min(before + 5, 19));
    expect(getPriority()).toBe(before);
  },
);

test('progress is told', async () => {
  open();
  const shares: number[] = [];
  await buffer((await trial('progress', null, { progress: (share) => shares.push(share) })).bytes);
  expect(shares).toEqual([0.25, 0.5, 0.75]);
});

describe('the limit', () => {
  test('as many as there are threads run, as many as may wait wait, the next is refused', async () => {
    open({ threads: 1, queue: 2 });
    const started = [content('slow', 200), content('slow', 0), content('slow', 0)];
    await expect(trial('slow', 0)).rejects.toMatchObject({ code: 'rendering.busy', facts: { retry_after: 10 } });
    expect(threads.load).toMatchObject({ running: 1, waiting: 2, refused: 1 });
    expect((await Promise.all(started)).map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test('who waits goes before background work, which leaves a thread free', async () => {
    open({ threads: 2 });
    const order: string[] = [];
    const run = async (name: string, ms: number, background: boolean) => {
      await buffer((await trial('slow', ms, { background })).bytes);
      order.push(name);
    };
    const all = [run('job 1', 400, true), run('job 2', 0, true)];
    expect(threads.load).toMatchObject({ running: 1, waiting: 1 });
    all.push(run('caller 1', 100, false), run('caller 2', 0, false));
    expect(threads.load).toMatchObject({ running: 2, waiting: 2 });
    await Promise.all(all);
    expect(order).toEqual(['caller 1', 'caller 2', 'job 1', 'job 2']);
  });

  test('who leaves while waiting is forgotten', async () => {
    open();
    const first = content('slow', 200);
    const leaving = new AbortController();
    const second = trial('slow', 0, { signal: leaving.signal });
    leaving.abort();
    await expect(second).rejects.toMatchObject(refused('rendering.left'));
    expect(threads.load.waiting).toBe(0);
    await first;
  });

  test('too slow is told, and the thread is free again', async () => {
    open({ seconds: 1.5 });
    await expect(trial('never yielding')).rejects.toMatchObject(refused('rendering.too_slow'));
    expect((await content('bytes', 10)).length).toBe(10);
  });

  test('more memory than allowed is told, and the server lives on', async () => {
    open({ memoryMegabytes: 32 });
    await expect(trial('greedy')).rejects.toMatchObject(refused('rendering.too_large'));
    expect((await content('bytes', 10)).length).toBe(10);
  });
});

describe('what goes wrong', () => {
  test('a refusal arrives as it was made', async () => {
    open();
    await expect(trial('refusing')).rejects.toMatchObject({
      code: 'request.not_found',
      spec: { status: 404 },
      facts: { what: 'Account' },
    });
  });

  test('after the first byte the document breaks off', async () => {
    open();
    const { bytes } = await trial('breaking off');
    await expect(buffer(bytes)).rejects.toThrow('the database went away');
    expect(threads.load).toMatchObject({ running: 0, failed: 1 });
  });

  test('a thread that dies is replaced', async () => {
    open();
    await expect(trial('dying')).rejects.toThrow('exit code 7');
    expect((await content('bytes', 10)).length).toBe(10);
  });

  test('an unknown task', async () => {
    open();
    await expect(trial('unknown')).rejects.toThrow('no rendering task is named unknown');
  });

  test('a reader that leaves ends the work; the thread serves the next at once', async () => {
    open();
    const { bytes } = await trial('bytes', 10 ** 9);
    bytes.destroy();
    await once(bytes, 'close');
    expect((await content('bytes', 10)).length).toBe(10);
    expect(threads.load).toMatchObject({ running: 0, failed: 1, done: 1 });
  });

  test('closing breaks off what runs and refuses what waits', async () => {
    open();
    const { bytes } = await trial('bytes', 10 ** 9);
    const waiting = trial('bytes', 1);
    await Promise.all([
      threads.close(),
      expect(waiting).rejects.toMatchObject(refused('rendering.unavailable')),
      expect(buffer(bytes)).rejects.toThrow('thread ended'),
    ]);
    await expect(trial('bytes', 1)).rejects.toMatchObject(refused('rendering.unavailable'));
  });
});
