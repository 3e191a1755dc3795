import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { BEGINNING_BYTES, MEMORY_BYTES, stageFile } from './staged-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'hb-staged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i % 251));

test.each([
  ['no bytes', [], true],
  ['less than a head', [100], true],
  ['a head in small pieces', [1000, 1000, 1000, 1000, 1000], true],
  ['just what stays in memory', [MEMORY_BYTES - 1, 1], true],
  ['a byte more', [MEMORY_BYTES, 1], false],
  ['more in one piece', [MEMORY_BYTES + 1], false],
  ['a small first piece, then more', [10, MEMORY_BYTES, 5000], false],
])('%s', async (_, sizes, isKept) => {
  const whole = bytes(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  const pieces = sizes.map((size) => whole.subarray(at, (at += size)));
  const staged = await stageFile(Readable.from(pieces), { folder, maxBytes: 1e7 });
  expect(readFileSync(staged.path).equals(whole)).toBe(true);
  expect([staged.size, staged.beginning.equals(whole.subarray(0, BEGINNING_BYTES))]).toEqual([whole.length, true]);
  expect(staged.content?.equals(whole) ?? null).toBe(isKept ? true : null);
  await staged.discard();
});

test('what exceeds the limit leaves nothing', async () => {
  const pieces = [bytes(600), bytes(600)];
  await expect(stageFile(Readable.from(pieces), { folder, maxBytes: 1000 })).rejects.toMatchObject({
    code: 'request.too_large',
  });
  expect(readdirSync(folder)).toEqual([]);
});
