-- Addresses that events are delivered to, and what became of each delivery.
create table webhooks (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  url text not null check (length(url) between 1 and 2000),
  -- As they were asked for: `document.final`, `document.*`, `*`.
  kinds text[] not null check (cardinality(kinds) between 1 and 100),
  description text check (length(description) between 1 and 200),
  -- PAUSED: by a person. DISABLED: by itself, because deliveries failed for long or the receiver said that it is gone.
  state text not null check (state in ('ACTIVE', 'PAUSED', 'DISABLED')),
  disabled_reason text check (disabled_reason in ('FAILING', 'GONE')),
  -- What deliveries are signed with, encrypted; the one before it signs too, until its time is over.
  sealed bytea not null,
  key_id text not null,
  earlier_sealed bytea,
  earlier_key_id text,
  earlier_until timestamptz,
  -- Events up to here have become deliveries, or are of other kinds.
  position bigint not null check (position >= 0),
  -- In a row, whatever the event; and since when.
  failures int not null default 0 check (failures >= 0),
  failing_since timestamptz,
  -- Nothing is sent before, after failures in a row.
  rests_until timestamptz,
  created_at timestamptz not null,
  created_by_id bigint not null references users (id),
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  check ((state = 'DISABLED') = (disabled_reason is not null)),
  check ((earlier_sealed is null) = (earlier_key_id is null) and (earlier_sealed is null) = (earlier_until is null))
);
select wall('webhooks');
grant select, insert, update, delete on webhooks to hovedbok_app;

create table webhook_deliveries (
  client_account_id bigint not null,
  webhook_id bigint not null,
  position bigint not null,
  kind text not null,
  state text not null check (state in ('WAITING', 'DELIVERED', 'FAILED')),
  attempts int not null default 0,
  next_attempt_at timestamptz,
  attempted_at timestamptz,
  -- Of the last attempt: the status of the answer, or why there was none.
  answer_status int,
  problem text,
  duration_ms int,
  primary key (client_account_id, webhook_id, position),
  foreign key (client_account_id, webhook_id) references webhooks on delete cascade,
  check ((state = 'WAITING') = (next_attempt_at is not null))
);
create index webhook_deliveries_waiting on webhook_deliveries (client_account_id, webhook_id, position) where state = 'WAITING';
select wall('webhook_deliveries');
grant select, insert, update on webhook_deliveries to hovedbok_app;

-- Webhooks with something to send, of all client accounts.
create function webhooks_due(at timestamptz, most int) returns table (client_account_id bigint, id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.client_account_id, w.id from webhooks w
  where w.state = 'ACTIVE' and coalesce(w.rests_until, at) <= at and (
    exists (select from webhook_deliveries d where d.client_account_id = w.client_account_id and d.webhook_id = w.id
      and d.state = 'WAITING' and d.next_attempt_at <= at)
    or exists (select from event_heads h where h.client_account_id = w.client_account_id and h.last_position > w.position))
  order by w.client_account_id, w.id limit most
$$;

-- Webhooks with a secret that is sealed under another key than the one of today.
create function webhooks_sealed_otherwise(key text, most int) returns table (client_account_id bigint, id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.client_account_id, w.id from webhooks w where w.key_id <> key or w.earlier_key_id <> key limit most
$$;
revoke execute on function webhooks_due(timestamptz, int), webhooks_sealed_otherwise(text, int) from public;
grant execute on function webhooks_due(timestamptz, int), webhooks_sealed_otherwise(text, int) to hovedbok_app;

-- With an event go its deliveries.
create or replace function remove_old_events(before timestamptz, most int) returns bigint
language sql security definer set search_path = public, pg_temp as $$
  with ends as (
    select h.client_account_id, o.position
    from event_heads h cross join lateral (
      select max(f.position) as position from (
        select e.position, e.at from events e
        where e.client_account_id = h.client_account_id and e.position > h.removed_through order by e.position limit most) f
      where f.at < before) o
    where o.position is not null
      and (select e.at from events e where e.client_account_id = h.client_account_id order by e.position limit 1) < before
  ), marked as (
    update event_heads h set removed_through = e.position from ends e where h.client_account_id = e.client_account_id
  ), undelivered as (
    delete from webhook_deliveries d using ends e where d.client_account_id = e.client_account_id and d.position <= e.position
  ), removed as (
    delete from events v using ends e where v.client_account_id = e.client_account_id and v.position <= e.position returning 1
  )
  select count(*) from removed
$$;
