-- The asset register, depreciation, disposals and the choices of the tax return.

-- The asset register. An asset is also a value of the dimension asset with the same id, name and sequence number: its
-- cost and depreciation are in the ledger's lines with that dimension, and nowhere else.
create table assets (
  client_account_id bigint not null,
  id bigint not null,
  asset_class text,
  acquisition_date date,
  retirement_date date,
  auto_depreciate boolean not null default true,
  external_source text check (external_source in ('skatteetaten')),
  external_id text,
  version int not null default 1,
  -- Month from which an asset is planned anew: earlier months stay as in the books, and the remaining value is spread
  -- over the rest of its life. Null: planned from its start.
  plan_restarts_on date check (extract(day from plan_restarts_on) = 1),
  primary key (client_account_id, id),
  foreign key (client_account_id, id) references dimension_values on delete cascade,
  check (retirement_date is null or acquisition_date is null or retirement_date >= acquisition_date),
  check ((external_source is null) = (external_id is null))
);
select wall('assets');
grant select, insert, update on assets to hovedbok_app;

-- An asset's own plan from a month on; before the first one, and for null columns, its class decides. Amounts in øre,
-- the rate as a fraction per year, the life in months from valid_from, or from acquisition in a plan from the start.
create table asset_plans (
  client_account_id bigint not null,
  asset_id bigint not null,
  -- First day of a month; 0001-01-01: from the start.
  valid_from date not null check (extract(day from valid_from) = 1),
  method text check (method in ('linear', 'saldo', 'none')),
  convention text check (convention in ('full_year', 'pro_rata')),
  rate numeric(7, 4) check (rate between 0 and 1),
  life_months int check (life_months between 1 and 1200),
  residual_value bigint not null default 0 check (residual_value >= 0),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, asset_id, valid_from),
  foreign key (client_account_id, asset_id) references assets on delete cascade,
  constraint residual_value_within_limit check (residual_value <= 10000000000000)
);
select wall('asset_plans');
grant select, insert, update on asset_plans to hovedbok_app;

-- Accounts that replace those of the class.
create table asset_class_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  asset_class text not null,
  asset_account text collate "C" not null,
  accumulated_account text collate "C",
  expense_account text collate "C",
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, asset_class)
);
select wall('asset_class_accounts');
grant select, insert, update on asset_class_accounts to hovedbok_app;

create table asset_properties (
  client_account_id bigint not null,
  id bigint not null,
  asset_id bigint not null,
  municipality_code text,
  municipality_name text,
  land_number text,
  title_number text,
  lease_number text,
  section_number text,
  cooperative_org_number text,
  share_number text,
  country_code text not null default 'NO',
  street_address text,
  postal_code text,
  postal_area text,
  additional_addresses jsonb,
  cadastral_number text,
  established_date date,
  is_historical boolean,
  building_type text,
  construction_year int,
  ownership_type text,
  rental_status text,
  usable_area_m2 int,
  bra_internal_m2 int,
  bra_external_m2 int,
  bra_enclosed_balcony_m2 int,
  gross_area_m2 int,
  primary_area_m2 int,
  secondary_area_m2 int,
  ownership_share numeric(9, 6) check (ownership_share > 0 and ownership_share <= 1),
  documented_market_value numeric(18, 2) check (documented_market_value > 0),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, asset_id),
  foreign key (client_account_id, asset_id) references assets on delete cascade,
  constraint market_value_within_limit check (documented_market_value <= 100000000000)
);
select wall('asset_properties');
grant select, insert, update, delete on asset_properties to hovedbok_app;

