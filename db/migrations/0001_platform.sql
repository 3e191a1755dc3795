-- The foundations of every domain: roles, the wall between client accounts, requests, background work, mails and
-- stored files.

-- The role of the application. It owns nothing: it can never alter a table, switch off row level security or reach a
-- row of a client account that the current transaction was not given. Roles belong to the whole cluster, so a second
-- database on it finds the role already there.
do $$
begin
  if not exists (select from pg_roles where rolname = 'hovedbok_app') then
    begin
      create role hovedbok_app nologin nosuperuser nobypassrls;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  execute format('grant hovedbok_app to %I', current_user);
end $$;
grant usage on schema public to hovedbok_app;

-- A role that finds pending work in all client accounts at once. It reads a few tables and nothing else, and only
-- `client_accounts_to_fold` runs under it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'hovedbok_upkeep') then
    begin
      create role hovedbok_upkeep nologin nosuperuser nobypassrls;
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  execute format('grant hovedbok_upkeep to %I', current_user);
end $$;
grant usage on schema public to hovedbok_upkeep;

-- Row level security for a table of a client account. The sub-select makes the setting a value computed once per
-- statement; a transaction that was given no client accounts gets an error, not an empty result. It also applies to
-- the owner of the tables: a connection without the application's role sees nothing.
create function wall(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy client_wall on %s to hovedbok_app
       using (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))
       with check (client_account_id = any ((select current_setting(''app.client_accounts'')::bigint[])::bigint[]))', target);
  perform owner_works(target);
end $$;
revoke execute on function wall(regclass) from public;

-- Code that runs with the owner's rights declares it: migrations and backups with a setting, functions with their
-- fixed search path. (An owner who is no superuser cannot fix a custom setting for a function.)
create function owner_works(target regclass) returns void language plpgsql as $$
begin
  execute format(
    'create policy owner_works on %1$s to %2$I using (%3$s) with check (%3$s)', target, current_user,
    $works$(select coalesce(current_setting('hovedbok.owner_works', true), '') = 'on'
      or replace(current_setting('search_path'), ' ', '') = 'public,pg_temp')$works$);
end $$;
revoke execute on function owner_works(regclass) from public;

