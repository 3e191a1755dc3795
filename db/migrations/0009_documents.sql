-- Documents that are claims or debts, their settlements, and matches of bank and ledger. Amounts of documents in
-- hundredths of their currency and positive; a credit note is a document of its own type.

create table documents (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  document_type text not null check (document_type in ('ARINV', 'ARCRN', 'ARCIN', 'ARPIN', 'ARDEB', 'APINV', 'APCRN',
    'RECPT', 'APCIN', 'APPIN', 'APDEB', 'PAYSR', 'SALSM', 'VATST', 'VATRP', 'PRRUN', 'PRPAY', 'PRTAX', 'BANK_STATEMENT')),
  document_status text not null default 'DRAFT' check (document_status in ('DRAFT', 'POSTED', 'CANCELLED')),
  document_number text,
  document_date date not null,
  due_date date,
  business_partner_id bigint,
  payor_id bigint,
  collector_id bigint,
  voucher_id bigint,
  journal_entry_id bigint,
  -- The line of the claim or the debt: on an account of the subsidiary ledger.
  line_no int,
  payment_reference text,
  currency_code text not null default 'NOK' check (currency_code ~ '^[A-Z]{3}$'),
  exchange_rate numeric(38, 18),
  gross_amount bigint not null check (gross_amount >= 0),
  net_amount bigint,
  tax_amount bigint,
  memo text,
  -- The document that a credit note credits.
  credits_document_id bigint,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  -- Rounding of VAT: on each line, or once on the total of each rate (EN 16931, BR-CO-17).
  vat_rounding text not null default 'line' constraint vat_rounding_known check (vat_rounding in ('line', 'total')),
  -- Fields of an invoice beside its accounts and amounts.
  buyer_reference text,
  order_number text,
  delivery_date date,
  delivery_place text,
  period_from date,
  period_to date,
  payment_terms text,
  language text constraint language_known check (language in ('nb', 'en')),
  note text,
  -- Our account for the payment.
  bank_account_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, credits_document_id) references documents,
  foreign key (client_account_id, business_partner_id) references business_partners,
  foreign key (client_account_id, payor_id) references business_partners,
  foreign key (client_account_id, collector_id) references business_partners,
  foreign key (client_account_id, voucher_id) references vouchers,
  foreign key (client_account_id, journal_entry_id, line_no) references journal_entry_lines,
  check ((journal_entry_id is null) = (line_no is null)),
  check (document_status <> 'POSTED' or journal_entry_id is not null),
  constraint documents_bank_account foreign key (client_account_id, bank_account_id) references bank_accounts,
  constraint period_in_order check (period_to >= period_from),
  constraint amounts_within_limit check (gross_amount <= 10000000000000
    and net_amount between -10000000000000 and 10000000000000
    and tax_amount between -10000000000000 and 10000000000000),
  constraint rate_within_limit check (exchange_rate between 0 and 1000000000)
);
create index documents_partner on documents (client_account_id, business_partner_id, document_date);
-- A line is the claim of one document; a cancelled document releases it.
create unique index documents_claim on documents (client_account_id, journal_entry_id, line_no) where document_status <> 'CANCELLED';
create index documents_reference on documents (client_account_id, payment_reference) where payment_reference is not null;
create index documents_number on documents (client_account_id, document_number) where document_number is not null;
create index documents_entry on documents (client_account_id, journal_entry_id) where journal_entry_id is not null;
select wall('documents');
grant select, insert, update on documents to hovedbok_app;
alter table questions add foreign key (client_account_id, document_id) references documents on delete cascade;

create table document_lines (
  client_account_id bigint not null,
  document_id bigint not null,
  line_no int not null check (line_no > 0),
  account_code text collate "C" not null,
  description text,
  -- Without VAT; negative on a credit line.
  amount bigint not null,
  tax_code text collate "C",
  dimensions jsonb not null default '{}',
  quantity numeric(24, 8),
  -- UN/ECE recommendation 20.
  unit_code text,
  -- Without VAT.
  unit_price numeric(24, 8),
  discount_amount bigint constraint discount_positive check (discount_amount > 0)
    constraint discount_amount_within_limit check (discount_amount <= 10000000000000),
  discount_reason text,
  charge_amount bigint constraint charge_positive check (charge_amount > 0)
    constraint charge_amount_within_limit check (charge_amount <= 10000000000000),
  charge_reason text,
  item_code text,
  primary key (client_account_id, document_id, line_no),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000),
  constraint priced check ((quantity is null) = (unit_price is null) and (quantity is null) = (unit_code is null))
);
select wall('document_lines');
grant select, insert, delete on document_lines to hovedbok_app;

-- Payment instructions of a document: amount, due date and account.
create table document_payment_lines (
  client_account_id bigint not null,
  id bigint not null,
  document_id bigint not null,
  due_date date not null,
  amount bigint not null check (amount > 0),
  bank_account_id bigint,
  payment_reference text,
  message text,
  primary key (client_account_id, id),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  constraint amount_within_limit check (amount <= 10000000000000)
);
create index document_payment_lines_document on document_payment_lines (client_account_id, document_id);
select wall('document_payment_lines');
grant select, insert, delete on document_payment_lines to hovedbok_app;

