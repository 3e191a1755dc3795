import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { readOperation } from '../../platform/operation.ts';
import { paymentErrors } from '../errors.ts';
import { writePain001 } from '../pain001.ts';
import { findOrder, type OrderRow, readPayments } from './payment-order.ts';

/** An order as its pain.001. */
export interface OrderMessage {
  order: OrderRow;
  xml: string;
  sha256: Buffer;
}

/**
 * The message of an approved order, from the data fixed at approval: always the same bytes. Throws
 * payments.no_file_yet.
 */
export async function orderMessage(tx: Transaction, clientAccountId: number, id: number): Promise<OrderMessage> {
  const order = await findOrder(tx, clientAccountId, id);
  if (order.approved_at === null || order.status === 'CANCELLED') throw paymentErrors.no_file_yet();
  const payments = await readPayments(tx, clientAccountId, sql`p.order_id = ${id} order by p.position`);
  const xml = writePain001({
    messageId: order.message_id,
    createdAt: order.approved_at,
    debtor: {
      name: order.debtor_name,
      organizationNumber: order.debtor_organization_number,
      account: order.debtor_account,
      bic: order.debtor_bic,
      currency: 'NOK',
      customerId: order.customer_id,
      division: order.division,
    },
    payments: payments.map((payment) => ({
      batchId: payment.payment_information_id,
      instructionId: payment.end_to_end_id,
      endToEndId: payment.end_to_end_id,
      executionDate: payment.execution_date,
      amount: ore(payment.amount),
      currency: payment.currency_code,
      creditor: {
        name: payment.creditor_name,
        account: payment.creditor_account,
        country:
          payment.creditor_country ??
          (/^\d{11}$/.test(payment.creditor_account) ? 'NO' : payment.creditor_account.slice(0, 2)),
      },
      reference: payment.reference,
      message: payment.message,
    })),
  });
  const sha256 = createHash('sha256').update(xml).digest();
  assert(
    order.message_sha256 === null || order.message_sha256.equals(sha256),
    `payment order ${id} would be another message than the one that was sent`,
  );
  return { order, xml, sha256 };
}

/** The payment file, to be sent by hand if there is no mailbox. */
export const getPaymentFile = readOperation({
  name: 'payment-order.file',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { id }: { id: number }) {
    const { order, xml } = await orderMessage(tx, clientAccountId, id);
    return { name: `${order.message_id}.xml`, xml };
  },
});
