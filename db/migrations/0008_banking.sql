-- Bank accounts, their transactions, and questions about them. Amounts in hundredths of the account's currency, signed
-- from the view of the account's owner: positive is incoming. One amount is up to 10^13, a bank balance up to 10^15
-- (docs/decisions/0012).

-- A house account (business_partner_id null) is also a value of the dimension bank_account with the same id; its
-- movements are on account_code in the ledger, each line with that dimension.
create table bank_accounts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  business_partner_id bigint,
  name text not null check (length(name) between 1 and 150),
  type text not null check (type in ('CURRENT', 'SAVINGS', 'LOAN', 'TAX', 'INVESTMENT')),
  bban text check (length(bban) between 1 and 34),
  iban text check (length(iban) between 5 and 34),
  bank_country text not null check (bank_country ~ '^[A-Z]{2}$'),
  bank_name text,
  bank_zip text,
  bank_city text,
  bic text check (length(bic) in (8, 11)),
  routing_number text,
  currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
  account_code text collate "C",
  -- Day from which the chain of balances must be unbroken; null: from the first statement on.
  statement_start_date date,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  updated_at timestamptz not null default now(),
  updated_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, business_partner_id) references business_partners,
  foreign key (client_account_id, account_code) references client_gl_accounts,
  check (num_nulls(bban, iban) < 2),
  check ((business_partner_id is null) = (account_code is not null))
);
create unique index bank_accounts_house on bank_accounts (client_account_id, coalesce(iban, bban), currency_code)
  where business_partner_id is null and is_active;
create index bank_accounts_bban on bank_accounts (client_account_id, bban) where bban is not null;
create index bank_accounts_partner on bank_accounts (client_account_id, business_partner_id) where business_partner_id is not null;
select wall('bank_accounts');
grant select, insert, update on bank_accounts to hovedbok_app;

-- An imported bank file; the file itself is stored as files.id. Identical bytes are imported again if some of them
-- were left out: an account was unknown, a statement was refused.
create table bank_imports (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  file_id bigint not null,
  sha256 bytea not null check (length(sha256) = 32),
  format text not null,
  message_id text,
  result jsonb not null,
  imported_at timestamptz not null,
  imported_by_id bigint not null,
  -- The job that imported the file: if it broke off between commit and report, its next run returns this result. Null
  -- without a job.
  job_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, file_id) references files
);
create index bank_imports_content on bank_imports (client_account_id, sha256);
select wall('bank_imports');
grant select, insert on bank_imports to hovedbok_app;

create table bank_statements (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_account_id bigint not null,
  import_id bigint,
  -- The bank's own id and number of it.
  statement_id text,
  statement_number text,
  from_date date not null,
  to_date date not null,
  opening_balance bigint not null,
  closing_balance bigint not null,
  currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  -- The row of an import is written at the end of its file.
  foreign key (client_account_id, import_id) references bank_imports deferrable initially deferred,
  check (from_date <= to_date),
  constraint bank_balance_within_limit check (
    opening_balance between -1000000000000000 and 1000000000000000
    and closing_balance between -1000000000000000 and 1000000000000000)
);
create index bank_statements_account on bank_statements (client_account_id, bank_account_id, to_date, id);
select wall('bank_statements');
grant select, insert on bank_statements to hovedbok_app;

