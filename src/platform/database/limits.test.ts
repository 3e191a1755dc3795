import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { Database, type Transaction } from './pool.ts';

const read = { clientAccounts: [], mode: 'read' } as const;
const write = { clientAccounts: [], mode: 'write' } as const;
const busy = { code: 'request.busy', spec: { status: 503 }, facts: { retry_after: expect.any(Number) } };

/** A transaction that stays open until it is released. */
function held(database: Database, work: (tx: Transaction) => Promise<unknown> = async () => {}) {
  let end!: () => void;
  const ending = new Promise<void>((resolve) => (end = resolve));
  let begun!: () => void;
  const beginning = new Promise<void>((resolve) => (begun = resolve));
  const done = database.transaction(write, async (tx) => {
    await work(tx);
    begun();
    await ending;
  });
  return { begun: beginning, end: () => (end(), done) };
}

describe('a wait ends at its limit with 503, and the database goes on', () => {
  const database = new Database(
    { ...testOwnerConnection(), max: 3 },
    { connectionSeconds: 5, lockSeconds: 0.25, statementSeconds: 1, idleSeconds: 0.5 },
  );
  const narrow = new Database({ ...testOwnerConnection(), max: 2 }, { connectionSeconds: 0.5 });
  afterAll(() => Promise.all([database.close(), narrow.close()]));

  test('for a connection, for all who wait', async () => {
    await narrow.transaction(read, (tx) => tx.one(sql`select 1`));
    const holder = held(narrow);
    await holder.begun;
    const waiters = Array.from({ length: 20 }, () => narrow.transaction(read, (tx) => tx.one(sql`select 1`)));
    for (const outcome of await Promise.allSettled(waiters))
      expect(outcome).toMatchObject({ status: 'rejected', reason: busy });
    await holder.end();
    expect(await narrow.transaction(read, (tx) => tx.one(sql`select 1 as one`))).toEqual({ one: 1 });
  });

  test.each(['transaction', 'pipelined'] as const)('for a lock: %s', async (kind) => {
    const recipient = `${randomUUID()}@limits.test`;
    const touch = async (tx: Transaction) => {
      await tx.named('touch', 'update mail_outbox set attempts = attempts + 1 where recipient = $1', [recipient]);
    };
    await narrow.transaction(write, (tx) =>
      tx.execute(
        sql`insert into mail_outbox (recipient, subject, text_body, sent_at) values (${recipient}, 's', 't', now())`,
      ),
    );
    const holder = held(narrow, touch);
    await holder.begun;
    const attempt = () => (kind === 'pipelined' ? database.pipelined([], touch) : database.transaction(write, touch));
    await expect(attempt()).rejects.toMatchObject(busy);
    await holder.end();
    await attempt();
  });

  test('for a statement', async () => {
    await expect(database.transaction(read, (tx) => tx.one(sql`select pg_sleep(30)`))).rejects.toMatchObject(busy);
    await expect(database.pipelined([], (tx) => tx.named('nap', 'select pg_sleep(30)', []))).rejects.toMatchObject(
      busy,
    );
    expect(await database.transaction(read, (tx) => tx.one(sql`select 1 as one`))).toEqual({ one: 1 });
  });

  test('between two statements', async () => {
    const work = database.transaction(read, async (tx) => {
      await once(tx.client, 'end');
      return tx.one(sql`select 1`);
    });
    await expect(work).rejects.toBeInstanceOf(Error);
    expect(await database.transaction(read, (tx) => tx.one(sql`select 1 as one`))).toEqual({ one: 1 });
  });
});
