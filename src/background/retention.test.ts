import { isDeepStrictEqual } from 'node:util';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openJobs, type TestJobs } from '../../test/support/server/jobs.ts';
import { asOwner, People } from '../../test/support/books/people.ts';
import { withFiles } from '../../test/support/http/upload.ts';
import { fixedClock } from '../kernel/clock.ts';
import { removeOld } from './retention.ts';

// Long before the clock of every other test, so that none of their records is expired.
const NOW = '2001-06-30T12:00:00Z';
const people = new People();
const platform = { ...withFiles(people.platform), clock: fixedClock(NOW) };
let jobs: TestJobs;
let userId: number;

beforeAll(async () => {
  jobs = await openJobs(platform, [], { prefix: 'retention-test' });
  userId = (await people.user()).id;
});
afterAll(async () => {
  await jobs.close();
  await people.close();
});

const daysAgo = (days: number) => new Date(Date.parse(NOW) - days * 86_400_000).toISOString();

/** Requests of other test files, whose clock is later, remove these rows too, and may be first. */
const REMOVED_BY_OTHERS: ReadonlySet<string> = new Set(['oauth_records', 'throttles']);

test.each([
  [
    'idempotency_keys',
    `insert into idempotency_keys (user_id, key, operation, request_hash, response, created_at)
     values ($1, $2::text, 'retention', '', '{}', $2::text::timestamptz)`,
    `select count(*)::int as count from idempotency_keys where user_id = $1 and operation = 'retention'`,
    [3.9, 4.1],
  ],
  [
    'jobs',
    `insert into jobs (user_id, kind, status, finished_at) values ($1, 'retention', 'succeeded', $2)`,
    `select count(*)::int as count from jobs where user_id = $1 and kind = 'retention'`,
    [89, 91],
  ],
  [
    'mails',
    `insert into mail_outbox (recipient, subject, text_body, sent_at) values ('r' || $1::bigint, '', '', $2)`,
    `select count(*)::int as count from mail_outbox where recipient = 'r' || $1::bigint`,
    [89, 91],
  ],
  [
    'id_porten_logins',
    `insert into id_porten_logins (state_hash, user_id, purpose, scopes, acr, sealed, key_id, another_person, expires_at)
     values ($2::text::bytea, $1, 'altinn', '{}', '', '', '', false, $2::timestamptz)`,
    `select count(*)::int as count from id_porten_logins where user_id = $1`,
    [-0.1, 0.1],
  ],
  [
    'id_porten_revocations',
    `insert into id_porten_revocations (user_id, sealed, key_id, expires_at, next_at)
     values ($1, '', '', $2, $2)`,
    `select count(*)::int as count from id_porten_revocations where user_id = $1`,
    [-0.1, 0.1],
  ],
  [
    'sessions',
    `insert into sessions (token_hash, user_id, expires_at) values ($2::text::bytea, $1, $2::timestamptz)`,
    `select count(*)::int as count from sessions where user_id = $1`,
    [-0.1, 0.1],
  ],
  [
    'access_tokens',
    `insert into access_tokens (user_id, name, token_hash, scopes, expires_at)
     values ($1, 'retention', $2::text::bytea, '{}', $2::timestamptz)`,
    `select count(*)::int as count from access_tokens where user_id = $1`,
    [89, 91],
  ],
  [
    'oauth_records',
    `insert into oauth_records (kind, id_hash, payload, expires_at)
     values ('retention' || $1::bigint, $2::text::bytea, '{}', $2::timestamptz)
     on conflict do nothing`,
    `select count(*)::int as count from oauth_records where kind = 'retention' || $1::bigint`,
    [-0.1, 0.1],
  ],
  [
    'throttles',
    `insert into throttles (key, count, window_ends_at) values ('retention' || $1::bigint || $2, 1, $2::timestamptz)
     on conflict do nothing`,
    `select count(*)::int as count from throttles where key like 'retention' || $1::bigint || '%'`,
    [-0.1, 0.1],
  ],
] as const)('%s are removed when their time is up, and not before', async (what, insert, count, [young, old]) => {
  const work = what.startsWith('id_porten') ? 'id_porten' : '';
  const removeOne = async () => {
    await asOwner(insert, [userId, daysAgo(young)], work);
    await asOwner(insert, [userId, daysAgo(old)], work);
    const { [what]: removed } = await removeOld(platform);
    return { removed, left: (await asOwner(count, [userId], work)).rows };
  };
  const expected = { removed: 1, left: [{ count: 1 }] };
  let seen = await removeOne();
  for (let tries = REMOVED_BY_OTHERS.has(what) ? 4 : 0; tries > 0 && !isDeepStrictEqual(seen, expected); tries--)
    seen = await removeOne();
  expect(seen).toEqual(expected);
});

test('what waits is not removed: a mail that was not sent, a job that is not finished, one whose document is there', async () => {
  await asOwner(`insert into mail_outbox (recipient, subject, text_body, created_at) values ('waits', '', '', $1)`, [
    daysAgo(400),
  ]);
  await asOwner(`insert into jobs (user_id, kind, status, created_at) values ($1, 'waits', 'queued', $2)`, [
    userId,
    daysAgo(400),
  ]);
  await asOwner(
    `insert into jobs (user_id, kind, status, finished_at, file_expires_at) values ($1, 'waits', 'succeeded', $2, $3)`,
    [userId, daysAgo(400), daysAgo(-1)],
  );
  await removeOld(platform);
  expect((await asOwner(`select count(*)::int as count from mail_outbox where recipient = 'waits'`)).rows).toEqual([
    { count: 1 },
  ]);
  expect((await asOwner(`select count(*)::int as count from jobs where kind = 'waits'`)).rows).toEqual([{ count: 2 }]);
});

test('an upload without a job goes after a day, that of a failed job after a week', async () => {
  const stage = async (days: number) => {
    const upload = await jobs.jobs.stage(Readable.from([Buffer.from(`upload ${days}`)]));
    await asOwner(`update job_uploads set created_at = $2 where key = $1`, [upload.key, daysAgo(days)]);
    return upload.key;
  };
  const failed = async (key: string, days: number) => {
    const { rows } = await asOwner(
      `insert into jobs (user_id, kind, status, finished_at) values ($1, 'upload', 'failed', $2) returning id`,
      [userId, daysAgo(days)],
    );
    await asOwner(`update job_uploads set job_id = $2 where key = $1`, [key, rows[0].id]);
  };
  const kept = [await stage(0.9), await stage(10)];
  const gone = [await stage(1.1), await stage(11)];
  await failed(kept[1]!, 6);
  await failed(gone[1]!, 8);
  expect(await removeOld(platform)).toMatchObject({ uploads: 2 });
  const there = await Promise.all([...kept, ...gone].map((key) => platform.files.storage.has(key)));
  expect(there).toEqual([true, true, false, false]);
});

test('what an upload that broke off left on this machine goes after a day', async () => {
  const folder = platform.files.incoming!;
  mkdirSync(folder, { recursive: true });
  for (const [name, days] of [
    ['on its way', 0.5],
    ['left', 1.5],
  ] as const) {
    writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, name), new Date(daysAgo(days)), new Date(daysAgo(days)));
  }
  expect(await removeOld(platform)).toMatchObject({ incoming: 1 });
  expect(readdirSync(folder)).toEqual(['on its way']);
});
