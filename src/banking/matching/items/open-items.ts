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
}

/**
 * A select of open items. Lines of a cancelled entry and of its counter-entry are excluded: they offset each other and have
 * no settlements (an entry with settlements is not cancelled).
 */
export function openItemsSelect(clientAccountId: number, { where = sql`true`, at = null }: OpenItemScope = {}): Sql {
  return sql`
    select l.entry_id, l.line_no, l.account_code, a.side, l.entry_date, l.due_date, l.business_partner_id, l.dimension_set_id,
      l.debit - l.credit as amount, l.debit - l.credit - coalesce(s.settled, 0)::bigint as remaining,
      nullif(l.currency_code, 'NOK') as currency_code,
      case when l.currency_code <> 'NOK' then
        round(sign(l.debit - l.credit) * abs(l.currency_amount) * 100
          * (l.debit - l.credit - coalesce(s.settled, 0)) / (l.debit - l.credit))::bigint end as currency_remaining,
      l.exchange_rate, coalesce(l.payment_reference, d.payment_reference) as payment_reference,
      coalesce(d.document_number, l.document_reference, e.document_reference) as document_reference, d.id as document_id
    from journal_entry_lines l
    join (${subsidiaryAccounts(clientAccountId)}) a on a.account_code = l.account_code
    join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
    left join journal_entries c on c.client_account_id = ${clientAccountId} and c.cancels_entry_id = l.entry_id
      and (${at}::date is null or c.entry_date <= ${at}::date)
    left join (
      select entry_id, line_no, sum(amount) as settled from item_settlements
      where client_account_id = ${clientAccountId} and is_active and (${at}::date is null or settled_on <= ${at}::date)
      group by 1, 2) s on s.entry_id = l.entry_id and s.line_no = l.line_no
    left join documents d on d.client_account_id = ${clientAccountId} and d.journal_entry_id = l.entry_id
      and d.line_no = l.line_no and d.document_status <> 'CANCELLED'
    where l.client_account_id = ${clientAccountId} and l.debit <> l.credit and e.cancels_entry_id is null and c.id is null
      and l.debit - l.credit <> coalesce(s.settled, 0)
      and (${at}::date is null or l.entry_date <= ${at}::date) and ${where}`;
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
