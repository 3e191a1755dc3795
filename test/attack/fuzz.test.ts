import { expect, test } from 'vitest';
import { allRoutes } from '../../src/app.ts';
import { fuzz, openGround } from './fuzz/fuzz.ts';
import { attackEnvelopes } from './fuzz/envelope-ground.ts';
import { attacked } from './support/attacked.ts';

test('a seeded fuzz of every endpoint finds no fault of the server', { timeout: 240_000 }, async () => {
  const running = await attacked();
  const result = await fuzz(running, await openGround(running), { requests: 400, seed: 20_260_315, routes: allRoutes });
  expect(result.failures.map(({ what, line, logged }) => `${what}\n${line}\n${logged[0]?.slice(0, 500)}`)).toEqual([]);
  expect(result).toMatchObject({ sent: 400, touched: [], ready: true });
  // A fuzz whose requests are all refused early finds nothing either.
  expect(result.statuses[200]).toBeGreaterThan(20);
});

test(
  'changed envelopes of the SOAP API: an answer or a fault to each, and nothing of anybody else',
  { timeout: 120_000 },
  async () => {
    const { answers, failures } = await attackEnvelopes(await attacked(), { count: 2_000, seed: 20_260_315 });
    expect(failures).toEqual([]);
    // Some are still valid calls, some are refused by their keys, most are no longer envelopes.
    expect(Object.keys(answers).toSorted()).toEqual(
      expect.arrayContaining(['200 ERROR', '200 OK', '200 struct', '500 Client']),
    );
  },
);
