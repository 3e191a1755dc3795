import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testDatabase } from '../../test/support/books/books.ts';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { asOwner } from '../../test/support/books/people.ts';
import { cancelEntry } from '../ledger/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { removeOld } from '../background/retention.ts';
import { EVENT_KINDS, kindsOf, linkTo } from './event-kinds.ts';
import { clientAccountsWithNewEvents, orderEvents } from './event-order.ts';
import { eventRoutes } from './index.ts';

const api = apiOf(eventRoutes, (await openBooks()).platform);
const events = (books: Books, query = '') =>
  api('GET', `/events?client_account_id=${books.clientAccountId}${query}`, books.token);
const record = (tx: Transaction, { clientAccountId }: Books, resource: string, kind = 'document.created') =>
  tx.execute(sql`
    insert into new_events (client_account_id, kind, resource_id) values (${clientAccountId}, ${kind}, ${resource})`);
const write = <T>({ clientAccountId }: Books, work: (tx: Transaction) => Promise<T>) =>
  testDatabase().transaction({ clientAccounts: [clientAccountId], mode: 'write' }, work);
const order = (books: Books) => orderEvents(testDatabase(), books.clientAccountId);

describe('the order', () => {
  test('is that of commits: what commits later never gets in front of what was listed', async () => {
    const books = await openBooks();
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    let written!: () => void;
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const slow = write(books, async (tx) => {
      await record(tx, books, '1');
      written();
      await held;
    });
    await isWritten;
    await write(books, (tx) => record(tx, books, '2'));
    expect(await order(books)).toBe(1);
    const first = (await events(books)).body;
    expect(first.data.map((one: any) => [one.position, one.resource.id])).toEqual([[1, 2]]);
    release();
    await slow;
    await order(books);
    const next = (await events(books, `&after=${first.meta.after}`)).body;
    expect(next.data.map((one: any) => [one.position, one.resource.id])).toEqual([[2, 1]]);
  });

  test('is gapless, and nobody who follows it misses anything, however many write, take back and order at once', async () => {
    const books = await openBooks();
    const expected: string[] = [];
    const writers = Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        write(books, async (tx) => {
          await record(tx, books, `${i * 10}`);
          await record(tx, books, `${i * 10 + 1}`);
          if (i % 7 === 0) throw new Error('taken back');
        }).then(
          () => void expected.push(`${i * 10}`, `${i * 10 + 1}`),
          () => {},
        ),
      ),
    );
    const writing = { isOver: false };
    const ended = writers.then(() => (writing.isOver = true));
    const seen: string[] = [];
    for (let after = 0, more = true; more || !writing.isOver;) {
      await Promise.all([order(books), order(books)]);
      const { body } = await events(books, `&after=${after}&per_page=7`);
      for (const one of body.data) {
        expect(one.position).toBe(++after);
        seen.push(String(one.resource.id));
      }
      expect(body.meta.after).toBe(after);
      more = body.meta.has_more || (writing.isOver && (await order(books)) > 0);
    }
    await ended;
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });

  test('entries are told in the order of their numbers, and cost the posting nothing', async () => {
    const books = await openBooks();
    const entry = await books.post('2026-03-10', [debit('1920', 100), credit('3900', 100)]);
    const { rows } = await asOwner('select count(*)::int as n from new_events where client_account_id = $1', [
      books.clientAccountId,
    ]);
    expect(rows).toEqual([{ n: 0 }]);
    await books.run(cancelEntry, { id: entry.id, reason: 'feil' });
    await order(books);
    const { body } = await events(books);
    expect(body.data.map((one: any) => [one.kind, one.resource.id === entry.id])).toEqual([
      ['journal_entry.posted', true],
      ['journal_entry.posted', false],
      ['journal_entry.cancelled', true],
    ]);
    expect(body.data[0]).toEqual({
      id: `evt_${books.clientAccountId}_1`,
      position: 1,
      kind: 'journal_entry.posted',
      time: '2026-03-15T10:00:00Z',
      client_account_id: books.clientAccountId,
      resource: { kind: 'journal_entry', id: entry.id, link: `/api/v2/journal-entries/${entry.id}` },
    });
  });

  test('what waits for a position is found, also entries whose process ended', async () => {
    const [one, other] = [await openBooks(), await openBooks()];
    await write(one, (tx) => record(tx, one, '1'));
    await other.post('2026-03-10', [debit('1920', 1), credit('3900', 1)]);
    const beyond = one.clientAccountId - 1;
    const found = (thorough: boolean) =>
      clientAccountsWithNewEvents(testDatabase(), { beyond, most: 500, thorough }).then((ids) =>
        ids.filter((id) => [one.clientAccountId, other.clientAccountId].includes(id)),
      );
    expect([await found(false), await found(true)]).toEqual([
      [one.clientAccountId],
      [one.clientAccountId, other.clientAccountId],
    ]);
    await order(one);
    await order(other);
    expect(await found(true)).toEqual([]);
  });
});

