import { expect, test } from 'vitest';
import { endWithin } from './end-within.ts';

const never = new Promise<never>(() => {});

test.each<[string, () => (Promise<unknown> | undefined)[], boolean]>([
  ['nothing', () => [], true],
  ['what ended', () => [Promise.resolve(), undefined], true],
  ['what failed', () => [Promise.reject(new Error('x')), Promise.resolve()], true],
  ['what never ends', () => [Promise.resolve(), never], false],
])('waits for %s, but not without end', async (_, ends, inTime) => {
  expect(await endWithin(20, ends())).toBe(inTime);
});
