-- The commercial document behind what is posted: what an invoice says beyond its accounts and amounts, the numbers that
-- sales documents are given, and what they are paid by.

alter table documents
  add column buyer_reference text,
  add column order_number text,
  add column delivery_date date,
  add column delivery_place text,
  add column period_from date,
  add column period_to date,
  add column payment_terms text,
  add column language text constraint language_known check (language in ('nb', 'en')),
  add column note text,
  -- Our account that is to be paid to.
  add column bank_account_id bigint,
  add constraint documents_bank_account foreign key (client_account_id, bank_account_id) references bank_accounts,
  add constraint period_in_order check (period_to >= period_from);

alter table document_lines
  add column quantity numeric(24, 8),
  -- UN/ECE recommendation 20.
  add column unit_code text,
  -- Without VAT.
  add column unit_price numeric(24, 8),
  add column discount_amount bigint constraint discount_positive check (discount_amount > 0),
  add column discount_reason text,
  add column charge_amount bigint constraint charge_positive check (charge_amount > 0),
  add column charge_reason text,
  add column item_code text,
  add constraint priced check ((quantity is null) = (unit_price is null) and (quantity is null) = (unit_code is null));

-- Files that go with a document to whoever receives it.
create table document_attachments (
  client_account_id bigint not null,
  document_id bigint not null,
  position int not null check (position > 0),
  file_id bigint not null,
  primary key (client_account_id, document_id, position),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  foreign key (client_account_id, file_id) references files
);
create index document_attachments_file on document_attachments (client_account_id, file_id);

-- A client account that invoices. Where there is a row, sales documents are numbered from the series.
create table invoice_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  -- Paid to where a document says nothing else.
  bank_account_id bigint,
  payment_terms_days int not null default 14 check (payment_terms_days between 0 and 365),
  -- Foretaksregisteret: companies must say that they are in it (foretaksregisterloven § 10-2).
  in_business_register boolean not null default false,
  -- MVA behind the organisation number (bokføringsforskriften § 5-1-2).
  is_vat_registered boolean not null default false,
  logo_file_id bigint,
  reply_to text,
  -- An invoice that came in is approved by somebody else than the one who prepared it.
  four_eyes boolean not null default false,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  foreign key (client_account_id, logo_file_id) references files
);

-- One gapless series for each type: the last number given, under the lock of the books.
create table invoice_series (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  document_type text not null check (document_type in ('ARINV', 'ARCRN', 'ARCIN', 'ARDEB')),
  first_number bigint not null check (first_number > 0),
  last_number bigint not null check (last_number >= first_number - 1 and last_number < 1000000000000),
  primary key (client_account_id, document_type)
);

-- How the KID of an account is made: customer, invoice, check digit. One fixed length for each account.
create table kid_rules (
  client_account_id bigint not null,
  bank_account_id bigint not null,
  modulus text not null check (modulus in ('MOD10', 'MOD11')),
  customer_digits int not null check (customer_digits between 0 and 12),
  invoice_digits int not null check (invoice_digits between 1 and 12),
  primary key (client_account_id, bank_account_id),
  foreign key (client_account_id, bank_account_id) references bank_accounts on delete cascade,
  -- 4 to 25 digits; MOD11 takes one more, which keeps its check digit a digit.
  check (customer_digits + invoice_digits between 3 and 23)
);

select wall(t) from unnest(array['document_attachments', 'invoice_settings', 'invoice_series', 'kid_rules']::regclass[]) t;
grant select, insert, delete on document_attachments to hovedbok_app;
grant select, insert, update on invoice_settings, invoice_series to hovedbok_app;
grant select, insert, update, delete on kid_rules to hovedbok_app;