describe('the list', () => {
  test('filters by kind and group, and goes on behind what it looked through', async () => {
    const books = await openBooks();
    await write(books, async (tx) => {
      for (const kind of ['document.created', 'job.succeeded', 'document.final', 'payment_order.sent'])
        await record(tx, books, '7', kind);
    });
    await order(books);
    const kinds = async (query: string) => {
      const { body } = await events(books, query);
      return [body.data.map((one: any) => one.kind), body.meta.after, body.meta.has_more];
    };
    expect(await kinds('&kinds=document.*')).toEqual([['document.created', 'document.final'], 4, false]);
    expect(await kinds('&kinds=job.succeeded,payment_order.sent&per_page=1')).toEqual([['job.succeeded'], 2, true]);
    expect(await kinds('&kinds[]=job.failed')).toEqual([[], 4, false]);
    expect(await kinds('&after=9')).toEqual([[], 9, false]);
    const refused = await events(books, '&kinds=document.eaten,*.*');
    expect([refused.status, refused.body.details.fields.map(({ path }: any) => path)]).toEqual([
      400,
      ['kinds', 'kinds'],
    ]);
  });

  test('is of the client account alone', async () => {
    const [one, other] = [await openBooks(), await openBooks()];
    await write(one, (tx) => record(tx, one, '1'));
    await order(one);
    expect((await events(other)).body.data).toEqual([]);
    const { status } = await api('GET', `/events?client_account_id=${one.clientAccountId}`, other.token);
    expect(status).toBe(403);
  });

  test('what is no longer kept is said', async () => {
    const books = await openBooks();
    await write(books, async (tx) => {
      for (const n of [1, 2, 3]) await record(tx, books, `${n}`);
    });
    await order(books);
    await asOwner(`update events set at = now() - interval '120 days' where client_account_id = $1 and position < 3`, [
      books.clientAccountId,
    ]);
    await removeOld({ ...books.platform, clock: { now: () => new Date() } });
    expect((await events(books)).body.data.map((one: any) => one.position)).toEqual([3]);
    const late = await events(books, '&after=1');
    expect([late.status, late.body.details]).toEqual([400, { code: 'events.position_gone', after: 1, oldest: 3 }]);
    expect((await events(books, '&after=2')).body.data).toHaveLength(1);
  });
});

test('every kind of a trigger is a known one, and each has a link', async () => {
  const { rows } = await asOwner(`
    select distinct m[1] as kind from (
      select pg_get_triggerdef(oid) as text from pg_trigger where not tgisinternal
      union all select prosrc from pg_proc where proname ~ '_tells?(_|$)') t,
      regexp_matches(text, '''([a-z_]+\\.[a-z_]+)''', 'g') m order by 1`);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.map(({ kind }) => kind as string).filter((kind) => !EVENT_KINDS.includes(kind))).toEqual([]);
  for (const kind of EVENT_KINDS)
    expect(linkTo(7, { kind, resource_id: '9', at: new Date(0) }), kind).toMatch(/^\/api\/v2\/[a-z-/]+/);
  expect([kindsOf('document.final'), kindsOf('mandates.*'), kindsOf('*'), kindsOf('x.*')]).toEqual([
    ['document.final'],
    ['mandates.changed'],
    EVENT_KINDS,
    undefined,
  ]);
});
