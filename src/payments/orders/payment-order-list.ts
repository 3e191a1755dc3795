import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Language } from '../../platform/errors.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { DateText, Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { obstacleTo, readPayable, remittanceOf } from '../payable.ts';
import {
  findOrder,
  type OrderStatus,
  orderView,
  paymentView,
  readOrders,
  readPayments,
  reasonView,
} from './payment-order.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

export const listPaymentOrders = readOperation({
  name: 'payment-order.list',
  access,
  async run({ tx, clientAccountId }, input: Page & { status: OrderStatus | null; language: Language }) {
    const where = sql`(${input.status}::text is null or o.status = ${input.status})`;
    const { records } = await tx.one<{ records: number }>(sql`
      select count(*) as records from payment_orders o where o.client_account_id = ${clientAccountId} and ${where}`);
    const rows = await readOrders(tx, clientAccountId, sql`${where} order by o.id desc ${limitOffset(input)}`);
    return envelope(
      rows.map((row) => orderView(row, input.language)),
      input,
      records,
    );
  },
});

export const getPaymentOrder = readOperation({
  name: 'payment-order.get',
  access,
  run: async ({ tx, clientAccountId }, { id, language }: { id: number; language: Language }) =>
    orderView(await findOrder(tx, clientAccountId, id), language),
});

export const listPayments = readOperation({
  name: 'payment-order.payments',
  access,
  async run({ tx, clientAccountId }, { id, language, ...page }: Page & { id: number; language: Language }) {
    const order = await findOrder(tx, clientAccountId, id);
    const rows = await readPayments(
      tx,
      clientAccountId,
      sql`p.order_id = ${id} order by p.position ${limitOffset(page)}`,
    );
    return envelope(
      rows.map((row) => paymentView(row, language)),
      page,
      order.payment_count,
    );
  },
});

/** The events of an order, the latest first. */
export const listPaymentEvents = readOperation({
  name: 'payment-order.events',
  access,
  async run({ tx, clientAccountId }, { id, language, ...page }: Page & { id: number; language: Language }) {
    await findOrder(tx, clientAccountId, id);
    const of = sql`from payment_order_events where client_account_id = ${clientAccountId} and order_id = ${id}`;
    const { records } = await tx.one<{ records: number }>(sql`select count(*) as records ${of}`);
    const rows = await tx.rows<{
      at: Date;
      event: string;
      payment_id: number | null;
      bank_status: string | null;
      reason_code: string | null;
      reason_text: string | null;
    }>(sql`
      select at, event, payment_id, bank_status, reason_code, reason_text ${of} order by id desc ${limitOffset(page)}`);
    const data = rows.map(({ at, event, payment_id, bank_status, ...reason }) => ({
      at: isoSeconds(at),
      event,
      payment_id,
      bank_status,
      reason: reasonView(reason, language),
    }));
    return envelope(data, page, records);
  },
});

export const PayableView = strict({
  document_id: Id,
  payment_line_id: nullable(Id),
  document_number: nullable(Type.String()),
  document_type: Type.String(),
  due_date: DateText,
  business_partner_id: Id,
  creditor_name: Type.String(),
  amount: Type.String(),
  currency_code: Type.String(),
  account_numbers: Type.Array(Type.String(), { description: 'Where the money can go; several: one is to be chosen' }),
  payment_reference: nullable(Type.String()),
  message: nullable(Type.String()),
  payment_order_id: nullable(Id),
  problem: nullable(Type.String({ description: 'Why it cannot be paid from here' })),
});

/** Documents in one response; further ones are due later. */
const MOST = 1_000;

/** Debts by due date, with the reason why one cannot be paid. */
export const listPayable = readOperation({
  name: 'payable-document.list',
  access,
  async run({ tx, clientAccountId }, { dueUntil, language }: { dueUntil: LocalDate | null; language: Language }) {
    const rows = await readPayable(tx, clientAccountId, { dueUntil, limit: MOST + 1 });
    const data = rows.slice(0, MOST).map((payable) => {
      const account = payable.accounts.length === 1 ? payable.accounts[0]! : null;
      const shown = account === null ? payable : { ...payable, ...remittanceOf(payable, account) };
      return {
        document_id: payable.document_id,
        payment_line_id: payable.payment_line_id,
        document_number: payable.document_number,
        document_type: payable.document_type,
        due_date: payable.due_date,
        business_partner_id: payable.business_partner_id,
        creditor_name: payable.creditor_name,
        amount: formatAmount(ore(payable.amount)),
        currency_code: payable.currency_code,
        account_numbers: payable.accounts,
        payment_reference: shown.reference,
        message: shown.message,
        payment_order_id: payable.order_id,
        problem: obstacleTo(payable, account)?.[language] ?? null,
      };
    });
    return { data, has_more: rows.length > MOST };
  },
});
