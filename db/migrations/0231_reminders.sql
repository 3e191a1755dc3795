-- How a client account reminds customers who have not paid (inkassoforskriften chapter 1, forsinkelsesrenteloven).
create table reminder_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  charges_fee boolean not null default false,
  -- Less than the most that may be asked; null: that.
  fee_amount bigint constraint fee_within_limit check (fee_amount between 1 and 1000000),
  charges_interest boolean not null default false,
  -- Fee and interest become a claim in the books.
  posts_claim boolean not null default false,
  fee_account_code text not null,
  interest_account_code text not null,
  updated_at timestamptz not null,
  updated_by_id bigint
);

-- Rates as an accountant has entered them, beside those that are built in. INTEREST: percent a year. COLLECTION: the debt
-- collection rate (inkassosats) in kroner.
create table reminder_rates (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  kind text not null check (kind in ('INTEREST', 'COLLECTION')),
  valid_from date not null,
  valid_to date not null,
  value numeric(9, 4) not null check (value > 0 and value <= 99999),
  primary key (client_account_id, kind, valid_from),
  check (valid_to >= valid_from)
);

-- Claims that the customer disputes: nobody is reminded of them.
create table document_disputes (
  client_account_id bigint not null,
  document_id bigint not null,
  reason text not null check (length(reason) between 1 and 500),
  created_at timestamptz not null,
  created_by_id bigint,
  primary key (client_account_id, document_id),
  foreign key (client_account_id, document_id) references documents on delete cascade
);

create table invoice_reminders (
  client_account_id bigint not null,
  id bigint not null,
  -- One gapless series for each client account.
  number bigint not null check (number > 0),
  document_id bigint not null,
  level text not null check (level in ('REMINDER', 'NOTICE')),
  reminder_date date not null,
  due_date date not null,
  -- What was open of the document in kroner, and what is asked beside it.
  principal_amount bigint not null constraint principal_within_limit check (principal_amount between 1 and 10000000000000),
  fee_amount bigint not null default 0 constraint reminder_fee_within_limit check (fee_amount between 0 and 1000000),
  interest_amount bigint not null default 0
    constraint interest_within_limit check (interest_amount between 0 and 10000000000000),
  -- What was open of earlier fees and interest.
  earlier_amount bigint not null default 0 constraint earlier_within_limit check (earlier_amount between 0 and 10000000000000),
  -- The rates of the interest, as they are told.
  interest_rates jsonb not null default '[]',
  -- Why there is no fee or no interest, where the settings ask for it.
  left_out jsonb not null default '[]',
  -- The document that claims fee and interest.
  claim_document_id bigint,
  channel text check (channel in ('EMAIL', 'PRINT')),
  recipient text,
  mail_id bigint,
  sent_at timestamptz,
  created_at timestamptz not null,
  created_by_id bigint,
  undone_at timestamptz,
  undone_by_id bigint,
  undo_reason text,
  primary key (client_account_id, id),
  unique (client_account_id, number),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  foreign key (client_account_id, claim_document_id) references documents on delete cascade
);
create index invoice_reminders_document on invoice_reminders (client_account_id, document_id, id);
create unique index invoice_reminders_claim on invoice_reminders (client_account_id, claim_document_id)
  where claim_document_id is not null;

select wall(t) from unnest(array['reminder_settings', 'reminder_rates', 'document_disputes', 'invoice_reminders']::regclass[]) t;
grant select, insert, update on reminder_settings, invoice_reminders to hovedbok_app;
grant select, insert, delete on reminder_rates, document_disputes to hovedbok_app;
