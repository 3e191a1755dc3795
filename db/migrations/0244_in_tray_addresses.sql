-- The part of the mailbox's address that is a client account's own: what is mailed there is taken in as received invoices.
create table in_tray_addresses (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  token text not null unique check (token ~ '^[a-z0-9]{12}$'),
  created_at timestamptz not null,
  -- On whose behalf invoices are taken in.
  created_by_id bigint
);
select wall('in_tray_addresses');
grant select, insert, update on in_tray_addresses to hovedbok_app;
