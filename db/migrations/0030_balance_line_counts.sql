-- How many lines stand behind each balance, so that a page of the general ledger is found by months instead of by
-- counting lines. The folded balances take the counts of all lines there are, also of those whose deltas are not folded
-- yet: as with the amounts, what counts is the sum of both.
alter table balance_deltas add column line_count int not null default 0;
alter table account_balances add column line_count bigint not null default 0;

insert into account_balances as b (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
select client_account_id, account_code, date_trunc('month', entry_date)::date, coalesce(dimension_set_id, 0), 0, 0, count(*)
from journal_entry_lines group by 1, 2, 3, 4
on conflict (client_account_id, account_code, month, dimension_set_id) do update set line_count = excluded.line_count;

-- Who adds to a balance says of how many lines.
alter table balance_deltas alter column line_count drop default;
alter table account_balances alter column line_count drop default;
