-- Invoices: number series and payment terms of sales documents, deliveries, recurring invoices, received invoices, and
-- reminders.

-- A client account that issues invoices. With a row, sales documents are numbered from the series.
create table invoice_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  -- The account for the payment, if a document names none.
  bank_account_id bigint,
  payment_terms_days int not null default 14 check (payment_terms_days between 0 and 365),
  -- Foretaksregisteret: companies must state that they are registered in it (foretaksregisterloven § 10-2).
  in_business_register boolean not null default false,
  -- MVA behind the organisation number (bokføringsforskriften § 5-1-2).
  is_vat_registered boolean not null default false,
  logo_file_id bigint,
  reply_to text,
  -- A received invoice must be approved by another user than the one who prepared it.
  four_eyes boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  foreign key (client_account_id, logo_file_id) references files
);
select wall('invoice_settings');
grant select, insert, update on invoice_settings to hovedbok_app;

-- One gapless series for each type: the last number assigned, under the lock of the books.
create table invoice_series (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  document_type text not null check (document_type in ('ARINV', 'ARCRN', 'ARCIN', 'ARDEB')),
  first_number bigint not null check (first_number > 0),
  last_number bigint not null check (last_number >= first_number - 1 and last_number < 1000000000000),
  primary key (client_account_id, document_type)
);
select wall('invoice_series');
grant select, insert, update on invoice_series to hovedbok_app;

-- The composition of an account's KID: customer, invoice, check digit. One fixed length for each account.
create table kid_rules (
  client_account_id bigint not null,
  bank_account_id bigint not null,
  modulus text not null check (modulus in ('MOD10', 'MOD11')),
  customer_digits int not null check (customer_digits between 0 and 12),
  invoice_digits int not null check (invoice_digits between 1 and 12),
  primary key (client_account_id, bank_account_id),
  foreign key (client_account_id, bank_account_id) references bank_accounts on delete cascade,
  -- 4 to 25 digits; MOD11 uses one more, so that its check digit is always a digit.
  check (customer_digits + invoice_digits between 3 and 23)
);
select wall('kid_rules');
grant select, insert, update, delete on kid_rules to hovedbok_app;

-- A delivery of a document. A document has one active delivery at most: nothing is sent twice.
create table document_deliveries (
  client_account_id bigint not null,
  id bigint not null,
  document_id bigint not null,
  channel text not null check (channel in ('EFAKTURA', 'AVTALEGIRO', 'PEPPOL', 'EMAIL', 'PRINT')),
  status text not null check (status in ('QUEUED', 'SENT', 'FAILED')),
  -- A mail address, or a participant of the network.
  recipient text,
  attempts int not null default 0,
  -- Error of the last attempt, or the reason for this channel.
  reason text,
  mail_id bigint,
  -- The carrier's own id of the delivery.
  external_id text,
  created_at timestamptz not null,
  created_by_id bigint,
  sent_at timestamptz,
  -- Every channel that was considered, in order: {channel, taken, nb, en}.
  route jsonb not null default '[]',
  -- The AvtaleGiro claim that goes with it.
  claim_id bigint,
  -- If it fails, another channel is used: no channel was requested by name.
  falls_back boolean not null default false,
  primary key (client_account_id, id),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  check ((status = 'SENT') = (sent_at is not null)),
  constraint document_deliveries_claim foreign key (client_account_id, claim_id) references avtalegiro_claims
);
create unique index document_deliveries_standing on document_deliveries (client_account_id, document_id)
  where status <> 'FAILED';
create index document_deliveries_document on document_deliveries (client_account_id, document_id, id);
create index document_deliveries_mail on document_deliveries (mail_id) where mail_id is not null;
-- Deliveries that the network has not accepted yet.
create index document_deliveries_queued on document_deliveries (client_account_id, id)
  where channel = 'PEPPOL' and status = 'QUEUED';
create index document_deliveries_claim on document_deliveries (client_account_id, claim_id) where claim_id is not null;
create index document_deliveries_due on document_deliveries (client_account_id, id)
  where status = 'QUEUED' and channel in ('EFAKTURA', 'PEPPOL') or status = 'FAILED' and falls_back;
select wall('document_deliveries');
grant select, insert, update on document_deliveries to hovedbok_app;

