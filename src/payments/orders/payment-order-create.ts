import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { dateInNorway, type LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, MAX_ENTRY_TOTAL, ore } from '../../kernel/money.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, type Language, problem } from '../../platform/errors.ts';
import { Id, strict, Type } from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { agreementOf } from '../agreement.ts';
import { debtorOf } from '../debtor.ts';
import { paymentErrors } from '../errors.ts';
import { accountNumberIn, executionDateOf, obstacleTo, type Payable, readPayable, remittanceOf } from '../payable.ts';
import { addEvent } from '../payment-event.ts';
import { findOrder, OrderView, orderView } from './payment-order.ts';
import { readPaymentSettings } from '../payment-settings.ts';

/** Most payments in one order; a larger one would hold the lock of the books for too long. */
export const MOST_PAYMENTS = 10_000;
/** Most excluded documents that are listed individually. */
const LISTED = 100;

export interface WantedPayment {
  documentId: number;
  paymentLineId: number | null;
  accountNumber: string | null;
  executionDate: LocalDate | null;
}

export interface NewOrder {
  bankAccountId: number;
  /** All documents due up to this date, */
  dueUntil: LocalDate | null;
  /** or these. */
  documents: WantedPayment[] | null;
  language: Language;
}

export const CreatedOrder = strict({
  ...OrderView.properties,
  left_out_count: Type.Integer({ description: 'Due documents that cannot be paid from here' }),
  left_out: Type.Array(strict({ document_id: Id, problem: Type.String() }), { description: 'The first of them' }),
});

interface Chosen {
  payable: Payable;
  account: string;
  executionDate: LocalDate;
}

/**
 * Prepares a payment order. Runs under the lock of the books, so that only one of several requests can pay a document:
 * the others get 409. Throws the payments errors.
 */
export const createPaymentOrder = writeOperation({
  name: 'payment-order.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, now, audit }, input: NewOrder) {
    await lockBooks(tx, clientAccountId);
    const debtor = await debtorOf(tx, clientAccountId, input.bankAccountId);
    const today = dateInNorway(now);
    const { chosen, leftOut } = input.documents
      ? { chosen: await chooseNamed(tx, clientAccountId, input.documents, today), leftOut: [] }
      : await chooseDue(tx, clientAccountId, input.dueUntil!, today);
    if (chosen.length === 0) throw paymentErrors.nothing_to_pay({ left_out: leftOut.length });
    const total = chosen.reduce((sum, { payable }) => sum + BigInt(payable.amount), 0n);
    if (total > MAX_ENTRY_TOTAL) throw paymentErrors.too_large({ limit: formatAmount(MAX_ENTRY_TOTAL) });
    const { four_eyes } = await readPaymentSettings(tx, clientAccountId);
    const agreement = await agreementOf(tx, clientAccountId, debtor.bic);
    const id = await takeIds(tx, clientAccountId, chosen.length + 1);
    await tx.execute(sql`
      insert into payment_orders ${insertion({
        client_account_id: clientAccountId,
        id,
        bank_account_id: debtor.bankAccountId,
        message_id: `HB-${id}`,
        four_eyes,
        debtor_name: debtor.name,
        debtor_organization_number: debtor.organizationNumber,
        debtor_account: debtor.account,
        debtor_bic: debtor.bic,
        customer_id: debtor.organizationNumber,
        division: agreement.division,
        payment_count: chosen.length,
        total_amount: total,
        prepared_at: now,
        prepared_by_id: caller.userId,
        updated_at: now,
      })}`);
    await insertPayments(tx, clientAccountId, id, chosen, now);
    await addEvent(tx, clientAccountId, { orderId: id, at: now, event: 'prepared' });
    const order = await findOrder(tx, clientAccountId, id);
    const view = orderView(order, input.language);
    audit({ recordType: 'payment_order', recordId: id, after: view });
    return {
      ...view,
      left_out_count: leftOut.length,
      left_out: leftOut
        .slice(0, LISTED)
        .map(({ document_id, problem: found }) => ({ document_id, problem: found[input.language] })),
    };
  },
});

/** Documents requested by id: each one that cannot be paid is a fault; all faults at once. */
async function chooseNamed(
  tx: Transaction,
  clientAccountId: number,
  wanted: readonly WantedPayment[],
  today: LocalDate,
): Promise<Chosen[]> {
  const found = await readPayable(tx, clientAccountId, {
    documentIds: [...new Set(wanted.map(({ documentId }) => documentId))],
    limit: 100 * MOST_PAYMENTS,
  });
  const byDocument = groupBy(found, ({ document_id }) => document_id);
  const problems: FieldProblem[] = [];
  const taken = new Set<Payable>();
  const chosen = wanted.flatMap((payment, i): Chosen[] => {
    const say = (name: string, en: string, nb: string) =>
      void problems.push(problem(`documents[${i}].${name}`, en, nb));
    const payables = byDocument.get(payment.documentId) ?? [];
    const fitting = payables.filter(
      ({ payment_line_id }) => payment.paymentLineId === null || payment_line_id === payment.paymentLineId,
    );
    if (payables.length === 0) say('document_id', 'no document that is owed', 'ikke et dokument som skal betales');
    else if (fitting.length === 0) say('payment_line_id', 'no such payment line', 'ingen slik betalingslinje');
    if (fitting.length > 0 && fitting.every(({ order_id }) => order_id !== null))
      throw paymentErrors.in_order({ document_id: payment.documentId, payment_order_id: fitting[0]!.order_id });
    const given = payment.accountNumber === null ? null : accountNumberIn(payment.accountNumber);
    if (payment.accountNumber !== null && given === null)
      say('account_number', 'is no account number or IBAN', 'er ikke et kontonummer eller en IBAN');
    if (payment.executionDate !== null && payment.executionDate < today)
      say('execution_date', 'must not be in the past', 'kan ikke være i fortiden');
    return fitting.flatMap((payable) => {
      if (payable.order_id !== null) return [];
      if (taken.has(payable)) say('document_id', 'is named twice', 'er nevnt to ganger');
      taken.add(payable);
      const account = given ?? (payable.accounts.length === 1 ? payable.accounts[0]! : null);
      const obstacle = obstacleTo(payable, account);
      if (obstacle) say('document_id', obstacle.en, obstacle.nb);
      return obstacle || account === null ? [] : [choiceOf(payable, account, payment.executionDate, today)];
    });
  });
  if (problems.length > 0) throw invalid(problems);
  refuseOverpaid(chosen);
  if (chosen.length > MOST_PAYMENTS) throw paymentErrors.too_many({ limit: MOST_PAYMENTS });
  return chosen;
}

