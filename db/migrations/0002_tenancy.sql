-- Users, organisations, client accounts and who may do what in them; sign-ins and tokens.

create table users (
  id bigint generated always as identity primary key,
  email text not null,
  first_name text not null default '',
  last_name text not null default '',
  password_hash text,
  language text not null default 'nb' check (language in ('nb', 'en')),
  is_active boolean not null default true,
  profile_image_url text,
  last_login timestamptz,
  created_at timestamptz not null default now()
);
create unique index users_email on users (lower(email));
select wall_writes('users', 'id = {user}');
-- A new row belongs to no client account yet.
alter policy own_inserted on users with check (true);
select owner_works('users');
-- Users and client accounts are removed only by the function that removes a whole client account.
grant select, insert, update on users to hovedbok_app;

create table organizations (
  id bigint generated always as identity primary key,
  organization_number text not null unique check (organization_number ~ '^[0-9]{9}$'),
  name text not null check (length(trim(name)) > 0),
  organization_form text,
  vat_registered boolean,
  email text,
  phone text,
  address_line text,
  postal_code text,
  city text,
  country_code text not null default 'NO' check (country_code ~ '^[A-Z]{2}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Facts of an organisation are declared by a client account until the register provides them; from then on they are
  -- the register's, and no client account changes them.
  facts_source text not null default 'declared' check (facts_source in ('declared', 'register')),
  verified_at timestamptz,
  check ((facts_source = 'register') = (verified_at is not null))
);

-- Id below 2^22, so that `client_account_id << 31 | n` stays exact in JSON numbers.
create table client_accounts (
  id bigint generated always as identity primary key check (id < 4194304),
  unique_name text not null unique,
  display_name text not null,
  is_active boolean not null default true,
  accounting_currency text not null default 'NOK',
  organization_id bigint references organizations (id),
  organization_number text,
  is_provider boolean not null default false,
  provider_type text check (provider_type in ('ACCOUNTANT', 'AUDITOR')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by_id bigint references users (id),
  updated_at timestamptz not null default now(),
  updated_by_id bigint references users (id),
  -- Identifiers of a client account in other systems; `company_uuid` over SOAP.
  uuid uuid not null default gen_random_uuid(),
  check (is_provider or provider_type is null)
);
create index client_accounts_organization on client_accounts (organization_id);
create unique index client_accounts_uuid on client_accounts (uuid);
select wall_writes('client_accounts', 'id = any ({accounts})');
-- A new row belongs to no client account yet: its number is assigned by the database, and dependent records are behind
-- their own wall.
alter policy own_inserted on client_accounts with check (true);
select owner_works('client_accounts');
grant select, insert, update on client_accounts to hovedbok_app;

-- An organisation may be written by its client accounts, as long as its facts are declared.
select wall_writes('organizations',
  'exists (select from client_accounts c where c.organization_id = organizations.id and c.id = any ({accounts}))');
alter policy own_inserted on organizations with check (facts_source = 'declared');
alter policy own_updated on organizations
  using ((select current_setting('app.work', true)) = 'register' or (facts_source = 'declared' and exists (
    select from client_accounts c where c.organization_id = organizations.id
      and c.id = any ((select current_setting('app.client_accounts')::bigint[])::bigint[]))))
  with check ((select current_setting('app.work', true)) = 'register' or (facts_source = 'declared' and exists (
    select from client_accounts c where c.organization_id = organizations.id
      and c.id = any ((select current_setting('app.client_accounts')::bigint[])::bigint[]))));
select owner_works('organizations');
grant select, insert, update on organizations to hovedbok_app;

create table roles (
  id int primary key,
  code text not null unique,
  name_nb text not null,
  name_en text not null
);
grant select on roles to hovedbok_app;
insert into roles (id, code, name_nb, name_en) values
  (1, 'US', 'Bruker', 'User'),
  (2, 'AA', 'Autorisert regnskapsfører', 'Accountant'),
  (3, 'CA', 'Kontoeier', 'Client account owner'),
  (4, 'BK', 'Regnskapsmedarbeider', 'Bookkeeper'),
  (5, 'EM', 'Ansatt', 'Employee');

create table client_account_users (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  user_id bigint not null references users (id),
  id bigint generated always as identity unique,
  role_id int not null references roles (id),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint references users (id),
  primary key (client_account_id, user_id)
);
create index client_account_users_user on client_account_users (user_id);
select wall_writes('client_account_users', 'client_account_id = any ({accounts})');
select owner_works('client_account_users');
grant select, insert, update, delete on client_account_users to hovedbok_app;

-- The agreement that gives the people of an accounting or auditing firm access to a client's books.
create table contracts (
  id bigint generated always as identity primary key,
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  provider_client_account_id bigint not null references client_accounts (id) on delete cascade,
  service_provided text,
  start_date date,
  end_date date,
  approval_status text not null default 'PENDING' check (approval_status in ('PENDING', 'APPROVED', 'REJECTED')),
  created_at timestamptz not null default now(),
  created_by_id bigint references users (id),
  requested_by_client_account_id bigint references client_accounts (id) on delete cascade,
  -- The access of a firm's people to a client is the one that the client approved: the kind of service is in the
  -- contract, and the firm's own record does not decide. Null: read only.
  provider_type text check (provider_type in ('ACCOUNTANT', 'AUDITOR')),
  -- Counts the changes of a contract's terms; an approval names the version that was seen.
  version int not null default 1 check (version > 0),
  check (client_account_id <> provider_client_account_id),
  check (end_date is null or start_date is null or end_date >= start_date),
  check (requested_by_client_account_id in (client_account_id, provider_client_account_id))
);
create index contracts_client on contracts (client_account_id);
create index contracts_provider on contracts (provider_client_account_id);
create unique index contracts_open on contracts (client_account_id, provider_client_account_id)
  where approval_status = 'PENDING';
select wall_writes('contracts', 'client_account_id = any ({accounts}) or provider_client_account_id = any ({accounts})');
select owner_works('contracts');
grant select, insert, update, delete on contracts to hovedbok_app;

-- The one row of a client account that postings lock, with its counters.
create table client_account_heads (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  next_id bigint not null default 1 check (next_id between 1 and 2147483647),
  last_posting_no bigint not null default 0,
  locked_until date,
  masters_version bigint not null default 1,
  -- The time of the last posting, under its lock: no later one gets an earlier time, regardless of a node's clock.
  -- Reports of the books as known at a moment depend on it.
  last_posted_at timestamptz,
  -- The debit of all entries: below the largest amount that a JSON number tells to the øre (docs/decisions/0012).
  turnover bigint not null default 0,
  constraint turnover_within_exact_numbers check (turnover between 0 and 7000000000000000)
);
select wall('client_account_heads');
grant select, insert, update on client_account_heads to hovedbok_app;

-- Versions by date: the one in force is the latest that has begun; it ends the day before the next one begins.
create table client_account_settings (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  active_from date not null,
  start_date date,
  plan text,
  accounting_currency_code int not null default 578 check (accounting_currency_code between 1 and 999),
  vat_liable boolean not null default false,
  vat_registration_date date,
  vat_return_frequency text check (vat_return_frequency in ('MONTHLY', 'BIMONTHLY', 'YEARLY')),
  payroll_active boolean not null default false,
  payroll_frequency text check (payroll_frequency in ('MONTHLY', 'BIMONTHLY', 'QUARTERLY', 'YEARLY')),
  payroll_date int check (payroll_date between 1 and 31),
  pension_rate numeric(7, 4) check (pension_rate between 0 and 100),
  employee_pension_rate numeric(7, 4) check (employee_pension_rate between 0 and 100),
  pension_provider_id bigint,
  project_module boolean not null default false,
  bank_integration_module boolean not null default false,
  payroll_module boolean not null default false,
  annual_report_module boolean not null default false,
  autonomy_level text not null default 'NONE' check (autonomy_level in ('NONE', 'DRAFT', 'FULL')),
  early_access boolean not null default false,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, active_from)
);
select wall('client_account_settings');
grant select, insert, update, delete on client_account_settings to hovedbok_app;

-- The token in the mail contains its client account, so that the invitation is found under row level security.
create table invitations (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  email text not null,
  role_id int not null references roles (id),
  token_hash bytea not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  cancelled_at timestamptz,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, token_hash),
  check (accepted_at is null or cancelled_at is null)
);
select wall('invitations');
grant select, insert, update, delete on invitations to hovedbok_app;

