-- How often a job was begun: one that dies with its process is begun again, but not for ever.
alter table jobs add column attempts int not null default 0;
-- Jobs that are not over yet.
create index jobs_open on jobs (id) where status in ('queued', 'running');
