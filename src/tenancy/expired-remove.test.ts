import { afterAll, expect, it } from 'vitest';
import { asOwner, People } from '../../test/support/books/people.ts';
import { removeExpired } from './index.ts';

const people = new People();
afterAll(() => people.close());

it('removes what has ended and nothing else', async () => {
  const { id } = await people.user();
  const now = new Date('2000-06-01T12:00:00Z');
  const at = (days: number) => new Date(now.getTime() + days * 86_400_000);
  const hash = (text: string) => Buffer.from(`expiry ${id} ${text}`);
  for (const [name, days] of [
    ['past', -1],
    ['to come', 9_000],
  ] as const) {
    await asOwner('insert into sessions (token_hash, user_id, expires_at) values ($1, $2, $3)', [
      hash(name),
      id,
      at(days),
    ]);
    await asOwner('insert into throttles (key, count, window_ends_at) values ($1, 1, $2)', [`${id} ${name}`, at(days)]);
    await asOwner(`insert into oauth_records (kind, id_hash, payload, expires_at) values ('Session', $1, '{}', $2)`, [
      hash(name),
      at(days),
    ]);
  }
  await asOwner(`insert into oauth_records (kind, id_hash, payload, expires_at) values ('CookieKey', $1, '{}', null)`, [
    hash('key'),
  ]);
  const tokens: [string, Date | null, Date | null][] = [
    ['long expired', at(-91), null],
    ['just expired', at(-89), null],
    ['long revoked', null, at(-91)],
    ['for good', null, null],
  ];
  for (const [name, expires, revoked] of tokens)
    await asOwner(
      'insert into access_tokens (user_id, name, token_hash, scopes, expires_at, revoked_at) values ($1, $2, $3, $4, $5, $6)',
      [id, name, hash(name), [], expires, revoked],
    );

  const removed = await removeExpired(people.platform.database, now);

  expect(removed).toEqual({ sessions: 1, access_tokens: 2, throttles: 1, oauth_records: 1 });
  const left = await asOwner(
    `select convert_from(token_hash, 'utf8') as what from sessions where user_id = $1
     union all select 'token ' || name from access_tokens where user_id = $1
     union all select 'throttle ' || key from throttles where key like $1 || ' %'
     union all select 'record ' || convert_from(id_hash, 'utf8') from oauth_records
       where position($2::bytea in id_hash) = 1
     order by 1`,
    [id, Buffer.from(`expiry ${id} `)],
  ).catch((error: unknown) => error);
  expect(left).toMatchObject({
    rows: [
      `expiry ${id} to come`,
      `record expiry ${id} key`,
      `record expiry ${id} to come`,
      `throttle ${id} to come`,
      'token for good',
      'token just expired',
    ].map((what) => ({ what })),
  });
});
