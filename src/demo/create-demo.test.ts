import { expect, test } from 'vitest';
import { fixedClock } from '../kernel/clock.ts';
import { testPlatform } from '../../test/support/books.ts';
import { createDemo } from './create-demo.ts';

test('makes the demo', async () => {
  const platform = testPlatform(fixedClock('2026-11-21T10:00:00Z'));
  const t = performance.now();
  const info = await createDemo(platform, { token: 'hb_demo' });
  console.log('first', performance.now() - t, info);
  const t2 = performance.now();
  console.log(await createDemo(platform), performance.now() - t2);
  expect(info.created).toBe(true);
}, 60_000);
