-- The ledger: entries, their lines, balances, chain. Each amount, and each sum of a client account, has a limit within
-- which it is exact in every representation (docs/decisions/0012).

create table number_series (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  series text collate "C" not null check (length(series) between 1 and 18),
  fiscal_year int not null,
  last_number int not null default 0,
  primary key (client_account_id, series, fiscal_year)
);
select wall('number_series');
grant select, insert, update on number_series to hovedbok_app;

-- Days from which fiscal years begin in the month of the day (regnskapsloven § 1-7). A day of the year 1 means always;
-- without a row, fiscal years are calendar years.
create table fiscal_starts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  starts_on date not null check (extract(day from starts_on) = 1),
  -- The calendar year after which a fiscal year is named: that of its last day, or of its first.
  named_after text not null default 'end' check (named_after in ('end', 'start')),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  -- For a company that began on this day: the months of its first fiscal year (regnskapsloven § 1-7, up to 18). Its
  -- later years begin where that ends.
  first_year_months smallint check (first_year_months between 1 and 18),
  primary key (client_account_id, starts_on)
);
select wall('fiscal_starts');
grant select, insert, update, delete on fiscal_starts to hovedbok_app;

create table period_locks (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  locked_until_date date not null,
  locking_comment text not null check (length(trim(locking_comment)) > 0),
  created_at timestamptz not null default now(),
  created_by_id bigint not null,
  primary key (client_account_id, id)
);
select wall('period_locks');
grant select, insert on period_locks to hovedbok_app;