-- The state of a mail is copied to its delivery, whichever process sends the mail. After more than six failed attempts
-- a mail counts as failed.
create function mail_tells_delivery() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update document_deliveries d set
    attempts = new.attempts,
    reason = new.last_error,
    status = case when new.sent_at is not null then 'SENT'
      when new.last_error is not null and new.attempts > 6 then 'FAILED' else 'QUEUED' end,
    sent_at = new.sent_at
  where d.mail_id = new.id and d.status = 'QUEUED';
  if new.sent_at is not null then
    delete from mail_attachments where mail_id = new.id;
  end if;
  return null;
end $$;
revoke execute on function mail_tells_delivery() from public;
create trigger mail_tells_delivery after update of sent_at, attempts, last_error on mail_outbox
  for each row execute function mail_tells_delivery();

-- If the claim alone is the invoice, the state of the claim is copied to the delivery. A claim that a user has stopped
-- is left to that user to send otherwise.
create function claim_tells_delivery() returns trigger language plpgsql as $$
begin
  update document_deliveries d set
    status = case when new.state in ('SENT', 'PAID') then 'SENT' else 'FAILED' end,
    sent_at = case when new.state in ('SENT', 'PAID') then new.state_at end,
    reason = case when new.state in ('STOPPED', 'MISSED') then new.reason_code end,
    falls_back = d.falls_back and new.reason_code is distinct from 'stopped_by_user'
  where d.client_account_id = new.client_account_id and d.claim_id = new.id and d.channel = 'AVTALEGIRO'
    and (d.status = 'QUEUED' or d.status = 'SENT' and new.state = 'STOPPED');
  return null;
end $$;
create trigger claim_tells_delivery after update of state on avtalegiro_claims for each row
  when (new.state in ('SENT', 'STOPPED', 'MISSED', 'PAID')) execute function claim_tells_delivery();

-- Recurring invoices: drafts made from a template, on a day at an interval of months.
create table recurring_invoices (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  name text not null check (length(name) between 1 and 150),
  -- The document in the shape of the API, without its dates and number.
  document jsonb not null,
  -- The first day; each following one is an interval of months later, or the last day of a shorter month.
  starts_on date not null,
  interval_months int not null check (interval_months between 1 and 60),
  ends_on date,
  -- Number of drafts so far: the next day is computed from it.
  runs int not null default 0,
  -- Null: there is no next one.
  next_on date,
  -- Why the last attempt made no draft; a person corrects it.
  last_error jsonb,
  is_active boolean not null default true,
  created_at timestamptz not null,
  -- The user on whose behalf the drafts are made.
  created_by_id bigint not null references users (id),
  updated_at timestamptz not null,
  updated_by_id bigint,
  primary key (client_account_id, id),
  check (ends_on >= starts_on)
);
create index recurring_invoices_due on recurring_invoices (client_account_id, next_on) where is_active and next_on is not null;
select wall('recurring_invoices');
grant select, insert, update on recurring_invoices to hovedbok_app;

-- One draft for each day, even if a run is repeated.
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
select wall('recurring_invoice_runs');
grant select, insert on recurring_invoice_runs to hovedbok_app;

