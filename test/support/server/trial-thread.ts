import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { requestErrors } from '../../../src/platform/errors.ts';
import { doTasks, type RenderingSink, type ThreadTask } from '../../../src/platform/rendering/thread-work.ts';

/** Tasks that behave as renderings may: long, slow, faulty, memory-hungry. */
const trials: Record<string, ThreadTask> = {
  async bytes({ input }, sink) {
    head(sink);
    await send(sink, input as number);
  },
  async slow({ input }, sink) {
    await sleep(input as number);
    head(sink);
    await send(sink, 1);
  },
  async refusing() {
    throw requestErrors.not_found({ what: 'Account' });
  },
  async 'breaking off'(_, sink) {
    head(sink);
    await send(sink, 200_000);
    throw new Error('the database went away');
  },
  async greedy(_, sink) {
    head(sink);
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, at) => at + kept.length));
  },
  async 'never yielding'() {
    for (;;);
  },
  async dying() {
    process.exit(7);
  },
  async import_saf_t() {
    process.exit(7);
  },
  async ehf_read() {
    process.exit(7);
  },
  async ehf_write(task, sink) {
    await trials['never yielding']!(task, sink);
  },
  async ehf_check(task, sink) {
    await trials['greedy']!(task, sink);
  },
  async import_bank_file(_, sink) {
    await sleep(300);
    head(sink);
    await sink.write(Buffer.from(JSON.stringify({ status: 'succeeded', result: {} })));
  },
  async priority(_, sink) {
    head(sink);
    await sink.write(Buffer.from(String(getPriority())));
  },
  async progress(_, sink) {
    for (const share of [0.25, 0.5, 0.75]) {
      sink.progress(share);
      await sleep(260);
    }
    head(sink);
    await send(sink, 1);
  },
};

function head(sink: RenderingSink): void {
  sink.head({ fileName: 'trial.bin', contentType: 'application/octet-stream', inline: false, headers: {} });
}

/** Bytes that encode their position, so that lost or duplicated ones are detected. */
async function send(sink: RenderingSink, size: number): Promise<void> {
  for (let at = 0; at < size; at += 1000) {
    await sink.write(Buffer.alloc(Math.min(1000, size - at), (at / 1000) % 251));
  }
}

doTasks(parentPort!, trials);
