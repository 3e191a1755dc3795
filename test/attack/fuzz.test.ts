import { expect, test } from 'vitest';
import { allRoutes } from '../../src/app.ts';
import { fuzz, openGround } from './fuzz/fuzz.ts';
import { attacked } from './support/attacked.ts';

test('a seeded fuzz of every endpoint finds no fault of the server', { timeout: 240_000 }, async () => {
  const running = await attacked();
  const result = await fuzz(running, await openGround(running), { requests: 400, seed: 20_260_315, routes: allRoutes });
  expect(result.failures.map(({ what, line, logged }) => `${what}\n${line}\n${logged[0]?.slice(0, 500)}`)).toEqual([]);
  expect(result).toMatchObject({ sent: 400, touched: [], ready: true });
  // A fuzz whose requests never come in finds nothing either.
  expect(result.statuses[200]).toBeGreaterThan(20);
});
