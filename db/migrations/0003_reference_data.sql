-- Which version of each reference data file is loaded: the file's sha256.
create table reference_data (
  file text primary key,
  sha256 text not null,
  loaded_at timestamptz not null default now()
);
