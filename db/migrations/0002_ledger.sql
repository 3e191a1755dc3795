-- The ledger: chart, VAT codes, dimensions, entries, balances, chain.
-- Every table of a client account starts with client_account_id and has it in every key, so that the schema can be
-- distributed by client account without change.

create table account_groups (
  code text collate "C" primary key,
  level int not null check (level between 1 and 3),
  parent_code text collate "C" references account_groups (code),
  name_nb text not null,
  name_en text not null
);

-- The national chart, shared by all. Filled and kept up to date from db/data/chart-of-accounts.csv.
create table gl_accounts (
  account_code text collate "C" primary key,
  id int not null unique,
  country_code text not null default 'NO',
  name_nb text not null,
  name_en text not null,
  account_type text not null check (account_type in ('asset', 'liability', 'equity', 'revenue', 'expense', 'appropriation')),
  normal_side text not null check (normal_side in ('debit', 'credit')),
  saft_category text not null,
  saft_code text not null,
  standard_account_2 text,
  default_tax_code text,
  group_code text collate "C" not null references account_groups (code),
  statement_line text,
  flags text[] not null default '{}',
  mandatory_dimensions text[] not null default '{}',
  is_active boolean not null default true
);

-- An account of one client account: its own (is_own), or its settings for a national one. A row exists from the first
-- time the account is used or changed, so that lines can be tied to it by a foreign key. Null means: as the national
-- chart says.
create table client_gl_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  account_code text collate "C" not null check (length(account_code) between 1 and 70),
  id bigint not null,
  is_own boolean not null,
  name_nb text,
  name_en text,
  account_type text check (account_type in ('asset', 'liability', 'equity', 'revenue', 'expense', 'appropriation')),
  normal_side text check (normal_side in ('debit', 'credit')),
  saft_category text,
  saft_code text,
  default_tax_code text,
  group_code text collate "C" references account_groups (code),
  statement_line text,
  flags text[],
  mandatory_dimensions text[],
  is_active boolean not null default true,
  origin jsonb,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, account_code),
  unique (client_account_id, id),
  check (not is_own or num_nulls(name_nb, name_en, account_type, normal_side, saft_category, saft_code, group_code, flags,
    mandatory_dimensions) = 0)
);

-- What an account was called, and how it was grouped for SAF-T, from a date on: old specifications print as they were.
create table client_gl_account_versions (
  client_account_id bigint not null,
  account_code text collate "C" not null,
  valid_from date not null,
  name_nb text not null,
  name_en text not null,
  saft_category text not null,
  saft_code text not null,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, account_code, valid_from),
  foreign key (client_account_id, account_code) references client_gl_accounts on delete cascade
);

-- VAT codes. Every client account starts with the 30 standard codes under their own numbers and may add codes of its
-- own or change accounts.
create table tax_codes (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  code text collate "C" not null check (length(code) between 1 and 70),
  id bigint not null,
  standard_code text not null,
  category text check (category in ('input', 'output')),
  direction text not null check (direction in ('sale', 'purchase', 'reverse', 'none')),
  tax_account_code text collate "C",
  acquisition_tax_account_code text collate "C",
  deduction_percent numeric(7, 4) not null default 100 check (deduction_percent between 0 and 100),
  is_reverse_charge boolean not null default false,
  is_import_paid boolean not null default false,
  reportable boolean not null default true,
  specification text,
  compensation boolean not null default false,
  description_nb text not null,
  description_en text not null,
  active_from date not null default '1970-01-01',
  active_to date,
  origin jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (client_account_id, code),
  unique (client_account_id, id)
);
create table tax_code_rates (
  client_account_id bigint not null,
  code text collate "C" not null,
  valid_from date not null,
  valid_to date,
  rate numeric(7, 4) not null check (rate between 0 and 100),
  primary key (client_account_id, code, valid_from),
  foreign key (client_account_id, code) references tax_codes on delete cascade,
  check (valid_to is null or valid_to >= valid_from)
);

-- Business partners: customers, suppliers, employees, owners.
create table business_partners (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  sequence_number int not null,
  name text not null,
  is_organization boolean not null default true,
  organization_number text,
  organization_id bigint,
  user_id bigint,
  is_customer boolean not null default false,
  is_supplier boolean not null default false,
  is_employee boolean not null default false,
  customer_code text,
  supplier_code text,
  email text,
  phone text,
  address jsonb,
  bank_accounts jsonb,
  payment_terms_days int,
  currency_code text,
  is_active boolean not null default true,
  origin jsonb,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, sequence_number)
);
create unique index business_partners_customer on business_partners (client_account_id, customer_code) where customer_code is not null;
create unique index business_partners_supplier on business_partners (client_account_id, supplier_code) where supplier_code is not null;

