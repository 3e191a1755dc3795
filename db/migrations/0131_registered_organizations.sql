-- What Enhetsregisteret says of the organisations that are named here: client accounts, business partners, banks. Apart from
-- `organizations`, which the public may search. Written by the work that asks the register, and by nobody else.
create table registered_organizations (
  organization_number text primary key check (organization_number ~ '^[0-9]{9}$'),
  -- The last time that somebody here was seen to name it; who nobody names any more is forgotten.
  named_at timestamptz not null,
  -- When the register is asked next.
  due_at timestamptz not null,
  asked_at timestamptz,
  -- unasked: not yet. unknown: the register has none. removed: taken out of it for legal reasons.
  status text not null default 'unasked' check (status in ('unasked', 'registered', 'deleted', 'removed', 'unknown')),
  name text,
  organization_form text,
  parent_organization_number text,
  vat_registered boolean,
  is_bankrupt boolean not null default false,
  is_under_liquidation boolean not null default false,
  is_under_compulsory_dissolution boolean not null default false,
  -- The day of the bankruptcy, of the liquidation, or of the deletion.
  since date,
  address_line text,
  postal_code text,
  city text,
  country_code text,
  email text,
  phone text,
  website text,
  industry_code text,
  check (status in ('registered', 'deleted') = (name is not null))
);
create index registered_organizations_due on registered_organizations (due_at);
create index registered_organizations_named on registered_organizations (named_at);

-- Whose organisation a bank is, found by its name where the directory does not say.
create table bank_organizations (
  bic text primary key,
  organization_number text,
  looked_at timestamptz not null
);

-- How far the register's feed of changes was read.
create table register_feed (
  id int primary key check (id = 1),
  last_update_id bigint not null,
  looked_at timestamptz not null
);
select wall_writes('registered_organizations', '{work} = ''register''');
select wall_writes('bank_organizations', '{work} = ''register''');
select wall_writes('register_feed', '{work} = ''register''');
grant select, insert, update, delete on registered_organizations to hovedbok_app;
grant select, insert, update on bank_organizations, register_feed to hovedbok_app;

-- Facts of an organisation are a client account's own word until the register gives them; from then on they are the
-- register's, and no client account changes them.
alter table organizations
  add column facts_source text not null default 'declared' check (facts_source in ('declared', 'register')),
  add column verified_at timestamptz,
  add check ((facts_source = 'register') = (verified_at is not null));
alter policy own_inserted on organizations with check (facts_source = 'declared');
alter policy own_updated on organizations
  using ((select current_setting('app.work', true)) = 'register' or (facts_source = 'declared' and exists (
    select from client_accounts c where c.organization_id = organizations.id
      and c.id = any ((select current_setting('app.client_accounts')::bigint[])::bigint[]))))
  with check ((select current_setting('app.work', true)) = 'register' or (facts_source = 'declared' and exists (
    select from client_accounts c where c.organization_id = organizations.id
      and c.id = any ((select current_setting('app.client_accounts')::bigint[])::bigint[]))));
