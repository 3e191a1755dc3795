import sql from 'sql-template-tag';
import { numberArray, textArray } from '../../platform/database/arrays.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { DetailRow } from './entry-rows.ts';
import type { RecordIds } from './record-ids.ts';
import type { ImportContext } from './transaction-writer.ts';

/** A transaction and the data of a notification about it. */
export interface Enriching {
  transactionId: number;
  counterparty_name: string | null;
  counterparty_account: string | null;
  structured_reference: string | null;
  details: DetailRow[];
}

interface StandingDetail {
  id: number;
  transaction_id: number;
  position: number;
  amount: number | null;
  is_derived: boolean;
}

const AT_A_TIME = 500;

/**
 * Adds the data of notifications. A transaction without payments from the bank gets them; if it has as many, of the same
 * amounts, missing fields are filled in. Otherwise they are unchanged. The detail that represented the transaction becomes
 * the first payment, so that references to it stay valid.
 */
export async function enrich(context: ImportContext, ids: RecordIds, all: readonly Enriching[]): Promise<void> {
  for (let rest = all; rest.length > 0;) {
    // A second notification of a transaction must see the changes of the first.
    const seen = new Set<number>();
    let end = 0;
    while (end < rest.length && end < AT_A_TIME && !seen.has(rest[end]!.transactionId))
      seen.add(rest[end++]!.transactionId);
    await enrichSome(context, ids, rest.slice(0, end));
    rest = rest.slice(end);
  }
}

async function enrichSome(context: ImportContext, ids: RecordIds, some: readonly Enriching[]): Promise<void> {
  const { tx, clientAccountId } = context;
  const rows = await tx.rows<StandingDetail>(sql`
    select id, transaction_id, position, amount, is_derived from bank_transaction_details
    where client_account_id = ${clientAccountId} and transaction_id = any(${numberArray(some.map((one) => one.transactionId))}::bigint[])
    order by transaction_id, position`);
  const standing = groupBy(rows, (row) => row.transaction_id);
  const filled: { id: number; detail: DetailRow }[] = [];
  const added: { id: number; transactionId: number; position: number; detail: DetailRow }[] = [];
  for (const { transactionId, details } of some) {
    const present = standing.get(transactionId) ?? [];
    const isDerived = present.length === 1 && present[0]!.is_derived;
    const pairs = isDerived ? null : paired(present, details);
    if (isDerived) {
      filled.push({ id: present[0]!.id, detail: details[0]! });
      await ids.have(details.length);
      for (const [i, detail] of details.slice(1).entries())
        added.push({ id: ids.take(), transactionId, position: i + 2, detail });
    } else if (pairs) filled.push(...pairs);
  }
  await fill(context, filled);
  await add(context, added);
  await fillTransactions(context, some);
}

/** Pairs of stored and notified details of the same amounts, both in order of amount; null if the amounts differ. */
function paired(present: readonly StandingDetail[], details: readonly DetailRow[]) {
  if (present.length !== details.length) return null;
  const by = (amount: number | null) => amount ?? 0;
  const ours = present.toSorted((a, b) => by(a.amount) - by(b.amount));
  const theirs = details.toSorted((a, b) => Number(a.amount ?? 0) - Number(b.amount ?? 0));
  if (ours.some(({ amount }, i) => amount === null || String(amount) !== theirs[i]!.amount)) return null;
  // Equal amounts cannot be distinguished by the amount: they are not paired by guessing.
  if (new Set(ours.map(({ amount }) => amount)).size < ours.length) return null;
  return ours.map(({ id }, i) => ({ id, detail: theirs[i]! }));
}