-- Received invoices: the content is first stored as a file; this row records its processing.
create table received_invoices (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  -- The bytes as received: a file and voucher.
  file_id bigint not null,
  channel text not null check (channel in ('PEPPOL', 'MAIL', 'UPLOAD')),
  -- From its envelope: identifies a repeated delivery.
  instance_id text,
  received_at timestamptz not null,
  received_by_id bigint,
  -- NEW: read, valid, accounts suggested. MANUAL: unreadable or invalid, to be booked manually or rejected. DUPLICATE:
  -- the supplier's number exists already. PREPARED: a user has decided how it is booked. APPROVED: booked. REJECTED.
  status text not null check (status in ('NEW', 'MANUAL', 'DUPLICATE', 'PREPARED', 'APPROVED', 'REJECTED')),
  kind text check (kind in ('INVOICE', 'CREDIT_NOTE')),
  supplier_name text,
  supplier_number text,
  document_number text,
  document_date date,
  due_date date,
  currency_code text,
  -- Hundredths; the payable amount.
  gross_amount bigint,
  business_partner_id bigint,
  -- The invoice that it duplicates.
  duplicate_of_id bigint,
  -- Broken rules, and the edition of the rules that was checked.
  findings jsonb not null default '[]',
  rules_version text,
  -- The suggested document, with the reason of each choice; then the document that was decided on.
  suggestion jsonb,
  prepared jsonb,
  prepared_at timestamptz,
  prepared_by_id bigint,
  approved_at timestamptz,
  approved_by_id bigint,
  document_id bigint,
  rejected_at timestamptz,
  rejected_by_id bigint,
  reject_reason text,
  primary key (client_account_id, id),
  foreign key (client_account_id, file_id) references files,
  foreign key (client_account_id, business_partner_id) references business_partners,
  foreign key (client_account_id, duplicate_of_id) references received_invoices,
  foreign key (client_account_id, document_id) references documents,
  check ((status = 'APPROVED') = (document_id is not null)),
  check ((status = 'REJECTED') = (reject_reason is not null)),
  check (status <> 'PREPARED' or prepared is not null),
  constraint gross_amount_within_limit check (gross_amount <= 10000000000000)
);
create unique index received_invoices_instance on received_invoices (client_account_id, instance_id) where instance_id is not null;
-- Identical bytes are taken in once.
create unique index received_invoices_file on received_invoices (client_account_id, file_id);
create index received_invoices_number on received_invoices (client_account_id, supplier_number, document_number)
  where document_number is not null;
create index received_invoices_page on received_invoices (client_account_id, status, id);
select wall('received_invoices');
grant select, insert, update on received_invoices to hovedbok_app;

-- Files inside a received invoice.
create table received_invoice_attachments (
  client_account_id bigint not null,
  received_invoice_id bigint not null,
  position int not null check (position > 0),
  file_id bigint not null,
  primary key (client_account_id, received_invoice_id, position),
  foreign key (client_account_id, received_invoice_id) references received_invoices on delete cascade,
  foreign key (client_account_id, file_id) references files
);
create index received_invoice_attachments_file on received_invoice_attachments (client_account_id, file_id);
select wall('received_invoice_attachments');
grant select, insert on received_invoice_attachments to hovedbok_app;

-- Settings for reminders to customers (inkassoforskriften chapter 1, forsinkelsesrenteloven).
create table reminder_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  charges_fee boolean not null default false,
  -- Less than the legal maximum; null: the maximum.
  fee_amount bigint constraint fee_within_limit check (fee_amount between 1 and 1000000),
  charges_interest boolean not null default false,
  -- Fee and interest are posted as a claim.
  posts_claim boolean not null default false,
  fee_account_code text not null,
  interest_account_code text not null,
  updated_at timestamptz not null,
  updated_by_id bigint
);
select wall('reminder_settings');
grant select, insert, update on reminder_settings to hovedbok_app;

-- Rates entered by an accountant, in addition to the built-in ones. INTEREST: percent a year. COLLECTION: the debt
-- collection rate (inkassosats) in kroner.
create table reminder_rates (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  kind text not null check (kind in ('INTEREST', 'COLLECTION')),
  valid_from date not null,
  valid_to date not null,
  value numeric(9, 4) not null check (value > 0 and value <= 99999.9999),
  primary key (client_account_id, kind, valid_from),
  check (valid_to >= valid_from)
);
select wall('reminder_rates');
grant select, insert, delete on reminder_rates to hovedbok_app;

-- Claims that the customer disputes: they get no reminders.
create table document_disputes (
  client_account_id bigint not null,
  document_id bigint not null,
  reason text not null check (length(reason) between 1 and 500),
  created_at timestamptz not null,
  created_by_id bigint,
  primary key (client_account_id, document_id),
  foreign key (client_account_id, document_id) references documents on delete cascade
);
select wall('document_disputes');
grant select, insert, delete on document_disputes to hovedbok_app;

