-- VAT: sums that never need the lines, the entries whose VAT wants an explanation, settlements and remarks of a term.

-- A late entry: dated in an open period, but its VAT belongs to the term of this day (mva-meldingen: no supplementary
-- return; the term's whole return is sent anew).
alter table journal_entries add column vat_term date, add constraint vat_term_not_after_entry check (vat_term <= entry_date);
create index journal_entries_vat_term on journal_entries (client_account_id, vat_term) where vat_term is not null;

-- Up to which posting the sums below were taken. A reader adds the lines of later entries, so the figures are exact at
-- any moment and a posting pays nothing. No row: nothing was taken yet.
create table vat_folds (
  client_account_id bigint primary key references client_accounts (id) on delete cascade,
  posting_no bigint not null
);

-- Sums of lines by month of their VAT. role `base`: lines that carry a code as base; `vat`: VAT lines, tied to a base
-- line; `near`: lines on VAT accounts without code and link, of entries whose base lines have no VAT line of their own
-- (other systems write one VAT line for several base lines): `codes` are those of these base lines.
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
  unique nulls not distinct (client_account_id, month, role, codes, tax_rate, tax_deduction, account_code)
);

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
  unique nulls not distinct (client_account_id, entry_id, kind, codes, account_code)
);
create index vat_notes_date on vat_notes (client_account_id, vat_date, entry_id);

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
  foreign key (client_account_id, journal_entry_id) references journal_entries
);

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
  unique nulls not distinct (client_account_id, from_date, to_date, tax_code, side),
  check (num_nonnulls(remark, description) = 1),
  check ((tax_code is null) = (side is null))
);

select wall(t) from unnest(array['vat_folds', 'vat_balances', 'vat_notes', 'vat_settlements', 'vat_return_remarks']::regclass[]) t;
grant select, insert, update on vat_folds, vat_balances, vat_settlements to hovedbok_app;
grant select, insert on vat_notes to hovedbok_app;
grant select, insert, update, delete on vat_return_remarks to hovedbok_app;
