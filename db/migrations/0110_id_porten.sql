-- A user's session at ID-porten, and logins on their way. Tokens are sealed by the application under a key whose id stands
-- beside them; nothing here tells a personal number. Only the user's own transactions, and named work of the house, read
-- these rows.

-- Who the user is at ID-porten: a pairwise subject, not a personal number. It outlives the session, so that another person
-- under the same user is noticed.
create table id_porten_persons (
  user_id bigint primary key references users (id) on delete cascade,
  issuer text not null,
  client_id text not null,
  subject text not null,
  connected_at timestamptz not null
);

create table id_porten_sessions (
  user_id bigint primary key references id_porten_persons (user_id) on delete cascade,
  -- Another one with every change: what was asked outside is written only where it still stands.
  version uuid not null default gen_random_uuid(),
  scopes text[] not null,
  acr text not null,
  -- Access, refresh and id token as JSON, sealed for this row.
  sealed bytea not null,
  key_id text not null,
  -- Of issuer and sid, for the front-channel logout, which knows no more.
  sid_hash bytea,
  renewable boolean not null,
  access_ends_at timestamptz not null,
  -- Null: ID-porten did not say.
  refresh_ends_at timestamptz,
  authenticated_at timestamptz not null,
  -- One node at a time renews.
  renewing_until timestamptz
);
create index id_porten_sessions_sid on id_porten_sessions (sid_hash) where sid_hash is not null;
create index id_porten_sessions_key on id_porten_sessions (key_id);

-- A login that was begun. Used once, by the user who began it; what is never finished is removed.
create table id_porten_logins (
  state_hash bytea primary key,
  user_id bigint not null references users (id) on delete cascade,
  -- The client account that the user came from and goes back to.
  for_client_account_id bigint references client_accounts (id) on delete cascade,
  purpose text not null check (purpose in ('id-porten', 'altinn')),
  scopes text[] not null,
  acr text not null,
  -- Nonce and code verifier as JSON, sealed for this row.
  sealed bytea not null,
  key_id text not null,
  another_person boolean not null,
  expires_at timestamptz not null
);
create index id_porten_logins_user on id_porten_logins (user_id, expires_at);
create index id_porten_logins_expiry on id_porten_logins (expires_at);
create index id_porten_logins_client on id_porten_logins (for_client_account_id) where for_client_account_id is not null;

-- Tokens of sessions that ended here and are still to be revoked there.
create table id_porten_revocations (
  id bigint generated always as identity primary key,
  user_id bigint not null references users (id) on delete cascade,
  sealed bytea not null,
  key_id text not null,
  -- After it the tokens have ended by themselves.
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
