import { join } from 'node:path';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { testPlatform } from '../../test/support/books/books.ts';
import { randomInvoices } from '../../test/support/outside/random-invoices.ts';
import { type Invoice, readInvoice, validate, writeInvoice } from '../ehf/index.ts';
import {
  firstBrokenWhereItBelongs,
  readReceivedWhereItBelongs,
  writeWhereItBelongs,
} from '../invoices/ehf-work/ehf-work.ts';
import { ehfThreadErrors } from '../invoices/index.ts';
import { RenderingThreads, type RenderingThreadsOptions } from '../platform/rendering/rendering-threads.ts';

const here = testPlatform();
let threads: RenderingThreads;
afterEach(() => threads.close());

/** The server's program, or test tasks: each read ends its thread, and each write never ends. */
function open(overrides: Partial<RenderingThreadsOptions> = {}, program = 'ehf-thread') {
  threads = new RenderingThreads({
    file: join(inject('threadPrograms'), `${program}.js`),
    data: null,
    threads: 1,
    queue: 10,
    seconds: 60,
    backgroundSeconds: 60,
    memoryMegabytes: 512,
    errors: ehfThreadErrors,
    log: { info() {}, warn() {}, error() {} },
    ...overrides,
  });
  return { ...here, ehf: threads };
}

const [small] = [...randomInvoices(5, 1, 3)] as [Invoice];
const [large] = [...randomInvoices(6, 1, 1_000)] as [Invoice];
const xml = writeInvoice(large);
const bytes = Buffer.from(xml);

describe('a large invoice', () => {
  test('is written, read and checked on the thread to the same as here', async () => {
    const there = open();
    expect(await writeWhereItBelongs(there, 1, large)).toBe(xml);
    expect(await readReceivedWhereItBelongs(there, 1, bytes)).toEqual(await readReceivedWhereItBelongs(here, 1, bytes));
    expect(await firstBrokenWhereItBelongs(there, 1, xml)).toBeNull();
    const broken = xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00');
    const finding = validate(readInvoice(Buffer.from(broken))).find(({ severity }) => severity === 'fatal');
    expect(finding).toMatchObject({ rule: 'BR-CO-16' });
    expect(await firstBrokenWhereItBelongs(there, 1, broken)).toEqual(finding);
    expect(threads.load).toMatchObject({ running: 0, done: 4, failed: 0 });
  });

  test.each<[string, string]>([
    ['a wrong sum', xml.replace(/(<cbc:PayableAmount[^>]*>)[^<]*/, '$11.00')],
    ['half a file', xml.slice(0, 300_000)],
    ['a document type', xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')],
    ['another document', `<Order>${'<a/>'.repeat(100_000)}</Order>`],
  ])('%s is told with the same findings', async (_, text) => {
    const there = open();
    const read = await readReceivedWhereItBelongs(there, 1, Buffer.from(text));
    expect(read).toEqual(await readReceivedWhereItBelongs(here, 1, Buffer.from(text)));
    expect(read.isValid).toBe(false);
    expect(threads.load.done).toBe(1);
  });
});

test('a small one goes to no thread', async () => {
  const there = open();
  const written = await writeWhereItBelongs(there, 1, small);
  expect(written).toBe(writeInvoice(small));
  expect((await readReceivedWhereItBelongs(there, 1, Buffer.from(written))).isValid).toBe(true);
  expect(await firstBrokenWhereItBelongs(there, 1, written)).toBeNull();
  expect(threads.load.done).toBe(0);
});

describe('a thread', () => {
  test('that dies takes its own work with it; the next is done', async () => {
    const there = open({}, 'trial-thread');
    await expect(readReceivedWhereItBelongs(there, 1, bytes)).rejects.toThrow('exit code 7');
    await expect(readReceivedWhereItBelongs(there, 1, bytes)).rejects.toThrow('exit code 7');
  });

  test('that is beyond its time is told to whoever waits', async () => {
    const there = open({ seconds: 0.2 }, 'trial-thread');
    await expect(writeWhereItBelongs(there, 1, large)).rejects.toMatchObject({
      code: 'ehf.too_slow',
      spec: { status: 503 },
      facts: { seconds: 0.2 },
    });
  });

  test('that needs too much memory is told', async () => {
    const there = open({ memoryMegabytes: 32 }, 'trial-thread');
    await expect(firstBrokenWhereItBelongs(there, 1, xml)).rejects.toMatchObject({
      code: 'ehf.too_large',
      spec: { status: 422 },
    });
  });
});
