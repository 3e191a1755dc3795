-- VAT: sums that make reading the lines unnecessary, entries whose VAT needs an explanation, settlements, remarks and
-- returns of a term.

-- The last posting that is included in the sums below. A reader adds the lines of later entries, so the figures are
-- exact at any moment and a posting has no cost. No row: no posting is included yet.
create table vat_folds (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  posting_no bigint not null
);
select wall('vat_folds');
grant select, insert, update on vat_folds to hovedbok_app;

-- Sums of lines by month of their VAT. role `base`: lines that carry a code as base; `vat`: VAT lines, tied to a base
-- line; `near`: lines on VAT accounts without code and link, of entries whose base lines have no VAT line of their own
-- (other systems write one VAT line for several base lines): `codes` are those of these base lines. The columns that
-- identify a row may be null here, so a number is the key: logical replication and online upgrades identify a row by
-- it.
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

-- Entries whose VAT needs an explanation. `difference`: VAT lines differ from base × rate × deduction (codes, both
-- sums). `settlement`, `opening`, `loose`: lines on a VAT account (code) that belong to no base line, by reason.
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

-- A settled term. Inserted before its entry is posted: journal_entry_id is set afterwards, once.
create table vat_settlements (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  from_date date not null,
  to_date date not null,
  version int not null check (version > 0),
  kind text not null check (kind in ('FULL', 'DIFFERENCE')),
  entry_date date not null,
  -- Amounts settled since the last cancellation, including this one: VAT payable in whole kroner, and debit − credit
  -- per account.
  payable bigint not null,
  settled jsonb not null,
  -- The amounts in this entry.
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

-- Remarks of the taxable person about a line of the return, or about the return (tax_code and side null).
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

-- Returns that are sent to the tax administration. Each is one instance at Altinn; the row records its progress, so
-- that any process can continue from there after a lost response or an interruption.
create table vat_submissions (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  from_date date not null,
  to_date date not null,
  -- Of the term, from 1. From the second accepted one on it is a correction: a complete return that replaces the last.
  version int not null check (version > 0),
  is_correction boolean not null,
  -- Null if the term has no VAT: such a return is due too.
  settlement_id bigint,
  organization_number text not null check (organization_number ~ '^\d{9}$'),
  category text not null,
  -- The content of the return, as it was validated, and its hash without our reference: the same return is not sent
  -- twice.
  reference text not null,
  message text not null,
  content_hash bytea not null,
  payable bigint not null check (payable between -70000000000000 and 70000000000000),
  -- SENDING until the instance is completed, SENT until the tax administration responds; LOST if the instance
  -- disappears before that.
  status text not null check (status in ('SENDING', 'SENT', 'ACCEPTED', 'REJECTED', 'LOST')),
  -- Validation results: [{rule, code, severity, vatCode, text: {nb, en}}].
  deviations jsonb not null,
  -- The user in whose name it is sent: that user's login at ID-porten is used.
  sender_id bigint not null,
  -- An instance was requested, and the response may have been lost.
  create_started_at timestamptz,
  instance_id text,
  -- The process that works on it, and the time until which it has exclusive access.
  lease_id uuid,
  lease_until timestamptz,
  -- Time of the next step; null: a user has to request it.
  next_at timestamptz,
  polls int not null default 0 check (polls >= 0),
  failures int not null default 0 check (failures >= 0),
  -- The current obstacle: LOGIN, PERSON (a right, a decision) or PARTY (one that is down); and the reason: {code, nb,
  -- en}.
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
-- One in progress at a time, and no instance twice.
create unique index vat_submissions_open on vat_submissions (client_account_id, from_date, to_date)
  where status in ('SENDING', 'SENT');
create unique index vat_submissions_instance on vat_submissions (client_account_id, instance_id)
  where instance_id is not null;
create index vat_submissions_due on vat_submissions (client_account_id, next_at) where next_at is not null;
create index vat_submissions_settlement on vat_submissions (client_account_id, settlement_id);
select wall('vat_submissions');
grant select, insert on vat_submissions to hovedbok_app;
-- The content, client account and term of a return never change.
grant update (status, deviations, sender_id, create_started_at, instance_id, lease_id, lease_until, next_at, polls, failures,
  waiting_for, problem, sent_at, answered_at, answer, receipt_voucher_id, payment_voucher_id, result_voucher_id, payment_kid,
  payment_amount, payment_due_date, payment_account, payment_recipient) on vat_submissions to hovedbok_app;

-- The response of the tax administration is final; no state changes back to an earlier one.
create function refuse_undone_submission() returns trigger language plpgsql as $$
begin
  if old.status in ('ACCEPTED', 'REJECTED', 'LOST') or (old.status = 'SENT' and new.status = 'SENDING') then
    raise exception 'a VAT return that was % stays so', lower(old.status) using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger refuse_undone before update on vat_submissions
  for each row execute function refuse_undone_submission();

-- Client accounts beyond the given one whose postings are not folded and sealed yet, up to a limit. Finds those with
-- balance deltas by skipping from one client account to the next in the key: without pending work it costs one look
-- into an empty index. Thorough: also those that were folded and not sealed when a process ended.
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
-- The owner of a function needs the right to create in its schema, at that moment.
grant create on schema public to hovedbok_upkeep;
alter function client_accounts_to_fold(bigint, int, boolean) owner to hovedbok_upkeep;
revoke create on schema public from hovedbok_upkeep;