-- Tables that no client account owns alone are read before the caller's access is known, so they are readable by all.
-- A write may only touch rows that the transaction was opened for: client accounts (app.client_accounts), the acting
-- user (app.user_id), or one named kind of internal work (app.work). Forced, so that it applies to the owner as well;
-- a migration that changes rows here sets these first.
create function wall_writes(target regclass, own text) returns void language plpgsql as $$
declare
  rule text := replace(replace(replace(own,
    '{accounts}', '(select current_setting(''app.client_accounts'')::bigint[])::bigint[]'),
    '{user}', '(select nullif(current_setting(''app.user_id'', true), '''')::bigint)'),
    '{work}', '(select current_setting(''app.work'', true))');
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy anybody_reads on %s for select using (true)', target);
  execute format('create policy own_inserted on %s for insert with check (%s)', target, rule);
  execute format('create policy own_updated on %s for update using (%s) with check (%s)', target, rule, rule);
  execute format('create policy own_deleted on %s for delete using (%s)', target, rule);
end $$;
revoke execute on function wall_writes(regclass, text) from public;

-- Norwegian order of names: æ, ø, å last.
create collation if not exists nb_no (provider = icu, locale = 'nb-NO');

-- Text for searching, without regard to case. Covers Norwegian and neighbouring alphabets as well, in any locale of
-- the database: under "C", lower() knows A to Z only.
create function folded(text) returns text language sql immutable strict parallel safe as $$
  select translate(lower($1), 'ÆØÅÄÖÜÀÁÂÃÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÙÚÛÝÞŠŽČŁ', 'æøåäöüàáâãçèéêëìíîïðñòóôõùúûýþšžčł')
$$;

-- The loaded version of each reference data file: the file's sha256.
create table reference_data (
  file text primary key,
  sha256 text not null,
  loaded_at timestamptz not null default now()
);

-- One stored response per caller and key; the key is inserted in the same transaction as the write that it protects.
create table idempotency_keys (
  user_id bigint not null,
  key text not null check (length(key) between 1 and 255),
  operation text not null,
  request_hash bytea not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);
-- A stored response never changes.
grant select, insert, delete on idempotency_keys to hovedbok_app;

-- Who did what, when. client_account_id 0: not tied to a client account (logins, tokens).
create table audit_log (
  client_account_id bigint not null default 0,
  id bigint generated always as identity,
  at timestamptz not null default now(),
  user_id bigint,
  operation text not null,
  record_type text,
  record_id bigint,
  record_ids bigint[],
  before jsonb,
  after jsonb,
  request_id text,
  primary key (client_account_id, id)
);
select wall('audit_log');
grant select, insert on audit_log to hovedbok_app;

-- Number of attempts within a window: of guessed passwords, of self-registrations from an address.
create table throttles (
  key text primary key,
  count int not null,
  window_ends_at timestamptz not null
);
create index throttles_window on throttles (window_ends_at);
select wall_writes('throttles', '{work} in (''throttle'', ''expiry'')');
select owner_works('throttles');
grant select, insert, update, delete on throttles to hovedbok_app;

-- A piece of background work as the API shows it; the work itself is a task of the queue (graphile-worker, schema
-- graphile_worker).
create table jobs (
  client_account_id bigint not null default 0,
  id bigint generated always as identity,
  user_id bigint not null,
  kind text not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed')),
  progress int not null default 0 check (progress between 0 and 100),
  input jsonb not null default '{}',
  result jsonb,
  errors jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- How often the job was started: a job whose process dies is started again, a limited number of times.
  attempts int not null default 0,
  -- The file of a job that renders a report is kept until then. The key of the file follows from the job's id.
  file_expires_at timestamptz,
  -- Error of the last attempt, as {code, message, message_en}, also while the job will be retried.
  last_error jsonb,
  -- How often its process ended while running it.
  crashes int not null default 0,
  primary key (id)
);
create index jobs_user on jobs (user_id, id);
-- Unfinished jobs.
create index jobs_open on jobs (id) where status in ('queued', 'running');
create index jobs_files on jobs (file_expires_at) where file_expires_at is not null;
-- For listing a client account's jobs.
create index jobs_client on jobs (client_account_id, id) where client_account_id <> 0;
-- For the removal of old jobs.
create index jobs_finished on jobs (finished_at) where finished_at is not null;
grant select, insert, update, delete on jobs to hovedbok_app;

-- Uploaded files of jobs, in the file store under their key; removed when no job needs them any more.
create table job_uploads (
  key text primary key,
  created_at timestamptz not null,
  job_id bigint
);
create index job_uploads_job on job_uploads (job_id) where job_id is not null;
create index job_uploads_created on job_uploads (created_at);
grant select, insert, update, delete on job_uploads to hovedbok_app;

-- The processes that run tasks. A task whose process has ended is given to another.
create table task_processes (
  pool text primary key,
  -- Its connections carry this name, which shows that the process is alive.
  application_name text not null,
  seen_at timestamptz not null default now()
);

-- Adds a task in the transaction of its cause. The application's role has access to the queue only through this
-- function.
create function add_task(identifier text, payload json, queue_name text, max_attempts int, job_key text, run_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if job_key is not null and exists (select from graphile_worker.jobs j where j.key = job_key) then
    return;
  end if;
  perform graphile_worker.add_job(identifier, payload, queue_name => queue_name, max_attempts => max_attempts,
    job_key => job_key, run_at => run_at, job_key_mode => case when job_key is null then 'replace' else 'unsafe_dedupe' end);
end $$;
revoke execute on function add_task(text, json, text, int, text, timestamptz) from public;
grant execute on function add_task(text, json, text, int, text, timestamptz) to hovedbok_app;

create table mail_outbox (
  id bigint generated always as identity primary key,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  attempts int not null default 0,
  last_error text,
  next_attempt_at timestamptz not null default now(),
  -- The invitation in a mail; its number contains its client account.
  invitation_id bigint,
  reply_to text
);
create index mail_outbox_waiting on mail_outbox (next_attempt_at) where sent_at is null;
create index mail_outbox_invitation on mail_outbox (invitation_id) where invitation_id is not null;
grant select, insert, update, delete on mail_outbox to hovedbok_app;

-- Attachments of a mail. Deleted after delivery.
create table mail_attachments (
  mail_id bigint not null references mail_outbox (id) on delete cascade,
  position int not null check (position > 0),
  file_name text not null,
  content_type text not null,
  content bytea not null,
  primary key (mail_id, position)
);
grant select, insert, delete on mail_attachments to hovedbok_app;

-- The content of files in the database, for installations with several nodes and no other shared store. Written in
-- chunks before a record refers to it; a writer that ended early leaves one without a file, which is removed.
create table file_contents (
  client_account_id bigint not null,
  id uuid not null,
  size_bytes bigint not null default 0 check (size_bytes >= 0),
  created_at timestamptz not null,
  primary key (client_account_id, id)
);
select wall('file_contents');
grant select, insert, update, delete on file_contents to hovedbok_app;

create table file_chunks (
  client_account_id bigint not null,
  content_id uuid not null,
  chunk_no int not null check (chunk_no >= 0),
  bytes bytea not null,
  primary key (client_account_id, content_id, chunk_no),
  foreign key (client_account_id, content_id) references file_contents (client_account_id, id) on delete cascade
);
-- Files are compressed already.
alter table file_chunks alter column bytes set storage external;
select wall('file_chunks');
grant select, insert, update, delete on file_chunks to hovedbok_app;

create table stored_files (
  client_account_id bigint not null,
  key text not null,
  content_id uuid not null,
  primary key (client_account_id, key),
  unique (client_account_id, content_id),
  foreign key (client_account_id, content_id) references file_contents (client_account_id, id)
);
select wall('stored_files');
grant select, insert, update, delete on stored_files to hovedbok_app;
