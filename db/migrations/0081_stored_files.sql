-- The content of files in the database, for installations with several nodes and no other shared store.

-- Written in pieces before anything refers to it; a writer that ended leaves one without a file, which is removed.
create table file_contents (
  client_account_id bigint not null,
  id uuid not null,
  size_bytes bigint not null default 0 check (size_bytes >= 0),
  created_at timestamptz not null,
  primary key (client_account_id, id)
);
create table file_chunks (
  client_account_id bigint not null,
  content_id uuid not null,
  chunk_no int not null check (chunk_no >= 0),
  bytes bytea not null,
  primary key (client_account_id, content_id, chunk_no),
  foreign key (client_account_id, content_id) references file_contents (client_account_id, id) on delete cascade
);
-- Documents are compressed already.
alter table file_chunks alter column bytes set storage external;
create table stored_files (
  client_account_id bigint not null,
  key text not null,
  content_id uuid not null,
  primary key (client_account_id, key),
  unique (client_account_id, content_id),
  foreign key (client_account_id, content_id) references file_contents (client_account_id, id)
);
select wall(t) from unnest(array['file_contents', 'file_chunks', 'stored_files']::regclass[]) t;
grant select, insert, update, delete on file_contents, file_chunks, stored_files to hovedbok_app;
