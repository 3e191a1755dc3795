import { expect, test } from 'vitest';
import { FileOutput } from './file-output.ts';

test('what is written is taken once, in its order, whatever its size', () => {
  const output = new FileOutput();
  const written: Buffer[] = [];
  const taken: Uint8Array[] = [];
  for (const [at, size] of [3, 0, 65_530, 20, 65_536, 100_000, 1, 40_000, 40_000].entries()) {
    const text = String.fromCharCode(0xe0 + at).repeat(size);
    const bytes = Buffer.alloc(size, at);
    output.text(text);
    output.bytes(bytes);
    written.push(Buffer.from(text, 'latin1'), bytes);
    if (at % 3 === 1) taken.push(output.take());
  }
  taken.push(output.take());
  expect(output.take()).toHaveLength(0);
  expect(Buffer.concat(taken).equals(Buffer.concat(written))).toBe(true);
});
