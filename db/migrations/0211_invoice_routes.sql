-- Which way a document went, and why not another.
alter table document_deliveries drop constraint document_deliveries_channel_check;
alter table document_deliveries
  add constraint document_deliveries_channel_check check (channel in ('EFAKTURA', 'AVTALEGIRO', 'PEPPOL', 'EMAIL', 'PRINT')),
  -- Every way that was looked at, in order: {channel, taken, nb, en}.
  add column route jsonb not null default '[]',
  -- The claim of AvtaleGiro that goes with it.
  add column claim_id bigint,
  -- Another way is taken where this one fails: nobody has asked for it by name.
  add column falls_back boolean not null default false,
  add constraint document_deliveries_claim foreign key (client_account_id, claim_id) references avtalegiro_claims;
create index document_deliveries_claim on document_deliveries (client_account_id, claim_id) where claim_id is not null;
create index document_deliveries_due on document_deliveries (client_account_id, id)
  where status = 'QUEUED' and channel in ('EFAKTURA', 'PEPPOL') or status = 'FAILED' and falls_back;

-- Where the claim alone is the invoice, what becomes of it becomes of the delivery. One that somebody has stopped is theirs to
-- send otherwise.
create function claim_tells_delivery() returns trigger language plpgsql as $$
begin
  update document_deliveries d set
    status = case when new.state in ('SENT', 'PAID') then 'SENT' else 'FAILED' end,
    sent_at = case when new.state in ('SENT', 'PAID') then new.state_at end,
    reason = case when new.state in ('STOPPED', 'MISSED') then new.reason_code end,
    falls_back = d.falls_back and new.reason_code is distinct from 'stopped_by_user'
  where d.client_account_id = new.client_account_id and d.claim_id = new.id and d.channel = 'AVTALEGIRO'
    and (d.status = 'QUEUED' or d.status = 'SENT' and new.state = 'STOPPED');
  return null;
end $$;
create trigger claim_tells_delivery after update of state on avtalegiro_claims for each row
  when (new.state in ('SENT', 'STOPPED', 'MISSED', 'PAID')) execute function claim_tells_delivery();
