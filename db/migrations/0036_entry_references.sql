-- What an entry refers to (its client account, voucher and the entry it cancels) is checked once a statement, as for lines
-- (0002, 0035; docs/decisions/0006 and 0007): three foreign keys were called row by row, also for nulls, a fifth of the
-- time that an entry's row took.
create function check_entry_references() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off set enable_sort = off as $$
begin
  perform 1 from (select distinct client_account_id from new_entries) n
    where (select c.id from client_accounts c where c.id >= n.client_account_id and c.id <= n.client_account_id order by c.id limit 1) is null
  union all select 1 from (select client_account_id, voucher_id from new_entries where voucher_id is not null) n
    where (select v.id from vouchers v where v.client_account_id = n.client_account_id
      and v.id >= n.voucher_id and v.id <= n.voucher_id order by v.id limit 1) is null
  union all select 1 from (select client_account_id, cancels_entry_id from new_entries where cancels_entry_id is not null) n
    where (select e.id from journal_entries e where e.client_account_id = n.client_account_id
      and e.id >= n.cancels_entry_id and e.id <= n.cancels_entry_id order by e.id limit 1) is null;
  if found then
    raise foreign_key_violation using constraint = 'journal_entries_references', table = 'journal_entries',
      message = 'an entry refers to a client account, voucher or entry that does not exist';
  end if;
  return null;
end $$;
revoke execute on function check_entry_references() from public;
create trigger journal_entries_references after insert on journal_entries
  referencing new table as new_entries for each statement execute function check_entry_references();

-- The other side. With the owner's rights: a client account may be deleted by those who cannot see all of its rows.
create function check_no_entry_refers() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  used boolean;
begin
  execute format('select exists (select 1 from old_rows o join journal_entries e on %s)', tg_argv[0]) into used;
  if used then
    raise foreign_key_violation using table = tg_table_name, constraint = 'journal_entries_references',
      message = format('rows of %s are still referred to by journal entries', tg_table_name);
  end if;
  return null;
end $$;
revoke execute on function check_no_entry_refers() from public;
create trigger client_accounts_booked after delete on client_accounts referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.id');
create trigger vouchers_booked after delete on vouchers referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.client_account_id and e.voucher_id = o.id');
create trigger journal_entries_cancelled after delete on journal_entries referencing old table as old_rows
  for each statement execute function check_no_entry_refers('e.client_account_id = o.client_account_id and e.cancels_entry_id = o.id');
create trigger client_accounts_key before update on client_accounts for each row
  when (old.id <> new.id) execute function keep_key();
create trigger vouchers_key before update on vouchers for each row
  when (old.client_account_id <> new.client_account_id or old.id <> new.id) execute function keep_key();

alter table journal_entries drop constraint journal_entries_client_account_id_fkey,
  drop constraint journal_entries_client_account_id_voucher_id_fkey,
  drop constraint journal_entries_client_account_id_cancels_entry_id_fkey;