-- Posted entries: written once, never changed. The application's role may only insert and read.
create table journal_entries (
  client_account_id bigint not null,
  id bigint not null,
  posting_no bigint not null,
  series text collate "C" not null,
  fiscal_year int not null,
  sequence_number int not null check (sequence_number > 0),
  entry_date date not null,
  -- Up to 18: a fiscal year that is lengthened by a change has up to 18 months.
  period int not null check (period between 0 and 18),
  memo text not null default '',
  source text not null,
  voucher_id bigint,
  relation_type text,
  relation_id bigint,
  document_reference text,
  cancels_entry_id bigint,
  cancellation_reason text,
  debit_total bigint not null check (debit_total >= 0),
  credit_total bigint not null,
  line_count int not null check (line_count > 0),
  posted_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  created_by_id bigint not null,
  origin jsonb,
  -- A late entry: dated in an open period, but its VAT belongs to the term of this day (mva-meldingen: no
  -- supplementary return; the term's whole return is sent again).
  vat_term date,
  primary key (client_account_id, id),
  unique (client_account_id, posting_no),
  unique (client_account_id, series, fiscal_year, sequence_number),
  constraint debit_equals_credit check (debit_total = credit_total),
  check ((cancels_entry_id is null) = (cancellation_reason is null)),
  constraint vat_term_not_after_entry check (vat_term <= entry_date),
  constraint total_within_limit check (debit_total <= 100000000000000)
);
create index journal_entries_date on journal_entries (client_account_id, entry_date, id);
create unique index journal_entries_cancels on journal_entries (client_account_id, cancels_entry_id) where cancels_entry_id is not null;
-- The entries that a voucher documents.
create index journal_entries_voucher on journal_entries (client_account_id, voucher_id) where voucher_id is not null;
create index journal_entries_vat_term on journal_entries (client_account_id, vat_term) where vat_term is not null;
-- For finding the opening entries of assets without reading all entries.
create index journal_entries_openings on journal_entries (client_account_id, id)
  where source in ('saf-t-opening', 'asset-opening');
select wall('journal_entries');
grant select, insert on journal_entries to hovedbok_app;

-- A counter-entry is never dated before the entry that it cancels (bokføringsloven § 9).
create function counter_entry_not_before() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if new.entry_date < (select e.entry_date from journal_entries e
      where e.client_account_id = new.client_account_id and e.id = new.cancels_entry_id) then
    raise exception 'a counter-entry is dated before its entry'
      using errcode = 'check_violation', constraint = 'counter_entry_not_before';
  end if;
  return new;
end $$;
revoke execute on function counter_entry_not_before() from public;
create trigger counter_entry_not_before before insert on journal_entries
  for each row when (new.cancels_entry_id is not null) execute function counter_entry_not_before();

-- References of an entry (its client account, voucher and the entry it cancels) are checked once per statement, as for
-- lines (docs/decisions/0006 and 0007): three foreign keys were checked row by row, also for nulls, which took a fifth
-- of the time of inserting an entry.
create function check_entry_references() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off set enable_sort = off as $$
begin
  perform 1 from (select distinct client_account_id from new_entries) n
    where (select c.id from client_accounts c where c.id >= n.client_account_id and c.id <= n.client_account_id order by c.id limit 1) is null
  union all select 1 from (select client_account_id, voucher_id from new_entries where voucher_id is not null) n
    where (select v.id from vouchers v where v.client_account_id = n.client_account_id
      and v.id >= n.voucher_id and v.id <= n.voucher_id order by v.id limit 1) is null
  union all select 1 from (select client_account_id, cancels_entry_id from new_entries where cancels_entry_id is not null) n
    where (select e.id from journal_entries e where e.client_account_id = n.client_account_id
      and e.id >= n.cancels_entry_id and e.id <= n.cancels_entry_id order by e.id limit 1) is null;
  if found then
    raise foreign_key_violation using constraint = 'journal_entries_references', table = 'journal_entries',
      message = 'an entry refers to a client account, voucher or entry that does not exist';
  end if;
  return null;
end $$;
revoke execute on function check_entry_references() from public;
create trigger journal_entries_references after insert on journal_entries
  referencing new table as new_entries for each statement execute function check_entry_references();

-- The opposite direction. With the owner's rights: a client account may be deleted by a role that does not see all of
-- its rows.
create function check_no_entry_refers() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  used boolean;
begin
  execute format('select exists (select 1 from old_rows o join journal_entries e on %s)', tg_argv[0]) into used;
  if used then
    raise foreign_key_violation using table = tg_table_name, constraint = 'journal_entries_references',
      message = format('rows of %s are still referred to by journal entries', tg_table_name);
  end if;
  return null;
end $$;
revoke execute on function check_no_entry_refers() from public;
create trigger client_accounts_booked after delete on client_accounts referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.id');
create trigger vouchers_booked after delete on vouchers referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.client_account_id and e.voucher_id = o.id');
create trigger journal_entries_cancelled after delete on journal_entries referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.client_account_id and e.cancels_entry_id = o.id');

-- Amounts in øre, each below 10^13, and every sum of them exact in every representation. A base line carries a VAT
-- code and no base line; a VAT line carries both; a cost line for VAT without deduction carries its base line and no
-- code.
create table journal_entry_lines (
  client_account_id bigint not null,
  entry_id bigint not null,
  line_no int not null check (line_no > 0),
  account_code text collate "C" not null,
  entry_date date not null,
  debit bigint not null constraint debit_within_limit check (debit between 0 and 10000000000000),
  credit bigint not null constraint credit_within_limit check (credit between 0 and 10000000000000),
  dimension_set_id int,
  business_partner_id bigint,
  tax_code text collate "C",
  tax_rate numeric(7, 4),
  tax_deduction numeric(7, 4),
  tax_amount bigint,
  base_line_no int,
  currency_code text,
  currency_amount numeric(38, 18),
  exchange_rate numeric(38, 18),
  due_date date,
  payment_reference text,
  document_reference text,
  memo text,
  origin jsonb,
  primary key (client_account_id, entry_id, line_no),
  check (debit = 0 or credit = 0),
  check (num_nulls(currency_code, currency_amount, exchange_rate) in (0, 3)),
  check (base_line_no <> line_no),
  constraint others_within_limit check (
    currency_amount between 0 and 10000000000000 and exchange_rate between 0 and 1000000000
    and tax_amount between -10000000000000 and 10000000000000)
);
create index journal_entry_lines_account on journal_entry_lines (client_account_id, account_code, entry_date, entry_id, line_no)
  include (debit, credit, dimension_set_id);
select wall('journal_entry_lines');
grant select, insert on journal_entry_lines to hovedbok_app;

-- References of a line: its entry, account, VAT code, dimension set and business partner, each of its client account.
-- Checked once per statement over its new rows. Foreign keys would check the same row by row and key by key, which was
-- half of a bulk posting's time in the server (docs/decisions/0006). One probe for each distinct key instead of each
-- line: the lines of a statement share entries, accounts, VAT codes and partners. The distinct keys are collected in
-- one pass, because a pass over the new rows of a statement costs more than the probes. Each probe selects the first
-- key in the range from the wanted one to the wanted one: only the primary key has that order, so the cached plan
-- cannot be one that was good only while the tables were small, and the upper bound keeps the scan from reading on to
-- the end of its page.
create function check_line_references() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off set enable_sort = off as $$
declare
  line journal_entry_lines;
begin
  perform 1 from (
    with used as materialized (
      select distinct client_account_id, account_code, tax_code, dimension_set_id, business_partner_id from new_lines
    )
    select 1 from (select distinct client_account_id, entry_id from new_lines) l
      where (select e.id from journal_entries e where e.client_account_id = l.client_account_id
        and e.id >= l.entry_id and e.id <= l.entry_id order by e.id limit 1) is null
    union all select 1 from (select distinct client_account_id, account_code from used) l
      where (select a.account_code from client_gl_accounts a where a.client_account_id = l.client_account_id
        and a.account_code >= l.account_code and a.account_code <= l.account_code order by a.account_code limit 1) is null
    union all select 1 from (select distinct client_account_id, tax_code from used where tax_code is not null) l
      where (select t.code from tax_codes t where t.client_account_id = l.client_account_id
        and t.code >= l.tax_code and t.code <= l.tax_code order by t.code limit 1) is null
    union all select 1 from (select distinct client_account_id, dimension_set_id from used where dimension_set_id is not null) l
      where (select s.id from dimension_sets s where s.client_account_id = l.client_account_id
        and s.id >= l.dimension_set_id and s.id <= l.dimension_set_id order by s.id limit 1) is null
    union all select 1 from (select distinct client_account_id, business_partner_id from used where business_partner_id is not null) l
      where (select p.id from business_partners p where p.client_account_id = l.client_account_id
        and p.id >= l.business_partner_id and p.id <= l.business_partner_id order by p.id limit 1) is null) missing;
  if not found then
    return null;
  end if;
  select l.* into line from new_lines l
  where not exists (select from journal_entries e where e.client_account_id = l.client_account_id and e.id = l.entry_id)
    or not exists (select from client_gl_accounts a where a.client_account_id = l.client_account_id and a.account_code = l.account_code)
    or (l.tax_code is not null
      and not exists (select from tax_codes t where t.client_account_id = l.client_account_id and t.code = l.tax_code))
    or (l.dimension_set_id is not null
      and not exists (select from dimension_sets s where s.client_account_id = l.client_account_id and s.id = l.dimension_set_id))
    or (l.business_partner_id is not null
      and not exists (select from business_partners p where p.client_account_id = l.client_account_id and p.id = l.business_partner_id))
  limit 1;
  raise foreign_key_violation using constraint = 'journal_entry_lines_references', table = 'journal_entry_lines',
    message = format('line %s of entry %s refers to an entry, account, VAT code, dimension set or business partner that does not exist',
      line.line_no, line.entry_id);
end $$;
revoke execute on function check_line_references() from public;
create trigger journal_entry_lines_references after insert on journal_entry_lines
  referencing new table as new_lines for each statement execute function check_line_references();

-- The opposite direction: a record that a line refers to is not deleted and does not change its key.
create function check_nothing_refers() returns trigger language plpgsql as $$
declare
  used boolean;
begin
  execute format(
    'select exists (select 1 from old_rows o join journal_entry_lines l
       on l.client_account_id = o.client_account_id and l.%I = o.%I)', tg_argv[0], tg_argv[1]) into used;
  if used then
    raise foreign_key_violation using table = tg_table_name, constraint = 'journal_entry_lines_references',
      message = format('rows of %s are still referred to by journal entry lines', tg_table_name);
  end if;
  return null;
end $$;
create trigger journal_entries_referred after delete on journal_entries referencing old table as old_rows
  for each statement execute function check_nothing_refers('entry_id', 'id');
create trigger client_gl_accounts_referred after delete on client_gl_accounts referencing old table as old_rows
  for each statement execute function check_nothing_refers('account_code', 'account_code');
create trigger tax_codes_referred after delete on tax_codes referencing old table as old_rows
  for each statement execute function check_nothing_refers('tax_code', 'code');
create trigger dimension_sets_referred after delete on dimension_sets referencing old table as old_rows
  for each statement execute function check_nothing_refers('dimension_set_id', 'id');
create trigger business_partners_referred after delete on business_partners referencing old table as old_rows
  for each statement execute function check_nothing_refers('business_partner_id', 'id');

create function keep_key() returns trigger language plpgsql as $$
begin
  raise foreign_key_violation using table = tg_table_name, constraint = 'journal_entry_lines_references',
    message = format('the key of a row of %s never changes', tg_table_name);
end $$;
create trigger journal_entries_key before update on journal_entries for each row
  when (old.client_account_id <> new.client_account_id or old.id <> new.id) execute function keep_key();
create trigger client_gl_accounts_key before update on client_gl_accounts for each row
  when (old.client_account_id <> new.client_account_id or old.account_code <> new.account_code) execute function keep_key();
create trigger tax_codes_key before update on tax_codes for each row
  when (old.client_account_id <> new.client_account_id or old.code <> new.code) execute function keep_key();
create trigger dimension_sets_key before update on dimension_sets for each row
  when (old.client_account_id <> new.client_account_id or old.id <> new.id) execute function keep_key();
create trigger business_partners_key before update on business_partners for each row
  when (old.client_account_id <> new.client_account_id or old.id <> new.id) execute function keep_key();
create trigger client_accounts_key before update on client_accounts for each row
  when (old.id <> new.id) execute function keep_key();
create trigger vouchers_key before update on vouchers for each row
  when (old.client_account_id <> new.client_account_id or old.id <> new.id) execute function keep_key();

-- Drafts are outside the books: a separate table, freely changed, no number. `lines` holds the user's input, and
-- `computed_lines` the lines that would be posted today (null while the draft cannot be posted; `problems` contains
-- the reasons).
create table draft_journal_entries (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  entry_date date,
  input jsonb not null,
  computed_lines jsonb,
  problems jsonb not null default '[]',
  created_at timestamptz not null default now(),
  created_by_id bigint not null,
  updated_at timestamptz not null default now(),
  updated_by_id bigint not null,
  primary key (client_account_id, id)
);
select wall('draft_journal_entries');
grant select, insert, update, delete on draft_journal_entries to hovedbok_app;

-- Posted drafts and their entries. The draft itself is deleted.
create table posted_drafts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  draft_id bigint not null,
  entry_id bigint not null,
  primary key (client_account_id, draft_id),
  unique (client_account_id, entry_id),
  foreign key (client_account_id, entry_id) references journal_entries
);
select wall('posted_drafts');
grant select, insert on posted_drafts to hovedbok_app;

