import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { PagePacker } from './page-packer.ts';

test('pages are packed side by side and one after the other as zlib packs each alone', async () => {
  const packer = new PagePacker();
  const pages = [1, 60_000, 0, 400_000, 70_000].map((size) =>
    Buffer.from(randomBytes(size).toString('hex').replaceAll(/[89]/g, '0')),
  );
  for (const rounds of [1, 2]) {
    const packed = await Promise.all(pages.map((page) => packer.pack(page)));
    for (const [at, page] of pages.entries())
      expect(deflateSync(page).equals(packed[at]!), `${rounds}, ${at}`).toBe(true);
  }
});
