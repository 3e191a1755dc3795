-- Invoices that come again: drafts made from a template, on a day of every so many months.
create table recurring_invoices (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  name text not null check (length(name) between 1 and 150),
  -- The document in the shape of the API, without its dates and number.
  document jsonb not null,
  -- The first day; the following are so many months after it, or the last day of a shorter month.
  starts_on date not null,
  interval_months int not null check (interval_months between 1 and 60),
  ends_on date,
  -- Drafts made so far: what the next day follows from.
  runs int not null default 0,
  -- Null: there is no next one.
  next_on date,
  -- Why the last attempt made none; a person mends it.
  last_error jsonb,
  is_active boolean not null default true,
  created_at timestamptz not null,
  -- On whose behalf the drafts are made.
  created_by_id bigint not null references users (id),
  updated_at timestamptz not null,
  updated_by_id bigint,
  primary key (client_account_id, id),
  check (ends_on >= starts_on)
);
create index recurring_invoices_due on recurring_invoices (client_account_id, next_on) where is_active and next_on is not null;

-- One draft for each day, whatever is run twice.
create table recurring_invoice_runs (
  client_account_id bigint not null,
  recurring_invoice_id bigint not null,
  run_on date not null,
  document_id bigint not null,
  primary key (client_account_id, recurring_invoice_id, run_on),
  foreign key (client_account_id, recurring_invoice_id) references recurring_invoices on delete cascade,
  foreign key (client_account_id, document_id) references documents on delete cascade
);
create index recurring_invoice_runs_document on recurring_invoice_runs (client_account_id, document_id);

select wall(t) from unnest(array['recurring_invoices', 'recurring_invoice_runs']::regclass[]) t;
grant select, insert, update on recurring_invoices to hovedbok_app;
grant select, insert on recurring_invoice_runs to hovedbok_app;
