import fc from 'fast-check';
import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { read } from '../../test/support/bank/bank.ts';
import { findings } from '../../test/support/bank/bank-findings.ts';
import { connectMailboxes, openAtBank } from '../../test/support/bank/bank-mailbox.ts';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { accountNumber, openPayer } from '../../test/support/bank/payments.ts';
import { MovingClock, testSandbox } from '../../test/support/outside/sandbox.ts';
import { bankingRoutes } from '../banking/index.ts';
import { makeKid } from '../kernel/kid.ts';
import { isWorkingDay } from '../kernel/working-days.ts';
import { paymentRoutes } from '../payments/index.ts';

const clock = new MovingClock('2026-03-16T09:00:00Z');
const sandbox = await testSandbox(clock);
const delivery = await connectMailboxes(sandbox, clock);
const api = apiOf([...paymentRoutes, ...bankingRoutes], delivery.platform);

interface Bill {
  ore: number;
  hasKid: boolean;
  /** Days until it is due. */
  due: number;
  /** Which of three suppliers; the last one's account is closed at the bank. */
  supplier: 0 | 1 | 2;
}

const bills = fc.array(
  fc.record<Bill>({
    ore: fc.integer({ min: 1, max: 5_000_000 }),
    hasKid: fc.boolean(),
    due: fc.integer({ min: -5, max: 3 }),
    supplier: fc.constantFrom(0 as const, 1 as const, 2 as const),
  }),
  { minLength: 1, maxLength: 12 },
);

const day = (offset: number) => new Date(clock.now().getTime() + offset * 86_400_000).toISOString().slice(0, 10);

/**
 * For any order: the amount that the bank pays is the amount that is settled, to the øre, and a refused payment stays owed.
 */
test('orders of any bills go to the bank and come back settled, sums exact', async () => {
  await fc.assert(
    fc.asyncProperty(bills, async (made) => {
      sandbox.reset();
      await sandbox.act('bank', 'reset');
      while (!isWorkingDay(day(0))) clock.pass(86_400);
      const from = await openPayer({ clock });
      await openAtBank(sandbox, from, { balance: '9000000.00' });
      const closed = accountNumber();
      await sandbox.act('bank', 'refuse', { account: closed, reason: 'AC04' });
      const suppliers = [
        await from.supplier(undefined, 'En AS'),
        await from.supplier(undefined, 'To AS'),
        await from.supplier([closed], 'Tre AS'),
      ];
      const documents = [];
      for (const [i, { ore, hasKid, due, supplier }] of made.entries())
        documents.push(
          await from.bill(suppliers[supplier]!, ore / 100, {
            lines: [{ account_code: '6800', amount: (ore / 100).toFixed(2) }],
            document_date: day(-30),
            due_date: day(due),
            payment_reference: hasKid ? makeKid(String(1000 + i), 'MOD10') : null,
          }),
        );
      const { body: order } = await api('POST', '/payment-orders', from.books.token, {
        client_account_id: from.books.clientAccountId,
        bank_account_id: from.bankAccountId,
        due_until: day(3),
      });
      const sumOf = (those: readonly Bill[]) => those.reduce((sum, { ore }) => sum + ore, 0);
      expect(order.total_amount).toBe((sumOf(made) / 100).toFixed(2));
      await api('POST', `/payment-orders/${order.id}/approve`, from.books.token, {});
      await delivery.send();
      for (let days = 0; days < 9; days++) {
        clock.pass(days === 0 ? 360 : 86_400);
        await delivery.fetch();
      }
      const paid = made.filter(({ supplier }) => supplier < 2);
      const facts = await read(from.books, (tx) =>
        tx.one<{ booked: number; settled: number; open: number }>(sql`
          select coalesce((select sum(-amount) from bank_transactions where client_account_id = ${from.books.clientAccountId}), 0)::bigint as booked,
            coalesce((select sum(-amount) filter (where amount < 0) from item_settlements where client_account_id = ${from.books.clientAccountId} and is_active), 0)::bigint as settled,
            (select count(*) from bank_transactions where client_account_id = ${from.books.clientAccountId} and matched_amount <> amount) as open`),
      );
      expect(facts).toEqual({ booked: sumOf(paid), settled: sumOf(paid), open: 0 });
      const balances = (await sandbox.act('bank', 'balances')) as Record<string, string>;
      expect(Number(balances[from.account])).toBe(9_000_000_00 - sumOf(paid));
      for (const [i, { id }] of documents.entries()) {
        const { body } = await api('GET', `/documents/${id}`, from.books.token);
        expect(body.payment_status).toBe(made[i]!.supplier < 2 ? 'PAID' : 'UNPAID');
      }
      const { body: after } = await api('GET', `/payment-orders/${order.id}`, from.books.token);
      const refused = made.length - paid.length;
      expect([after.status, after.rejected_count, after.settled_count]).toEqual([
        refused === 0 ? 'SETTLED' : paid.length === 0 ? 'REJECTED' : 'PARTLY_REJECTED',
        refused,
        paid.length,
      ]);
      expect(await findings(from.books)).toEqual([]);
    }),
    { numRuns: 6, seed: 20260316 },
  );
}, 240_000);
