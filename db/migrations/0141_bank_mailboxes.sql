-- Files that banks lay down for us, by the mailbox of the provider that carries them.

-- A file as the mailbox lists it, from when it is first seen until some time after it was acknowledged there. It belongs to
-- no client account: which ones it is for is known when it was read.
create table bank_mailbox_files (
  mailbox text not null,
  name text not null check (length(name) between 1 and 255),
  size bigint not null check (size >= 0),
  -- As the mailbox tells; a change is another file under the same name.
  version text not null,
  -- waiting: not taken in yet. taken: all of it is kept by us, and may be acknowledged. held: kept, and parts of it belong to
  -- accounts that nobody has. acknowledged: the mailbox has been told.
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'held', 'acknowledged')),
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  attempts int not null default 0,
  next_attempt_at timestamptz,
  -- What keeps it from being taken in, as {code, nb, en}.
  problem jsonb,
  -- Accounts of a held file that nobody has.
  unknown_accounts text[],
  -- Where its bytes are kept while it is held.
  storage_key text,
  is_acknowledged boolean not null default false,
  primary key (mailbox, name)
);
create index bank_mailbox_files_open on bank_mailbox_files (mailbox) where state <> 'acknowledged';
create index bank_mailbox_files_old on bank_mailbox_files (changed_at) where state = 'acknowledged';

-- A mailbox as it was at the last look.
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
select wall_writes('bank_mailbox_files', '{work} = ''bank_mailbox''');
select wall_writes('bank_mailboxes', '{work} = ''bank_mailbox''');
grant select, insert, update, delete on bank_mailbox_files, bank_mailboxes to hovedbok_app;

-- What came of a file for a client account.
create table bank_deliveries (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  mailbox text not null,
  bic text,
  file_name text not null,
  kind text not null check (kind in ('statement', 'payment_status')),
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
