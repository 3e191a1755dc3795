-- The folded balances of whole years: a year of a customer is one row instead of twelve, and the years behind a report
-- stay few. Always the sum of account_balances, kept by a trigger, so that whoever folds balances cannot forget it.
create table year_balances (
  client_account_id bigint not null references client_accounts (id),
  account_code text collate "C" not null,
  year int not null,
  dimension_set_id int not null default 0,
  debit bigint not null,
  credit bigint not null,
  primary key (client_account_id, account_code, year, dimension_set_id)
);
select wall('year_balances');
grant select, insert, update on year_balances to hovedbok_app;

insert into year_balances (client_account_id, account_code, year, dimension_set_id, debit, credit)
select client_account_id, account_code, extract(year from month)::int, dimension_set_id, sum(debit), sum(credit)
from account_balances group by 1, 2, 3, 4;

create function sum_years() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into year_balances as y (client_account_id, account_code, year, dimension_set_id, debit, credit)
    select client_account_id, account_code, extract(year from month)::int, dimension_set_id, sum(debit), sum(credit)
    from new_rows group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (client_account_id, account_code, year, dimension_set_id)
      do update set debit = y.debit + excluded.debit, credit = y.credit + excluded.credit;
  else
    insert into year_balances as y (client_account_id, account_code, year, dimension_set_id, debit, credit)
    select client_account_id, account_code, extract(year from month)::int, dimension_set_id, sum(debit), sum(credit)
    from (
      select client_account_id, account_code, month, dimension_set_id, debit, credit from new_rows
      union all
      select client_account_id, account_code, month, dimension_set_id, -debit, -credit from old_rows
    ) changed
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (client_account_id, account_code, year, dimension_set_id)
      do update set debit = y.debit + excluded.debit, credit = y.credit + excluded.credit;
  end if;
  return null;
end $$;
create trigger account_balances_years_insert after insert on account_balances
  referencing new table as new_rows for each statement execute function sum_years();
create trigger account_balances_years_update after update on account_balances
  referencing new table as new_rows old table as old_rows for each statement execute function sum_years();