/** Lines of one document whose sum exceeds its open amount. */
function refuseOverpaid(chosen: readonly Chosen[]): void {
  const problems = [...groupBy(chosen, ({ payable }) => payable.document_id)].flatMap(([id, those]) => {
    const { pending, under_way } = those[0]!.payable;
    const sum = those.reduce((total, { payable }) => total + BigInt(payable.amount), BigInt(under_way));
    if (sum <= BigInt(pending)) return [];
    const [paid, open] = [formatAmount(sum), formatAmount(ore(pending))];
    return [
      problem(
        'documents',
        `document ${id}: payments of ${paid} are more than the ${open} that is open`,
        `dokument ${id}: betalinger på ${paid} er mer enn de ${open} som er åpne`,
      ),
    ];
  });
  if (problems.length > 0) throw invalid(problems);
}

async function chooseDue(tx: Transaction, clientAccountId: number, dueUntil: LocalDate, today: LocalDate) {
  const due = await readPayable(tx, clientAccountId, { dueUntil, limit: 2 * MOST_PAYMENTS + 1 });
  const chosen: Chosen[] = [];
  const leftOut: { document_id: number; problem: { nb: string; en: string } }[] = [];
  const left = new Map<number, number>();
  for (const payable of due) {
    if (payable.order_id !== null) continue;
    const account = payable.accounts.length === 1 ? payable.accounts[0]! : null;
    const before = left.get(payable.document_id) ?? 0;
    const obstacle = obstacleTo({ ...payable, under_way: payable.under_way + before }, account);
    if (obstacle || account === null) {
      if (obstacle) leftOut.push({ document_id: payable.document_id, problem: obstacle });
      continue;
    }
    left.set(payable.document_id, before + payable.amount);
    chosen.push(choiceOf(payable, account, null, today));
  }
  if (chosen.length > MOST_PAYMENTS) throw paymentErrors.too_many({ limit: MOST_PAYMENTS });
  return { chosen, leftOut };
}

function choiceOf(payable: Payable, account: string, asked: LocalDate | null, today: LocalDate): Chosen {
  return { payable, account, executionDate: executionDateOf(asked ?? payable.due_date, today) };
}

async function insertPayments(
  tx: Transaction,
  clientAccountId: number,
  orderId: number,
  chosen: readonly Chosen[],
  now: Date,
): Promise<void> {
  const remittances = chosen.map(({ payable, account }) => remittanceOf(payable, account));
  const ids = chosen.map((_, i) => orderId + 1 + i);
  await tx.execute(sql`
    insert into outgoing_payments (client_account_id, id, order_id, position, document_id, payment_line_id, business_partner_id,
      creditor_name, creditor_account, creditor_country, amount, currency_code, reference, message, execution_date,
      payment_information_id, end_to_end_id, updated_at)
    select ${clientAccountId}, p.id, ${orderId}, p.n, p.document_id, p.payment_line_id, p.partner, p.name, p.account, p.country,
      p.amount, p.currency, p.reference, p.message, p.day,
      'HB-' || ${orderId}::text || '-' || dense_rank() over (order by p.currency, p.day), p.id::text, ${now}
    from unnest(${numberArray(ids)}::bigint[], ${numberArray(chosen.map((_, i) => i + 1))}::int[],
      ${numberArray(chosen.map(({ payable }) => payable.document_id))}::bigint[],
      ${numberArray(chosen.map(({ payable }) => payable.payment_line_id))}::bigint[],
      ${numberArray(chosen.map(({ payable }) => payable.business_partner_id))}::bigint[],
      ${textArray(chosen.map(({ payable }) => payable.creditor_name))}::text[],
      ${textArray(chosen.map(({ account }) => account))}::text[],
      ${textArray(chosen.map(({ payable }) => payable.creditor_country))}::text[],
      ${numberArray(chosen.map(({ payable }) => payable.amount))}::bigint[],
      ${textArray(chosen.map(({ payable }) => payable.currency_code))}::text[],
      ${textArray(remittances.map(({ reference }) => reference))}::text[],
      ${textArray(remittances.map(({ message }) => message))}::text[],
      ${textArray(chosen.map(({ executionDate }) => executionDate))}::date[])
      as p (id, n, document_id, payment_line_id, partner, name, account, country, amount, currency, reference, message, day)`);
}
