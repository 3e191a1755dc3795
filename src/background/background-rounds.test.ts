import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sql from 'sql-template-tag';
import { afterAll, expect, test, vi } from 'vitest';
import { asOwner } from '../../test/support/books/people.ts';
import { credit, debit, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { testOwnerConnection } from '../../test/support/database/database.ts';
import { upkeepKinds } from './background-kinds.ts';
import { BackgroundRounds } from './background-rounds.ts';
import { webhookKinds } from '../events/index.ts';
import { createWebhook } from '../events/webhooks/webhook-create.ts';
import { openIntegrations } from '../integrations/index.ts';
import { clientAccountsToFinish } from '../ledger/index.ts';
import { readConfig } from '../platform/config.ts';
import { ColumnKeys } from '../platform/encryption/column-keys.ts';
import { Tasks } from '../platform/jobs/tasks.ts';
import { MailDelivery } from '../platform/mail.ts';

const platform = testPlatform();
const errors: { task?: string; key?: string }[] = [];
const log = { ...platform.log, error: (facts: object) => void errors.push(facts) };
const tasks = await Tasks.open({ connection: testOwnerConnection(), log, prefix: 'rounds-test:' });
const mail = new MailDelivery(platform.database, platform.log, {});
const kinds = upkeepKinds(platform, tasks, mail);
// The database is shared: other tests hold tasks of processes that are gone.
vi.spyOn(tasks, 'rescue').mockResolvedValue(0);
/**
 * Tasks of the books after a round of each node. It begins with the first of these client accounts: those before are of
 * other tests, with work for minutes.
 */
async function tasksAfterRound(kind: string, clientAccountId: number, { nodes = 1, first = clientAccountId } = {}) {
  const rounds = Array.from(
    { length: nodes },
    () => new BackgroundRounds({ platform, tasks, mail, beyond: first - 1 }),
  );
  await Promise.all(rounds.map((one) => one.runOnce()));
  const { rows } = await asOwner(`select count(*)::int as tasks from graphile_worker.jobs where key = $1`, [
    `rounds-test:${kind}:${clientAccountId}`,
  ]);
  return rows[0].tasks as number;
}
afterAll(() => tasks.stop(1_000));

const unfinished = (id: number) =>
  platform.database.transaction({ clientAccounts: [id], mode: 'read' }, (tx) =>
    tx.one(sql`
      select (select count(*) from balance_deltas where client_account_id = ${id}) as deltas,
        (select last_posting_no from client_account_heads where client_account_id = ${id})
          - coalesce((select max(last_posting_no) from chain_blocks where client_account_id = ${id}), 0) as unsealed`),
  );

test('a client account whose task fails stops none with a higher id, and is tried again by itself', async () => {
  const poisoned = await openBooks();
  const sound = await openBooks();
  expect(poisoned.clientAccountId).toBeLessThan(sound.clientAccountId);
  for (const books of [poisoned, sound]) await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
  // A head that claims more postings than exist: sealing it throws.
  const head = (by: number) =>
    asOwner(`update client_account_heads set last_posting_no = last_posting_no + $2 where client_account_id = $1`, [
      poisoned.clientAccountId,
      by,
    ]);
  await head(5);
  expect(await tasksAfterRound('ledger', sound.clientAccountId, { first: poisoned.clientAccountId })).toBe(1);
  await tasks.runOnce(kinds);
  expect(await unfinished(sound.clientAccountId)).toEqual({ deltas: 0, unsealed: 0 });
  expect(errors).toContainEqual(
    expect.objectContaining({ task: 'ledger', key: `rounds-test:ledger:${poisoned.clientAccountId}`, attempt: 1 }),
  );
  await head(-5);
  await asOwner(`update graphile_worker._private_jobs set run_at = now() where key = $1`, [
    `rounds-test:ledger:${poisoned.clientAccountId}`,
  ]);
  await tasks.runOnce(kinds);
  expect(await unfinished(poisoned.clientAccountId)).toEqual({ deltas: 0, unsealed: 0 });
});

test('however many nodes look, there is one task for a client account', async () => {
  const books = await openBooks();
  await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
  expect(await tasksAfterRound('ledger', books.clientAccountId, { nodes: 3 })).toBe(1);
  await tasks.runOnce(kinds);
});

test('those that a full round did not reach have their turn in the next one', async () => {
  const [first, second] = [await openBooks(), await openBooks()];
  for (const books of [first, second]) await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
  const beyond = first.clientAccountId - 1;
  const look = (from: number) => clientAccountsToFinish(platform.database, { beyond: from, most: 1, thorough: false });
  expect(await look(beyond)).toEqual([first.clientAccountId]);
  expect(await look(first.clientAccountId)).toEqual([second.clientAccountId]);
});

test('what is folded and not sealed is found by the thorough look', async () => {
  const books = await openBooks();
  await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
  await asOwner(`delete from balance_delta_batches where client_account_id = $1`, [books.clientAccountId]);
  const look = (thorough: boolean) =>
    clientAccountsToFinish(platform.database, { beyond: books.clientAccountId - 1, most: 1, thorough });
  expect(await look(false)).not.toContain(books.clientAccountId);
  expect(await look(true)).toEqual([books.clientAccountId]);
});

test('the depreciation that is due is a task of each client account', async () => {
  const found = kinds.find(({ kind }) => kind === 'depreciation_due')!;
  expect(found.every).toBe('*/15 * * * *');
  await found.run({ payload: {}, attempt: 1, signal: new AbortController().signal });
});

test('a posting is told to a webhook by the rounds alone, once however many nodes look', async () => {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']));
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sending = {
    ...platform,
    outside: openIntegrations(readConfig({ WEBHOOK_PRIVATE_ADDRESSES: '1' }), platform),
    columnKeys: new ColumnKeys([{ id: 'k', key: randomBytes(32) }]),
  };
  try {
    const books = await openBooks();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await createWebhook.call(sending, books.call(), { url, kinds: ['journal_entry.*'], description: null });
    await books.post('2025-02-10', [debit('1920', 100), credit('2050', 100)]);
    expect(await tasksAfterRound('events', books.clientAccountId, { nodes: 2 })).toBe(1);
    // Without the other kinds, which would work for the client accounts of other test files.
    const telling = [...upkeepKinds(sending, tasks, mail), ...webhookKinds(sending, tasks)].filter(({ kind }) =>
      /^(?:ledger|event|webhook)/.test(kind),
    );
    await tasks.runOnce(telling);
    await tasks.runOnce(telling);
    expect(received).toEqual([`evt_${books.clientAccountId}_1`]);
  } finally {
    server.close();
  }
});
