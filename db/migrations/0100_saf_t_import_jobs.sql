-- The job that took a SAF-T file in, kept with the result in the import's own transaction: a job that broke off between
-- commit and report finds its answer here. Null for imports without a job.
alter table saf_t_imports add column job_id bigint;
