-- Changes in one ordered list per client account (decision 0031). A change inserts a row into `new_events` in its own
-- transaction; afterwards, under the lock of the client account's row in `event_heads`, committed rows get their
-- positions 1, 2, 3 … and move to `events`. Journal entries insert no rows: they are numbered in commit order already,
-- and are taken from there. The webhooks that events are delivered to follow below.

create table event_heads (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  last_position bigint not null default 0,
  -- Events up to this position have been removed.
  removed_through bigint not null default 0 check (removed_through <= last_position),
  -- Entries up to this number are included in the events, or existed before the list began.
  posting_no bigint not null default 0
);
select wall('event_heads');
grant select, insert, update on event_heads to hovedbok_app;

create table new_events (
  client_account_id bigint not null,
  id bigint generated always as identity,
  kind text not null,
  resource_id text not null,
  at timestamptz not null default now(),
  primary key (client_account_id, id)
);
select wall('new_events');
grant select, insert, delete on new_events to hovedbok_app;

create table events (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  position bigint not null,
  kind text not null,
  resource_id text not null,
  at timestamptz not null,
  primary key (client_account_id, position)
);
select wall('events');
grant select, insert on events to hovedbok_app;

-- Addresses that events are delivered to, and the state of each delivery.
create table webhooks (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  url text not null check (length(url) between 1 and 2000),
  -- As requested: `document.final`, `document.*`, `*`.
  kinds text[] not null check (cardinality(kinds) between 1 and 100),
  description text check (length(description) between 1 and 200),
  -- PAUSED: by a user. DISABLED: automatically, because deliveries failed for long or the receiver responded that it
  -- is gone.
  state text not null check (state in ('ACTIVE', 'PAUSED', 'DISABLED')),
  disabled_reason text check (disabled_reason in ('FAILING', 'GONE')),
  -- The secret that signs deliveries, encrypted; the previous one signs too, until it expires.
  sealed bytea not null,
  key_id text not null,
  earlier_sealed bytea,
  earlier_key_id text,
  earlier_until timestamptz,
  -- Events up to here have become deliveries, or are of other kinds.
  position bigint not null check (position >= 0),
  -- Consecutive failures, for any event; and the time of the first.
  failures int not null default 0 check (failures >= 0),
  failing_since timestamptz,
  -- No delivery before this time, after consecutive failures.
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
  -- Of the last attempt: the status of the response, or why there was none.
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

-- Webhooks with pending deliveries, of all client accounts.
create function webhooks_due(at timestamptz, most int) returns table (client_account_id bigint, id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.client_account_id, w.id from webhooks w
  where w.state = 'ACTIVE' and coalesce(w.rests_until, at) <= at and (
    exists (select from webhook_deliveries d where d.client_account_id = w.client_account_id and d.webhook_id = w.id
      and d.state = 'WAITING' and d.next_attempt_at <= at)
    or exists (select from event_heads h where h.client_account_id = w.client_account_id and h.last_position > w.position))
  order by w.client_account_id, w.id limit most
$$;
revoke execute on function webhooks_due(timestamptz, int) from public;
grant execute on function webhooks_due(timestamptz, int) to hovedbok_app;

-- Webhooks with a secret that is encrypted under another key than the current one.
create function webhooks_sealed_otherwise(key text, most int) returns table (client_account_id bigint, id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.client_account_id, w.id from webhooks w where w.key_id <> key or w.earlier_key_id <> key limit most
$$;
revoke execute on function webhooks_sealed_otherwise(text, int) from public;
grant execute on function webhooks_sealed_otherwise(text, int) to hovedbok_app;

-- Client accounts beyond the given one with events that have no position yet, up to a limit; one look into an empty
-- index if there are none. Thorough: also those whose entries were left when a process ended.
create function client_accounts_with_new_events(beyond bigint, most int, thorough boolean) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select client_account_id from new_events where client_account_id > beyond order by client_account_id limit 1)
    union all
    select (select n.client_account_id from new_events n where n.client_account_id > f.client_account_id
      order by n.client_account_id limit 1)
    from found f where f.client_account_id is not null
  ), behind as (
    select h.client_account_id from client_account_heads h left join event_heads e using (client_account_id)
    where thorough and h.client_account_id > beyond and h.last_posting_no > coalesce(e.posting_no, 0)
  )
  select client_account_id from (
    (select client_account_id from found where client_account_id is not null limit most)
    union
    (select client_account_id from behind order by client_account_id limit most)) u
  order by client_account_id limit most
$$;
revoke execute on function client_accounts_with_new_events(bigint, int, boolean) from public;
grant execute on function client_accounts_with_new_events(bigint, int, boolean) to hovedbok_app;

-- Removes the oldest events of every client account and their deliveries, in the order of the list, up to a limit per
-- client account. Returns the number.
create function remove_old_events(before timestamptz, most int) returns bigint
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
revoke execute on function remove_old_events(timestamptz, int) from public;
grant execute on function remove_old_events(timestamptz, int) to hovedbok_app;

-- For a row that was inserted or has reached a state that the trigger's condition names:
-- `tell_event('document.final')`.
create function tell_event() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id, tg_argv[0], new.id::text);
  return null;