-- Vouchers linked to an entry after it was posted (the entry itself cannot change).
create table journal_entry_vouchers (
  client_account_id bigint not null,
  entry_id bigint not null,
  voucher_id bigint not null,
  created_at timestamptz not null default now(),
  created_by_id bigint not null,
  primary key (client_account_id, entry_id, voucher_id),
  foreign key (client_account_id, entry_id) references journal_entries,
  foreign key (client_account_id, voucher_id) references vouchers
);
create index journal_entry_vouchers_voucher on journal_entry_vouchers (client_account_id, voucher_id);
select wall('journal_entry_vouchers');
grant select, insert, delete on journal_entry_vouchers to hovedbok_app;

-- Balances. A posting appends deltas; a worker folds them into account_balances; a reader adds both, so the sum is
-- exact at any moment and no row is contended. month is the first day of the month; dimension set 0: no dimensions.
-- line_count: number of lines in a balance, so that a page of the general ledger is found by months instead of by
-- counting lines. Deltas have no foreign keys: they are written together with the lines they sum, which have them, and
-- are verified against those. Foreign keys cost 5 % of a posting.
create table balance_deltas (
  client_account_id bigint not null,
  id bigint generated always as identity,
  account_code text collate "C" not null,
  month date not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  line_count int not null,
  primary key (client_account_id, id)
);
select wall('balance_deltas');
grant select, insert, delete on balance_deltas to hovedbok_app;

