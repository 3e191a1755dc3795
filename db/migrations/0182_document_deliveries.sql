-- What a mail carries besides its text. Gone when it is delivered.
create table mail_attachments (
  mail_id bigint not null references mail_outbox (id) on delete cascade,
  position int not null check (position > 0),
  file_name text not null,
  content_type text not null,
  content bytea not null,
  primary key (mail_id, position)
);
grant select, insert, delete on mail_attachments to hovedbok_app;
alter table mail_outbox add column reply_to text;

-- How a document was sent. One that stands is the only one of its document: nothing is sent twice.
create table document_deliveries (
  client_account_id bigint not null,
  id bigint not null,
  document_id bigint not null,
  channel text not null check (channel in ('PEPPOL', 'EMAIL', 'PRINT')),
  status text not null check (status in ('QUEUED', 'SENT', 'FAILED')),
  -- A mail address, or a participant of the network.
  recipient text,
  attempts int not null default 0,
  -- Why the last attempt failed, or why this channel was taken.
  reason text,
  mail_id bigint,
  -- What whoever carries it calls it.
  external_id text,
  created_at timestamptz not null,
  created_by_id bigint,
  sent_at timestamptz,
  primary key (client_account_id, id),
  foreign key (client_account_id, document_id) references documents on delete cascade,
  check ((status = 'SENT') = (sent_at is not null))
);
create unique index document_deliveries_standing on document_deliveries (client_account_id, document_id)
  where status <> 'FAILED';
create index document_deliveries_document on document_deliveries (client_account_id, document_id, id);
create index document_deliveries_mail on document_deliveries (mail_id) where mail_id is not null;
select wall('document_deliveries');
grant select, insert, update on document_deliveries to hovedbok_app;

-- What becomes of a mail becomes of the delivery that it is, whoever delivers the mail. Six failures are the last but one.
create function mail_tells_delivery() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update document_deliveries d set
    attempts = new.attempts,
    reason = new.last_error,
    status = case when new.sent_at is not null then 'SENT'
      when new.last_error is not null and new.attempts > 6 then 'FAILED' else 'QUEUED' end,
    sent_at = new.sent_at
  where d.mail_id = new.id and d.status = 'QUEUED';
  if new.sent_at is not null then
    delete from mail_attachments where mail_id = new.id;
  end if;
  return null;
end $$;
revoke execute on function mail_tells_delivery() from public;
create trigger mail_tells_delivery after update of sent_at, attempts, last_error on mail_outbox
  for each row execute function mail_tells_delivery();