-- One run per client account and month; a rerun adds a version that posts only the differences. entry_id is the posted
-- entry, draft_id the draft that waits for a person.
create table depreciation_runs (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  month date not null check (extract(day from month) = 1),
  version int not null check (version > 0),
  -- The date of its month, or the first open day if that was locked.
  entry_date date not null,
  entry_id bigint,
  draft_id bigint,
  posted_count int not null,
  posted_total bigint not null,
  drafted_count int not null,
  proposed_count int not null,
  notes jsonb not null default '[]',
  is_automatic boolean not null default false,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  -- Depreciation of earlier months that a run found missing: added at once, or spread over the rest of the life.
  late text not null default 'catch_up' check (late in ('catch_up', 'spread')),
  late_total bigint not null default 0 check (late_total between 0 and 7000000000000000),
  primary key (client_account_id, id),
  unique (client_account_id, month, version),
  foreign key (client_account_id, entry_id) references journal_entries,
  check ((posted_count > 0) = (entry_id is not null)),
  constraint total_within_limit check (posted_total between -7000000000000000 and 7000000000000000)
);
create unique index depreciation_runs_entry on depreciation_runs (client_account_id, entry_id) where entry_id is not null;
select wall('depreciation_runs');
grant select, insert, update on depreciation_runs to hovedbok_app;

-- The amounts that a run posted, drafted or proposed for an asset; only the posted ones are in the books.
create table depreciation_run_assets (
  client_account_id bigint not null,
  run_id bigint not null,
  asset_id bigint not null,
  amount bigint not null check (amount <> 0),
  outcome text not null check (outcome in ('posted', 'drafted', 'proposed')),
  primary key (client_account_id, run_id, asset_id),
  foreign key (client_account_id, run_id) references depreciation_runs on delete cascade,
  foreign key (client_account_id, asset_id) references assets on delete cascade,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
create index depreciation_run_assets_asset on depreciation_run_assets (client_account_id, asset_id);
select wall('depreciation_run_assets');
grant select, insert on depreciation_run_assets to hovedbok_app;

-- The months that the schedule has run for a client account. The row is locked during a run, so that one of several
-- servers does it, and another takes over when that one dies.
create table depreciation_schedule (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  month date not null check (extract(day from month) = 1),
  done_at timestamptz,
  primary key (client_account_id, month)
);
select wall('depreciation_schedule');
grant select, insert, update on depreciation_schedule to hovedbok_app;

create table asset_disposals (
  client_account_id bigint not null,
  id bigint not null,
  asset_id bigint not null,
  kind text not null check (kind in ('sale', 'scrap')),
  disposed_on date not null,
  -- Without VAT, øre.
  proceeds bigint not null check (proceeds >= 0),
  tax_code text collate "C",
  gain bigint not null,
  entry_id bigint not null,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, asset_id) references assets,
  foreign key (client_account_id, entry_id) references journal_entries,
  constraint amounts_within_limit check (
    proceeds <= 10000000000000 and gain between -10000000000000000 and 10000000000000000)
);
create index asset_disposals_asset on asset_disposals (client_account_id, asset_id);
create index asset_disposals_entry on asset_disposals (client_account_id, entry_id);
select wall('asset_disposals');
grant select, insert on asset_disposals to hovedbok_app;

-- A disposal is valid as long as its entry is not cancelled. The asset's date of disposal is that of the valid
-- disposal, so that it is undone together with the entry; the register contains the user's input.
create view standing_disposals with (security_invoker = true) as
  select d.* from asset_disposals d
  where not exists (
    select from journal_entries c where c.client_account_id = d.client_account_id and c.cancels_entry_id = d.entry_id);
grant select on standing_disposals to hovedbok_app;

-- Choices in the tax return's depreciation groups (saldogrupper); gl is the gain and loss account. asset_id 0: the
-- pooled balance of the group.
create table saldo_choices (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  income_year int not null,
  saldo_group text not null check (saldo_group ~ '^([a-j]|gl)$'),
  asset_id bigint not null default 0,
  opening_balance bigint,
  rate numeric(7, 4) check (rate between 0 and 1),
  income_at_once bigint not null default 0 check (income_at_once >= 0),
  grants bigint not null default 0 check (grants >= 0),
  vat_adjustment bigint not null default 0,
  deduct_small_balance boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, income_year, saldo_group, asset_id),
  constraint amounts_within_limit check (
    opening_balance between -10000000000000 and 10000000000000 and income_at_once <= 10000000000000
    and grants <= 10000000000000 and vat_adjustment between -10000000000000 and 10000000000000)
);
select wall('saldo_choices');
grant select, insert, update on saldo_choices to hovedbok_app;
