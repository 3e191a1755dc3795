-- Connections to external parties: ID-porten, Altinn, Enhetsregisteret, banks and their mailboxes, Peppol.

-- A user's session at ID-porten, and logins in progress. Tokens are encrypted by the application under a key whose id
-- is stored beside them; no column contains a personal number. Only the user's own transactions, and named internal
-- work, read these rows.

-- The user's identity at ID-porten: a pairwise subject, not a personal number. It outlives the session, so that
-- another person under the same user is detected.
create table id_porten_persons (
  user_id bigint primary key references users (id) on delete cascade,
  issuer text not null,
  client_id text not null,
  subject text not null,
  connected_at timestamptz not null
);

create table id_porten_sessions (
  user_id bigint primary key references id_porten_persons (user_id) on delete cascade,
  -- Changes with every update: a response from outside is written only if it still has the same value.
  version uuid not null default gen_random_uuid(),
  scopes text[] not null,
  acr text not null,
  -- Access, refresh and id token as JSON, encrypted for this row.
  sealed bytea not null,
  key_id text not null,
  -- Hash of issuer and sid, for the front-channel logout, which has nothing else.
  sid_hash bytea,
  renewable boolean not null,
  access_ends_at timestamptz not null,
  -- Null: ID-porten did not state it.
  refresh_ends_at timestamptz,
  authenticated_at timestamptz not null,
  -- One node at a time refreshes the tokens.
  renewing_until timestamptz
);
create index id_porten_sessions_sid on id_porten_sessions (sid_hash) where sid_hash is not null;
create index id_porten_sessions_key on id_porten_sessions (key_id);

-- A login in progress. Used once, by the user who began it; an abandoned one is removed.
create table id_porten_logins (
  state_hash bytea primary key,
  user_id bigint not null references users (id) on delete cascade,
  -- The client account from which the user came and to which the user returns.
  for_client_account_id bigint references client_accounts (id) on delete cascade,
  purpose text not null check (purpose in ('id-porten', 'altinn')),
  scopes text[] not null,
  acr text not null,
  -- Nonce and code verifier as JSON, encrypted for this row.
  sealed bytea not null,
  key_id text not null,
  another_person boolean not null,
  expires_at timestamptz not null
);
create index id_porten_logins_user on id_porten_logins (user_id, expires_at);
create index id_porten_logins_expiry on id_porten_logins (expires_at);
create index id_porten_logins_client on id_porten_logins (for_client_account_id) where for_client_account_id is not null;

-- Tokens of sessions that ended here and still have to be revoked there.
create table id_porten_revocations (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  sealed bytea not null,
  key_id text not null,
  -- The tokens have expired by then.
  expires_at timestamptz not null,
  attempts int not null default 0,
  next_at timestamptz not null
);
create index id_porten_revocations_next on id_porten_revocations (next_at);

do $$
declare
  target text;
