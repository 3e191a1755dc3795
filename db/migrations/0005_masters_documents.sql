-- What business partners, departments and projects are described by, and collections of vouchers.

alter table business_partners
  add column employee_code text,
  add column contact_person text,
  add column website text;
create unique index business_partners_employee on business_partners (client_account_id, employee_code) where employee_code is not null;
create index business_partners_organization on business_partners (client_account_id, organization_number)
  where organization_number is not null;

alter table dimension_values add column description text;

-- Set when a link to an entry is taken away: what has documented an entry is kept (bokføringsloven § 13).
alter table vouchers add column documented_until timestamptz;

create table voucher_collections (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  name text not null check (length(name) between 1 and 150),
  description text check (length(description) <= 1000),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id)
);
create table voucher_collection_members (
  client_account_id bigint not null,
  collection_id bigint not null,
  voucher_id bigint not null,
  primary key (client_account_id, collection_id, voucher_id),
  foreign key (client_account_id, collection_id) references voucher_collections on delete cascade,
  foreign key (client_account_id, voucher_id) references vouchers on delete cascade
);
create index voucher_collection_members_voucher on voucher_collection_members (client_account_id, voucher_id);

select wall(t) from unnest(array['voucher_collections', 'voucher_collection_members']::regclass[]) t;
grant select, insert, update on voucher_collections to hovedbok_app;
grant select, insert, delete on voucher_collection_members to hovedbok_app;

-- Which entries a document stands behind.
create index journal_entries_voucher on journal_entries (client_account_id, voucher_id) where voucher_id is not null;
-- What stands on a department, project, asset or partner. Not for the balances without dimensions, which are many.
create index account_balances_set on account_balances (client_account_id, dimension_set_id) where dimension_set_id <> 0;
