-- Invoices that came in: what came is kept first, as a file; what became of it stands here.
create table received_invoices (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  -- The bytes as they came: a file and voucher.
  file_id bigint not null,
  channel text not null check (channel in ('PEPPOL', 'MAIL', 'UPLOAD')),
  -- Of the envelope that it came in: a second delivery is known by it.
  instance_id text,
  received_at timestamptz not null,
  received_by_id bigint,
  -- NEW: read, valid, accounts suggested. MANUAL: not readable or invalid, to be booked by hand or refused. DUPLICATE: the
  -- supplier's number is here already. PREPARED: somebody has decided how it is booked. APPROVED: booked. REJECTED.
  status text not null check (status in ('NEW', 'MANUAL', 'DUPLICATE', 'PREPARED', 'APPROVED', 'REJECTED')),
  kind text check (kind in ('INVOICE', 'CREDIT_NOTE')),
  supplier_name text,
  supplier_number text,
  document_number text,
  document_date date,
  due_date date,
  currency_code text,
  -- Hundredths; what is to be paid.
  gross_amount bigint,
  business_partner_id bigint,
  -- The one that it repeats.
  duplicate_of_id bigint,
  -- Rules that it breaks, and which edition of them was asked.
  findings jsonb not null default '[]',
  rules_version text,
  -- The document that it would become, with the reason of each choice; then the one that was decided on.
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
  check (status <> 'PREPARED' or prepared is not null)
);
create unique index received_invoices_instance on received_invoices (client_account_id, instance_id) where instance_id is not null;
-- The same bytes are taken in once.
create unique index received_invoices_file on received_invoices (client_account_id, file_id);
create index received_invoices_number on received_invoices (client_account_id, supplier_number, document_number)
  where document_number is not null;
create index received_invoices_page on received_invoices (client_account_id, status, id);

-- Files that came within an invoice.
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

select wall(t) from unnest(array['received_invoices', 'received_invoice_attachments']::regclass[]) t;
grant select, insert, update on received_invoices to hovedbok_app;
grant select, insert on received_invoice_attachments to hovedbok_app;
