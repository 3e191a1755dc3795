import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import sql from 'sql-template-tag';
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

/** Asks, and waits for the look that this may begin. */
async function asked(giveWay: GiveWay): Promise<boolean> {
  giveWay.isAsked();
  await setImmediate();
  return giveWay.isAsked();
}

test.each([
  { perSecond: 0, isAsked: false },
  { perSecond: 20, isAsked: false },
  { perSecond: 60, isAsked: false },
  { perSecond: 61, isAsked: true },
  { perSecond: 5_000, isAsked: true },
])('$perSecond transactions a second: asked to give way $isAsked', async ({ perSecond, isAsked }) => {
  const { giveWay, pass } = timeline((millis) => 1_000_000 + (millis * perSecond) / 1_000);
  const seen = [await asked(giveWay)];
  for (let second = 0; second < 3; second++) {
    pass(1_000);
    seen.push(await asked(giveWay));
  }
  expect(seen).toEqual([false, isAsked, isAsked, isAsked]);
});

test('looks once a second, and sees that others became quiet', async () => {
  const { giveWay, pass, looks } = timeline((millis) => Math.min(millis, 1_500));
  const seen: boolean[] = [];
  for (let step = 0; step < 12; step++) {
    seen.push(await asked(giveWay));
    pass(300);
  }
  expect(looks).toEqual([0, 1_200, 2_400]);
  expect(seen).toEqual([...Array(4).fill(false), ...Array(8).fill(true)]);
  pass(100);
  expect(await asked(giveWay)).toBe(false);
});

test('one look at a time, and a transaction that failed is not asked for the reason', async () => {
  let looks = 0;
  const failing = { one: () => (looks++, Promise.reject(new Error('the transaction has failed'))) };
  const giveWay = new GiveWay(failing, { now: () => 0, sleep: async () => {} });
  expect([giveWay.isAsked(), giveWay.isAsked(), looks]).toEqual([false, false, 1]);
  expect([await asked(giveWay), looks]).toEqual([false, 2]);
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
    // Statements of a transaction are answered in order.
    const look = async () => {
      giveWay.isAsked();
      await tx.one(sql`select 1 as one`);
    };
    await look();
    now += 1_000;
    await endElsewhere(100);
    await look();
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