create table account_balances (
  client_account_id bigint not null references client_accounts (id),
  account_code text collate "C" not null,
  month date not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  line_count bigint not null,
  primary key (client_account_id, account_code, month, dimension_set_id)
);
-- Balances of a department, project, asset or partner. Excludes balances without dimensions, which are many.
create index account_balances_set on account_balances (client_account_id, dimension_set_id) where dimension_set_id <> 0;
select wall('account_balances');
grant select, insert, update on account_balances to hovedbok_app;

-- The folded balances of whole years: a year of a customer is one row instead of twelve, and a report over years reads
-- few rows. Always the sum of account_balances; a trigger maintains it, so that it holds for every process that folds
-- balances.
create table year_balances (
  client_account_id bigint not null references client_accounts (id),
  account_code text collate "C" not null,
  year int not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  primary key (client_account_id, account_code, year, dimension_set_id)
);
select wall('year_balances');
grant select, insert, update on year_balances to hovedbok_app;

create function sum_years() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into year_balances as y (client_account_id, account_code, year, dimension_set_id, debit, credit)
    select client_account_id, account_code, extract(year from month)::int, dimension_set_id, sum(debit), sum(credit)
    from new_rows group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (client_account_id, account_code, year, dimension_set_id)
      do update set debit = y.debit + excluded.debit, credit = y.credit + excluded.credit;
  else
    insert into year_balances as y (client_account_id, account_code, year, dimension_set_id, debit, credit)
    select client_account_id, account_code, extract(year from month)::int, dimension_set_id, sum(debit), sum(credit)
    from (
      select client_account_id, account_code, month, dimension_set_id, debit, credit from new_rows
      union all
      select client_account_id, account_code, month, dimension_set_id, -debit, -credit from old_rows
    ) changed
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (client_account_id, account_code, year, dimension_set_id)
      do update set debit = y.debit + excluded.debit, credit = y.credit + excluded.credit;
  end if;
  return null;
