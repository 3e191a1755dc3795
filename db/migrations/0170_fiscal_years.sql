-- From which days on fiscal years begin in the month of the day (regnskapsloven § 1-7). A day of the year 1 is from ever;
-- where there is none, fiscal years are calendar years.
create table fiscal_starts (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  starts_on date not null check (extract(day from starts_on) = 1),
  -- The calendar year that names a fiscal year: that of its last day, or of its first.
  named_after text not null default 'end' check (named_after in ('end', 'start')),
  created_at timestamptz not null default now(),
  created_by_id bigint,
  primary key (client_account_id, starts_on)
);
select wall('fiscal_starts');
grant select, insert, update, delete on fiscal_starts to hovedbok_app;

-- A fiscal year that a change lengthens has up to 18 months.
alter table journal_entries drop constraint journal_entries_period_check,
  add constraint journal_entries_period_check check (period between 0 and 18) not valid;
