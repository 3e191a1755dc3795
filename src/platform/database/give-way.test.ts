import pg from 'pg';
import { expect, test } from 'vitest';
import { testPlatform } from '../../../test/support/books/books.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { GiveWay } from './give-way.ts';

/** Time that passes only by what is told, and the transactions that others have ended by then. */
function timeline(endedAt: (millis: number) => number) {
  let now = 0;
  const pauses: number[] = [];
  const looks: number[] = [];
  const time = {
    now: () => now,
    sleep: async (millis: number) => void pauses.push(millis),
  };
  const tx = {
    one: async () => {
      looks.push(now);
      return { ended: endedAt(now) } as never;
    },
  };
  const pass = (millis: number) => void (now += millis);
  return { giveWay: new GiveWay(tx, time), pass, pauses, looks };
}

test.each([
  { perSecond: 0, asked: false },
  { perSecond: 20, asked: false },
  { perSecond: 60, asked: false },
  { perSecond: 61, asked: true },
  { perSecond: 5_000, asked: true },
])('$perSecond transactions a second: asked to give way $asked', async ({ perSecond, asked }) => {
  const { giveWay, pass } = timeline((millis) => 1_000_000 + (millis * perSecond) / 1_000);
  const seen = [await giveWay.isAsked()];
  for (let second = 0; second < 3; second++) {
    pass(1_000);
    seen.push(await giveWay.isAsked());
  }
  expect(seen).toEqual([false, asked, asked, asked]);
});

test('looks once a second, and sees that others became quiet', async () => {
  const { giveWay, pass, looks } = timeline((millis) => Math.min(millis, 1_500));
  const seen: boolean[] = [];
  for (let step = 0; step < 12; step++) {
    seen.push(await giveWay.isAsked());
    pass(300);
  }
  expect(looks).toEqual([0, 1_200, 2_400]);
  expect(seen).toEqual([...Array(4).fill(false), ...Array(8).fill(true)]);
  pass(100);
  expect(await giveWay.isAsked()).toBe(false);
});

test('the pause is as long as the work was, within a limit', async () => {
  const { giveWay, pass, pauses } = timeline(() => 0);
  for (const millis of [40, 10_000]) {
    const begun = giveWay.now();
    pass(millis);
    await giveWay.pause(begun);
  }
  expect(pauses).toEqual([40, 500]);
});

test('a transaction sees what other connections end after it began', async () => {
  const { database } = testPlatform();
  const seen = await database.pipelined([], async (tx) => {
    let now = 0;
    const giveWay = new GiveWay(tx, { now: () => now, sleep: async () => {} });
    await giveWay.isAsked();
    now += 1_000;
    await endElsewhere(100);
    return giveWay.isAsked();
  });
  expect(seen).toBe(true);
});

/** Transactions of a connection of its own, which are counted when it closes at the latest. */
async function endElsewhere(count: number): Promise<void> {
  const client = new pg.Client(testOwnerConnection());
  await client.connect();
  for (let i = 0; i < count; i++) await client.query('select 1');
  await client.end();
}
