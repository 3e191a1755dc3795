-- Background work as tasks of one queue (graphile-worker, schema graphile_worker), and what the API tells of a job.

-- What a client account's jobs are listed by.
create index jobs_client on jobs (client_account_id, id) where client_account_id <> 0;
-- What the retention removes.
create index jobs_finished on jobs (finished_at) where finished_at is not null;
alter table jobs
  -- Why the last attempt ended, as {code, message, message_en}, also while the job will be tried again.
  add column last_error jsonb,
  -- How often the process that ran it ended under it.
  add column crashes int not null default 0;

-- The queue before this one; what it held is told to have ended, and can be started again.
update jobs set status = 'failed', finished_at = now(),
  errors = '[{"code": "jobs.ended_by_upgrade", "message": "Programmet ble oppgradert før jobben var ferdig; start den på nytt.",
    "message_en": "The program was upgraded before the job was finished; start it again."}]'
  where status in ('queued', 'running');
drop schema if exists pgboss cascade;

-- The processes that run tasks. A task whose process is gone is given to another.
create table task_processes (
  pool text primary key,
  -- Its connections tell by this name that they are there.
  application_name text not null,
  seen_at timestamptz not null default now()
);

-- Files that were taken in for a job, in the file store under their key; removed when no job needs them any more.
create table job_uploads (
  key text primary key,
  created_at timestamptz not null,
  job_id bigint
);
create index job_uploads_job on job_uploads (job_id) where job_id is not null;
create index job_uploads_created on job_uploads (created_at);
grant select, insert, update, delete on job_uploads to hovedbok_app;

-- Adds a task in the transaction of its cause. The application's role reaches the queue by this function alone.
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

-- A role that looks for pending work in all client accounts at once. It reads these tables and nothing else, and only
-- the function below runs under it.
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
grant usage, create on schema public to hovedbok_upkeep;
grant select on client_account_heads, balance_deltas, chain_blocks, vat_folds to hovedbok_upkeep;
create policy upkeep_reads on client_account_heads for select to hovedbok_upkeep using (true);
create policy upkeep_reads on balance_deltas for select to hovedbok_upkeep using (true);
create policy upkeep_reads on chain_blocks for select to hovedbok_upkeep using (true);
create policy upkeep_reads on vat_folds for select to hovedbok_upkeep using (true);

-- Client accounts beyond the given one whose postings are not folded and sealed yet, at most so many. Those with balance
-- deltas, found by skipping from one client account to the next in the key: nothing to do costs one look into an empty
-- index. Thorough: also those that were folded and not sealed when a process ended.
create function client_accounts_to_fold(beyond bigint, most int, thorough boolean) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select client_account_id from balance_deltas where client_account_id > beyond order by client_account_id limit 1)
    union all
    select (select d.client_account_id from balance_deltas d where d.client_account_id > f.client_account_id
      order by d.client_account_id limit 1)
    from found f where f.client_account_id is not null
  ), behind as (
    select h.client_account_id from client_account_heads h
    where thorough and h.client_account_id > beyond and h.last_posting_no > 0 and (
      h.last_posting_no > coalesce((select b.last_posting_no from chain_blocks b
        where b.client_account_id = h.client_account_id order by b.block_no desc limit 1), 0)
      or h.last_posting_no > coalesce((select v.posting_no from vat_folds v
        where v.client_account_id = h.client_account_id), 0))
  )
  select client_account_id from (
    (select client_account_id from found where client_account_id is not null limit most)
    union
    (select client_account_id from behind order by client_account_id limit most)) u
  order by client_account_id limit most
$$;
alter function client_accounts_to_fold(bigint, int, boolean) owner to hovedbok_upkeep;
revoke create on schema public from hovedbok_upkeep;
revoke execute on function client_accounts_to_fold(bigint, int, boolean) from public;
grant execute on function client_accounts_to_fold(bigint, int, boolean) to hovedbok_app;
