import sql, { type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import { type Ore, ore } from '../../../kernel/money.ts';
import type { Transaction } from '../../../platform/database/pool.ts';

/** A line of a subsidiary ledger with an open amount: debit positive, owed to us; credit negative, owed by us. */
export interface OpenItem {
  entry_id: number;
  line_no: number;
  account_code: string;
  side: 'customer' | 'supplier';
  entry_date: LocalDate;
  due_date: LocalDate | null;
  business_partner_id: number | null;
  dimension_set_id: number | null;
  amount: Ore;
  /** With the sign of the line. */
  remaining: Ore;
  /** Null: in kroner. */
  currency_code: string | null;
  /** The line's open amount in hundredths of that currency. */
  currency_remaining: Ore | null;
  exchange_rate: string | null;
  payment_reference: string | null;
  document_reference: string | null;
  document_id: number | null;
}

/** Accounts of the subsidiary ledgers: marked in the chart, or by the client account. */
export function subsidiaryAccounts(clientAccountId: number): Sql {
  return sql`
    select coalesce(c.account_code, g.account_code) as account_code,
      case when 'customer' = any (coalesce(c.flags, g.flags)) then 'customer' else 'supplier' end as side
    from (select account_code, flags from client_gl_accounts where client_account_id = ${clientAccountId}) c
    full join gl_accounts g on g.account_code = c.account_code
    where coalesce(c.flags, g.flags) && array['customer', 'supplier']`;
}

interface OpenItemScope {
  /** Only conditions that restrict the lines `l`; the rest of the query is always the same. */
  where?: Sql;
  /** As of the end of this day. */
  at?: LocalDate | null;
  side?: OpenItem['side'] | null;
}

/**
 * A select of open lines, with what remains of them: what all readers of open items have in common. Lines of a cancelled entry
 * and of its counter-entry are excluded: they offset each other and have no settlements (an entry with settlements is not
 * cancelled). Few entries are cancelled: they are looked up in their partial index, and no line's entry is read.
 */
export function openLinesSelect(
  clientAccountId: number,
  { where = sql`true`, at = null, side = null }: OpenItemScope = {},
): Sql {
  // As arrays, so that an index finds the lines, and the planner need not guess what a join with the accounts leaves of them.
  const accounts = (of: OpenItem['side'] | null) =>
    sql`array(select account_code from (${subsidiaryAccounts(clientAccountId)}) a where ${of}::text is null or a.side = ${of})`;
  return sql`
    select l.entry_id, l.line_no, l.account_code,
      case when l.account_code = any (${accounts('customer')}) then 'customer' else 'supplier' end as side,
      l.entry_date, l.due_date, l.business_partner_id, l.dimension_set_id, l.currency_code, l.currency_amount, l.exchange_rate,
      l.payment_reference, l.document_reference,
      l.debit - l.credit as amount, l.debit - l.credit - coalesce(s.settled, 0) as remaining
    from journal_entry_lines l
    left join (
      select entry_id, line_no, sum(amount)::bigint as settled from item_settlements
      where client_account_id = ${clientAccountId} and is_active and (${at}::date is null or settled_on <= ${at}::date)
      group by 1, 2) s on s.entry_id = l.entry_id and s.line_no = l.line_no
    where l.client_account_id = ${clientAccountId} and l.account_code = any (${accounts(side)}) and l.debit <> l.credit
      and l.debit - l.credit <> coalesce(s.settled, 0) and (${at}::date is null or l.entry_date <= ${at}::date)
      and not exists (select from journal_entries c where c.client_account_id = ${clientAccountId}
        and c.cancels_entry_id is not null and c.id = l.entry_id)
      and not exists (select from journal_entries c where c.client_account_id = ${clientAccountId}
        and c.cancels_entry_id is not null and c.cancels_entry_id = l.entry_id
        and (${at}::date is null or c.entry_date <= ${at}::date))
      and ${where}`;
}

/** A select of open items: open lines with their currency, references and documents. */
export function openItemsSelect(clientAccountId: number, scope: OpenItemScope = {}): Sql {
  return sql`
    select l.entry_id, l.line_no, l.account_code, l.side, l.entry_date, l.due_date, l.business_partner_id, l.dimension_set_id,
      l.amount, l.remaining, nullif(l.currency_code, 'NOK') as currency_code,
      case when l.currency_code <> 'NOK' then
        round(l.currency_amount * 100 * l.remaining / abs(l.amount))::bigint end as currency_remaining,
      l.exchange_rate, coalesce(l.payment_reference, d.payment_reference) as payment_reference,
      coalesce(d.document_number, l.document_reference, e.document_reference) as document_reference, d.id as document_id
    from (${openLinesSelect(clientAccountId, scope)}) l
    join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
    left join documents d on d.client_account_id = ${clientAccountId} and d.journal_entry_id = l.entry_id
      and d.line_no = l.line_no and d.document_status <> 'CANCELLED'`;
}

/** As the database returns it. */
export interface OpenItemRow extends Omit<OpenItem, 'amount' | 'remaining' | 'currency_remaining'> {
  amount: number;
  remaining: number;
  currency_remaining: number | null;
}

/** Converts the row in place, its amounts to øre: there may be a hundred thousand, too many to copy. */
export function openItemOf(row: OpenItemRow): OpenItem {
  return Object.assign(row, {
    amount: ore(row.amount),
    remaining: ore(row.remaining),
    currency_remaining: row.currency_remaining === null ? null : ore(row.currency_remaining),
  });
}

export async function readOpenItems(tx: Transaction, clientAccountId: number, where: Sql): Promise<OpenItem[]> {
  const rows = await tx.rows<OpenItemRow>(openItemsSelect(clientAccountId, { where }));
  return rows.map(openItemOf);
}

export const itemKey = ({ entry_id, line_no }: { entry_id: number; line_no: number }) => `${entry_id}:${line_no}`;
