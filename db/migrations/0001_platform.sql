-- Roles, the row-level wall, and what every domain shares.

-- The role the application runs under. It owns nothing: it can never alter a table, switch off row level security or
-- reach a row of a client account that the current transaction was not given. Roles belong to the whole cluster, so a
-- second database on it finds the role already there.
do $$
begin
  if not exists (select from pg_roles where rolname = 'hovedbok_app') then
    begin
      create role hovedbok_app nologin nosuperuser nobypassrls;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  execute format('grant hovedbok_app to %I', current_user);
end $$;

grant usage on schema public to hovedbok_app;

-- Norwegian order of names: æ, ø, å last.
create collation if not exists nb_no (provider = icu, locale = 'nb-NO');

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

-- Id below 2^22, so that `client_account_id << 31 | n` stays exact in JSON numbers.
create table client_accounts (
  id bigint generated always as identity primary key check (id < 4194304),
  unique_name text not null unique,
  display_name text not null,
  is_active boolean not null default true,
  accounting_currency text not null default 'NOK',
  organization_id bigint,
  organization_number text,
  is_provider boolean not null default false,
  provider_type text check (provider_type in ('ACCOUNTANT', 'AUDITOR')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  created_by_id bigint references users (id),
  updated_at timestamptz not null default now(),
  updated_by_id bigint references users (id),
  check (is_provider or provider_type is null)
);

create table roles (
  id int primary key,
  code text not null unique,
  name_nb text not null,
  name_en text not null
);
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

-- The agreement that opens a client's books to the people of an accounting or auditing firm.
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
  check (client_account_id <> provider_client_account_id),
  check (end_date is null or start_date is null or end_date >= start_date)
);
create index contracts_client on contracts (client_account_id);
create index contracts_provider on contracts (provider_client_account_id);

-- Browser sessions and personal access tokens. Only the SHA-256 of a token is kept.
create table sessions (
  token_hash bytea primary key,
  user_id bigint not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
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

-- One stored answer per caller and key; the key is taken in the same transaction as the write it protects.
create table idempotency_keys (
  user_id bigint not null,
  key text not null check (length(key) between 1 and 255),
  operation text not null,
  request_hash bytea not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- Who did what, when. client_account_id 0: not tied to a client account (logins, tokens).
create table audit_log (
  client_account_id bigint not null default 0,
  id bigint generated always as identity,
  at timestamptz not null default now(),
  user_id bigint,
  operation text not null,
  record_type text,
  record_id bigint,
  record_ids bigint[],
  before jsonb,
  after jsonb,
  request_id text,
  primary key (client_account_id, id)
);

create table client_account_heads (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  next_id bigint not null default 1 check (next_id between 1 and 2147483647),
  last_posting_no bigint not null default 0,
  locked_until date,
  masters_version bigint not null default 1
);

create table jobs (
  client_account_id bigint not null default 0,
  id bigint generated always as identity,
  user_id bigint not null,
  kind text not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed')),
  progress int not null default 0 check (progress between 0 and 100),
  input jsonb not null default '{}',
  result jsonb,
  errors jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (id)
);
create index jobs_user on jobs (user_id, id);

create table mail_outbox (
  id bigint generated always as identity primary key,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts int not null default 0,
  last_error text
);

-- Row level security for a table of a client account. The sub-select makes the setting a value computed once per
-- statement; a transaction that was given no client accounts gets an error, not an empty answer.
create function wall(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format(
    'create policy client_wall on %s to hovedbok_app
       using (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))
       with check (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))', target);
end $$;
revoke execute on function wall(regclass) from public;

select wall('client_account_heads');
select wall('audit_log');

grant select, insert, update, delete on users, client_accounts, client_account_users, contracts, sessions, access_tokens,
  idempotency_keys, jobs, mail_outbox to hovedbok_app;
grant select on roles to hovedbok_app;
grant select, insert on audit_log to hovedbok_app;
grant select, insert, update on client_account_heads to hovedbok_app;
