-- Outgoing payments: documents that are debts, collected into orders that a bank carries out. Amounts in hundredths of
-- the payment's currency.

-- Roles that may approve, and whether the approver must differ from the user who prepared. Without a row: one person
-- may do both.
create table payment_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  four_eyes boolean not null default false,
  approver_roles text[] not null default '{AA,CA}'
    check (cardinality(approver_roles) > 0 and approver_roles <@ array['AA', 'CA', 'BK']),
  updated_at timestamptz not null default now(),
  updated_by_id bigint
);
select wall('payment_settings');
grant select, insert, update on payment_settings to hovedbok_app;

-- The content of the message is fixed when the order is approved: the debtor's facts are stored here, independent of
-- the masters.
create table payment_orders (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_account_id bigint not null,
  status text not null default 'PREPARED' check (status in ('PREPARED', 'APPROVED', 'SENT', 'RECEIVED', 'WAITING',
    'ACCEPTED', 'PARTLY_REJECTED', 'REJECTED', 'SETTLED', 'CANCELLED')),
  -- GrpHdr/MsgId: the bank's identifier of the order.
  message_id text not null check (length(message_id) between 1 and 35),
  -- The setting as of preparation: a stricter later setting applies too.
  four_eyes boolean not null,
  debtor_name text not null,
  debtor_organization_number text,
  debtor_account text not null,
  debtor_bic text not null,
  -- The customer and the division that identify the agreement at the bank.
  customer_id text,
  division text,
  payment_count int not null check (payment_count > 0),
  total_amount bigint not null check (total_amount between 1 and 100000000000000),
  prepared_at timestamptz not null,
  prepared_by_id bigint not null,
  approved_at timestamptz,
  approved_by_id bigint,
  cancelled_at timestamptz,
  cancelled_by_id bigint,
  cancel_reason text,
  -- The message as it was created the first time; created again it must be identical.
  message_sha256 bytea check (length(message_sha256) = 32),
  send_attempts int not null default 0,
  send_error jsonb,
  sent_at timestamptz,
  reason_code text,
  reason_text text,
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  unique (client_account_id, message_id),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  check ((approved_at is null) = (approved_by_id is null)),
  check (status in ('PREPARED', 'CANCELLED') or approved_at is not null),
  check (not four_eyes or approved_by_id is null or approved_by_id <> prepared_by_id),
  check ((status = 'CANCELLED') = (cancelled_at is not null))
);
create index payment_orders_message on payment_orders (message_id);
create index payment_orders_to_send on payment_orders (client_account_id, id) where status = 'APPROVED';
select wall('payment_orders');
grant select, insert, update on payment_orders to hovedbok_app;

create table outgoing_payments (
  client_account_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  position int not null check (position > 0),
  document_id bigint not null,
  -- A payment instruction of the document; null: the whole document.
  payment_line_id bigint,
  business_partner_id bigint not null,
  creditor_name text not null,
  -- Eleven digits, or an IBAN.
  creditor_account text not null check (creditor_account ~ '^(\d{11}|[A-Z]{2}\d{2}[A-Z0-9]{10,30})$'),
  creditor_country text check (creditor_country ~ '^[A-Z]{2}$'),
  amount bigint not null check (amount between 1 and 10000000000000),
  currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
  -- One of the two: KID (or creditor reference, ISO 11649), or text.
  reference text,
  message text,
  execution_date date not null,
  -- PmtInf/PmtInfId, and PmtId/EndToEndId: returned with the bank's entry.
  payment_information_id text not null,
  end_to_end_id text not null,
  status text not null default 'PREPARED' check (status in ('PREPARED', 'APPROVED', 'SENT', 'RECEIVED', 'WAITING',
    'ACCEPTED', 'EXECUTED', 'REJECTED', 'SETTLED', 'RETURNED', 'CANCELLED')),
  reason_code text,
  reason_text text,
  bank_transaction_id bigint,
  booked_on date,
  updated_at timestamptz not null,
  primary key (client_account_id, id),
  unique (client_account_id, order_id, position),
  unique (client_account_id, end_to_end_id),
  foreign key (client_account_id, order_id) references payment_orders,
  foreign key (client_account_id, document_id) references documents,
  foreign key (client_account_id, business_partner_id) references business_partners,
  foreign key (client_account_id, bank_transaction_id) references bank_transactions,
  check ((reference is null) <> (message is null))
);
-- A document, or one line of it, is paid once.
create unique index outgoing_payments_live on outgoing_payments (client_account_id, document_id, coalesce(payment_line_id, 0))
  where status not in ('CANCELLED', 'REJECTED', 'RETURNED');
create index outgoing_payments_batch on outgoing_payments (client_account_id, payment_information_id);
create index outgoing_payments_under_way on outgoing_payments (client_account_id, order_id)
  where status in ('SENT', 'RECEIVED', 'WAITING', 'ACCEPTED', 'EXECUTED');
select wall('outgoing_payments');
grant select, insert, update on outgoing_payments to hovedbok_app;

-- The history of an order, in the bank's words and ours.
create table payment_order_events (
  client_account_id bigint not null,
  id bigint not null,
  order_id bigint not null,
  payment_id bigint,
  at timestamptz not null,
  event text not null,
  -- Of pain.002: its own id, the status and the reason.
  report_id text,
  bank_status text,
  reason_code text,
  reason_text text,
  primary key (client_account_id, id),
  foreign key (client_account_id, order_id) references payment_orders,
  foreign key (client_account_id, payment_id) references outgoing_payments
);
create index payment_order_events_order on payment_order_events (client_account_id, order_id, id);
select wall('payment_order_events');
grant select, insert on payment_order_events to hovedbok_app;