end $$;
create trigger account_balances_years_insert after insert on account_balances
  referencing new table as new_rows for each statement execute function sum_years();
create trigger account_balances_years_update after update on account_balances
  referencing new table as new_rows old table as old_rows for each statement execute function sum_years();

-- Sealed batches of posted entries. hash = sha256(previous hash || entry hashes); entry_hashes in order of posting_no.
create table chain_blocks (
  client_account_id bigint not null references client_accounts (id),
  block_no int not null check (block_no > 0),
  first_posting_no bigint not null,
  last_posting_no bigint not null,
  entry_hashes bytea[] not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null default now(),
  primary key (client_account_id, block_no),
  unique (client_account_id, first_posting_no),
  check (last_posting_no - first_posting_no + 1 = cardinality(entry_hashes))
);
select wall('chain_blocks');
grant select, insert on chain_blocks to hovedbok_app;

-- The last posting made by a moment: numbers are assigned in order of time, so it is found by binary search.
create function posting_known_at(account bigint, at timestamptz) returns bigint language plpgsql stable as $$
declare
  known bigint := 0;
  later bigint := coalesce((select last_posting_no from client_account_heads where client_account_id = account), 0) + 1;
  middle bigint;
begin
  while later - known > 1 loop
    middle := (known + later) / 2;
    if (select posted_at from journal_entries where client_account_id = account and posting_no = middle) <= at then
      known := middle;
    else
      later := middle;
    end if;
  end loop;
  return known;
end $$;

-- The books are kept five years from the end of the fiscal year (bokføringsloven § 13). Null: nothing has to be kept.
create function books_kept_until(account bigint) returns date language sql stable as $$
  select make_date(greatest(max(fiscal_year), extract(year from max(entry_date))::int) + 5, 12, 31)
  from journal_entries where client_account_id = account
$$;
revoke execute on function books_kept_until(bigint) from public;
grant execute on function books_kept_until(bigint) to hovedbok_app;

-- Imports from SAF-T: one row for each file whose books were imported. `header` keeps the file's own header and
-- journals, so that an export can reproduce them; `result` is the response of the import. Entries of an import are
-- those from first_entry_id to last_entry_id.
create table saf_t_imports (
  client_account_id bigint not null references client_accounts (id),
  id bigint not null,
  sha256 bytea not null check (length(sha256) = 32),
  file_name text not null,
  version text not null,
  selection_start date,
  selection_end date,
  first_entry_id bigint,
  last_entry_id bigint,
  header jsonb not null,
  result jsonb not null,
  imported_at timestamptz not null,
  imported_by_id bigint not null,
  -- The job that imported the file, stored with the result in the import's own transaction: if a job broke off between
  -- commit and report, its next run returns this result. Null for imports without a job.
  job_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, sha256)
);
select wall('saf_t_imports');
grant select, insert on saf_t_imports to hovedbok_app;
