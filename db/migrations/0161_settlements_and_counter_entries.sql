-- Settling items in a foreign currency posts what they leave in kroner: such an entry is the posting of its settlement.
-- In the form of `entry_records`.
create view settlement_entry_records with (security_invoker = true) as
  select distinct s.client_account_id, 'settlement of items' as kind, s.group_id as record_id, s.entry_id,
    'settlement' as source, s.is_active as stands, s.settled_on as entry_date, null::numeric as total
  from item_settlements s
  join journal_entries e on e.client_account_id = s.client_account_id and e.id = s.entry_id and e.source = 'settlement'
  where s.match_id is null;
grant select on settlement_entry_records to hovedbok_app;

-- A counter-entry is never dated before the entry that it takes back (bokføringsloven § 9).
create function counter_entry_not_before() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  if new.entry_date < (select e.entry_date from journal_entries e
      where e.client_account_id = new.client_account_id and e.id = new.cancels_entry_id) then
    raise exception 'a counter-entry is dated before its entry'
      using errcode = 'check_violation', constraint = 'counter_entry_not_before';
  end if;
  return new;
end $$;
revoke execute on function counter_entry_not_before() from public;
create trigger counter_entry_not_before before insert on journal_entries
  for each row when (new.cancels_entry_id is not null) execute function counter_entry_not_before();