create table bank_transactions (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  -- Our side: the payee's account of incoming money, the payer's of outgoing money.
  bank_account_id bigint not null,
  statement_id bigint,
  import_id bigint,
  payee_name text,
  payee_bank_account_id bigint,
  payor_name text,
  payor_bank_account_id bigint,
  counterparty_account text,
  message_id text,
  payment_id text,
  instruction_id text,
  end_to_end_id text,
  booking_date date,
  value_date date,
  memo text,
  instructed_amount numeric(23, 5),
  instructed_currency_code text check (instructed_currency_code ~ '^[A-Z]{3}$'),
  instructed_exchange_rate numeric(38, 18),
  amount bigint not null constraint amount_within_limit check (amount between -10000000000000 and 10000000000000),
  currency_code text not null check (currency_code ~ '^[A-Z]{3}$'),
  exchange_rate numeric(38, 18),
  bank_reference text,
  structured_reference text,
  bank_code text,
  is_reversal boolean not null default false,
  return_reason text,
  -- Reconciled before the books were kept here, or elsewhere: between 0 and the amount, with its sign.
  external_reconciled_amount bigint not null default 0,
  -- The part that active matches cover; together with the external part never more than the amount.
  matched_amount bigint not null default 0,
  -- Keys that identify it in other files (src/banking/recognise-entries.ts): the kind of source, keys of reference and
  -- content, and the balance after it, if the file had one.
  origin text not null default 'api',
  strong_key text,
  weak_key text not null,
  balance_after bigint,
  -- Data of the bank without a column of their own; `line` in its file.
  raw jsonb,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  foreign key (client_account_id, payee_bank_account_id) references bank_accounts,
  foreign key (client_account_id, payor_bank_account_id) references bank_accounts,
  -- The row of a statement is written at its end.
  foreign key (client_account_id, statement_id) references bank_statements deferrable initially deferred,
  check (case when amount >= 0 then external_reconciled_amount >= 0 and matched_amount >= 0
      and external_reconciled_amount + matched_amount <= amount
    else external_reconciled_amount <= 0 and matched_amount <= 0 and external_reconciled_amount + matched_amount >= amount end),
  constraint balance_after_within_limit check (balance_after between -1000000000000000 and 1000000000000000),
  constraint instructed_within_limit check (
    instructed_amount between -10000000000000 and 10000000000000
    and instructed_exchange_rate between 0 and 1000000000 and exchange_rate between 0 and 1000000000)
);
create index bank_transactions_page on bank_transactions (client_account_id, booking_date, amount, id);
create index bank_transactions_account on bank_transactions (client_account_id, bank_account_id, booking_date, amount, id);
create index bank_transactions_open on bank_transactions (client_account_id, bank_account_id, booking_date)
  where external_reconciled_amount + matched_amount <> amount;
select wall('bank_transactions');
grant select, insert, update on bank_transactions to hovedbok_app;

-- Number of transactions of an account on a day, so that the pages of a million are counted and found quickly.
-- Maintained by triggers. Transactions without a booking date have the day infinity: they come last.
create table bank_transaction_counts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bank_account_id bigint not null,
  day date not null,
  total int not null,
  -- Of those the ones that were reconciled entirely elsewhere.
  external int not null,
  primary key (client_account_id, bank_account_id, day)
);
select wall('bank_transaction_counts');
grant select, insert, update on bank_transaction_counts to hovedbok_app;

create function count_bank_transactions() returns trigger language plpgsql as $$
begin
  insert into bank_transaction_counts as c (client_account_id, bank_account_id, day, total, external)
  select n.client_account_id, n.bank_account_id, coalesce(n.booking_date, 'infinity'), count(*),
    count(*) filter (where n.external_reconciled_amount = n.amount and n.amount <> 0)
  from new_rows n group by 1, 2, 3 order by 1, 2, 3
  on conflict (client_account_id, bank_account_id, day)
    do update set total = c.total + excluded.total, external = c.external + excluded.external;
  return null;
end $$;
create trigger count_bank_transactions after insert on bank_transactions
  referencing new table as new_rows for each statement execute function count_bank_transactions();

create function recount_bank_transaction() returns trigger language plpgsql as $$
begin
  update bank_transaction_counts c
  set external = c.external + (new.external_reconciled_amount = new.amount and new.amount <> 0)::int
    - (old.external_reconciled_amount = old.amount and old.amount <> 0)::int
  where c.client_account_id = new.client_account_id and c.bank_account_id = new.bank_account_id
    and c.day = coalesce(new.booking_date, 'infinity');
  return null;
end $$;
create trigger recount_bank_transaction after update on bank_transactions for each row
  when (old.external_reconciled_amount <> new.external_reconciled_amount) execute function recount_bank_transaction();

-- All transactions of a bank account together are at most 7 × 10^15, so that each balance computed from them is exact
-- in every representation (docs/decisions/0012).
create table bank_account_turnovers (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bank_account_id bigint not null,
  -- Sum of all its transactions, each without its sign.
  turnover bigint not null,
  primary key (client_account_id, bank_account_id),
  constraint bank_turnover_within_exact_numbers check (turnover between 0 and 7000000000000000)
);
select wall('bank_account_turnovers');
grant select, insert, update on bank_account_turnovers to hovedbok_app;

create function add_to_bank_turnover() returns trigger language plpgsql as $$
begin
  insert into bank_account_turnovers as t (client_account_id, bank_account_id, turnover)
  select n.client_account_id, n.bank_account_id, sum(abs(n.amount)) from new_rows n group by 1, 2 order by 1, 2
  on conflict (client_account_id, bank_account_id) do update set turnover = t.turnover + excluded.turnover;
  return null;
