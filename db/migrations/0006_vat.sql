-- VAT: sums that never need the lines, the entries whose VAT wants an explanation, settlements, remarks and returns of a term.

-- Up to which posting the sums below were taken. A reader adds the lines of later entries, so the figures are exact at
-- any moment and a posting pays nothing. No row: nothing was taken yet.
create table vat_folds (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  posting_no bigint not null
);
select wall('vat_folds');
grant select, insert, update on vat_folds to hovedbok_app;

-- Sums of lines by month of their VAT. role `base`: lines that carry a code as base; `vat`: VAT lines, tied to a base
-- line; `near`: lines on VAT accounts without code and link, of entries whose base lines have no VAT line of their own
-- (other systems write one VAT line for several base lines): `codes` are those of these base lines. Where the columns that
-- tell rows apart may be null, as here, a number is the key: logical replication and online upgrades name a row by it.
create table vat_balances (
  client_account_id bigint not null references client_accounts (id),
  month date not null,
  role text not null check (role in ('base', 'vat', 'near')),
  codes text[] collate "C" not null,
  tax_rate numeric(7, 4),
  tax_deduction numeric(7, 4),
  account_code text collate "C" not null,
  debit bigint not null,
  credit bigint not null,
  line_count bigint not null,
  id bigint generated always as identity,
  primary key (client_account_id, id),
  unique nulls not distinct (client_account_id, month, role, codes, tax_rate, tax_deduction, account_code)
);
select wall('vat_balances');
grant select, insert, update on vat_balances to hovedbok_app;

-- Entries whose VAT wants an explanation. `difference`: VAT lines differ from base × rate × deduction (codes, both sums).
-- `settlement`, `opening`, `loose`: lines on a VAT account (code) that belong to no base line, and why.
create table vat_notes (
  client_account_id bigint not null references client_accounts (id),
  entry_id bigint not null,
  kind text not null check (kind in ('difference', 'settlement', 'opening', 'loose')),
  codes text[] collate "C" not null,
  account_code text collate "C",
  posting_no bigint not null,
  vat_date date not null,
  base_debit bigint not null,
  base_credit bigint not null,
  expected_debit bigint not null,
  expected_credit bigint not null,
  posted_debit bigint not null,
  posted_credit bigint not null,
  id bigint generated always as identity,
  primary key (client_account_id, id),
  unique nulls not distinct (client_account_id, entry_id, kind, codes, account_code)
);
create index vat_notes_date on vat_notes (client_account_id, vat_date, entry_id);
select wall('vat_notes');
grant select, insert on vat_notes to hovedbok_app;

-- A settled term. Reserved before its entry is posted: journal_entry_id follows, once.
create table vat_settlements (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  from_date date not null,
  to_date date not null,
  version int not null check (version > 0),
  kind text not null check (kind in ('FULL', 'DIFFERENCE')),
  entry_date date not null,
  -- Settled since the last cancellation, this one included: VAT payable in whole kroner, and per account debit − credit.
  payable bigint not null,
  settled jsonb not null,
  -- What the entry holds.
  entry jsonb not null,
  journal_entry_id bigint,
  voucher_id bigint,
  created_at timestamptz not null,
  created_by_id bigint not null,
  primary key (client_account_id, id),
  unique (client_account_id, from_date, to_date, version),
  check (from_date <= to_date),
  foreign key (client_account_id, journal_entry_id) references journal_entries,
  constraint payable_within_limit check (payable between -70000000000000 and 70000000000000)
);
create index vat_settlements_entry on vat_settlements (client_account_id, journal_entry_id);
select wall('vat_settlements');
grant select, insert, update on vat_settlements to hovedbok_app;

-- What the taxable person says about a line of the return, or about the return (tax_code and side null).
create table vat_return_remarks (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  from_date date not null,
  to_date date not null,
  tax_code text collate "C",
  side text check (side in ('output', 'deduction')),
  remark text,
  description text check (length(description) <= 4000),
  created_at timestamptz not null,
  created_by_id bigint not null,
  id bigint generated always as identity,
  primary key (client_account_id, id),
  unique nulls not distinct (client_account_id, from_date, to_date, tax_code, side),
  check (num_nonnulls(remark, description) = 1),
  check ((tax_code is null) = (side is null))
);
select wall('vat_return_remarks');
grant select, insert, update, delete on vat_return_remarks to hovedbok_app;

