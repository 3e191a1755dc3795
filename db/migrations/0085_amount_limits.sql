-- Limits of amounts, so that every sum of a client account is exact everywhere it passes (docs/decisions/0012): a line up
-- to 10^13 øre, an entry up to 10^14, and all entries of a client account together up to 7 × 10^15, below the largest
-- amount that a JSON number tells to the øre. `not valid`: what stands in the books cannot be changed, new rows obey.

-- The debit of all entries of the client account.
alter table client_account_heads add column turnover bigint not null default 0;
update client_account_heads h set turnover = least(e.total, 7000000000000000)
from (select client_account_id, sum(debit_total) as total from journal_entries group by 1) e
where e.client_account_id = h.client_account_id;
alter table client_account_heads
  add constraint turnover_within_exact_numbers check (turnover between 0 and 7000000000000000);

alter table journal_entries add constraint total_within_limit check (debit_total <= 100000000000000) not valid;
alter table journal_entry_lines
  drop constraint journal_entry_lines_debit_check,
  drop constraint journal_entry_lines_credit_check,
  add constraint debit_within_limit check (debit between 0 and 10000000000000) not valid,
  add constraint credit_within_limit check (credit between 0 and 10000000000000) not valid;

alter table bank_transactions
  drop constraint bank_transactions_amount_check,
  add constraint amount_within_limit check (amount between -10000000000000 and 10000000000000) not valid;
alter table documents
  add constraint amounts_within_limit check (gross_amount <= 10000000000000
    and net_amount between -10000000000000 and 10000000000000
    and tax_amount between -10000000000000 and 10000000000000) not valid;