-- Paid options of a client account in addition to its plan.
create table billing_add_ons (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  code text not null check (code in ('BANK_INTEGRATION')),
  added_at timestamptz not null,
  added_by_id bigint,
  primary key (client_account_id, code)
);
select wall('billing_add_ons');
grant select, insert, delete on billing_add_ons to hovedbok_app;

-- Browser sessions and personal access tokens. Only the SHA-256 of a token is kept.
create table sessions (
  token_hash bytea primary key,
  user_id bigint not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);
select wall_writes('sessions', 'user_id = {user} or {work} = ''expiry''');
select owner_works('sessions');
grant select, insert, update, delete on sessions to hovedbok_app;

create table access_tokens (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index access_tokens_user on access_tokens (user_id);
select wall_writes('access_tokens', 'user_id = {user} or {work} = ''expiry''');
select owner_works('access_tokens');
grant select, insert, update, delete on access_tokens to hovedbok_app;

-- Programs that request access on behalf of people. user_id: the user who created it, and as whom it acts by its own
-- credentials; null if it registered itself. secret_hash: SHA-256.
create table oauth_clients (
  client_id text primary key,
  user_id bigint references users (id) on delete cascade,
  secret_hash bytea not null,
  metadata jsonb not null,
  created_at timestamptz not null default now()
);
create index oauth_clients_user on oauth_clients (user_id) where user_id is not null;
select wall_writes('oauth_clients', 'user_id = {user}');
-- A program that registers itself acts as no user.
alter policy own_inserted on oauth_clients
  with check (user_id is null or user_id = (select nullif(current_setting('app.user_id', true), '')::bigint));
select owner_works('oauth_clients');
grant select, insert, update, delete on oauth_clients to hovedbok_app;

-- The other records of the OAuth server: codes, tokens, grants, sign-ins in progress. Ids are secrets, so only their
-- SHA-256 is stored.
create table oauth_records (
  kind text not null,
  id_hash bytea not null,
  payload jsonb not null,
  grant_hash bytea,
  uid_hash bytea,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (kind, id_hash)
);
create index oauth_records_grant on oauth_records (grant_hash) where grant_hash is not null;
create index oauth_records_uid on oauth_records (kind, uid_hash) where uid_hash is not null;
create index oauth_records_expires on oauth_records (expires_at);
-- For finding the grants of a user or a program when it ends.
create index oauth_records_account on oauth_records ((payload ->> 'accountId')) where payload ? 'accountId';
create index oauth_records_client on oauth_records ((payload ->> 'clientId')) where payload ? 'clientId';
select wall_writes('oauth_records', '{work} in (''oauth'', ''expiry'') or payload ->> ''accountId'' = {user}::text
  or exists (select from oauth_clients c where c.client_id = payload ->> ''clientId'' and c.user_id = {user})');
select owner_works('oauth_records');
grant select, insert, update, delete on oauth_records to hovedbok_app;

-- Earlier versions of the masters that reports print, so that a report can be produced as the books were known at an
-- earlier moment. Maintained by triggers, so that every change of a master is covered. `was`: the row before the
-- change at `until`; null: it did not exist.
create table earlier_records (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  table_name text not null,
  key text not null,
  until timestamptz not null,
  id bigint generated always as identity,
  was jsonb,
  primary key (client_account_id, table_name, key, until, id)
);
select wall('earlier_records');
grant select, insert on earlier_records to hovedbok_app;

-- Arguments: the column with the client account, then those of the key. The moment is taken from the program's clock
-- if the row has it, because entries are posted by that clock too.
create function keep_earlier() returns trigger language plpgsql as $$
declare
  after jsonb := to_jsonb(new);
  before jsonb := case when tg_op = 'UPDATE' then to_jsonb(old) end;
  changed_at timestamptz := now();
begin
  if before ->> 'updated_at' <> after ->> 'updated_at' then
    changed_at := after ->> 'updated_at';
  end if;
  insert into earlier_records (client_account_id, table_name, key, until, was)
  select (after ->> tg_argv[0])::bigint, tg_table_name, string_agg(after ->> tg_argv[n], '@' order by n), changed_at, before
  from generate_series(1, tg_nargs - 1) n;
  return null;
end $$;
create trigger client_accounts_earlier after update on client_accounts for each row
  when (old.display_name <> new.display_name or old.organization_number is distinct from new.organization_number
    or old.organization_id is distinct from new.organization_id)
  execute function keep_earlier('id', 'id');

-- Organisations are facts of the public register, shared by the client accounts.
create table earlier_organizations (
  organization_id bigint not null references organizations (id) on delete cascade,
  until timestamptz not null,
  id bigint generated always as identity,
  was jsonb not null,
  primary key (organization_id, until, id)
);
grant select, insert on earlier_organizations to hovedbok_app;
create function keep_earlier_organization() returns trigger language plpgsql as $$
begin
  insert into earlier_organizations (organization_id, until, was) values (old.id, new.updated_at, to_jsonb(old));
  return null;
end $$;
create trigger organizations_earlier after update on organizations for each row
  when (old.name <> new.name or old.organization_number <> new.organization_number)
  execute function keep_earlier_organization();

-- The row as of a moment: null if it did not exist, an empty object if it has not changed since.
create function row_then(account bigint, of_table text, of_key text, at timestamptz) returns jsonb language sql stable as $$
  select case when count(*) = 0 then '{}'::jsonb else (array_agg(was))[1] end from (
    select was from earlier_records
    where client_account_id = account and table_name = of_table and key = of_key and until > at
    order by until, id limit 1) e
$$;

-- The tables as of a moment. They may contain rows that were created later: no record known at that moment refers to
-- them.
create function client_accounts_at(account bigint, at timestamptz) returns setof client_accounts language sql stable as $$
  select r.* from client_accounts t
  cross join lateral jsonb_populate_record(t, row_then(account, 'client_accounts', t.id::text, at)) r
  where t.id = account
$$;
create function organizations_at(at timestamptz) returns setof organizations language sql stable as $$
  select r.* from organizations t
  cross join lateral jsonb_populate_record(t, coalesce((select e.was from earlier_organizations e
    where e.organization_id = t.id and e.until > at order by e.until, e.id limit 1), '{}')) r
$$;

-- Removal of a whole client account. The application's role cannot delete a posted entry; `remove_client_account` and
-- `reset_client_account` can, and check by the database's own clock and records whether they may, so that the decision
-- does not depend on the application. Both act only on a client account that the transaction was given.
create function require_given(account bigint) returns void language plpgsql as $$
begin
  if account is null or not account = any (current_setting('app.client_accounts')::bigint[]) then
    raise exception 'client account % was not given to this transaction', account using errcode = '42501';
  end if;
end $$;
revoke execute on function require_given(bigint) from public;

-- Deletes every row of the client account except its audit log, in an order that the references allow.
create function remove_client_account(account bigint) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
declare
  kept_until date;
  waiting name[];
  target name;
  again name[];
begin
  perform require_given(account);
  perform 1 from client_account_heads where client_account_id = account for update;
  kept_until := books_kept_until(account);
  if kept_until >= current_date then
    raise exception 'the books of client account % are kept until %', account, kept_until using errcode = 'HB001';
  end if;
  select array_agg(c.relname order by c.relname) into waiting
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'client_account_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'audit_log';
  while cardinality(waiting) > 0 loop
    again := '{}';
    foreach target in array waiting loop
      begin
        execute format('delete from %I where client_account_id = $1', target) using account;
      exception when foreign_key_violation then
        again := again || target;
      end;
    end loop;
    if cardinality(again) = cardinality(waiting) then
      raise exception 'cannot remove client account %: % are still referenced', account, again;
    end if;
    waiting := again;
  end loop;
  delete from client_accounts where id = account;
end $$;
revoke execute on function remove_client_account(bigint) from public;
grant execute on function remove_client_account(bigint) to hovedbok_app;

-- Clears selected data of a client account without any posting.
create function reset_client_account(account bigint, what text[]) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform require_given(account);
  if (select last_posting_no from client_account_heads where client_account_id = account for update) > 0
    or exists (select from journal_entries where client_account_id = account) then
    raise exception 'client account % has posted entries', account using errcode = 'HB002';
  end if;
  if 'DRAFTS' = any (what) then
    delete from draft_journal_entries where client_account_id = account;
  end if;
  if 'VOUCHERS' = any (what) then
    delete from vouchers where client_account_id = account;
    delete from files where client_account_id = account;
  end if;
  if 'BUSINESS_PARTNERS' = any (what) then
    update client_account_settings set pension_provider_id = null where client_account_id = account;
    delete from business_partners where client_account_id = account;
  end if;
  if 'DIMENSIONS' = any (what) then
    delete from dimension_set_members where client_account_id = account;
    delete from dimension_sets where client_account_id = account;
    delete from dimension_values where client_account_id = account;
  end if;
  if 'ACCOUNTS' = any (what) then
    delete from client_gl_accounts where client_account_id = account;
  end if;
  update client_account_heads set masters_version = masters_version + 1 where client_account_id = account;
end $$;
revoke execute on function reset_client_account(bigint, text[]) from public;
grant execute on function reset_client_account(bigint, text[]) to hovedbok_app;
