-- The deltas of a posting in a few rows instead of one row each (docs/decisions/0042): a row of arrays has one insertion into
-- the table and one into its index for up to 32 accounts, months and dimension sets. `balance_deltas` keeps its columns as
-- a view, which is what readers use.
create table balance_delta_batches (
  client_account_id bigint not null,
  id bigint generated always as identity,
  account_codes text[] collate "C" not null,
  months date[] not null,
  dimension_set_ids int[] not null,
  debits bigint[] not null,
  credits bigint[] not null,
  line_counts int[] not null,
  primary key (client_account_id, id),
  constraint as_many_of_each check (
    cardinality(account_codes) > 0
    and cardinality(months) = cardinality(account_codes) and cardinality(dimension_set_ids) = cardinality(account_codes)
    and cardinality(debits) = cardinality(account_codes) and cardinality(credits) = cardinality(account_codes)
    and cardinality(line_counts) = cardinality(account_codes))
);
select wall('balance_delta_batches');
grant select, insert, delete on balance_delta_batches to hovedbok_app;
grant select on balance_delta_batches to hovedbok_upkeep;
create policy upkeep_reads on balance_delta_batches for select to hovedbok_upkeep using (true);

insert into balance_delta_batches (client_account_id, account_codes, months, dimension_set_ids, debits, credits, line_counts)
select client_account_id, array[account_code], array[month], array[dimension_set_id], array[debit], array[credit], array[line_count]
from balance_deltas order by client_account_id, id;

drop table balance_deltas;
create view balance_deltas with (security_invoker = true) as
  select b.client_account_id, d.account_code, d.month, d.dimension_set_id, d.debit, d.credit, d.line_count
  from balance_delta_batches b
  cross join unnest(b.account_codes, b.months, b.dimension_set_ids, b.debits, b.credits, b.line_counts)
    as d (account_code, month, dimension_set_id, debit, credit, line_count);
grant select on balance_deltas to hovedbok_app;

-- As before, on the new table.
create or replace function client_accounts_to_fold(beyond bigint, most int, thorough boolean) returns setof bigint
language sql stable security definer set search_path = public, pg_temp as $$
  with recursive found as (
    (select client_account_id from balance_delta_batches where client_account_id > beyond order by client_account_id limit 1)
    union all
    select (select d.client_account_id from balance_delta_batches d where d.client_account_id > f.client_account_id
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