begin
  foreach target in array array['id_porten_persons', 'id_porten_sessions', 'id_porten_logins', 'id_porten_revocations'] loop
    perform wall_writes(target::regclass, 'user_id = {user} or {work} in (''id_porten'', ''expiry'')');
    execute format('alter policy anybody_reads on %I using (user_id = (select nullif(current_setting(''app.user_id'', true), '''')::bigint)
      or (select current_setting(''app.work'', true)) in (''id_porten'', ''expiry''))', target);
    execute format('alter policy anybody_reads on %I rename to own_read', target);
    execute format('grant select, insert, update, delete on %I to hovedbok_app', target);
  end loop;
end $$;

-- Requests at Altinn for a system user of a client account's organisation, and their outcomes. The id is Altinn's: of
-- the request, and of the system user once a person of the organisation has approved it.
create table altinn_system_users (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id uuid not null,
  external_ref text not null check (length(external_ref) between 1 and 255),
  system_id text not null,
  org_number text not null check (org_number ~ '^[0-9]{9}$'),
  status text not null check (status in ('New', 'Pending', 'Active', 'Rejected', 'Denied', 'TimedOut', 'Deleted')),
  confirm_url text,
  redirect_url text,
  -- In redirect_url: identifies the request of a returning browser without revealing its id.
  return_key uuid,
  rights jsonb not null,
  -- First time that it was seen accepted; the system user follows a moment later.
  accepted_at timestamptz,
  returned_at timestamptz,
  -- A newer request of the same organisation replaced it.
  replaced_at timestamptz,
  -- Counts changes of the status, so that an older response never overwrites a newer one.
  version int not null default 1 check (version > 0),
  -- When Altinn is asked next; null if the status cannot change any more.
  next_sync_at timestamptz,
  failures int not null default 0 check (failures >= 0),
  synced_at timestamptz not null,
  created_at timestamptz not null,
  created_by_id bigint,
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  check (replaced_at is null or next_sync_at is null)
);
-- One active request per organisation at a time.
create unique index altinn_system_users_standing on altinn_system_users (client_account_id, org_number)
  where replaced_at is null;
create index altinn_system_users_listed on altinn_system_users (client_account_id, created_at, id);
create index altinn_system_users_id on altinn_system_users (id);
create index altinn_system_users_return on altinn_system_users (return_key) where return_key is not null;
create index altinn_system_users_due on altinn_system_users (next_sync_at) where next_sync_at is not null;
select wall('altinn_system_users');
grant select, insert, update on altinn_system_users to hovedbok_app;

-- The client account of a system user, by its id or by the key of a returning browser; null if there is none.
create function client_account_of_system_user(key uuid) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select client_account_id from altinn_system_users where id = key or return_key = key limit 1
$$;
revoke execute on function client_account_of_system_user(uuid) from public;
grant execute on function client_account_of_system_user(uuid) to hovedbok_app;

-- Requests whose status is to be looked up, longest overdue first, up to a limit.
create function system_users_due(at timestamptz, most int) returns table (client_account_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.client_account_id, s.id from altinn_system_users s
  where s.next_sync_at <= at order by s.next_sync_at limit most
$$;
revoke execute on function system_users_due(timestamptz, int) from public;
grant execute on function system_users_due(timestamptz, int) to hovedbok_app;

-- Facts of Enhetsregisteret about organisations in use here: of client accounts, business partners, banks. Separate
-- from `organizations`, which the public may search. Written only by the work that queries the register.
create table registered_organizations (
  organization_number text primary key check (organization_number ~ '^[0-9]{9}$'),
  -- Last time that a record here was seen to refer to it; an organisation without references is forgotten.
  named_at timestamptz not null,
  -- When the register is asked next.
  due_at timestamptz not null,
  asked_at timestamptz,
  -- unasked: not yet. unknown: not in the register. removed: taken out of the register for legal reasons.
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
select wall_writes('registered_organizations', '{work} = ''register''');
grant select, insert, update, delete on registered_organizations to hovedbok_app;

-- The organisation of a bank, found by its name if the directory does not contain it.
create table bank_organizations (
  bic text primary key,
  organization_number text,
  looked_at timestamptz not null
);
select wall_writes('bank_organizations', '{work} = ''register''');
grant select, insert, update on bank_organizations to hovedbok_app;

-- The position up to which the register's feed of changes was read.
create table register_feed (
  id int primary key check (id = 1),
  last_update_id bigint not null,
  looked_at timestamptz not null
);
select wall_writes('register_feed', '{work} = ''register''');
grant select, insert, update on register_feed to hovedbok_app;

-- The integration of a client account with a bank: the order here (is_active), and the progress of the agreement at
-- the bank and its provider (agreement_state). Each is independent of the other.
create table bank_connections (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bic text not null check (bic ~ '^[A-Z]{6}[A-Z0-9]{2}$'),
  -- The provider that transfers the files.
  provider text not null check (provider in ('tietoevry', 'zdata')),
  is_active boolean not null,
  integration_config jsonb not null default '{}' check (jsonb_typeof(integration_config) = 'object'),
  agreement_state text not null default 'not_requested' check (agreement_state in ('not_requested', 'form_ready',
    'sent_to_bank', 'bank_processing', 'connected', 'rejected', 'expired', 'terminated')),
  -- The words of the bank or the provider, if it was refused or ended.
  agreement_reason text check (length(agreement_reason) <= 500),
  agreement_at timestamptz,
  -- When it was last switched on.
  ordered_at timestamptz,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, bic),
  check (not is_active or ordered_at is not null),
  -- DNB finds the customer's files by the division.
  check (not is_active or bic <> 'DNBANOKK' or (coalesce(integration_config ->> 'division_number', '') <> ''
    and coalesce(integration_config ->> 'division_name', '') <> ''))
);
select wall('bank_connections');
grant select, insert, update on bank_connections to hovedbok_app;

