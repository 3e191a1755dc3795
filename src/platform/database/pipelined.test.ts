import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { asOwner } from '../../../test/support/books/people.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { Database, OutcomeUnknown, type Transaction } from './pool.ts';
import { sideBySide } from './side-by-side.ts';

const INSERT = `insert into mail_outbox (recipient, subject, text_body) values ($1, 'pipelined', $2)`;

const database = new Database({ ...testOwnerConnection(), max: 4 });
afterAll(() => database.close());

type Begin = (work: (tx: Transaction) => Promise<void>) => Promise<void>;
const ways: [string, Begin][] = [
  ['of many callers', (work) => database.pipelined([], work)],
  ['of one caller', (work) => database.transaction({ clientAccounts: [], mode: 'write' }, work)],
];

describe.each(ways)('transactions %s', (way, begin) => {
  const at = (name: string) => `${name}@${way.replaceAll(' ', '-')}.test`;

  const mails = (recipient: string) =>
    database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ text_body: string }>(sql`select text_body from mail_outbox where recipient = ${recipient} order by id`),
    );

  test('what was sent is there after the commit, in its order', async () => {
    await begin(async (tx) => {
      for (const text of ['one', 'two', 'three']) tx.send('outbox', INSERT, [at('order'), text]);
    });
    expect((await mails(at('order'))).map((mail) => mail.text_body)).toEqual(['one', 'two', 'three']);
  });

  test('a statement that fails fails the transaction with its own error, and nothing stays', async () => {
    const work = begin(async (tx) => {
      tx.send('outbox', INSERT, [at('failed'), 'before']);
      tx.send('outbox', INSERT, [at('failed'), null]);
      tx.send('outbox', INSERT, [at('failed'), 'after']);
    });
    await expect(work).rejects.toMatchObject({ code: '23502', column: 'text_body' });
    expect(await mails(at('failed'))).toEqual([]);
  });

  test('an awaited statement behind the failed one tells of the failed one', async () => {
    const work = begin(async (tx) => {
      tx.send('outbox', INSERT, [at('cause'), null]);
      await tx.named('one', 'select 1 as one', []);
    });
    await expect(work).rejects.toMatchObject({ code: '23502' });
  });

  test('work that throws takes back what it sent, and the connection goes on', async () => {
    const work = begin(async (tx) => {
      tx.send('outbox', INSERT, [at('thrown'), 'sent']);
      await Promise.resolve();
      throw new Error('thought better of it');
    });
    await expect(work).rejects.toThrow('thought better of it');
    expect(await mails(at('thrown'))).toEqual([]);
    await begin(async (tx) => tx.send('outbox', INSERT, [at('thrown'), 'next']));
    expect(await mails(at('thrown'))).toHaveLength(1);
  });

  test('rows of a client account that was not named are out of reach', async () => {
    const work = begin(async (tx) => {
      tx.send('audit', `insert into audit_log (client_account_id, operation) values ($1::bigint, 'x')`, [2]);
    });
    await expect(work).rejects.toMatchObject({ code: '42501' });
  });

  test('a connection that breaks while the commit is on its way leaves the outcome unknown', async () => {
    const work = begin(async (tx) => {
      const [row] = await tx.named<{ pid: number }>('pid', 'select pg_backend_pid() as pid', []);
      tx.send('wait', 'select pg_sleep(10)', []);
      void sleep(50).then(() => asOwner('select pg_terminate_backend($1)', [row!.pid]));
    });
    await expect(work).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});

test('a read waits neither for its beginning nor for its end, and its connection comes back', async () => {
  const narrow = new Database({ ...testOwnerConnection(), max: 1 });
  try {
    for (let n = 0; n < 50; n++)
      expect(
        await narrow.transaction({ clientAccounts: [], mode: 'read' }, (tx) => tx.one(sql`select ${n}::int as n`)),
      ).toEqual({ n });
  } finally {
    await narrow.close();
  }
});

test('a read ends soon after its result', async () => {
  const [pid] = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.named<{ pid: number }>('pid', 'select pg_backend_pid() as pid', []),
  );
  await expect
    .poll(
      async () => {
        const { rows } = await asOwner('select state from pg_stat_activity where pid = $1', [pid!.pid]);
        return rows.map((row: { state: string }) => row.state);
      },
      { timeout: 20_000 },
    )
    .toEqual(['idle']);
});

test('after a read, a write on its connection is a transaction of its own', async () => {
  const narrow = new Database({ ...testOwnerConnection(), max: 1 });
  try {
    const pidOf = (tx: Transaction) => tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    const first = await narrow.transaction({ clientAccounts: [], mode: 'read' }, pidOf);
    const second = await narrow.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
      tx.send('outbox', INSERT, ['after@read.test', 'written']);
      return pidOf(tx);
    });
    expect(second).toEqual(first);
    const found = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows(sql`select text_body from mail_outbox where recipient = 'after@read.test'`),
    );
    expect(found).toEqual([{ text_body: 'written' }]);
  } finally {
    await narrow.close();
  }
});

describe('work side by side', () => {
  const read = <T>(work: (tx: Transaction) => Promise<T>) =>
    database.transaction({ clientAccounts: [], mode: 'read' }, work);
  const number = (tx: Transaction, n: number) => async () =>
    (await tx.one<{ n: number }>(sql`select ${n}::int as n`)).n;

  test('gives its results in order', async () => {
    expect(await read((tx) => sideBySide(number(tx, 1), number(tx, 2), number(tx, 3)))).toEqual([1, 2, 3]);
  });

  test('throws the first failure in its order, when all of it has ended', async () => {
    const ended: string[] = [];
    const slow = async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      ended.push('slow');
      throw new Error('slow');
    };
    const quick = () => Promise.reject(new Error('quick'));
    await expect(sideBySide(slow, quick)).rejects.toThrow('slow');
    await expect(sideBySide(quick, slow)).rejects.toThrow('quick');
    expect(ended).toEqual(['slow', 'slow']);
  });
});
