-- Consumer invoicing: keys of the SOAP edge, the company's issuer agreement, the consumers' agreements; mandates, files and
-- claims of AvtaleGiro.

-- A `user` key acts as its user; a `vendor` key identifies the calling software, and belongs to the company that
-- created it. Shown once, stored as SHA-256.
create table consumer_invoicing_keys (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('user', 'vendor')),
  user_id bigint not null references users,
  company_id bigint references client_accounts on delete cascade,
  name text check (length(name) between 1 and 100),
  key_hash bytea not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz,
  check ((kind = 'vendor') = (company_id is not null)),
  check (kind = 'user' or name is not null)
);
create index consumer_invoicing_keys_user on consumer_invoicing_keys (user_id);
create index consumer_invoicing_keys_company on consumer_invoicing_keys (company_id) where company_id is not null;
select wall_writes('consumer_invoicing_keys', 'user_id = {user} or company_id = any ({accounts})');
grant select, insert, update on consumer_invoicing_keys to hovedbok_app;

-- The companies that a partner's software serves: an administrator of the company has ordered or configured with its
-- key.
create table consumer_invoicing_vendor_companies (
  vendor_key_id bigint not null references consumer_invoicing_keys on delete cascade,
  company_id bigint not null references client_accounts on delete cascade,
  linked_at timestamptz not null,
  primary key (vendor_key_id, company_id)
);
select wall_writes('consumer_invoicing_vendor_companies', 'company_id = any ({accounts})');
grant select, insert, delete on consumer_invoicing_vendor_companies to hovedbok_app;

-- Agreement capture (avtalefangst) of the company, as text: it is checked when the agreement is ordered.
create table issuer_settings (
  client_account_id bigint primary key references client_accounts,
  ocr_account_number text,
  ocr_kid_length text,
  ocr_reference_position text,
  updated_at timestamptz not null
);
select wall('issuer_settings');
grant select, insert, update on issuer_settings to hovedbok_app;

-- Every order of the company's agreement; at most one of them is open.
create table issuer_agreements (
  client_account_id bigint not null references client_accounts,
  id bigint not null,
  state text not null check (state in ('PENDING', 'CONFIRMED', 'DISABLED', 'EXPIRED', 'REJECTED')),
  signer_name text not null check (length(signer_name) between 1 and 200),
  signer_email text not null,
  -- For the link in the mail; null once it has been used or replaced.
  token_hash bytea unique,
  expires_at timestamptz not null,
  ordered_at timestamptz not null,
  ordered_by_id bigint not null references users,
  accepted_at timestamptz,
  state_at timestamptz not null,
  reason text,
  primary key (client_account_id, id)
);
create unique index issuer_agreements_open on issuer_agreements (client_account_id) where state in ('PENDING', 'CONFIRMED');
select wall('issuer_agreements');
grant select, insert, update on issuer_agreements to hovedbok_app;

create function issuer_agreement_step() returns trigger language plpgsql as $$
begin
  if new.state = old.state
    or (old.state = 'PENDING' and new.state in ('CONFIRMED', 'EXPIRED', 'REJECTED'))
    or (old.state = 'CONFIRMED' and new.state = 'DISABLED') then
    return new;
  end if;
  raise exception 'an issuer agreement does not go from % to %', old.state, new.state using errcode = 'check_violation';
end $$;
create trigger issuer_agreement_step before update on issuer_agreements for each row execute function issuer_agreement_step();

-- A consumer who may receive invoices from the company, by the company's reference.
create table consumer_agreements (
  client_account_id bigint not null references client_accounts,
  id bigint not null,
  reference_nr text not null check (length(reference_nr) between 1 and 32),
  customer_nr text check (length(customer_nr) between 1 and 50),
  name text check (length(name) between 1 and 200),
  phone text check (length(phone) between 1 and 30),
  email text check (length(email) between 1 and 254),
  postal_code text check (postal_code ~ '^[0-9]{4}$'),
  city text check (length(city) between 1 and 100),
  state text not null check (state in ('NEW', 'REQUEST_SENT', 'ACCEPTED', 'ACTIVE', 'REJECTED', 'DELETED', 'ERROR')),
  state_reason text,
  -- The consumer's own address at the operator, the same for all issuers.
  efaktura_identifier text check (efaktura_identifier ~ '^[0-9]{9}$'),
  -- Time of the last query to the network.
  looked_up_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  unique (client_account_id, reference_nr)
);
create index consumer_agreements_changed on consumer_agreements (client_account_id, updated_at, id);
create index consumer_agreements_customer on consumer_agreements (client_account_id, customer_nr);
create index consumer_agreements_phone on consumer_agreements (client_account_id, phone);
create index consumer_agreements_email on consumer_agreements (client_account_id, lower(email));
select wall('consumer_agreements');
grant select, insert, update on consumer_agreements to hovedbok_app;

