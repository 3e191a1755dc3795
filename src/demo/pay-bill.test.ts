import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { startAdmin } from '../../sandbox/admin.ts';
import { connectMailboxes } from '../../test/support/bank/bank-mailbox.ts';
import { read } from '../../test/support/bank/bank.ts';
import { findings } from '../../test/support/bank/bank-findings.ts';
import { MovingClock, testSandbox } from '../../test/support/outside/sandbox.ts';
import { createDemo } from './create-demo.ts';
import { openDemoBank, PAYING_ACCOUNT, payDemoBill } from './pay-bill.ts';

test('the demo pays a bill that comes back settled, and its customer’s payment is matched', async () => {
  const clock = new MovingClock('2026-11-20T10:00:00Z');
  const sandbox = await testSandbox(clock);
  const admin = await startAdmin(sandbox);
  const { platform } = await connectMailboxes(sandbox, clock);
  try {
    await createDemo(platform);
    await payDemoBill(platform, await openDemoBank(platform, admin.address));
    const { clientAccountId } = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.one<{ clientAccountId: number }>(sql`
        select id as "clientAccountId" from client_accounts where display_name = 'Lerkefjell Innredning AS' order by id desc limit 1`),
    );
    const books = { platform, clientAccountId } as never;
    const rows = await read(books, (tx) =>
      tx.rows(sql`
        select o.status, p.status as payment, t.amount, t.amount = t.matched_amount as matched from payment_orders o
        join outgoing_payments p on p.client_account_id = o.client_account_id and p.order_id = o.id
        join bank_transactions t on t.client_account_id = o.client_account_id and t.id = p.bank_transaction_id
        where o.client_account_id = ${clientAccountId}`),
    );
    expect(rows).toEqual([{ status: 'SETTLED', payment: 'SETTLED', amount: -12_500_00, matched: true }]);
    const open = await read(books, (tx) =>
      tx.rows(sql`
        select t.amount from bank_transactions t join bank_accounts b on b.client_account_id = t.client_account_id
          and b.id = t.bank_account_id
        where t.client_account_id = ${clientAccountId} and b.bban = ${PAYING_ACCOUNT} and t.amount <> t.matched_amount`),
    );
    expect(open).toEqual([]);
    expect(await findings(books)).toEqual([]);
    // Restarted, the stand-in continues with the balance of the books.
    await sandbox.act('bank', 'reset');
    await openDemoBank(platform, admin.address);
    expect(await sandbox.act('bank', 'balances')).toEqual({ [PAYING_ACCOUNT]: '5000000' });
  } finally {
    await admin.stop();
  }
}, 240_000);
