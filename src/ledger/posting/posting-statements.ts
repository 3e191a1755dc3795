/**
 * The statements of a posting, in the order they run. They take arrays: one statement per table for any number of
 * entries. Prepared once per connection. `unnest` in the select list produces the rows in step and fills shorter arrays
 * with null, as in the from list; but in the from list each array would first be materialised as a table (decision
 * 0007).
 */

/** Locks the client accounts in ascending order, so that two postings cannot deadlock. */
export const LOCK_HEADS = `
select client_account_id, next_id, last_posting_no, last_posted_at, locked_until, masters_version, turnover
from client_account_heads where client_account_id = any($1::bigint[])
order by client_account_id for update`;

/** The same without waiting: heads locked by another transaction are not among the rows. */
export const LOCK_FREE_HEADS = `${LOCK_HEADS} skip locked`;

/** Last numbers of a series, to be read under the lock of its head. */
export const READ_NUMBERS = `
select s.client_account_id, s.series, s.fiscal_year, s.last_number
from unnest($1::bigint[], $2::text[], $3::int[]) as v (client_account_id, series, fiscal_year)
join number_series s on s.client_account_id = v.client_account_id and s.series = v.series and s.fiscal_year = v.fiscal_year`;

export const ADVANCE_SERIES = `
update number_series s set last_number = v.last_number
from unnest($1::bigint[], $2::text[], $3::int[], $4::int[]) as v (client_account_id, series, fiscal_year, last_number)
where s.client_account_id = v.client_account_id and s.series = v.series and s.fiscal_year = v.fiscal_year`;

export const START_SERIES = `
insert into number_series (client_account_id, series, fiscal_year, last_number)
select * from unnest($1::bigint[], $2::text[], $3::int[], $4::int[])`;

export const ADVANCE_HEADS = `
update client_account_heads h set next_id = v.next_id, last_posting_no = v.last_posting_no, turnover = v.turnover,
  last_posted_at = v.last_posted_at
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[])
  as v (client_account_id, next_id, last_posting_no, turnover, last_posted_at)
where h.client_account_id = v.client_account_id`;

/** Vouchers and business partners that entries may name. */
export const FIND_VOUCHERS = `
select v.client_account_id, v.id from unnest($1::bigint[], $2::bigint[]) as w (client_account_id, id)
join vouchers v on v.client_account_id = w.client_account_id and v.id = w.id and v.status <> 'DELETED'`;

export const FIND_PARTNERS = `
select p.client_account_id, p.id from unnest($1::bigint[], $2::bigint[]) as w (client_account_id, id)
join business_partners p on p.client_account_id = w.client_account_id and p.id = w.id and p.is_active`;

export const INSERT_ENTRIES = `
insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period,
  memo, source, voucher_id, relation_type, relation_id, document_reference, cancels_entry_id, cancellation_reason,
  debit_total, credit_total, line_count, posted_at, created_at, created_by_id, vat_term)
select unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::text[]), unnest($5::int[]),
  unnest($6::int[]), unnest($7::date[]), unnest($8::int[]), unnest($9::text[]), unnest($10::text[]),
  unnest($11::bigint[]), unnest($12::text[]), unnest($13::bigint[]), unnest($14::text[]), unnest($15::bigint[]),
  unnest($16::text[]), unnest($17::bigint[]), unnest($17::bigint[]), unnest($18::int[]), unnest($19::timestamptz[]),
  unnest($19::timestamptz[]), unnest($20::bigint[]), unnest($21::date[])`;

export const INSERT_LINES = `
insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit,
  dimension_set_id, business_partner_id, tax_code, tax_rate, tax_deduction, tax_amount, base_line_no, currency_code,
  currency_amount, exchange_rate, due_date, payment_reference, document_reference, memo)
select unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::int[]), unnest($4::text[]), unnest($5::date[]),
  unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::int[]), unnest($9::bigint[]), unnest($10::text[]),
  unnest($11::text[])::numeric, unnest($12::text[])::numeric, unnest($13::bigint[]), unnest($14::int[]),
  unnest($15::text[]), unnest($16::text[])::numeric, unnest($17::text[])::numeric, unnest($18::date[]),
  unnest($19::text[]), unnest($20::text[]), unnest($21::text[])`;

/** Rows of arrays: each takes its part, from one index to another, of the columns of all deltas. */
export const INSERT_DELTAS = `
insert into balance_delta_batches (client_account_id, account_codes, months, dimension_set_ids, debits, credits, line_counts)
select v.owner, ($4::text[])[v.first:v.last], ($5::date[])[v.first:v.last], ($6::int[])[v.first:v.last],
  ($7::bigint[])[v.first:v.last], ($8::bigint[])[v.first:v.last], ($9::int[])[v.first:v.last]
from (select unnest($1::bigint[]) as owner, unnest($2::int[]) as first, unnest($3::int[]) as last) v`;

export const INSERT_AUDIT = `
insert into audit_log (client_account_id, user_id, operation, record_type, record_id, record_ids, request_id)
select a, b, c, 'journal_entry', d, e::bigint[], f
from (select unnest($1::bigint[]) as a, unnest($2::bigint[]) as b, unnest($3::text[]) as c, unnest($4::bigint[]) as d,
  unnest($5::text[]) as e, unnest($6::text[]) as f) v`;

export const FIND_ANSWERS = `
select k.user_id, k.key, k.request_hash, k.response
from unnest($1::bigint[], $2::text[]) as v (user_id, key) join idempotency_keys k on k.user_id = v.user_id and k.key = v.key`;

export const STORE_ANSWERS = `
insert into idempotency_keys (user_id, key, operation, request_hash, response)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[])`;

/** First use of a national account in a client account. */
export const USE_ACCOUNTS = `
insert into client_gl_accounts (client_account_id, account_code, id, is_own)
select v.client_account_id, v.account_code, g.id, false
from unnest($1::bigint[], $2::text[]) as v (client_account_id, account_code) join gl_accounts g on g.account_code = v.account_code
on conflict (client_account_id, account_code) do nothing`;
