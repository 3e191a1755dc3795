import sql from 'sql-template-tag';
import type { LocalDate } from '../../../kernel/local-date.ts';
import type { Transaction } from '../../../platform/database/pool.ts';

/** A line on a bank's ledger account without a paired transaction. */
export interface BankLine {
  entry_id: number;
  line_no: number;
  bank_account_id: number;
  entry_date: LocalDate;
  /** Debit − credit in the account's currency. */
  amount: number;
  /** Payment references and document numbers of its entry. */
  references: string[];
}

/**
 * Unpaired ledger lines on bank accounts. A line without the dimension of an account belongs to the only account on that
 * ledger account. Cancelled entries and their counter-entries are excluded.
 */
export function bankLinesSelect(clientAccountId: number) {
  return sql`
    select l.entry_id, l.line_no, b.id as bank_account_id, l.entry_date, l.memo,
      case when b.currency_code = 'NOK' then l.debit - l.credit when l.currency_code = b.currency_code
        then round(sign(l.debit - l.credit) * abs(l.currency_amount) * 100)::bigint else 0 end as amount
    from journal_entry_lines l
    join (select account_code, count(*) as accounts, min(id) as only_id from bank_accounts
      where client_account_id = ${clientAccountId} and account_code is not null and is_active group by 1) c
      on c.account_code = l.account_code
    left join dimension_set_members m on m.client_account_id = ${clientAccountId}
      and m.dimension_set_id = l.dimension_set_id and m.dimension_type = 'bank_account'
    join bank_accounts b on b.client_account_id = ${clientAccountId} and b.account_code = l.account_code
      and b.id = coalesce(m.value_id, case when c.accounts = 1 then c.only_id end)
    where l.client_account_id = ${clientAccountId}`;
}

/** Of those only the unpaired ones, with the references of their entries. */
export function readBankLines(tx: Transaction, clientAccountId: number): Promise<BankLine[]> {
  return tx.rows<BankLine>(sql`
    select l.entry_id, l.line_no, l.bank_account_id, l.entry_date, l.amount,
      coalesce(r.refs, '{}') || case when e.document_reference is null then '{}'::text[] else array[e.document_reference] end as references
    from (${bankLinesSelect(clientAccountId)}) l
    join journal_entries e on e.client_account_id = ${clientAccountId} and e.id = l.entry_id
    left join journal_entries c on c.client_account_id = ${clientAccountId} and c.cancels_entry_id = l.entry_id
    left join bank_match_lines p on p.client_account_id = ${clientAccountId} and p.entry_id = l.entry_id
      and p.line_no = l.line_no and p.is_active
    left join (
      select entry_id, array_agg(distinct ref) as refs
      from journal_entry_lines, unnest(array[payment_reference, document_reference]) as ref
      where client_account_id = ${clientAccountId} and ref is not null group by 1) r on r.entry_id = l.entry_id
    where e.cancels_entry_id is null and c.id is null and p.match_id is null and l.amount <> 0
    order by l.entry_date, l.entry_id, l.line_no`);
}