-- Attachments of a document for its receiver.
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
select wall('document_attachments');
grant select, insert, delete on document_attachments to hovedbok_app;

-- A user's rule for transactions of a kind. `condition` and `action` in the shapes of the API.
create table bank_rules (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  name text not null check (length(name) between 1 and 150),
  priority int not null default 100,
  condition jsonb not null,
  action jsonb not null,
  books boolean not null default false,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id)
);
select wall('bank_rules');
grant select, insert, update on bank_rules to hovedbok_app;

-- A decision that bank transactions and ledger belong together: who, when, why. It remains visible when undone.
create table bank_matches (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_account_id bigint not null,
  -- posted: the match posted its entry. ledger: it paired existing ledger lines. external: settled outside the books.
  kind text not null check (kind in ('posted', 'ledger', 'external')),
  score int not null default 0,
  evidence jsonb not null default '[]',
  rule_id bigint,
  is_automatic boolean not null default false,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  undone_at timestamptz,
  undone_by_id bigint,
  undo_reason text,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  foreign key (client_account_id, rule_id) references bank_rules,
  check ((undone_at is null) = (undo_reason is null))
);
create index bank_matches_page on bank_matches (client_account_id, id desc);
select wall('bank_matches');
grant select, insert, update on bank_matches to hovedbok_app;

-- Entries of a match, one for each booking day of its transactions, and their counter-entries.
create table bank_match_entries (
  client_account_id bigint not null,
  match_id bigint not null,
  entry_id bigint not null,
  undo_entry_id bigint,
  primary key (client_account_id, match_id, entry_id),
  foreign key (client_account_id, match_id) references bank_matches,
  foreign key (client_account_id, entry_id) references journal_entries,
  foreign key (client_account_id, undo_entry_id) references journal_entries
);
create index bank_match_entries_entry on bank_match_entries (client_account_id, entry_id);
select wall('bank_match_entries');
grant select, insert, update on bank_match_entries to hovedbok_app;