-- The provider's state of each account: an agreement may be made for some, and one may be ready before the other.
create table bank_connection_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bank_account_id bigint not null,
  state text not null check (state in ('requested', 'ready', 'rejected', 'ended')),
  reason text check (length(reason) <= 500),
  -- Whether payments, statements and receivables are ready.
  services text[] not null default '{}' check (services <@ array['payments', 'statements', 'receivables']),
  updated_at timestamptz not null default now(),
  primary key (client_account_id, bank_account_id),
  foreign key (client_account_id, bank_account_id) references bank_accounts on delete cascade
);
select wall('bank_connection_accounts');
grant select, insert, update on bank_connection_accounts to hovedbok_app;

-- A file as the mailbox lists it, from its first appearance until some time after it was acknowledged there. It
-- belongs to no client account: its client accounts are known once it was read.
create table bank_mailbox_files (
  mailbox text not null,
  name text not null check (length(name) between 1 and 255),
  size bigint not null check (size >= 0),
  -- As the mailbox reports it; a change makes it another file under the same name.
  version text not null,
  -- waiting: not imported yet. taken: all of it is kept by us, and may be acknowledged. held: kept, and parts of it
  -- belong to accounts without an owner here. acknowledged: the mailbox has been told.
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'held', 'acknowledged')),
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  attempts int not null default 0,
  next_attempt_at timestamptz,
  -- Why it is not imported, as {code, nb, en}.
  problem jsonb,
  -- Accounts of a held file without an owner here.
  unknown_accounts text[],
  -- The location of its bytes while it is held.
  storage_key text,
  is_acknowledged boolean not null default false,
  primary key (mailbox, name)
);
create index bank_mailbox_files_open on bank_mailbox_files (mailbox) where state <> 'acknowledged';
create index bank_mailbox_files_old on bank_mailbox_files (changed_at) where state = 'acknowledged';
select wall_writes('bank_mailbox_files', '{work} = ''bank_mailbox''');
grant select, insert, update, delete on bank_mailbox_files to hovedbok_app;

-- The state of a mailbox as of its last round.
create table bank_mailboxes (
  mailbox text primary key,
  looked_at timestamptz,
  succeeded_at timestamptz,
  problem jsonb,
  waiting int not null default 0,
  failing int not null default 0,
  held int not null default 0,
  silent int not null default 0
);
select wall_writes('bank_mailboxes', '{work} = ''bank_mailbox''');
grant select, insert, update, delete on bank_mailboxes to hovedbok_app;

-- The outcome of a file for a client account.
create table bank_deliveries (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  mailbox text not null,
  bic text,
  file_name text not null,
  kind text not null check (kind in ('statement', 'payment_status', 'mandates')),
  -- imported, known (all of it was there), or refused.
  status text not null check (status in ('imported', 'known', 'refused')),
  received_at timestamptz not null,
  import_id bigint,
  order_id bigint,
  imported int not null default 0,
  errors jsonb not null default '[]',
  primary key (client_account_id, id),
  foreign key (client_account_id, import_id) references bank_imports,
  foreign key (client_account_id, order_id) references payment_orders
);
create index bank_deliveries_page on bank_deliveries (client_account_id, received_at, id);
select wall('bank_deliveries');
grant select, insert on bank_deliveries to hovedbok_app;

-- A client account in the Peppol network: the wanted state (is_active), and the visible state (connected). Each is
-- independent of the other: a registration takes time to become visible, and one that ended remains visible for a
-- while.
create table peppol_connections (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  participant text not null check (participant ~ '^0192:[0-9]{9}$'),
  is_active boolean not null,
  connected boolean not null,
  -- publishing: registered, not visible yet. lost: was connected, and the network no longer shows it. leaving:
  -- switched off, still visible. taken: another provider has it.
  state text not null check (state in ('publishing', 'connected', 'lost', 'leaving', 'off', 'taken')),
  -- Since when it has this state.
  state_at timestamptz not null,
  checked_at timestamptz,
  -- When the network is asked again; null: not before a user switches.
  next_check_at timestamptz,
  created_at timestamptz not null,
  created_by_id bigint,
  updated_at timestamptz not null,
  -- The user who switched it last: received invoices are taken in on this user's behalf.
  updated_by_id bigint,
  check (is_active = (state in ('publishing', 'connected', 'lost'))),
  check (state <> 'connected' or connected),
  check (state not in ('off', 'taken') or not connected)
);
-- The network knows an organisation once, even if several client accounts here are the same organisation.
create unique index peppol_connections_participant on peppol_connections (participant) where is_active;
create index peppol_connections_due on peppol_connections (next_check_at) where next_check_at is not null;
select wall('peppol_connections');
grant select, insert, update on peppol_connections to hovedbok_app;