create function consumer_agreement_step() returns trigger language plpgsql as $$
begin
  if new.state = old.state or new.state = 'ERROR'
    or (old.state = 'NEW' and new.state in ('REQUEST_SENT', 'ACTIVE', 'REJECTED'))
    or (old.state = 'REQUEST_SENT' and new.state in ('ACCEPTED', 'ACTIVE', 'REJECTED'))
    or (old.state = 'ACCEPTED' and new.state in ('ACTIVE', 'REJECTED', 'DELETED'))
    or (old.state = 'ACTIVE' and new.state = 'DELETED')
    or (old.state in ('DELETED', 'REJECTED', 'ERROR') and new.state = 'NEW') then
    return new;
  end if;
  raise exception 'a consumer agreement does not go from % to %', old.state, new.state using errcode = 'check_violation';
end $$;
create trigger consumer_agreement_step before update on consumer_agreements for each row execute function consumer_agreement_step();

-- The parameters of an AvtaleGiro agreement with the bank, with which its mandates and claims can be read.
create table avtalegiro_agreements (
  client_account_id bigint not null references client_accounts,
  account_number text not null check (account_number ~ '^[0-9]{11}$'),
  kid_length int not null check (kid_length between 4 and 25),
  reference_from int not null,
  reference_to int not null check (1 <= reference_from and reference_from <= reference_to and reference_to < kid_length),
  payment_type_from int,
  payment_type_to int,
  notif_print boolean not null,
  notif_email boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (client_account_id, account_number),
  check ((payment_type_from is null) = (payment_type_to is null)),
  check (payment_type_from is null or (1 <= payment_type_from and payment_type_from <= payment_type_to
    and payment_type_to < kid_length and (payment_type_to < reference_from or reference_to < payment_type_from)))
);
select wall('avtalegiro_agreements');
grant select, insert, update on avtalegiro_agreements to hovedbok_app;

-- The latest state of each mandate (fast betalingsoppdrag), according to the operator's files.
create table avtalegiro_mandates (
  client_account_id bigint not null,
  account_number text not null,
  kid text not null check (kid ~ '^[0-9]{2,25}$|^[0-9]{1,24}-$'),
  is_active boolean not null,
  -- Whether the payer wants a notice of each claim.
  notification boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- The file that last contained a mandate: a full list ends the others.
  listed_in_file bigint,
  -- The payer of a KID: its reference and payment type, by the positions of the agreement. Null if the KID does not
  -- fit.
  payer text,
  primary key (client_account_id, account_number, kid)
);
create index avtalegiro_mandates_changed on avtalegiro_mandates (client_account_id, updated_at);
create index avtalegiro_mandates_payer on avtalegiro_mandates (client_account_id, account_number, payer) where is_active;
select wall('avtalegiro_mandates');
grant select, insert, update (payer, is_active, notification, listed_in_file, updated_at) on avtalegiro_mandates to hovedbok_app;

-- One file may contain hundreds of thousands of mandates. Their references are checked once per statement, as for
-- entries (docs/decisions/0007): an agreement, which has its client account and an account number that is checked. A
-- foreign key and a pattern that were checked for every row took a third of its time.
create function check_mandate_agreements() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from (select distinct client_account_id, account_number from new_mandates) n
    where not exists (select 1 from avtalegiro_agreements a
      where a.client_account_id = n.client_account_id and a.account_number = n.account_number);
  if found then
    raise foreign_key_violation using constraint = 'avtalegiro_mandates_agreement', table = 'avtalegiro_mandates',
      message = 'a mandate refers to an agreement that does not exist';
  end if;
  return null;
