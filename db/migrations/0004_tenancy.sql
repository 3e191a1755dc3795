-- Settings, organisations, invitations, the OAuth server's records, and what may leave with a client account.

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
  updated_at timestamptz not null default now()
);
alter table client_accounts add foreign key (organization_id) references organizations (id);

-- Versions by date: the one in force is the latest that began; it ends the day before the next one begins.
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
  unique (client_account_id, active_from),
  foreign key (client_account_id, pension_provider_id) references business_partners
);

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

-- The token in the mail names its client account, so that the invitation is found behind the wall.
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

select wall(t) from unnest(array['client_account_settings', 'organizational_roles', 'invitations']::regclass[]) t;

-- Programs that ask for access on behalf of people. user_id: who made it, and whom it acts as by its own credentials;
-- null where it registered itself. secret_hash: SHA-256.
create table oauth_clients (
  client_id text primary key,
  user_id bigint references users (id) on delete cascade,
  secret_hash bytea not null,
  metadata jsonb not null,
  created_at timestamptz not null default now()
);
create index oauth_clients_user on oauth_clients (user_id) where user_id is not null;

-- Everything else of the OAuth server: codes, tokens, grants, sign-ins under way. Ids are secrets, so only their
-- SHA-256 is kept.
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

-- How often something was tried within a window: guesses of a password, self-registrations from an address.
create table throttles (
  key text primary key,
  count int not null,
  window_ends_at timestamptz not null
);
create index throttles_window on throttles (window_ends_at);

alter table mail_outbox add column next_attempt_at timestamptz not null default now();
create index mail_outbox_waiting on mail_outbox (next_attempt_at) where sent_at is null;
create index sessions_user on sessions (user_id);
create index client_accounts_organization on client_accounts (organization_id);
create unique index contracts_open on contracts (client_account_id, provider_client_account_id)
  where approval_status = 'PENDING';

grant select, insert, update on organizations to hovedbok_app;
grant select, insert, update, delete on client_account_settings, organizational_roles, invitations, oauth_clients,
  oauth_records, throttles to hovedbok_app;

alter table contracts add column requested_by_client_account_id bigint references client_accounts (id) on delete cascade
  check (requested_by_client_account_id in (client_account_id, provider_client_account_id));

-- Removal of a whole client account. The application's role can delete no posted entry; these two functions can, and
-- decide by the database's own clock and records whether they may, so that nothing the application believes can change
-- it. Both act only on a client account that the transaction was given.
create function require_given(account bigint) returns void language plpgsql as $$
begin
  if account is null or not account = any (current_setting('app.client_accounts')::bigint[]) then
    raise exception 'client account % was not given to this transaction', account using errcode = '42501';
  end if;
end $$;

-- The books are kept five years from the end of the fiscal year (bokføringsloven § 13). Null: nothing is to be kept.
create function books_kept_until(account bigint) returns date language sql stable as $$
  select make_date(greatest(max(fiscal_year), extract(year from max(entry_date))::int) + 5, 12, 31)
  from journal_entries where client_account_id = account
$$;

-- Deletes every row of the client account but its audit log, in whatever order the references allow.
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

-- Clears chosen data of a client account in which nothing was ever posted.
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

revoke execute on function require_given(bigint), books_kept_until(bigint), remove_client_account(bigint),
  reset_client_account(bigint, text[]) from public;
grant execute on function remove_client_account(bigint), reset_client_account(bigint, text[]), books_kept_until(bigint)
  to hovedbok_app;