create table invoice_reminders (
  client_account_id bigint not null,
  id bigint not null,
  -- One gapless series for each client account.
  number bigint not null check (number > 0),
  document_id bigint not null,
  level text not null check (level in ('REMINDER', 'NOTICE')),
  reminder_date date not null,
  due_date date not null,
  -- The open amount of the document in kroner, and the amounts charged beside it.
  principal_amount bigint not null constraint principal_within_limit check (principal_amount between 1 and 10000000000000),
  fee_amount bigint not null default 0 constraint reminder_fee_within_limit check (fee_amount between 0 and 1000000),
  interest_amount bigint not null default 0
    constraint interest_within_limit check (interest_amount between 0 and 10000000000000),
  -- The open amount of earlier fees and interest.
  earlier_amount bigint not null default 0 constraint earlier_within_limit check (earlier_amount between 0 and 10000000000000),
  -- The rates of the interest, as printed.
  interest_rates jsonb not null default '[]',
  -- Why there is no fee or no interest, although the settings ask for it.
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
select wall('invoice_reminders');
grant select, insert, update on invoice_reminders to hovedbok_app;

-- Answers to invoices over the Peppol network (Invoice Response, transaction T111): those given to suppliers, and
-- those received from customers.
create table invoice_responses (
  client_account_id bigint not null,
  id bigint not null,
  received_invoice_id bigint not null,
  -- UNCL4343: received, in process, under query, conditionally accepted, rejected, accepted, paid.
  status_code text not null check (status_code in ('AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD')),
  -- {reasons, actions, note, effective_date} as they were given.
  content jsonb not null,
  -- The receiver: a participant of the network.
  recipient text not null,
  -- The XML under this id: every attempt sends the same.
  document text not null,
  status text not null check (status in ('QUEUED', 'SENT', 'FAILED')),
  attempts int not null default 0,
  -- Why the last attempt failed.
  reason text,
  -- The access point's own id.
  external_id text,
  created_at timestamptz not null,
  created_by_id bigint,
  sent_at timestamptz,
  primary key (client_account_id, id),
  foreign key (client_account_id, received_invoice_id) references received_invoices on delete cascade,
  check ((status = 'SENT') = (sent_at is not null))
);
-- At most one active answer with the same content.
create unique index invoice_responses_standing
  on invoice_responses (client_account_id, received_invoice_id, status_code, md5(content::text)) where status <> 'FAILED';
create index invoice_responses_invoice on invoice_responses (client_account_id, received_invoice_id, id);
create index invoice_responses_queued on invoice_responses (client_account_id, id) where status = 'QUEUED';

create table document_responses (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  -- The bytes as they came.
  file_id bigint not null,
  -- From its envelope: identifies a repeated delivery.
  instance_id text,
  received_at timestamptz not null,
  received_by_id bigint,
  -- TAKEN: it states the status of a document of ours. QUESTIONED: a person looks at it; `findings` contain the
  -- reasons.
  status text not null check (status in ('TAKEN', 'QUESTIONED')),
  -- The answered document, if it is one of ours, and its delivery.
  document_id bigint,
  delivery_id bigint,
  sender text,
  sender_name text,
  document_number text,
  status_code text check (status_code in ('AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD')),
  -- {reasons, actions, note, effective_date} as received.
  content jsonb,
  issue_date date,
  findings jsonb not null default '[]',
  primary key (client_account_id, id),
  foreign key (client_account_id, file_id) references files,
  foreign key (client_account_id, document_id) references documents,
  foreign key (client_account_id, delivery_id) references document_deliveries,
  check (status <> 'TAKEN' or document_id is not null and delivery_id is not null and status_code is not null)
);
create unique index document_responses_instance on document_responses (client_account_id, instance_id)
  where instance_id is not null;
-- Identical bytes are taken in once.
create unique index document_responses_file on document_responses (client_account_id, file_id);
create index document_responses_document on document_responses (client_account_id, document_id, id) where document_id is not null;
create index document_responses_delivery on document_responses (client_account_id, delivery_id, id) where status = 'TAKEN';
create index document_responses_page on document_responses (client_account_id, status, id);
-- An answer identifies the document by its number and the participant that it was sent to.
create index document_deliveries_recipient on document_deliveries (client_account_id, recipient, document_id)
  where channel = 'PEPPOL';

select wall(t) from unnest(array['invoice_responses', 'document_responses']::regclass[]) t;
grant select, insert, update on invoice_responses to hovedbok_app;
grant select, insert on document_responses to hovedbok_app;

-- The client account's own part of the mailbox's address: mail to that address is taken in as received invoices.
create table in_tray_addresses (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  token text not null unique check (token ~ '^[a-z0-9]{12}$'),
  created_at timestamptz not null,
  -- The user on whose behalf invoices are taken in.
  created_by_id bigint
);
select wall('in_tray_addresses');
grant select, insert, update on in_tray_addresses to hovedbok_app;
