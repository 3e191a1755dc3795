import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import { asOwner } from '../../../test/support/books/people.ts';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { Database, OutcomeUnknown } from './pool.ts';

const INSERT = `insert into mail_outbox (recipient, subject, text_body) values ($1, 'pipelined', $2)`;

describe('pipelined transactions', () => {
  const database = new Database({ ...testOwnerConnection(), max: 4 });
  afterAll(() => database.close());

  const mails = (recipient: string) =>
    database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ text_body: string }>(sql`select text_body from mail_outbox where recipient = ${recipient} order by id`),
    );

  test('what was sent is there after the commit, in its order', async () => {
    await database.pipelined([], async (tx) => {
      for (const text of ['one', 'two', 'three']) tx.send('outbox', INSERT, ['order@pipelined.test', text]);
    });
    expect((await mails('order@pipelined.test')).map((mail) => mail.text_body)).toEqual(['one', 'two', 'three']);
  });

  test('a statement that fails fails the transaction with its own error, and nothing stays', async () => {
    const work = database.pipelined([], async (tx) => {
      tx.send('outbox', INSERT, ['failed@pipelined.test', 'before']);
      tx.send('outbox', INSERT, ['failed@pipelined.test', null]);
      tx.send('outbox', INSERT, ['failed@pipelined.test', 'after']);
    });
    await expect(work).rejects.toMatchObject({ code: '23502', column: 'text_body' });
    expect(await mails('failed@pipelined.test')).toEqual([]);
  });

  test('an awaited statement behind the failed one tells of the failed one', async () => {
    const work = database.pipelined([], async (tx) => {
      tx.send('outbox', INSERT, ['cause@pipelined.test', null]);
      await tx.named('one', 'select 1 as one', []);
    });
    await expect(work).rejects.toMatchObject({ code: '23502' });
  });

  test('work that throws takes back what it sent, and the connection goes on', async () => {
    const work = database.pipelined([], async (tx) => {
      tx.send('outbox', INSERT, ['thrown@pipelined.test', 'sent']);
      await Promise.resolve();
      throw new Error('thought better of it');
    });
    await expect(work).rejects.toThrow('thought better of it');
    expect(await mails('thrown@pipelined.test')).toEqual([]);
    await database.pipelined([], async (tx) => tx.send('outbox', INSERT, ['thrown@pipelined.test', 'next']));
    expect(await mails('thrown@pipelined.test')).toHaveLength(1);
  });

  test('rows of a client account that was not named are out of reach', async () => {
    const work = database.pipelined([1], async (tx) => {
      tx.send('audit', `insert into audit_log (client_account_id, operation) values ($1::bigint, 'x')`, [2]);
    });
    await expect(work).rejects.toMatchObject({ code: '42501' });
  });

  test('a connection that breaks while the commit is on its way leaves the outcome unknown', async () => {
    const work = database.pipelined([], async (tx) => {
      const [row] = await tx.named<{ pid: number }>('pid', 'select pg_backend_pid() as pid', []);
      tx.send('wait', 'select pg_sleep(10)', []);
      void sleep(50).then(() => asOwner('select pg_terminate_backend($1)', [row!.pid]));
    });
    await expect(work).rejects.toBeInstanceOf(OutcomeUnknown);
  });
});