-- Parts of a match on the bank's side, signed as the transaction.
create table bank_match_transactions (
  client_account_id bigint not null,
  match_id bigint not null,
  transaction_id bigint not null,
  position int not null default 0,
  detail_id bigint,
  amount bigint not null check (amount <> 0),
  is_active boolean not null default true,
  primary key (client_account_id, match_id, transaction_id, position),
  foreign key (client_account_id, match_id) references bank_matches,
  foreign key (client_account_id, transaction_id) references bank_transactions,
  foreign key (client_account_id, detail_id) references bank_transaction_details,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
create index bank_match_transactions_transaction on bank_match_transactions (client_account_id, transaction_id) where is_active;
select wall('bank_match_transactions');
grant select, insert, update on bank_match_transactions to hovedbok_app;

-- Its lines on the bank's ledger account: each line is paired once.
create table bank_match_lines (
  client_account_id bigint not null,
  match_id bigint not null,
  entry_id bigint not null,
  line_no int not null,
  -- Debit minus credit.
  amount bigint not null check (amount <> 0),
  is_active boolean not null default true,
  primary key (client_account_id, match_id, entry_id, line_no),
  foreign key (client_account_id, match_id) references bank_matches,
  foreign key (client_account_id, entry_id, line_no) references journal_entry_lines,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
create unique index bank_match_lines_line on bank_match_lines (client_account_id, entry_id, line_no) where is_active;
select wall('bank_match_lines');
grant select, insert, update on bank_match_lines to hovedbok_app;

-- The owner of an account number, according to confirmed matches. A number identifies a partner only while they agree.
create table bank_partner_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  account_number text not null check (length(account_number) between 1 and 34),
  business_partner_id bigint not null,
  confirmations int not null default 1,
  confirmed_at timestamptz not null default now(),
  primary key (client_account_id, account_number, business_partner_id),
  foreign key (client_account_id, business_partner_id) references business_partners
);
select wall('bank_partner_accounts');
grant select, insert, update on bank_partner_accounts to hovedbok_app;

-- Accounts for differences between a payment and the settled amount, and the largest difference that counts as
-- rounding, in øre.
create table bank_matching_settings (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  rounding_tolerance bigint not null default 100 check (rounding_tolerance between 0 and 10000),
  accounts jsonb not null default '{}',
  updated_at timestamptz not null default now(),
  updated_by_id bigint
);
select wall('bank_matching_settings');
grant select, insert, update on bank_matching_settings to hovedbok_app;

-- A settlement of a claim or debt: a part of one line of a subsidiary ledger. A settlement of two such lines against
-- each other (invoice and credit note, imported books) is two rows of one group.
create table item_settlements (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  entry_id bigint not null,
  line_no int not null,
  -- The settled part, with the sign of the line (debit positive).
  amount bigint not null check (amount <> 0),
  match_id bigint,
  group_id bigint not null,
  bank_transaction_id bigint,
  detail_id bigint,
  document_id bigint,
  settled_on date not null,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  is_active boolean not null default true,
  undone_at timestamptz,
  undone_by_id bigint,
  undo_reason text,
  primary key (client_account_id, id),
  check (is_active = (undone_at is null)),
  foreign key (client_account_id, entry_id, line_no) references journal_entry_lines,
  foreign key (client_account_id, match_id) references bank_matches,
  foreign key (client_account_id, bank_transaction_id) references bank_transactions,
  foreign key (client_account_id, detail_id) references bank_transaction_details,
  foreign key (client_account_id, document_id) references documents,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
create index item_settlements_line on item_settlements (client_account_id, entry_id, line_no) where is_active;
create index item_settlements_transaction on item_settlements (client_account_id, bank_transaction_id)
  where bank_transaction_id is not null and is_active;
create index item_settlements_document on item_settlements (client_account_id, document_id) where document_id is not null and is_active;
create index item_settlements_group on item_settlements (client_account_id, group_id);
create index item_settlements_match on item_settlements (client_account_id, match_id) where match_id is not null;
select wall('item_settlements');
grant select, insert, update on item_settlements to hovedbok_app;

-- Bank and ledger agreed on a day: signed with the figures that were seen. It remains visible when reopened.
create table bank_reconciliations (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_account_id bigint not null,
  reconciled_on date not null,
  bank_balance bigint not null,
  ledger_balance bigint not null,
  snapshot jsonb not null,
  comment text,
  signed_at timestamptz not null default now(),
  signed_by_id bigint not null,
  reopened_at timestamptz,
  reopened_by_id bigint,
  reopen_reason text,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  check ((reopened_at is null) = (reopen_reason is null)),
  -- The bank's figures are a balance and later movements; the figures of the books have their own limit.
  constraint balances_within_exact_numbers check (
    bank_balance between -8000000000000000 and 8000000000000000
    and ledger_balance between -7000000000000000 and 7000000000000000)
);
create unique index bank_reconciliations_signed on bank_reconciliations (client_account_id, bank_account_id, reconciled_on)
  where reopened_at is null;
select wall('bank_reconciliations');
grant select, insert, update on bank_reconciliations to hovedbok_app;

-- Records that depend on journal entries, in one place: the records that must be cancelled together with an entry, and
-- the record that each entry of a domain posts.

-- One row for each record that an entry can only be cancelled together with. The lowest rank is reported.
create view entry_holds with (security_invoker = true) as
  select client_account_id, entry_id, 'match' as kind, match_id as record_id, 1 as rank
  from bank_match_lines where is_active
  union all
  select client_account_id, entry_id, case when match_id is null then 'settlement' else 'match' end,
    coalesce(match_id, group_id), 2
  from item_settlements where is_active
  union all
  select client_account_id, journal_entry_id, 'document', id, 3
  from documents where document_status = 'POSTED';
grant select on entry_holds to hovedbok_app;

-- Each record with the entry that it posted. `stands`: whether its entry must be in force, or must be cancelled. Its
-- date and `total`, the sum on each side, if the record has them.
create view entry_records with (security_invoker = true) as
  select d.client_account_id, 'document' as kind, d.id as record_id, d.journal_entry_id as entry_id, 'document' as source,
    d.document_status = 'POSTED' as stands, null::date as entry_date, null::numeric as total
  from documents d
  where d.journal_entry_id is not null and exists (
    select from journal_entries e
    where e.client_account_id = d.client_account_id and e.id = d.journal_entry_id and e.source = 'document') and d.line_no = 1
  union all
  select b.client_account_id, 'bank match', b.match_id, b.entry_id, 'bank', m.undone_at is null, null, null
  from bank_match_entries b join bank_matches m on m.client_account_id = b.client_account_id and m.id = b.match_id
  union all
  select d.client_account_id, 'disposal', d.id, d.entry_id, 'disposal', null, d.disposed_on, null
  from asset_disposals d
  union all
  select r.client_account_id, 'depreciation run', r.id, r.entry_id, 'depreciation', null, r.entry_date, (
    select sum(abs(a.amount)) from depreciation_run_assets a
    where a.client_account_id = r.client_account_id and a.run_id = r.id and a.outcome = 'posted')
  from depreciation_runs r where r.entry_id is not null
  union all
  select s.client_account_id, 'VAT settlement', s.id, s.journal_entry_id, 'vat-settlement', null, s.entry_date, (
    select sum(greatest(value::numeric, 0)) from jsonb_each_text(s.entry))
  from vat_settlements s;
grant select on entry_records to hovedbok_app;

-- Settling items in a foreign currency posts the difference in kroner: such an entry is the posting of its settlement.
-- In the form of `entry_records`.
create view settlement_entry_records with (security_invoker = true) as
  select distinct s.client_account_id, 'settlement of items' as kind, s.group_id as record_id, s.entry_id,
    'settlement' as source, s.is_active as stands, s.settled_on as entry_date, null::numeric as total
  from item_settlements s
  join journal_entries e on e.client_account_id = s.client_account_id and e.id = s.entry_id and e.source = 'settlement'
  where s.match_id is null;
grant select on settlement_entry_records to hovedbok_app;