end $$;

-- The same with the state as the kind's second part: `tell_state('payment_order', 'status')`.
create function tell_state() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  values (new.client_account_id, tg_argv[0] || '.' || lower(to_jsonb(new) ->> tg_argv[1]), new.id::text);
  return null;
end $$;

-- Consumer invoicing.
create trigger tells_made after insert on issuer_agreements for each row execute function tell_event('issuer_agreement.ordered');
create trigger tells_state after update on issuer_agreements for each row when (old.state <> new.state)
  execute function tell_state('issuer_agreement', 'state');
create trigger tells_made after insert on consumer_agreements for each row execute function tell_event('consumer_agreement.created');
create trigger tells_state after update on consumer_agreements for each row when (old.state <> new.state)
  execute function tell_state('consumer_agreement', 'state');

-- One event for a file, for any number of mandates: a KID identifies the payer, and events do not contain that.
create trigger tells_mandates after insert on avtalegiro_files for each row when (new.kind = 'mandates')
  execute function tell_event('mandates.changed');

-- Documents.
create function documents_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select n.client_account_id, k.kind, n.id::text
  from new_rows n cross join lateral (values ('document.created'),
    (case when n.document_status = 'POSTED' then 'document.final' end)) k (kind)
  where k.kind is not null order by n.id;
  return null;
end $$;
create trigger tells_made after insert on documents referencing new table as new_rows
  for each statement execute function documents_tell();
create trigger tells_final after update on documents for each row
  when (old.document_status <> 'POSTED' and new.document_status = 'POSTED') execute function tell_event('document.final');
create trigger tells_cancelled after update on documents for each row
  when (old.document_status <> 'CANCELLED' and new.document_status = 'CANCELLED') execute function tell_event('document.cancelled');

-- The event names the document, because readers do not know the delivery.
create function delivery_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id,
    case new.status when 'SENT' then 'document.sent' else 'document.sending_failed' end, new.document_id::text);
  return null;
end $$;
create trigger tells_made after insert on document_deliveries for each row when (new.status <> 'QUEUED')
  execute function delivery_tells();
create trigger tells_state after update on document_deliveries for each row
  when (old.status <> new.status and new.status in ('SENT', 'FAILED')) execute function delivery_tells();

-- A document is paid when its line in the books is settled.
create function settlements_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select d.client_account_id, case when s.settled = l.debit - l.credit then 'document.paid' else 'document.partly_paid' end, d.id::text
  from (select distinct client_account_id, entry_id, line_no from new_rows) t
  join documents d on d.client_account_id = t.client_account_id and d.journal_entry_id = t.entry_id and d.line_no = t.line_no
    and d.document_status <> 'CANCELLED'
  join journal_entry_lines l on l.client_account_id = t.client_account_id and l.entry_id = t.entry_id and l.line_no = t.line_no
  cross join lateral (select sum(i.amount) as settled from item_settlements i
    where i.client_account_id = t.client_account_id and i.entry_id = t.entry_id and i.line_no = t.line_no and i.is_active) s
  order by d.id;
  return null;
end $$;
create trigger tells_made after insert on item_settlements referencing new table as new_rows
  for each statement execute function settlements_tell();

create function settlement_tells_undone() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select d.client_account_id, 'document.payment_undone', d.id::text from documents d
  where d.client_account_id = new.client_account_id and d.journal_entry_id = new.entry_id and d.line_no = new.line_no
    and d.document_status <> 'CANCELLED';
  return null;
end $$;
create trigger tells_undone after update on item_settlements for each row when (old.is_active and not new.is_active)
  execute function settlement_tells_undone();

-- Received invoices, and outgoing payments.
create trigger tells_made after insert on received_invoices for each row execute function tell_event('received_invoice.created');
create trigger tells_state after update on received_invoices for each row when (old.status <> new.status)
  execute function tell_state('received_invoice', 'status');
create trigger tells_made after insert on payment_orders for each row execute function tell_event('payment_order.created');
create trigger tells_state after update on payment_orders for each row when (old.status <> new.status)
  execute function tell_state('payment_order', 'status');

-- Bank.
create function bank_transactions_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select client_account_id, 'bank_transaction.created', id::text from new_rows order by id;
  return null;
end $$;
create trigger tells_made after insert on bank_transactions referencing new table as new_rows
  for each statement execute function bank_transactions_tell();
