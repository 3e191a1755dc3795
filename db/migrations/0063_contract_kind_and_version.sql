-- What a firm's people may do at a client is what the client approved: the kind of service stands in the contract, and
-- the firm's own record no longer decides. Null, written by a version before this one: they may read.
alter table contracts add column provider_type text check (provider_type in ('ACCOUNTANT', 'AUDITOR'));
update contracts c set provider_type = coalesce(p.provider_type, 'ACCOUNTANT')
from client_accounts p where p.id = c.provider_client_account_id;

-- Counts the changes of a contract's terms; who approves names the version it has seen.
alter table contracts add column version int not null default 1 check (version > 0);

-- The invitation that a mail brings; its number carries its client account.
alter table mail_outbox add column invitation_id bigint;
create index mail_outbox_invitation on mail_outbox (invitation_id) where invitation_id is not null;
