-- Consumer invoicing: keys of the SOAP edge, the company's issuer agreement, the consumers' agreements.

-- What other systems know a client account by; `company_uuid` over SOAP.
alter table client_accounts add column uuid uuid not null default gen_random_uuid();
create unique index client_accounts_uuid on client_accounts (uuid);

-- A `user` key acts as its user; a `vendor` key says which software calls, and belongs to the company that makes it. Shown
-- once, kept as SHA-256.
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

-- The companies that a partner's software serves: an administrator of the company has ordered or configured with its key.
create table consumer_invoicing_vendor_companies (
  vendor_key_id bigint not null references consumer_invoicing_keys on delete cascade,
  company_id bigint not null references client_accounts on delete cascade,
  linked_at timestamptz not null,
  primary key (vendor_key_id, company_id)
);
select wall_writes('consumer_invoicing_vendor_companies', 'company_id = any ({accounts})');
grant select, insert, delete on consumer_invoicing_vendor_companies to hovedbok_app;

-- Agreement capture (avtalefangst) of the company, as text: it is looked at when the agreement is ordered.
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
  -- Of the link in the mail; null once it has been used or replaced.
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

-- A consumer who may get invoices from the company, by the company's reference.
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
  -- When the network was last asked.
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

-- How an AvtaleGiro agreement that the bank has made looks, so that its mandates and claims can be read.
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

-- The latest state of each mandate (fast betalingsoppdrag), as the operator's files told it.
create table avtalegiro_mandates (
  client_account_id bigint not null references client_accounts,
  account_number text not null check (account_number ~ '^[0-9]{11}$'),
  kid text not null check (kid ~ '^[0-9]{2,25}$|^[0-9]{1,24}-$'),
  is_active boolean not null,
  -- Whether the payer wants to be told of each claim.
  notification boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (client_account_id, account_number, kid)
);
create index avtalegiro_mandates_changed on avtalegiro_mandates (client_account_id, updated_at);
select wall('avtalegiro_mandates');
grant select, insert, update on avtalegiro_mandates to hovedbok_app;