-- Departments, projects, assets and whatever dimension an imported file brings: one shape for a dimension's value.
-- Assets get their own attributes in a table of the asset register.
create table dimension_values (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  dimension_type text not null check (dimension_type ~ '^[a-z][a-z0-9_]{0,30}$'),
  id bigint not null,
  sequence_number int not null,
  code text,
  name text not null,
  autonomy_level text check (autonomy_level in ('NONE', 'DRAFT', 'FULL')),
  is_active boolean not null default true,
  origin jsonb,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, dimension_type, sequence_number)
);

-- A sorted set of (dimension type, value id), each set stored once. Lines and balances carry its id.
create table dimension_sets (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id int not null check (id > 0),
  key text not null,
  primary key (client_account_id, id),
  unique (client_account_id, key)
);
create table dimension_set_members (
  client_account_id bigint not null,
  dimension_type text not null,
  value_id bigint not null,
  dimension_set_id int not null,
  primary key (client_account_id, dimension_type, value_id, dimension_set_id),
  foreign key (client_account_id, dimension_set_id) references dimension_sets on delete cascade
);
create index dimension_set_members_set on dimension_set_members (client_account_id, dimension_set_id);

create table files (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  sha256 bytea not null,
  size_bytes bigint not null check (size_bytes > 0),
  content_type text not null,
  name text not null,
  storage_key text not null,
  processing_track text not null default 'DEFAULT' check (processing_track in ('DEFAULT', 'MANUAL', 'FASTTRACK')),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, sha256)
);

-- The document behind entries. Its id is the id of its file.
create table vouchers (
  client_account_id bigint not null,
  id bigint not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DRAFT', 'ARCHIVED', 'BOOKED', 'DELETED')),
  description text,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, id) references files
);

create table number_series (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  series text collate "C" not null check (length(series) between 1 and 18),
  fiscal_year int not null,
  last_number int not null default 0,
  primary key (client_account_id, series, fiscal_year)
);

-- Posted entries: written once, never changed. The application's role may insert and read, nothing else.
create table journal_entries (
  client_account_id bigint not null references client_accounts (id),
  id bigint not null,
  posting_no bigint not null,
  series text collate "C" not null,
  fiscal_year int not null,
  sequence_number int not null check (sequence_number > 0),
  entry_date date not null,
  period int not null check (period between 0 and 16),
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
  primary key (client_account_id, id),
  unique (client_account_id, posting_no),
  unique (client_account_id, series, fiscal_year, sequence_number),
  foreign key (client_account_id, voucher_id) references vouchers,
  foreign key (client_account_id, cancels_entry_id) references journal_entries,
  constraint debit_equals_credit check (debit_total = credit_total),
  check ((cancels_entry_id is null) = (cancellation_reason is null))
);
create index journal_entries_date on journal_entries (client_account_id, entry_date, id);
create unique index journal_entries_cancels on journal_entries (client_account_id, cancels_entry_id) where cancels_entry_id is not null;

-- Amounts in øre; below 2^53, so that they are exact everywhere they pass. A base line carries a VAT code and no base
-- line; a VAT line carries both; a cost line for VAT without deduction carries its base line and no code.
create table journal_entry_lines (
  client_account_id bigint not null,
  entry_id bigint not null,
  line_no int not null check (line_no > 0),
  account_code text collate "C" not null,
  entry_date date not null,
  debit bigint not null check (debit between 0 and 9007199254740991),
  credit bigint not null check (credit between 0 and 9007199254740991),
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
  check (base_line_no <> line_no)
);
-- What a line refers to: its entry, account, VAT code, dimension set and business partner, each of its client account.
-- Checked once a statement over its new rows. Foreign keys would say the same and check row by row and key by key, which
-- was half of a bulk posting's time in the server (docs/decisions/0006). Each sub-select asks for the first key at or
-- after the wanted one, which must be it: only the primary key has that order, so the plan, which is kept, cannot be one
-- that was good while the tables were small.
create function check_line_references() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off set enable_sort = off as $$
declare
  line journal_entry_lines;
