/**
 * The statements of a posting, in the order they run. Arrays in, one statement a table, whatever the number of entries.
 * Prepared once per connection.
 */

/** Locks the client accounts in ascending order, so that two postings never wait for each other in a circle. */
export const LOCK_HEADS = `
select client_account_id, next_id, last_posting_no, locked_until, masters_version
from client_account_heads where client_account_id = any($1::bigint[])
order by client_account_id for update`;

/** What a series has given, to be asked under its head's lock. */
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
update client_account_heads h set next_id = v.next_id, last_posting_no = v.last_posting_no
from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as v (client_account_id, next_id, last_posting_no)
where h.client_account_id = v.client_account_id`;

export const INSERT_ENTRIES = `
insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period,
  memo, source, voucher_id, relation_type, relation_id, document_reference, cancels_entry_id, cancellation_reason,
  debit_total, credit_total, line_count, posted_at, created_at, created_by_id, vat_term)
select a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, q, r, s, s, t, u
from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::int[], $7::date[], $8::int[],
  $9::text[], $10::text[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::bigint[], $16::text[],
  $17::bigint[], $18::int[], $19::timestamptz[], $20::bigint[], $21::date[])
  as v (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u)`;

export const INSERT_LINES = `
insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit,
  dimension_set_id, business_partner_id, tax_code, tax_rate, tax_deduction, tax_amount, base_line_no, currency_code,
  currency_amount, exchange_rate, due_date, payment_reference, document_reference, memo)
select * from unnest($1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::date[], $6::bigint[], $7::bigint[],
  $8::int[], $9::bigint[], $10::text[], $11::numeric[], $12::numeric[], $13::bigint[], $14::int[], $15::text[],
  $16::numeric[], $17::numeric[], $18::date[], $19::text[], $20::text[], $21::text[])`;

export const INSERT_DELTAS = `
insert into balance_deltas (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
select * from unnest($1::bigint[], $2::text[], $3::date[], $4::int[], $5::bigint[], $6::bigint[], $7::int[])`;

export const INSERT_AUDIT = `
insert into audit_log (client_account_id, user_id, operation, record_type, record_id, record_ids, after, request_id)
select a, b, c, 'journal_entry', d, e::bigint[], f::jsonb, g
from unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[]) as v (a, b, c, d, e, f, g)`;

export const FIND_ANSWERS = `
select k.user_id, k.key, k.request_hash, k.response
from unnest($1::bigint[], $2::text[]) as v (user_id, key) join idempotency_keys k on k.user_id = v.user_id and k.key = v.key`;

export const STORE_ANSWERS = `
insert into idempotency_keys (user_id, key, operation, request_hash, response)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::jsonb[])`;

/** A draft that becomes an entry, if it still says what was read. */
export const DELETE_DRAFTS = `
delete from draft_journal_entries d using unnest($1::bigint[], $2::bigint[], $3::text[]) as v (client_account_id, id, md5)
where d.client_account_id = v.client_account_id and d.id = v.id and md5(d.input::text) = v.md5 returning d.id`;

/** First use of a national account by a client account. */
export const USE_ACCOUNTS = `
insert into client_gl_accounts (client_account_id, account_code, id, is_own)
select v.client_account_id, v.account_code, g.id, false
from unnest($1::bigint[], $2::text[]) as v (client_account_id, account_code) join gl_accounts g on g.account_code = v.account_code
on conflict (client_account_id, account_code) do nothing`;
