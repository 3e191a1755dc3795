-- Events of AvtaleGiro claims and of reminders (decision 0031). Claims change by the hundred thousand when a file is made of
-- them: one statement tells of all.
create function claims_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select client_account_id, 'avtalegiro_claim.created', id::text from new_rows order by id;
  return null;
end $$;
create trigger tells_made after insert on avtalegiro_claims referencing new table as new_rows
  for each statement execute function claims_tell();
create function claim_states_tell() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id)
  select n.client_account_id, 'avtalegiro_claim.' || lower(n.state), n.id::text
  from new_rows n join old_rows o using (client_account_id, id)
  where o.state <> n.state order by n.id;
  return null;
end $$;
create trigger tells_state after update on avtalegiro_claims referencing old table as old_rows new table as new_rows
  for each statement execute function claim_states_tell();

create trigger tells_made after insert on invoice_reminders for each row execute function tell_event('reminder.created');
create trigger tells_sent after update on invoice_reminders for each row
  when (old.sent_at is null and new.sent_at is not null) execute function tell_event('reminder.sent');
create trigger tells_undone after update on invoice_reminders for each row
  when (old.undone_at is null and new.undone_at is not null) execute function tell_event('reminder.undone');