end $$;
revoke execute on function check_mandate_agreements() from public;
create trigger avtalegiro_mandates_agreement after insert on avtalegiro_mandates
  referencing new table as new_mandates for each statement execute function check_mandate_agreements();

-- The opposite direction. With the owner's rights: the deleting role may not see all of its rows.
create function check_no_mandate_refers() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from old_agreements o join avtalegiro_mandates m
    on m.client_account_id = o.client_account_id and m.account_number = o.account_number;
  if found then
    raise foreign_key_violation using constraint = 'avtalegiro_mandates_agreement', table = 'avtalegiro_agreements',
      message = 'an agreement is still referred to by mandates';
  end if;
  return null;
end $$;
revoke execute on function check_no_mandate_refers() from public;
create trigger avtalegiro_agreements_with_mandates after delete on avtalegiro_agreements
  referencing old table as old_agreements for each statement execute function check_no_mandate_refers();
create trigger avtalegiro_agreements_key before update on avtalegiro_agreements for each row
  when (old.client_account_id <> new.client_account_id or old.account_number <> new.account_number)
  execute function keep_key();

-- Files from and to the operator of AvtaleGiro, identified by their bytes.
create table avtalegiro_files (
  client_account_id bigint not null references client_accounts,
  id bigint not null,
  kind text not null check (kind in ('mandates', 'claims', 'cancellations')),
  sha256 bytea not null,
  sender text not null,
  transmission_number text not null,
  receiver text not null,
  records int not null,
  created_at timestamptz not null,
  -- Files to the operator wait until the bank's mailbox has accepted them. A file that was not accepted before a
  -- deadline of its claims is withdrawn.
  state text not null default 'TAKEN_IN' check (state in ('TAKEN_IN', 'PREPARED', 'SENT', 'WITHDRAWN')),
  -- Eight characters, of the bank through whose mailbox it is sent.
  bic text,
  claims int,
  amount bigint constraint amount_within_limit check (amount between 0 and 9007199254740991),
  send_attempts int not null default 0,
  -- Error of the last attempt, as {code, nb, en}.
  send_error jsonb,
  sent_at timestamptz,
  -- The accounts whose mandates were imported from a file: when the file arrives again, the other accounts are still
  -- to be imported.
  accounts text[] not null default '{}',
  primary key (client_account_id, id),
  unique (client_account_id, sha256),
  constraint avtalegiro_files_sent check ((state = 'SENT') = (sent_at is not null)),
  constraint avtalegiro_files_out check ((kind = 'mandates') = (state = 'TAKEN_IN'))
);
create index avtalegiro_files_prepared on avtalegiro_files (client_account_id, id) where state = 'PREPARED';
select wall('avtalegiro_files');
grant select, insert on avtalegiro_files to hovedbok_app;
grant update (state, send_attempts, send_error, sent_at, accounts) on avtalegiro_files to hovedbok_app;

-- Numbers of transmissions to the operator: unique for the sender, which is the installation.
create sequence avtalegiro_transmissions maxvalue 9999999 cycle;
grant usage on sequence avtalegiro_transmissions to hovedbok_app;

-- Claims on payers in the operator's files, from the document to the payment.
create table avtalegiro_claims (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  document_id bigint not null,
  account_number text not null check (account_number ~ '^[0-9]{11}$'),
  kid text not null check (kid ~ '^[0-9]{2,25}$|^[0-9]{1,24}-$'),
  amount bigint not null constraint amount_within_limit check (amount > 0 and amount <= 10000000000000),
  due_date date not null,
  -- bank: the bank notifies the payer (type 21). payee: the company does, or the payer wants no notice (type 02).
  notice text not null check (notice in ('bank', 'payee')),
  payer_name text not null,
  reference text not null,
  -- Lines of the bank's notice.
  specification text[] not null default '{}',
  -- WAITING for a file; IN_FILE: in one that may have been sent; SENT: the operator has it; STOPPING: its cancellation
  -- is on the way; STOPPED; MISSED: its deadline passed before it was sent; UNPAID: its due date passed without a
  -- payment; PAID.
  state text not null check (state in ('WAITING', 'IN_FILE', 'SENT', 'STOPPING', 'STOPPED', 'MISSED', 'UNPAID', 'PAID')),
  -- The reason of its state, if it is not obvious.
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
