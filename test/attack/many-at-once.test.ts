import { beforeAll, describe, expect, test } from 'vitest';
import { attacked } from './support/attacked.ts';
import type { Attacked } from './support/server.ts';
import { newOwned } from './support/world.ts';

let running: Attacked;
beforeAll(async () => {
  running = await attacked();
});

const ready = async () => (await running.server.inject({ url: '/readyz' })).statusCode;

describe('many at once', () => {
  test(
    'sixty times the file of a job that is not theirs leave the server as it was',
    { timeout: 240_000 },
    async () => {
      const { owner } = await newOwned(running.server, running.platform.database);
      const answers = await Promise.all(Array.from({ length: 60 }, () => owner.send('GET', '/jobs/1/file')));
      // 404 where there is no such job.
      for (const { status } of answers) expect(status).toBeOneOf([403, 404]);
      expect(await ready()).toBe(200);
    },
  );
});
