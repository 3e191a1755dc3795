-- Claims of AvtaleGiro: what is asked of payers by the operator's files, from the document to the payment.

-- Whose mandate a KID is: its reference and payment type, by the positions of the agreement. Null where the KID does not fit.
alter table avtalegiro_mandates add column payer text;
update avtalegiro_mandates m set payer = substring(m.kid from a.reference_from for a.reference_to - a.reference_from + 1)
  || coalesce('/' || substring(m.kid from a.payment_type_from for a.payment_type_to - a.payment_type_from + 1), '')
from avtalegiro_agreements a
where a.client_account_id = m.client_account_id and a.account_number = m.account_number and length(m.kid) = a.kid_length;
create index avtalegiro_mandates_payer on avtalegiro_mandates (client_account_id, account_number, payer) where is_active;

-- Numbers of transmissions to the operator: unique for the sender, which the installation is.
create sequence avtalegiro_transmissions maxvalue 9999999 cycle;
grant usage on sequence avtalegiro_transmissions to hovedbok_app;

-- Files to the operator wait until the bank's mailbox has taken them.
alter table avtalegiro_files drop constraint avtalegiro_files_kind_check;
alter table avtalegiro_files
  add constraint avtalegiro_files_kind_check check (kind in ('mandates', 'claims', 'cancellations')),
  add column state text not null default 'TAKEN_IN' check (state in ('TAKEN_IN', 'PREPARED', 'SENT')),
  -- Eight characters, of the bank whose mailbox it goes through.
  add column bic text,
  add column claims int,
  add column amount bigint constraint amount_within_limit check (amount between 0 and 9007199254740991),
  add column send_attempts int not null default 0,
  -- Why the last attempt failed, as {code, nb, en}.
  add column send_error jsonb,
  add column sent_at timestamptz,
  add constraint avtalegiro_files_sent check ((state = 'SENT') = (sent_at is not null)),
  add constraint avtalegiro_files_out check ((kind = 'mandates') = (state = 'TAKEN_IN'));
create index avtalegiro_files_prepared on avtalegiro_files (client_account_id, id) where state = 'PREPARED';
grant update (state, send_attempts, send_error, sent_at) on avtalegiro_files to hovedbok_app;

create table avtalegiro_claims (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  document_id bigint not null,
  account_number text not null check (account_number ~ '^[0-9]{11}$'),
  kid text not null check (kid ~ '^[0-9]{2,25}$|^[0-9]{1,24}-$'),
  amount bigint not null constraint amount_within_limit check (amount > 0 and amount <= 10000000000000),
  due_date date not null,
  -- bank: the bank tells the payer (type 21). payee: the company does, or the payer wants none (type 02).
  notice text not null check (notice in ('bank', 'payee')),
  payer_name text not null,
  reference text not null,
  -- Lines of the bank's notice.
  specification text[] not null default '{}',
  -- WAITING for a file; IN_FILE: in one that may have left; SENT: the operator has it; STOPPING: its cancellation is on the
  -- way; STOPPED; MISSED: its deadline passed before it left; UNPAID: its due date passed, and no payment came; PAID.
  state text not null check (state in ('WAITING', 'IN_FILE', 'SENT', 'STOPPING', 'STOPPED', 'MISSED', 'UNPAID', 'PAID')),
  -- Why it is in its state, where that is not plain.
  reason_code text,
  state_at timestamptz not null,
  file_id bigint,
  cancel_file_id bigint,
  bank_transaction_id bigint,
  paid_on date,
  created_at timestamptz not null,
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  foreign key (client_account_id, account_number) references avtalegiro_agreements,
  foreign key (client_account_id, file_id) references avtalegiro_files deferrable initially deferred,
  foreign key (client_account_id, cancel_file_id) references avtalegiro_files deferrable initially deferred,
  check ((state in ('WAITING', 'MISSED')) <= (file_id is null)),
  check ((state = 'PAID') = (bank_transaction_id is not null))
);
-- A document is claimed once.
create unique index avtalegiro_claims_document on avtalegiro_claims (client_account_id, document_id)
  where state not in ('STOPPED', 'MISSED');
create index avtalegiro_claims_page on avtalegiro_claims (client_account_id, state_at, id);
create index avtalegiro_claims_open on avtalegiro_claims (client_account_id, state, id) where state not in ('PAID', 'MISSED');
create index avtalegiro_claims_file on avtalegiro_claims (client_account_id, file_id, account_number, id) where file_id is not null;
create index avtalegiro_claims_cancel_file on avtalegiro_claims (client_account_id, cancel_file_id, account_number, id)
  where cancel_file_id is not null;
select wall('avtalegiro_claims');
grant select, insert, update on avtalegiro_claims to hovedbok_app;

-- What the bank says of payments by their KID.
create index bank_transaction_details_kid on bank_transaction_details (client_account_id, structured_reference)
  where structured_reference is not null;

-- Mandates come through the banks' mailboxes too.
alter table bank_deliveries drop constraint bank_deliveries_kind_check;
alter table bank_deliveries add constraint bank_deliveries_kind_check check (kind in ('statement', 'payment_status', 'mandates'));
