import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readTar } from './tar-read.ts';
import { endOfArchive, fileEntry, folderEntry, textEntry } from './tar-write.ts';

const long = `${'folder/'.repeat(20)}${'f'.repeat(64)}`;

async function read(archive: Buffer, pieceSize: number) {
  const pieces = Readable.from(
    Array.from({ length: Math.ceil(archive.length / pieceSize) }, (_, n) =>
      archive.subarray(n * pieceSize, (n + 1) * pieceSize),
    ),
  );
  const entries: string[] = [];
  for await (const { name, type, content } of readTar(pieces)) {
    const hash = createHash('sha256');
    for await (const piece of content) hash.update(piece);
    entries.push(`${type} ${name} ${hash.digest('hex').slice(0, 8)}`);
  }
  return entries;
}

const short = (content: string | Buffer) => createHash('sha256').update(content).digest('hex').slice(0, 8);

test('what is written is read again, in pieces of any size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-tar-'));
  const content = Buffer.alloc(1_500_000, 'bokføring');
  writeFileSync(join(folder, 'big'), content);
  const parts = [folderEntry('a'), textEntry('a/empty', ''), textEntry(long, 'æøå')];
  for await (const part of fileEntry('a/big', join(folder, 'big'))) parts.push(part);
  for await (const part of fileEntry('a/gone', join(folder, 'gone'))) parts.push(part);
  rmSync(folder, { recursive: true });
  const archive = Buffer.concat([...parts, endOfArchive]);
  const expected = [
    `folder a ${short('')}`,
    `file a/empty ${short('')}`,
    `file ${long} ${short('æøå')}`,
    `file a/big ${short(content)}`,
  ];
  for (const size of [100, 512, 70_000, 10_000_000]) expect(await read(archive, size)).toEqual(expected);
});

test.each([
  ['a name that leads out', textEntry('files/../../etc/passwd', 'x'), 'a name that is not allowed'],
  ['an absolute name', textEntry('/etc/passwd', 'x'), 'a name that is not allowed'],
  ['no archive', Buffer.alloc(2048, 'x'), 'no header where one was expected'],
  ['a cut', textEntry('a', 'x'.repeat(1000)).subarray(0, 900), 'the archive is cut off'],
])('%s is refused', async (_, archive, problem) => {
  await expect(read(Buffer.concat([archive]), 512)).rejects.toThrow(problem);
});

test('a link is refused', async () => {
  const entry = textEntry('files/link', '');
  entry.write('2', 156);
  entry.write('        ', 148);
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  await expect(read(entry, 512)).rejects.toThrow('something that is no file or folder');
});
