-- Who puts or removes the content of a file holds it meanwhile, so that the file store is never asked within a
-- transaction. What is left of a node that died ends by itself.
create table content_leases (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  sha256 bytea not null check (length(sha256) = 32),
  held_until timestamptz not null,
  primary key (client_account_id, sha256)
);
select wall('content_leases');
grant select, insert, update, delete on content_leases to hovedbok_app;

-- The job that took a bank file in: one that broke off between commit and report finds its answer here. Null without a job.
alter table bank_imports add column job_id bigint;
