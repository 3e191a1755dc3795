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

select wall('vat_submissions');
grant select, insert on vat_submissions to hovedbok_app;
-- What is sent, of whom and for which term, is never changed.
grant update (status, deviations, sender_id, create_started_at, instance_id, lease_id, lease_until, next_at, polls, failures,
  waiting_for, problem, sent_at, answered_at, answer, receipt_voucher_id, payment_voucher_id, result_voucher_id, payment_kid,
  payment_amount, payment_due_date, payment_account, payment_recipient) on vat_submissions to hovedbok_app;
