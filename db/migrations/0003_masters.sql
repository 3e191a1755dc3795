-- Records that entries refer to: chart, VAT codes, business partners, dimensions. Every table of a client account
-- begins with client_account_id and has it in every key, so that the schema can be distributed by client account
-- without change.

create table account_groups (
  code text collate "C" primary key,
  level int not null check (level between 1 and 3),
  parent_code text collate "C" references account_groups (code),
  name_nb text not null,
  name_en text not null
);
grant select on account_groups to hovedbok_app;

-- The national chart, shared by all. Loaded and updated from db/data/chart-of-accounts.csv.
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
grant select on gl_accounts to hovedbok_app;

-- An account of one client account: its own (is_own), or its settings for a national one. A row exists from the first
-- use or change of the account, so that lines can refer to it by a foreign key. Null means: as in the national chart.
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
select wall('client_gl_accounts');
grant select, insert, update on client_gl_accounts to hovedbok_app;
create trigger client_gl_accounts_earlier after update on client_gl_accounts for each row
  when ((old.name_nb, old.name_en, old.account_type, old.normal_side, old.saft_category, old.saft_code, old.group_code,
      old.statement_line, old.flags, old.mandatory_dimensions)
    is distinct from (new.name_nb, new.name_en, new.account_type, new.normal_side, new.saft_category, new.saft_code,
      new.group_code, new.statement_line, new.flags, new.mandatory_dimensions))
  execute function keep_earlier('client_account_id', 'account_code');
create function client_gl_accounts_at(account bigint, at timestamptz) returns setof client_gl_accounts language sql stable as $$
  select r.* from client_gl_accounts t
  cross join lateral jsonb_populate_record(t, row_then(account, 'client_gl_accounts', t.account_code, at)) r
  where t.client_account_id = account
$$;

-- The name of an account and its SAF-T grouping, from a date on: earlier specifications print unchanged.
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
select wall('client_gl_account_versions');
-- The version of the current day may be corrected on the same day.
grant select, insert, update on client_gl_account_versions to hovedbok_app;
create trigger client_gl_account_versions_earlier after insert or update on client_gl_account_versions for each row
  execute function keep_earlier('client_account_id', 'account_code', 'valid_from');
create function client_gl_account_versions_at(account bigint, at timestamptz) returns setof client_gl_account_versions
language sql stable as $$
  select r.* from client_gl_account_versions t
  cross join lateral row_then(account, 'client_gl_account_versions', t.account_code || '@' || t.valid_from, at) as was
  cross join lateral jsonb_populate_record(t, was) r
  where t.client_account_id = account and was is not null
$$;

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
select wall('tax_codes');
grant select, insert, update on tax_codes to hovedbok_app;
create trigger tax_codes_earlier after update on tax_codes for each row
  when (old.* is distinct from new.*)
  execute function keep_earlier('client_account_id', 'code');
create function tax_codes_at(account bigint, at timestamptz) returns setof tax_codes language sql stable as $$
  select r.* from tax_codes t
  cross join lateral jsonb_populate_record(t, row_then(account, 'tax_codes', t.code, at)) r
  where t.client_account_id = account
$$;

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
select wall('tax_code_rates');
grant select, insert, update, delete on tax_code_rates to hovedbok_app;

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
  employee_code text,
  contact_person text,
  website text,
  primary key (client_account_id, id),
  unique (client_account_id, sequence_number)
);
create unique index business_partners_customer on business_partners (client_account_id, customer_code) where customer_code is not null;
create unique index business_partners_supplier on business_partners (client_account_id, supplier_code) where supplier_code is not null;
create unique index business_partners_employee on business_partners (client_account_id, employee_code) where employee_code is not null;
create index business_partners_organization on business_partners (client_account_id, organization_number)
  where organization_number is not null;
select wall('business_partners');
grant select, insert, update on business_partners to hovedbok_app;
create trigger business_partners_earlier after update on business_partners for each row
  when (old.name <> new.name or old.organization_number is distinct from new.organization_number)
  execute function keep_earlier('client_account_id', 'id');
-- The table as of a moment, as for each table with earlier versions. It may contain rows that were created later: no
-- record known at that moment refers to them.
create function business_partners_at(account bigint, at timestamptz) returns setof business_partners language sql stable as $$
  select r.* from business_partners t
  cross join lateral jsonb_populate_record(t, row_then(account, 'business_partners', t.id::text, at)) r
  where t.client_account_id = account
$$;
alter table client_account_settings
  add foreign key (client_account_id, pension_provider_id) references business_partners;

create table organizational_roles (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  business_partner_id bigint not null,
  role_type text not null check (role_type in ('CEO', 'CFO', 'CTO', 'COB', 'BOARD_MEMBER', 'SOLE_PROPRIETOR')),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, business_partner_id, role_type),
  foreign key (client_account_id, business_partner_id) references business_partners on delete cascade
);
select wall('organizational_roles');
grant select, insert, update, delete on organizational_roles to hovedbok_app;

-- Departments, projects, assets and any dimension of an imported file: one shape for a dimension's value. Assets have
-- additional attributes in a table of the asset register.
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
  description text,
  primary key (client_account_id, id),
  unique (client_account_id, dimension_type, sequence_number)
);
-- Pages of the values of a dimension, and their number, from the index alone.
create index dimension_values_page on dimension_values (client_account_id, dimension_type, is_active, sequence_number);
select wall('dimension_values');
grant select, insert, update on dimension_values to hovedbok_app;
create trigger dimension_values_earlier after update on dimension_values for each row
  when (old.name <> new.name or old.code is distinct from new.code)
  execute function keep_earlier('client_account_id', 'id');
create function dimension_values_at(account bigint, at timestamptz) returns setof dimension_values language sql stable as $$
  select r.* from dimension_values t
  cross join lateral jsonb_populate_record(t, row_then(account, 'dimension_values', t.id::text, at)) r
  where t.client_account_id = account
$$;

-- A sorted set of (dimension type, value id), each set stored once. Lines and balances refer to it by id.
create table dimension_sets (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id int not null check (id > 0),
  key text not null,
  primary key (client_account_id, id),
  unique (client_account_id, key)
);
select wall('dimension_sets');
grant select, insert on dimension_sets to hovedbok_app;

create table dimension_set_members (
  client_account_id bigint not null,
  dimension_type text not null,
  value_id bigint not null,
  dimension_set_id int not null,
  primary key (client_account_id, dimension_type, value_id, dimension_set_id),
  foreign key (client_account_id, dimension_set_id) references dimension_sets on delete cascade
);
create index dimension_set_members_set on dimension_set_members (client_account_id, dimension_set_id);
select wall('dimension_set_members');
grant select, insert on dimension_set_members to hovedbok_app;
