-- A job that makes a document keeps its file until then. The key of the file follows from the job's id.
alter table jobs add column file_expires_at timestamptz;
create index jobs_files on jobs (file_expires_at) where file_expires_at is not null;
