import sql, { raw } from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { CHOSEN_COLUMNS, NO_NESTED_LOOPS, NOTE_COLUMNS, VAT_NOTES, vatSums } from './vat-lines-statement.ts';

/** Most entries that one fold takes, so that it stays short. */
const LARGEST_FOLD = 5_000;

/** Entries with first < posting_no <= last ($2, $3) of the client account ($1). */
const CHOSEN = `
chosen as materialized (
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no > $2::bigint and e.posting_no <= $3::bigint
)`;

const MONTH = `date_trunc('month', vat_date)::date`;

const FOLD = `
with ${CHOSEN},
${vatSums(MONTH)},
${VAT_NOTES},
noted as (
  insert into vat_notes (client_account_id, ${NOTE_COLUMNS}) select $1, ${NOTE_COLUMNS} from notes
)
insert into vat_balances as b (client_account_id, month, role, codes, tax_rate, tax_deduction, account_code, debit, credit, line_count)
select $1, month, role, codes, tax_rate, tax_deduction, account_code, debit, credit, line_count from sums
on conflict (client_account_id, month, role, codes, tax_rate, tax_deduction, account_code) do update
  set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit, line_count = b.line_count + excluded.line_count`;

/**
 * Adds the next entries to the VAT sums of the client account, in order of posting, and advances the mark: a reader
 * sees both or neither. Returns the number of postings folded. Of two concurrent workers the second waits and continues
 * where the first ended. Books from before this feature begin at zero.
 */
export async function foldVat(tx: Transaction, clientAccountId: number): Promise<number> {
  await tx.execute(sql`
    insert into vat_folds (client_account_id, posting_no) values (${clientAccountId}, 0) on conflict do nothing`);
  const { from } = await tx.one<{ from: number }>(sql`
    select posting_no as from from vat_folds where client_account_id = ${clientAccountId} for update`);
  // Numbers are assigned and committed under the head's lock: all up to the last committed one exist.
  const { posted } = await tx.one<{ posted: number }>(sql`
    select last_posting_no as posted from client_account_heads where client_account_id = ${clientAccountId}`);
  const to = Math.min(posted, from + LARGEST_FOLD);
  if (to <= from) return 0;
  await tx.execute(raw(NO_NESTED_LOOPS));
  await tx.named('fold-vat', FOLD, [clientAccountId, from, to]);
  await tx.execute(sql`
    update vat_folds set posting_no = ${to} where client_account_id = ${clientAccountId}`);
  return to - from;
}

const PROVEN_SUMS = `
with mark as materialized (select coalesce((select posting_no from vat_folds where client_account_id = $1), 0) as posting_no),
chosen as materialized (
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no <= (select posting_no from mark)
),
${vatSums(MONTH)},
kept as (
  select month, role, codes, tax_rate, tax_deduction, account_code, debit, credit, line_count
  from vat_balances where client_account_id = $1
)
select coalesce(k.month, p.month) as month, coalesce(k.role, p.role) as role,
  array_to_string(coalesce(k.codes, p.codes), ', ') as codes, coalesce(k.account_code, p.account_code) as account_code,
  coalesce(k.debit, 0) as kept_debit, coalesce(k.credit, 0) as kept_credit, coalesce(k.line_count, 0) as kept_lines,
  coalesce(p.debit, 0)::text as debit, coalesce(p.credit, 0)::text as credit, coalesce(p.line_count, 0)::int as lines
from kept k full join sums p on p.month = k.month and p.role = k.role and p.codes = k.codes
  and coalesce(p.tax_rate, -1) = coalesce(k.tax_rate, -1) and coalesce(p.tax_deduction, -1) = coalesce(k.tax_deduction, -1)
  and p.account_code = k.account_code
where (coalesce(k.debit, 0), coalesce(k.credit, 0), coalesce(k.line_count, 0))
  <> (coalesce(p.debit, 0), coalesce(p.credit, 0), coalesce(p.line_count, 0))
order by 1, 2, 3, 4 limit $2`;

const PROVEN_NOTES = `
with mark as materialized (select coalesce((select posting_no from vat_folds where client_account_id = $1), 0) as posting_no),
chosen as materialized (
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no <= (select posting_no from mark)
),
${vatSums(MONTH)},
${VAT_NOTES}
select entry_id, kind, array_to_string(codes, ', ') as codes, account_code, count(*) filter (where side = 'kept')::int as kept
from (
  select 'kept' as side, ${NOTE_COLUMNS} from vat_notes where client_account_id = $1
  union all
  select 'proven', ${NOTE_COLUMNS} from notes) n
group by ${NOTE_COLUMNS} having count(distinct side) < 2
order by 1, 2, 3, 4 limit $2`;

export interface VatSumDifference {
  month: string;
  role: string;
  codes: string;
  account_code: string;
  kept_debit: number;
  kept_credit: number;
  kept_lines: number;
  debit: string;
  credit: string;
  lines: number;
}

/** Finds VAT sums that differ from those of the lines of the folded entries. */
export function vatSumDifferences(
  tx: Transaction,
  clientAccountId: number,
  limit: number,
): Promise<VatSumDifference[]> {
  return tx.named<VatSumDifference>('prove-vat-sums', PROVEN_SUMS, [clientAccountId, limit]);
}

/** Entries whose VAT note is missing, is superfluous or has amounts other than their lines. */
export function vatNoteDifferences(
  tx: Transaction,
  clientAccountId: number,
  limit: number,
): Promise<{ entry_id: number; kind: string; codes: string; account_code: string | null; kept: number }[]> {
  return tx.named('prove-vat-notes', PROVEN_NOTES, [clientAccountId, limit]);
}
