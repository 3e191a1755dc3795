-- What was imported from SAF-T: one row for each file whose books were taken in. `header` keeps the file's own header and
-- journals, so that an export can give them back; `result` is what the import answered. Entries of an import are those
-- from first_entry_id to last_entry_id.
create table saf_t_imports (
  client_account_id bigint not null references client_accounts (id),
  id bigint not null,
  sha256 bytea not null check (length(sha256) = 32),
  file_name text not null,
  version text not null,
  selection_start date,
  selection_end date,
  first_entry_id bigint,
  last_entry_id bigint,
  header jsonb not null,
  result jsonb not null,
  imported_at timestamptz not null,
  imported_by_id bigint not null,
  primary key (client_account_id, id),
  unique (client_account_id, sha256)
);

select wall('saf_t_imports');
grant select, insert on saf_t_imports to hovedbok_app;
