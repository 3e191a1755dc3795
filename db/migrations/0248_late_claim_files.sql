-- A file of claims that the mailbox could not take before a deadline of one of them does not leave any more.
alter table avtalegiro_files drop constraint avtalegiro_files_state_check;
alter table avtalegiro_files add constraint avtalegiro_files_state_check
  check (state in ('TAKEN_IN', 'PREPARED', 'SENT', 'WITHDRAWN'));

-- A file of mandates that came again for one more account.
create trigger tells_more_mandates after update on avtalegiro_files for each row
  when (new.kind = 'mandates' and old.accounts <> new.accounts) execute function tell_event('mandates.changed');

-- How the agreement with the bank looks was told for the first time, or differently.
create function agreement_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  values (new.client_account_id, 'avtalegiro_agreement.configured', new.account_number);
  return null;
end $$;
create trigger tells_made after insert on avtalegiro_agreements for each row execute function agreement_tells();
create trigger tells_changed after update on avtalegiro_agreements for each row
  when ((old.kid_length, old.reference_from, old.reference_to, old.payment_type_from, old.payment_type_to, old.notif_print,
      old.notif_email) is distinct from (new.kid_length, new.reference_from, new.reference_to, new.payment_type_from,
      new.payment_type_to, new.notif_print, new.notif_email))
  execute function agreement_tells();
