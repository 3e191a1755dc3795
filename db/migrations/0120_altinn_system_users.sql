-- Requests at Altinn for a system user of a client account's organisation, and what became of each. The id is Altinn's: of
-- the request, and of the system user once somebody of the organisation has approved it.
create table altinn_system_users (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id uuid not null,
  external_ref text not null check (length(external_ref) between 1 and 255),
  system_id text not null,
  org_number text not null check (org_number ~ '^[0-9]{9}$'),
  status text not null check (status in ('New', 'Pending', 'Active', 'Rejected', 'Denied', 'TimedOut', 'Deleted')),
  confirm_url text,
  redirect_url text,
  -- In redirect_url: by it a returning browser names the request without knowing its id.
  return_key uuid,
  rights jsonb not null,
  -- When it was first seen accepted; the system user follows a moment later.
  accepted_at timestamptz,
  returned_at timestamptz,
  -- A newer request of the same organisation took its place.
  replaced_at timestamptz,
  -- Counts changes of the status, so that an older answer never overwrites a newer one.
  version int not null default 1 check (version > 0),
  -- When Altinn is asked next; null where nothing can change any more.
  next_sync_at timestamptz,
  failures int not null default 0 check (failures >= 0),
  synced_at timestamptz not null,
  created_at timestamptz not null,
  created_by_id bigint,
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  check (replaced_at is null or next_sync_at is null)
);
select wall('altinn_system_users');
grant select, insert, update on altinn_system_users to hovedbok_app;

-- One that stands for an organisation at a time.
create unique index altinn_system_users_standing on altinn_system_users (client_account_id, org_number)
  where replaced_at is null;
create index altinn_system_users_listed on altinn_system_users (client_account_id, created_at, id);
create index altinn_system_users_id on altinn_system_users (id);
create index altinn_system_users_return on altinn_system_users (return_key) where return_key is not null;
create index altinn_system_users_due on altinn_system_users (next_sync_at) where next_sync_at is not null;

-- Whose a system user is, by its id or by the key of a returning browser; null where there is none.
create function client_account_of_system_user(key uuid) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select client_account_id from altinn_system_users where id = key or return_key = key limit 1
$$;

-- Those whose status is to be looked up, longest overdue first, at most so many.
create function system_users_due(at timestamptz, most int) returns table (client_account_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.client_account_id, s.id from altinn_system_users s
  where s.next_sync_at <= at order by s.next_sync_at limit most
$$;
revoke execute on function client_account_of_system_user(uuid), system_users_due(timestamptz, int) from public;
grant execute on function client_account_of_system_user(uuid), system_users_due(timestamptz, int) to hovedbok_app;
