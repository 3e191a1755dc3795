-- The limits of amounts (docs/decisions/0012) for all that is not a line of an entry: one amount up to 10^13 øre, a bank
-- balance up to 10^15, and all transactions of a bank account together up to 7 × 10^15, so that each balance made of them
-- is exact wherever it passes. `not valid`: what stands stays, new rows obey.

create table bank_account_turnovers (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  bank_account_id bigint not null,
  -- Of all its transactions, each without its sign.
  turnover bigint not null,
  primary key (client_account_id, bank_account_id),
  constraint bank_turnover_within_exact_numbers check (turnover between 0 and 7000000000000000)
);
insert into bank_account_turnovers
select client_account_id, bank_account_id, least(sum(abs(amount)), 7000000000000000)
from bank_transactions group by 1, 2;
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

alter table bank_statements add constraint bank_balance_within_limit check (
  opening_balance between -1000000000000000 and 1000000000000000
  and closing_balance between -1000000000000000 and 1000000000000000) not valid;
alter table bank_transactions
  add constraint balance_after_within_limit check (balance_after between -1000000000000000 and 1000000000000000) not valid,
  add constraint instructed_within_limit check (
    instructed_amount between -10000000000000 and 10000000000000
    and instructed_exchange_rate between 0 and 1000000000 and exchange_rate between 0 and 1000000000) not valid;
alter table bank_transaction_details
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table bank_notifications
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table bank_match_transactions
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table bank_match_lines
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table item_settlements
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;

alter table documents add constraint rate_within_limit check (exchange_rate between 0 and 1000000000) not valid;
alter table document_lines
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table document_payment_lines
  add constraint amount_within_limit check (amount <= 10000000000000) not valid;

alter table journal_entry_lines add constraint others_within_limit check (
  currency_amount between 0 and 10000000000000 and exchange_rate between 0 and 1000000000
  and tax_amount between -10000000000000 and 10000000000000) not valid;
alter table vat_settlements
  add constraint payable_within_limit check (payable between -70000000000000 and 70000000000000) not valid;

-- What the bank says is a balance and what moved since; what the books say obeys their own limit.
alter table bank_reconciliations add constraint balances_within_exact_numbers check (
  bank_balance between -8000000000000000 and 8000000000000000
  and ledger_balance between -7000000000000000 and 7000000000000000) not valid;

alter table asset_plans
  add constraint residual_value_within_limit check (residual_value <= 10000000000000) not valid;
alter table depreciation_runs
  add constraint total_within_limit check (posted_total between -7000000000000000 and 7000000000000000) not valid;
alter table depreciation_run_assets
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table asset_properties
  add constraint market_value_within_limit check (documented_market_value <= 100000000000) not valid;
alter table asset_disposals
  add constraint amounts_within_limit check (
    proceeds <= 10000000000000 and gain between -10000000000000000 and 10000000000000000) not valid;
alter table saldo_choices add constraint amounts_within_limit check (
  opening_balance between -10000000000000 and 10000000000000 and income_at_once <= 10000000000000
  and grants <= 10000000000000 and vat_adjustment between -10000000000000 and 10000000000000) not valid;