begin
  select l.* into line from new_lines l
  where (select e.id from journal_entries e where e.client_account_id = l.client_account_id and e.id >= l.entry_id
      order by e.id limit 1) is distinct from l.entry_id
    or (select a.account_code from client_gl_accounts a where a.client_account_id = l.client_account_id
      and a.account_code >= l.account_code order by a.account_code limit 1) is distinct from l.account_code
    or (l.tax_code is not null and (select t.code from tax_codes t where t.client_account_id = l.client_account_id
      and t.code >= l.tax_code order by t.code limit 1) is distinct from l.tax_code)
    or (l.dimension_set_id is not null and (select s.id from dimension_sets s where s.client_account_id = l.client_account_id
      and s.id >= l.dimension_set_id order by s.id limit 1) is distinct from l.dimension_set_id)
    or (l.business_partner_id is not null and (select p.id from business_partners p where p.client_account_id = l.client_account_id
      and p.id >= l.business_partner_id order by p.id limit 1) is distinct from l.business_partner_id)
  limit 1;
  if found then
    raise foreign_key_violation using constraint = 'journal_entry_lines_references', table = 'journal_entry_lines',
      message = format('line %s of entry %s refers to an entry, account, VAT code, dimension set or business partner that does not exist',
        line.line_no, line.entry_id);
  end if;
  return null;
end $$;
revoke execute on function check_line_references() from public;
create trigger journal_entry_lines_references after insert on journal_entry_lines
  referencing new table as new_lines for each statement execute function check_line_references();

-- The other side: nothing that a line refers to goes away or changes its key.
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
create function keep_key() returns trigger language plpgsql as $$
begin
  raise foreign_key_violation using table = tg_table_name, constraint = 'journal_entry_lines_references',
    message = format('the key of a row of %s never changes', tg_table_name);
end $$;
do $$
declare
  parent record;
begin
  for parent in
    select * from (values
      ('journal_entries', 'entry_id', 'id'), ('client_gl_accounts', 'account_code', 'account_code'),
      ('tax_codes', 'tax_code', 'code'), ('dimension_sets', 'dimension_set_id', 'id'),
      ('business_partners', 'business_partner_id', 'id')) as v (tbl, line_column, key_column)
  loop
    execute format('create trigger %I after delete on %I referencing old table as old_rows for each statement
      execute function check_nothing_refers(%L, %L)', parent.tbl || '_referred', parent.tbl, parent.line_column, parent.key_column);
    execute format('create trigger %I before update on %I for each row
      when (old.client_account_id <> new.client_account_id or old.%I <> new.%I) execute function keep_key()',
      parent.tbl || '_key', parent.tbl, parent.key_column, parent.key_column);
  end loop;
end $$;

create index journal_entry_lines_account on journal_entry_lines (client_account_id, account_code, entry_date, entry_id, line_no)
  include (debit, credit, dimension_set_id);

-- Drafts are outside the books: own table, freely changed, no number. `lines` holds what the person wrote, and
-- `computed_lines` what would be posted today (null while the draft cannot be posted; `problems` says why).
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

-- Documents linked to an entry after it was posted (the entry itself cannot change).
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

-- Balances. A posting appends deltas; a worker folds them into account_balances; a reader adds both, so the sum is
-- exact at any moment and no row is hot. month is the first day of the month; dimension set 0: no dimensions.
-- Deltas carry no foreign key of their own: they are written with the lines they are the sum of, which have it, and are
-- proven from them. It cost 5 % of a posting.
create table balance_deltas (
  client_account_id bigint not null,
  id bigint generated always as identity,
  account_code text collate "C" not null,
  month date not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  primary key (client_account_id, id)
);
create table account_balances (
  client_account_id bigint not null references client_accounts (id),
  account_code text collate "C" not null,
  month date not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  primary key (client_account_id, account_code, month, dimension_set_id)
);

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

create table period_locks (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  locked_until_date date not null,
  locking_comment text not null check (length(trim(locking_comment)) > 0),
  created_at timestamptz not null default now(),
  created_by_id bigint not null,
  primary key (client_account_id, id)
);

select wall(t) from unnest(array[
  'client_gl_accounts', 'client_gl_account_versions', 'tax_codes', 'tax_code_rates', 'business_partners',
  'dimension_values', 'dimension_sets', 'dimension_set_members', 'files', 'vouchers', 'number_series', 'journal_entries',
  'journal_entry_lines', 'draft_journal_entries', 'journal_entry_vouchers', 'balance_deltas', 'account_balances',
  'chain_blocks', 'period_locks']::regclass[]) t;

grant select on account_groups, gl_accounts to hovedbok_app;
grant select, insert, update on client_gl_accounts, tax_codes, business_partners, dimension_values, files, vouchers,
  number_series, account_balances to hovedbok_app;
grant select, insert, update, delete on tax_code_rates, draft_journal_entries to hovedbok_app;
-- A version of today's name may be corrected on the same day.
grant select, insert, update on client_gl_account_versions to hovedbok_app;
grant select, insert, delete on balance_deltas, journal_entry_vouchers to hovedbok_app;
grant select, insert on dimension_sets, dimension_set_members, journal_entries, journal_entry_lines, chain_blocks,
  period_locks to hovedbok_app;
