import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { expect } from 'vitest';

/** How much may differ: a pixel by at most `step` of 255 in each colour, and more than that only a `share` of them. */
interface Tolerance {
  step: number;
  share: number;
}

/** Of what a browser draws. */
const BROWSER: Tolerance = { step: 60, share: 0.004 };

/**
 * Compares with the picture in test/golden: antialiasing may differ, positions may not. A missing picture is created: look
 * at it, and run again.
 */
export function expectSamePicture(picture: Buffer, golden: URL, { step, share }: Tolerance = BROWSER): void {
  if (!existsSync(golden)) {
    writeFileSync(golden, picture);
    expect.fail(`made ${golden.pathname}: look at it, and run again`);
  }
  const [is, should] = [PNG.sync.read(picture), PNG.sync.read(readFileSync(golden))];
  expect([is.width, is.height]).toEqual([should.width, should.height]);
  let differing = 0;
  for (let at = 0; at < is.data.length; at += 4) {
    const difference = [0, 1, 2].reduce(
      (most, i) => Math.max(most, Math.abs(is.data[at + i]! - should.data[at + i]!)),
      0,
    );
    if (difference > step) differing += 1;
  }
  expect(differing / (is.width * is.height), `differs from ${golden.pathname}`).toBeLessThan(share);
}
