-- Received files, the vouchers that they are, and collections of vouchers.

create table files (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  sha256 bytea not null,
  size_bytes bigint not null check (size_bytes > 0),
  content_type text not null,
  name text not null,
  storage_key text not null,
  processing_track text not null default 'DEFAULT' check (processing_track in ('DEFAULT', 'MANUAL', 'FASTTRACK')),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, sha256)
);
select wall('files');
grant select, insert, update on files to hovedbok_app;

-- Lock for storing or removing the content of a file, so that the file store is never called within a transaction. The
-- lock of a node that died expires by itself.
create table content_leases (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  sha256 bytea not null check (length(sha256) = 32),
  held_until timestamptz not null,
  primary key (client_account_id, sha256)
);
select wall('content_leases');
grant select, insert, update, delete on content_leases to hovedbok_app;

-- The evidence of entries. Its id is the id of its file.
create table vouchers (
  client_account_id bigint not null,
  id bigint not null,
  status text not null default 'PENDING' check (status in ('PENDING', 'DRAFT', 'ARCHIVED', 'BOOKED', 'DELETED')),
  description text,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  -- Set when a link to an entry is removed: a file that has documented an entry is kept (bokføringsloven § 13).
  documented_until timestamptz,
  primary key (client_account_id, id),
  foreign key (client_account_id, id) references files
);
select wall('vouchers');
grant select, insert, update on vouchers to hovedbok_app;

create table voucher_collections (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  name text not null check (length(name) between 1 and 150),
  description text check (length(description) <= 1000),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id)
);
select wall('voucher_collections');
grant select, insert, update on voucher_collections to hovedbok_app;

create table voucher_collection_members (
  client_account_id bigint not null,
  collection_id bigint not null,
  voucher_id bigint not null,
  primary key (client_account_id, collection_id, voucher_id),
  foreign key (client_account_id, collection_id) references voucher_collections on delete cascade,
  foreign key (client_account_id, voucher_id) references vouchers on delete cascade
);
create index voucher_collection_members_voucher on voucher_collection_members (client_account_id, voucher_id);
select wall('voucher_collection_members');
grant select, insert, delete on voucher_collection_members to hovedbok_app;
