import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unzipped } from '../../../test/support/files/unzipped.ts';
import { rawZip, zipOf } from '../../../test/support/files/zip-of.ts';
import { openZip, type ZipLimits, ZipRefused } from './zip-read.ts';
import { ZipStream } from './zip-stream.ts';
import { ZipWriter } from './zip-write.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hb-zip-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const LIMITS: ZipLimits = { bytes: 10_000_000, ratio: 250, ratioFrom: 100_000, members: 3, entries: 5 };
const TIME = new Date('2026-03-15T10:20:30Z');

async function* chunksOf(...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

describe('reading', () => {
  /** Names and contents of the `.xml` in it, or the fault, its position and value. */
  async function read(zip: Buffer, limits = LIMITS): Promise<unknown> {
    const path = join(folder, 'a.zip');
    writeFileSync(path, zip);
    try {
      const { members, close } = await openZip(path, limits, (name) => name.endsWith('.xml'));
      try {
        const contents: string[] = [];
        for (const { name, open } of members) contents.push(`${name} ${(await buffer(open())).toString()}`);
        return contents;
      } finally {
        close();
      }
    } catch (error) {
      if (!(error instanceof ZipRefused)) throw error;
      return [error.fault, error.file];
    }
  }

  test('the wanted members in the order of the ZIP', async () => {
    expect(await read(await zipOf({ 'b.xml': 'two', 'mappe/a.xml': 'one', 'c.txt': 'three' }))).toEqual([
      'b.xml two',
      'mappe/a.xml one',
    ]);
    expect(await read(await zipOf({ 'c.txt': 'three' }))).toEqual([]);
  });

  const many = (count: number, end: string) =>
    zipOf(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}${end}`, 'x'])));
  test.each<[string, () => Buffer | Promise<Buffer>, unknown]>([
    ['no ZIP at all', () => Buffer.from('PK\u0003\u0004 and no more'), ['zip-invalid', null]],
    ['one that breaks off', async () => (await zipOf({ 'a.xml': 'one' })).subarray(0, -10), ['zip-invalid', null]],
    ['an encrypted member', () => rawZip('a.xml', Buffer.from('x'), { flags: 1 }), ['zip-encrypted', 'a.xml']],
    ['a name that leaves the folder', () => rawZip('../a.xml', Buffer.from('x')), ['zip-path', null]],
    ['an absolute name', () => rawZip('/etc/a.xml', Buffer.from('x')), ['zip-path', null]],
    ['a name of Windows', () => rawZip('C:\\a.xml', Buffer.from('x')), ['zip-path', null]],
    ['a size that lies', () => rawZip('a.xml', Buffer.alloc(90_000), { size: 10 }), ['zip-invalid', 'a.xml']],
    ['one that unpacks 250 times', () => rawZip('a.xml', Buffer.alloc(2_000_000)), ['zip-bomb', 'a.xml']],
    ['more members than the limit', () => many(4, '.xml'), ['zip-bomb', null]],
    ['more files than the limit', () => many(6, '.txt'), ['zip-bomb', null]],
  ])('%s', async (_, make, found) => {
    expect(await read(await make())).toEqual(found);
  });
});

describe('writing', () => {
  async function written(write: (zip: ZipWriter) => Promise<void>): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const zip = new ZipWriter(async (bytes) => void pieces.push(Buffer.from(bytes)), { time: TIME, level: 1 });
    await write(zip);
    await zip.end();
    return Buffer.concat(pieces);
  }

  test('packed, stored, empty, with 64-bit sizes; names beyond ASCII', async () => {
    const zip = await written(async (writer) => {
      await writer.add('regnskap.xml', chunksOf('a'.repeat(100_000), 'b'));
      await writer.add('bilag/kjøp.pdf', chunksOf('%PDF', '-1.7'), { compress: false });
      await writer.add('tom', chunksOf());
      await writer.add('stor.xml', chunksOf('<a/>'), { large: true });
    });
    expect(zip.length).toBeLessThan(2_000);
    expect((await unzipped(zip)).map(({ name, content }) => [name, content.toString()])).toEqual([
      ['regnskap.xml', `${'a'.repeat(100_000)}b`],
      ['bilag/kjøp.pdf', '%PDF-1.7'],
      ['tom', ''],
      ['stor.xml', '<a/>'],
    ]);
  });

  test('more files than 16 bits count', { timeout: 60_000 }, async () => {
    const count = 65_540;
    const zip = await written(async (writer) => {
      for (let n = 0; n < count; n++) await writer.add(String(n), chunksOf('x'), { compress: false });
    });
    const files = await unzipped(zip);
    expect([files.length, files.at(-1)!.name]).toEqual([count, String(count - 1)]);
  });

  test('a source that fails ends the ZIP with its error', async () => {
    const failing = async function* () {
      yield Buffer.from('a');
      throw new Error('the source broke off');
    };
    for (const compress of [true, false])
      await expect(written((zip) => zip.add('a', failing(), { compress }))).rejects.toThrow('the source broke off');
  });
});

describe('as a stream', () => {
  test('is made while it is read', async () => {
    const zip = new ZipStream({ time: TIME, level: 1 });
    const [bytes] = await Promise.all([
      buffer(zip.output),
      (async () => {
        await zip.addText('a.txt', 'hei');
        await zip.add('b', chunksOf(...Array.from({ length: 20 }, () => Buffer.alloc(50_000, 'b'))), {
          compress: false,
        });
        await zip.end();
      })(),
    ]);
    expect((await unzipped(bytes)).map(({ name, content }) => [name, content.length])).toEqual([
      ['a.txt', 3],
      ['b', 1_000_000],
    ]);
  });

  test.each([true, false])(
    'waits for its reader, and ends when the reader goes away (compressed: %s)',
    async (compress) => {
      const zip = new ZipStream({ time: TIME, level: 1 });
      let taken = 0;
      let ended = false;
      const endless = async function* () {
        try {
          for (;;) {
            taken++;
            yield Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * taken * 7919) % 251));
          }
        } finally {
          ended = true;
        }
      };
      const added = zip.add('a', endless(), { compress });
      for await (const piece of zip.output) if ((piece as Buffer).length > 10) break;
      await expect(added).rejects.toThrow('the reader of the ZIP went away');
      expect(ended).toBe(true);
      expect(taken).toBeLessThan(1_000);
    },
  );
});