-- Returns that are sent to the tax administration. Each is one instance at Altinn; the row is where it stands, so that
-- whoever goes on with it, after a lost answer or an end in the middle, begins there.
create table vat_submissions (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  from_date date not null,
  to_date date not null,
  -- Of the term, from 1. From the second accepted one on it is a correction: a complete return that takes the place of the last.
  version int not null check (version > 0),
  is_correction boolean not null,
  -- Null where the term has no VAT: such a return is due too.
  settlement_id bigint,
  organization_number text not null check (organization_number ~ '^\d{9}$'),
  category text not null,
  -- What is sent, as it was validated, and its hash without our reference: the same return is not sent twice.
  reference text not null,
  message text not null,
  content_hash bytea not null,
  payable bigint not null check (payable between -70000000000000 and 70000000000000),
  -- SENDING until the instance is completed, SENT until the tax administration answers; LOST where it is gone before that.
  status text not null check (status in ('SENDING', 'SENT', 'ACCEPTED', 'REJECTED', 'LOST')),
  -- What is said of it: [{rule, code, severity, vatCode, text: {nb, en}}].
  deviations jsonb not null,
  -- In whose name: his login at ID-porten is used.
  sender_id bigint not null,
  -- An instance was asked for, and the answer may have been lost.
  create_started_at timestamptz,
  instance_id text,
  -- Who is at it, and until when it is his alone.
  lease_id uuid,
  lease_until timestamptz,
  -- When it is gone on with; null: when a person asks for it.
  next_at timestamptz,
  polls int not null default 0 check (polls >= 0),
  failures int not null default 0 check (failures >= 0),
  -- What it waits for: LOGIN, PERSON (a right, a decision) or PARTY (one that is down); and why: {code, nb, en}.
  waiting_for text check (waiting_for in ('LOGIN', 'PERSON', 'PARTY')),
  problem jsonb,
  sent_at timestamptz,
  answered_at timestamptz,
  -- The tax administration's own sentence.
  answer text,
  receipt_voucher_id bigint,
  payment_voucher_id bigint,
  result_voucher_id bigint,
  payment_kid text,
  payment_amount bigint check (payment_amount between -10000000000000 and 10000000000000),
  payment_due_date date,
  payment_account text check (payment_account ~ '^\d{11}$'),
  payment_recipient text,
  created_at timestamptz not null,
  created_by_id bigint not null,
  primary key (client_account_id, id),
  unique (client_account_id, from_date, to_date, version),
  unique (client_account_id, reference),
  foreign key (client_account_id, settlement_id) references vat_settlements,
  foreign key (client_account_id, receipt_voucher_id) references vouchers,
  foreign key (client_account_id, payment_voucher_id) references vouchers,
  foreign key (client_account_id, result_voucher_id) references vouchers,
  check (from_date <= to_date),
  check ((waiting_for is null) = (problem is null)),
  check ((lease_id is null) = (lease_until is null)),
  check (status not in ('SENT', 'ACCEPTED', 'LOST') or (instance_id is not null and sent_at is not null)),
  check ((status in ('ACCEPTED', 'REJECTED', 'LOST')) = (answered_at is not null)),
  check (status in ('SENDING', 'SENT') or (next_at is null and waiting_for is null))
);
-- One at a time on its way, and no instance twice.
create unique index vat_submissions_open on vat_submissions (client_account_id, from_date, to_date)
  where status in ('SENDING', 'SENT');
create unique index vat_submissions_instance on vat_submissions (client_account_id, instance_id)
  where instance_id is not null;
create index vat_submissions_due on vat_submissions (client_account_id, next_at) where next_at is not null;
create index vat_submissions_settlement on vat_submissions (client_account_id, settlement_id);
select wall('vat_submissions');
grant select, insert on vat_submissions to hovedbok_app;
-- What is sent, of whom and for which term, is never changed.
grant update (status, deviations, sender_id, create_started_at, instance_id, lease_id, lease_until, next_at, polls, failures,
  waiting_for, problem, sent_at, answered_at, answer, receipt_voucher_id, payment_voucher_id, result_voucher_id, payment_kid,
  payment_amount, payment_due_date, payment_account, payment_recipient) on vat_submissions to hovedbok_app;

-- What the tax administration answered stands; nothing goes back to where it was.
create function refuse_undone_submission() returns trigger language plpgsql as $$
begin
  if old.status in ('ACCEPTED', 'REJECTED', 'LOST') or (old.status = 'SENT' and new.status = 'SENDING') then
    raise exception 'a VAT return that was % stays so', lower(old.status) using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger refuse_undone before update on vat_submissions
  for each row execute function refuse_undone_submission();

-- Client accounts beyond the given one whose postings are not folded and sealed yet, at most so many. Those with balance
-- deltas, found by skipping from one client account to the next in the key: nothing to do costs one look into an empty
-- index. Thorough: also those that were folded and not sealed when a process ended.
create function client_accounts_to_fold(beyond bigint, most int, thorough boolean) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select client_account_id from balance_deltas where client_account_id > beyond order by client_account_id limit 1)
    union all
    select (select d.client_account_id from balance_deltas d where d.client_account_id > f.client_account_id
      order by d.client_account_id limit 1)
    from found f where f.client_account_id is not null
  ), behind as (
    select h.client_account_id from client_account_heads h
    where thorough and h.client_account_id > beyond and h.last_posting_no > 0 and (
      h.last_posting_no > coalesce((select b.last_posting_no from chain_blocks b
        where b.client_account_id = h.client_account_id order by b.block_no desc limit 1), 0)
      or h.last_posting_no > coalesce((select v.posting_no from vat_folds v
        where v.client_account_id = h.client_account_id), 0))
  )
  select client_account_id from (
    (select client_account_id from found where client_account_id is not null limit most)
    union
    (select client_account_id from behind order by client_account_id limit most)) u
  order by client_account_id limit most
$$;
revoke execute on function client_accounts_to_fold(bigint, int, boolean) from public;
grant execute on function client_accounts_to_fold(bigint, int, boolean) to hovedbok_app;
grant select on client_account_heads, balance_deltas, chain_blocks, vat_folds to hovedbok_upkeep;
create policy upkeep_reads on client_account_heads for select to hovedbok_upkeep using (true);
create policy upkeep_reads on balance_deltas for select to hovedbok_upkeep using (true);
create policy upkeep_reads on chain_blocks for select to hovedbok_upkeep using (true);
create policy upkeep_reads on vat_folds for select to hovedbok_upkeep using (true);
-- Whoever owns a function may create in its schema, at that moment.
grant create on schema public to hovedbok_upkeep;
alter function client_accounts_to_fold(bigint, int, boolean) owner to hovedbok_upkeep;
revoke create on schema public from hovedbok_upkeep;
