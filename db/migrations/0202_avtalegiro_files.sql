-- Files from and to the operator of AvtaleGiro, known again by their bytes.
create table avtalegiro_files (
  client_account_id bigint not null references client_accounts,
  id bigint not null,
  kind text not null check (kind in ('mandates', 'claims')),
  sha256 bytea not null,
  sender text not null,
  transmission_number text not null,
  receiver text not null,
  records int not null,
  created_at timestamptz not null,
  primary key (client_account_id, id),
  unique (client_account_id, sha256)
);
select wall('avtalegiro_files');
grant select, insert on avtalegiro_files to hovedbok_app;

-- The file that last named a mandate: a full list ends the others.
alter table avtalegiro_mandates add column listed_in_file bigint;
