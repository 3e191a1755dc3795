-- A client account in the Peppol network: what is wanted here (is_active), and what the network shows (connected). Each is
-- true without the other: a registration takes time to be seen, and one that ended is seen for a while.
create table peppol_connections (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  participant text not null check (participant ~ '^0192:[0-9]{9}$'),
  is_active boolean not null,
  connected boolean not null,
  -- publishing: registered, not seen yet. lost: was connected, and the network does not show it any more. leaving: switched
  -- off, not gone yet. taken: another provider has it.
  state text not null check (state in ('publishing', 'connected', 'lost', 'leaving', 'off', 'taken')),
  -- How long it has been so.
  state_at timestamptz not null,
  checked_at timestamptz,
  -- When the network is asked again; null: not before somebody switches.
  next_check_at timestamptz,
  created_at timestamptz not null,
  created_by_id bigint,
  updated_at timestamptz not null,
  -- Who switched it last: received invoices are taken in on this person's behalf.
  updated_by_id bigint,
  check (is_active = (state in ('publishing', 'connected', 'lost'))),
  check (state <> 'connected' or connected),
  check (state not in ('off', 'taken') or not connected)
);
-- The network knows an organisation once, whoever of the client accounts here is it.
create unique index peppol_connections_participant on peppol_connections (participant) where is_active;
create index peppol_connections_due on peppol_connections (next_check_at) where next_check_at is not null;
select wall('peppol_connections');
grant select, insert, update on peppol_connections to hovedbok_app;

-- Deliveries that the network has not taken yet.
create index document_deliveries_queued on document_deliveries (client_account_id, id)
  where channel = 'PEPPOL' and status = 'QUEUED';