create trigger tells_reconciled after update on bank_transactions for each row
  when (old.matched_amount + old.external_reconciled_amount <> old.amount
    and new.matched_amount + new.external_reconciled_amount = new.amount)
  execute function tell_event('bank_transaction.reconciled');
create trigger tells_reopened after update on bank_transactions for each row
  when (old.matched_amount + old.external_reconciled_amount = old.amount
    and new.matched_amount + new.external_reconciled_amount <> new.amount)
  execute function tell_event('bank_transaction.reopened');
create trigger tells_made after insert on bank_imports for each row execute function tell_event('bank_import.created');
create trigger tells_made after insert on bank_reconciliations for each row execute function tell_event('bank_reconciliation.signed');
create trigger tells_reopened after update on bank_reconciliations for each row
  when (old.reopened_at is null and new.reopened_at is not null) execute function tell_event('bank_reconciliation.reopened');

-- VAT returns and system users.
create trigger tells_made after insert on vat_settlements for each row execute function tell_event('vat_settlement.created');
create trigger tells_made after insert on vat_submissions for each row execute function tell_event('vat_return.created');
create trigger tells_state after update on vat_submissions for each row when (old.status <> new.status)
  execute function tell_state('vat_return', 'status');
create trigger tells_made after insert on altinn_system_users for each row execute function tell_event('system_user.requested');
create trigger tells_state after update on altinn_system_users for each row when (old.status <> new.status)
  execute function tell_state('system_user', 'status');

-- A job is finished by a transaction that was opened for no client account.
create function job_tells() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id, 'job.' || new.status, new.id::text);
  return null;
end $$;
revoke execute on function job_tells() from public;
create trigger tells_state after update on jobs for each row
  when (old.status <> new.status and new.client_account_id <> 0 and new.status in ('succeeded', 'failed'))
  execute function job_tells();

-- AvtaleGiro claims change by the hundred thousand when a file is created: one statement inserts the events of all.
create function claims_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select client_account_id, 'avtalegiro_claim.created', id::text from new_rows order by id;
  return null;
end $$;
create trigger tells_made after insert on avtalegiro_claims referencing new table as new_rows
  for each statement execute function claims_tell();

create function claim_states_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select n.client_account_id, 'avtalegiro_claim.' || lower(n.state), n.id::text
  from new_rows n join old_rows o using (client_account_id, id)
  where o.state <> n.state order by n.id;
  return null;
end $$;
create trigger tells_state after update on avtalegiro_claims referencing old table as old_rows new table as new_rows
  for each statement execute function claim_states_tell();

-- Reminders.
create trigger tells_made after insert on invoice_reminders for each row execute function tell_event('reminder.created');
create trigger tells_sent after update on invoice_reminders for each row
  when (old.sent_at is null and new.sent_at is not null) execute function tell_event('reminder.sent');
create trigger tells_undone after update on invoice_reminders for each row
  when (old.undone_at is null and new.undone_at is not null) execute function tell_event('reminder.undone');

-- A file of mandates that arrived again for one more account.
create trigger tells_more_mandates after update on avtalegiro_files for each row
  when (new.kind = 'mandates' and old.accounts <> new.accounts) execute function tell_event('mandates.changed');

-- The parameters of the bank's agreement were recorded for the first time, or changed.
create function agreement_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  values (new.client_account_id, 'avtalegiro_agreement.configured', new.account_number);
  return null;
end $$;
create trigger tells_made after insert on avtalegiro_agreements for each row execute function agreement_tells();
create trigger tells_changed after update on avtalegiro_agreements for each row
  when ((old.kid_length, old.reference_from, old.reference_to, old.payment_type_from, old.payment_type_to, old.notif_print,
      old.notif_email) is distinct from (new.kid_length, new.reference_from, new.reference_to, new.payment_type_from,
      new.payment_type_to, new.notif_print, new.notif_email))
  execute function agreement_tells();

-- The event names the invoice, because readers do not know the answer. An answer that fits no invoice is an event of
-- its own.
create function response_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id,
    case new.status when 'SENT' then 'received_invoice.answered' else 'received_invoice.answer_failed' end,
    new.received_invoice_id::text);
  return null;
end $$;
create trigger tells_state after update on invoice_responses for each row
  when (old.status <> new.status and new.status in ('SENT', 'FAILED')) execute function response_tells();
create function answer_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id, 'document.answered',
    new.document_id::text);
  return null;
end $$;
create trigger tells_answered after insert on document_responses for each row when (new.status = 'TAKEN')
  execute function answer_tells();
create trigger tells_questioned after insert on document_responses for each row when (new.status = 'QUESTIONED')
  execute function tell_event('document_response.questioned');