end $$;
create trigger add_to_bank_turnover after insert on bank_transactions
  referencing new table as new_rows for each statement execute function add_to_bank_turnover();

create table bank_transaction_details (
  client_account_id bigint not null,
  id bigint not null,
  transaction_id bigint not null,
  position int not null check (position > 0),
  transaction_type text not null check (transaction_type in ('CREDIT', 'DEBIT')),
  account_name text,
  account_number text,
  account_currency_code text,
  archive_reference text,
  structured_reference text,
  bank_information text,
  amount bigint,
  currency_code text,
  description text,
  booking_date date,
  value_date date,
  invoice_number text,
  sender_name text,
  sender_account text,
  receiver_name text,
  receiver_account text,
  end_to_end_id text,
  transaction_uuid text,
  statement_uuid text,
  -- Derived from the transaction itself: the bank gave no payments of it.
  is_derived boolean not null default false,
  -- The import that provided it, if it is not the transaction's own: camt.054 and OCR enrich.
  import_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, transaction_id, position),
  foreign key (client_account_id, transaction_id) references bank_transactions on delete cascade,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
-- For finding payments by their KID.
create index bank_transaction_details_kid on bank_transaction_details (client_account_id, structured_reference)
  where structured_reference is not null;
select wall('bank_transaction_details');
grant select, insert, update on bank_transaction_details to hovedbok_app;

-- Notifications (camt.054, OCR giro), each with the transaction that it enriched; those that arrive before it is
-- booked are held until it is. `entry`: its keys and its details.
create table bank_notifications (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_account_id bigint not null,
  import_id bigint not null,
  booking_date date,
  amount bigint not null,
  currency_code text not null,
  -- By reference or content; equal ones of one file are counted from 1.
  key text not null,
  key_ordinal int not null,
  entry jsonb not null,
  transaction_id bigint,
  primary key (client_account_id, id),
  unique (client_account_id, bank_account_id, key, key_ordinal),
  foreign key (client_account_id, bank_account_id) references bank_accounts,
  foreign key (client_account_id, import_id) references bank_imports deferrable initially deferred,
  foreign key (client_account_id, transaction_id) references bank_transactions,
  constraint amount_within_limit check (amount between -10000000000000 and 10000000000000)
);
create index bank_notifications_waiting on bank_notifications (client_account_id, bank_account_id, booking_date) where transaction_id is null;
select wall('bank_notifications');
grant select, insert, update on bank_notifications to hovedbok_app;

-- A person's statement about a transaction.
create table bank_transaction_statements (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  bank_transaction_id bigint not null,
  category text,
  business_partner_id bigint,
  voucher_id bigint,
  comment text check (length(comment) <= 4000),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_transaction_id) references bank_transactions on delete cascade,
  foreign key (client_account_id, business_partner_id) references business_partners,
  foreign key (client_account_id, voucher_id) references vouchers
);
create index bank_transaction_statements_transaction on bank_transaction_statements (client_account_id, bank_transaction_id);
select wall('bank_transaction_statements');
grant select, insert on bank_transaction_statements to hovedbok_app;

create table questions (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  document_id bigint,
  bank_transaction_id bigint,
  type text not null default 'QUESTION' check (type in ('QUESTION', 'ATTACH_FILE', 'STATEMENT')),
  question text not null check (length(question) between 1 and 4000),
  answer_action text,
  answer text check (length(answer) <= 4000),
  question_status text not null default 'OPEN' check (question_status in ('OPEN', 'ANSWERED', 'CLOSED')),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  answered_at timestamptz,
  answered_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, bank_transaction_id) references bank_transactions on delete cascade
);
create index questions_transaction on questions (client_account_id, bank_transaction_id) where bank_transaction_id is not null;
create index questions_status on questions (client_account_id, question_status, id);
select wall('questions');
grant select, insert, update on questions to hovedbok_app;

create table question_answer_options (
  client_account_id bigint not null,
  id bigint not null,
  question_id bigint not null,
  option text not null check (length(option) between 1 and 500),
  selected_answer boolean not null default false,
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, id),
  foreign key (client_account_id, question_id) references questions on delete cascade
);
create index question_answer_options_question on question_answer_options (client_account_id, question_id);
select wall('question_answer_options');
grant select, insert, update on question_answer_options to hovedbok_app;
