-- Mandates come by the hundred thousand in one file. What they refer to is checked once a statement, as for entries (0036;
-- docs/decisions/0007): an agreement, which has its client account and an account number that is checked. A foreign key that
-- was called and a pattern that was matched for every row took a third of the time of one.
create function check_mandate_agreements() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from (select distinct client_account_id, account_number from new_mandates) n
    where not exists (select 1 from avtalegiro_agreements a
      where a.client_account_id = n.client_account_id and a.account_number = n.account_number);
  if found then
    raise foreign_key_violation using constraint = 'avtalegiro_mandates_agreement', table = 'avtalegiro_mandates',
      message = 'a mandate refers to an agreement that does not exist';
  end if;
  return null;
end $$;
revoke execute on function check_mandate_agreements() from public;
create trigger avtalegiro_mandates_agreement after insert on avtalegiro_mandates
  referencing new table as new_mandates for each statement execute function check_mandate_agreements();

-- The other side. With the owner's rights: who deletes may not see all of its rows.
create function check_no_mandate_refers() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform 1 from old_agreements o join avtalegiro_mandates m
    on m.client_account_id = o.client_account_id and m.account_number = o.account_number;
  if found then
    raise foreign_key_violation using constraint = 'avtalegiro_mandates_agreement', table = 'avtalegiro_agreements',
      message = 'an agreement is still referred to by mandates';
  end if;
  return null;
end $$;
revoke execute on function check_no_mandate_refers() from public;
create trigger avtalegiro_agreements_with_mandates after delete on avtalegiro_agreements
  referencing old table as old_agreements for each statement execute function check_no_mandate_refers();
create trigger avtalegiro_agreements_key before update on avtalegiro_agreements for each row
  when (old.client_account_id <> new.client_account_id or old.account_number <> new.account_number)
  execute function keep_key();
revoke update on avtalegiro_mandates from hovedbok_app;
grant update (payer, is_active, notification, listed_in_file, updated_at) on avtalegiro_mandates to hovedbok_app;

alter table avtalegiro_mandates drop constraint avtalegiro_mandates_client_account_id_fkey,
  drop constraint avtalegiro_mandates_account_number_check;

-- The accounts whose mandates were taken from a file: of one that came again, the others are still to be taken in.
alter table avtalegiro_files add column accounts text[] not null default '{}';
grant update (accounts) on avtalegiro_files to hovedbok_app;