async function fill(
  { tx, clientAccountId, importId }: ImportContext,
  filled: readonly { id: number; detail: DetailRow }[],
): Promise<void> {
  if (filled.length === 0) return;
  await tx.execute(sql`
    update bank_transaction_details d set
      archive_reference = case when d.is_derived then coalesce(v.e->>'archive_reference', d.archive_reference) else coalesce(d.archive_reference, v.e->>'archive_reference') end,
      structured_reference = coalesce(d.structured_reference, v.e->>'structured_reference'),
      bank_information = coalesce(d.bank_information, v.e->>'bank_information'),
      amount = coalesce((v.e->>'amount')::bigint, d.amount),
      description = case when d.is_derived then coalesce(v.e->>'description', d.description) else coalesce(d.description, v.e->>'description') end,
      invoice_number = coalesce(d.invoice_number, v.e->>'invoice_number'),
      sender_name = coalesce(d.sender_name, v.e->>'sender_name'),
      sender_account = coalesce(d.sender_account, v.e->>'sender_account'),
      receiver_name = coalesce(d.receiver_name, v.e->>'receiver_name'),
      receiver_account = coalesce(d.receiver_account, v.e->>'receiver_account'),
      end_to_end_id = coalesce(d.end_to_end_id, v.e->>'end_to_end_id'),
      transaction_type = case when (v.e->>'is_credit')::boolean then 'CREDIT' else 'DEBIT' end,
      is_derived = d.is_derived and (v.e->>'is_derived')::boolean,
      import_id = ${importId}
    from unnest(${numberArray(filled.map(({ id }) => id))}::bigint[], ${textArray(filled.map(({ detail }) => JSON.stringify(detail)))}::text[])
      as w (id, entry) cross join lateral (select w.entry::jsonb as e) v
    where d.client_account_id = ${clientAccountId} and d.id = w.id`);
}

async function add(
  { tx, clientAccountId, importId }: ImportContext,
  added: readonly { id: number; transactionId: number; position: number; detail: DetailRow }[],
): Promise<void> {
  if (added.length === 0) return;
  await tx.execute(sql`
    insert into bank_transaction_details (client_account_id, id, transaction_id, position, transaction_type, account_name,
      account_number, account_currency_code, archive_reference, structured_reference, bank_information, amount,
      currency_code, description, booking_date, value_date, invoice_number, sender_name, sender_account, receiver_name,
      receiver_account, end_to_end_id, is_derived, import_id)
    select ${clientAccountId}, w.id, w.transaction_id, w.position, case when r.is_credit then 'CREDIT' else 'DEBIT' end,
      r.account_name, r.account_number, r.account_currency_code, r.archive_reference, r.structured_reference,
      r.bank_information, r.amount, r.currency_code, r.description, r.booking_date, r.value_date, r.invoice_number,
      r.sender_name, r.sender_account, r.receiver_name, r.receiver_account, r.end_to_end_id, false, ${importId}
    from unnest(${numberArray(added.map(({ id }) => id))}::bigint[], ${numberArray(added.map((one) => one.transactionId))}::bigint[],
      ${numberArray(added.map(({ position }) => position))}::int[], ${textArray(added.map(({ detail }) => JSON.stringify(detail)))}::text[])
      as w (id, transaction_id, position, entry)
    cross join lateral jsonb_to_record(w.entry::jsonb) as r (is_credit boolean, account_name text, account_number text,
      account_currency_code text, archive_reference text, structured_reference text, bank_information text, amount bigint,
      currency_code text, description text, booking_date date, value_date date, invoice_number text, sender_name text,
      sender_account text, receiver_name text, receiver_account text, end_to_end_id text)`);
}

/** Data that belong to a transaction with a single payment. */
async function fillTransactions({ tx, clientAccountId }: ImportContext, some: readonly Enriching[]): Promise<void> {
  const single = some.filter(({ details }) => details.length === 1);
  if (single.length === 0) return;
  await tx.execute(sql`
    update bank_transactions t set
      payor_name = case when t.amount >= 0 then coalesce(t.payor_name, v.name) else t.payor_name end,
      payee_name = case when t.amount < 0 then coalesce(t.payee_name, v.name) else t.payee_name end,
      counterparty_account = coalesce(t.counterparty_account, v.account),
      structured_reference = coalesce(t.structured_reference, v.reference)
    from unnest(${numberArray(single.map((one) => one.transactionId))}::bigint[], ${textArray(single.map((one) => one.counterparty_name))}::text[],
      ${textArray(single.map((one) => one.counterparty_account))}::text[], ${textArray(single.map((one) => one.structured_reference))}::text[])
      as v (id, name, account, reference)
    where t.client_account_id = ${clientAccountId} and t.id = v.id
      and num_nulls(t.payor_name, t.payee_name, t.counterparty_account, t.structured_reference) > 0`);
}
