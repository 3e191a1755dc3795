import { endOfMonth, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import type { ExportSubject } from '../export-subject.ts';

/** Balance of an account, or of a partner on an account of a subsidiary ledger; debit − credit, in øre, as text. */
export interface BalanceRow {
  account_code: string;
  business_partner_id: number | null;
  /** Before the financial year in which the range begins; from there to the range; within the range. */
  carried: string;
  of_year: string;
  moved: string;
}

/**
 * Balances and movements from the monthly balances, folded and not; for a month that the range cuts, from its lines.
 * For an earlier point in time, lines posted since are subtracted.
 *
 * Parameters: client account, start, end, start of the financial year, accounts of subsidiary ledgers, cut months, last
 * posting number included.
 */
export function balancesStatement(subject: ExportSubject): string {
  const known = subject.knownPostingNo !== null;
  const months = (table: string) => `
    select account_code, dimension_set_id, month as day, debit - credit as amount from ${table}
    where client_account_id = $1 and month <= $3::date and month <> all ($6::date[])`;
  return `
with moved as (
  ${months('account_balances')}
  union all ${months('balance_deltas')}
  union all
  select a.account_code, coalesce(l.dimension_set_id, 0), l.entry_date, l.debit - l.credit
  from unnest($6::date[]) as cut (month)
  join client_gl_accounts a on a.client_account_id = $1
  join journal_entry_lines l on l.client_account_id = $1 and l.account_code = a.account_code and l.entry_date >= cut.month
    and l.entry_date < cut.month + interval '1 month' and l.entry_date <= $3::date
  where $7::bigint is null or exists (select from journal_entries e
    where e.client_account_id = $1 and e.id = l.entry_id and e.posting_no <= $7)
  ${
    known
      ? `union all
  select l.account_code, coalesce(l.dimension_set_id, 0), l.entry_date, l.credit - l.debit
  from journal_entries e join journal_entry_lines l on l.client_account_id = $1 and l.entry_id = e.id
  where e.client_account_id = $1 and e.posting_no > $7 and e.entry_date <= $3::date
    and date_trunc('month', e.entry_date)::date <> all ($6::date[])`
      : ''
  }
), by_set as (
  select account_code, dimension_set_id, sum(amount) filter (where day < $4::date) as carried,
    sum(amount) filter (where day >= $4::date and day < $2::date) as of_year, sum(amount) filter (where day >= $2::date) as moved
  from moved group by account_code, dimension_set_id
)
select s.account_code, m.value_id as business_partner_id, coalesce(sum(s.carried), 0)::text as carried,
  coalesce(sum(s.of_year), 0)::text as of_year, coalesce(sum(s.moved), 0)::text as moved
from by_set s
left join dimension_set_members m on m.client_account_id = $1 and m.dimension_set_id = s.dimension_set_id
  and m.dimension_type = 'business_partner' and s.account_code = any ($5::text[])
group by s.account_code, m.value_id`;
}

/** Months that are only partly in the range. */
export function cutMonths({ from, to }: { from: LocalDate; to: LocalDate }): LocalDate[] {
  const months = new Set<LocalDate>();
  if (from !== startOfMonth(from)) months.add(startOfMonth(from));
  if (to !== endOfMonth(to)) months.add(startOfMonth(to));
  return [...months];
}
