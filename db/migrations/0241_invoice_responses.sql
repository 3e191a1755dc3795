-- Answers to invoices over the Peppol network (Invoice Response, transaction T111): those that are given to suppliers, and
-- those that came from customers.
create table invoice_responses (
  client_account_id bigint not null,
  id bigint not null,
  received_invoice_id bigint not null,
  -- UNCL4343: received, in process, under query, conditionally accepted, rejected, accepted, paid.
  status_code text not null check (status_code in ('AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD')),
  -- {reasons, actions, note, effective_date} as they were given.
  content jsonb not null,
  -- Whom it goes to: a participant of the network.
  recipient text not null,
  -- The XML under this id: every attempt sends the same.
  document text not null,
  status text not null check (status in ('QUEUED', 'SENT', 'FAILED')),
  attempts int not null default 0,
  -- Why the last attempt failed.
  reason text,
  -- What the access point calls it.
  external_id text,
  created_at timestamptz not null,
  created_by_id bigint,
  sent_at timestamptz,
  primary key (client_account_id, id),
  foreign key (client_account_id, received_invoice_id) references received_invoices on delete cascade,
  check ((status = 'SENT') = (sent_at is not null))
);
-- The same answer stands once.
create unique index invoice_responses_standing
  on invoice_responses (client_account_id, received_invoice_id, status_code, md5(content::text)) where status <> 'FAILED';
create index invoice_responses_invoice on invoice_responses (client_account_id, received_invoice_id, id);
create index invoice_responses_queued on invoice_responses (client_account_id, id) where status = 'QUEUED';

create table document_responses (
  client_account_id bigint not null references client_accounts (id) on delete cascade,
  id bigint not null,
  -- The bytes as they came.
  file_id bigint not null,
  -- Of the envelope that it came in: a second delivery is known by it.
  instance_id text,
  received_at timestamptz not null,
  received_by_id bigint,
  -- TAKEN: it says what became of a document of ours. QUESTIONED: a person looks at it; `findings` say why.
  status text not null check (status in ('TAKEN', 'QUESTIONED')),
  -- The document that it is about, where that is one of ours, and the delivery that is answered.
  document_id bigint,
  delivery_id bigint,
  sender text,
  sender_name text,
  document_number text,
  status_code text check (status_code in ('AB', 'IP', 'UQ', 'CA', 'RE', 'AP', 'PD')),
  -- {reasons, actions, note, effective_date} as they were said.
  content jsonb,
  issue_date date,
  findings jsonb not null default '[]',
  primary key (client_account_id, id),
  foreign key (client_account_id, file_id) references files,
  foreign key (client_account_id, document_id) references documents,
  foreign key (client_account_id, delivery_id) references document_deliveries,
  check (status <> 'TAKEN' or document_id is not null and delivery_id is not null and status_code is not null)
);
create unique index document_responses_instance on document_responses (client_account_id, instance_id)
  where instance_id is not null;
-- The same bytes are taken in once.
create unique index document_responses_file on document_responses (client_account_id, file_id);
create index document_responses_document on document_responses (client_account_id, document_id, id) where document_id is not null;
create index document_responses_delivery on document_responses (client_account_id, delivery_id, id) where status = 'TAKEN';
create index document_responses_page on document_responses (client_account_id, status, id);
-- An answer names the document by its number and the participant that it was sent to.
create index document_deliveries_recipient on document_deliveries (client_account_id, recipient, document_id)
  where channel = 'PEPPOL';

select wall(t) from unnest(array['invoice_responses', 'document_responses']::regclass[]) t;
grant select, insert, update on invoice_responses to hovedbok_app;
grant select, insert on document_responses to hovedbok_app;

-- Events: the invoice, not its answer, is what the reader knows. One that nobody can place is told as itself.
create function response_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id,
    case new.status when 'SENT' then 'received_invoice.answered' else 'received_invoice.answer_failed' end,
    new.received_invoice_id::text);
  return null;
end $$;
create trigger tells_state after update on invoice_responses for each row
  when (old.status <> new.status and new.status in ('SENT', 'FAILED')) execute function response_tells();
create function answer_tells() returns trigger language plpgsql as $$
begin
  insert into new_events (client_account_id, kind, resource_id) values (new.client_account_id, 'document.answered',
    new.document_id::text);
  return null;
end $$;
create trigger tells_answered after insert on document_responses for each row when (new.status = 'TAKEN')
  execute function answer_tells();
create trigger tells_questioned after insert on document_responses for each row when (new.status = 'QUESTIONED')
  execute function tell_event('document_response.questioned');
