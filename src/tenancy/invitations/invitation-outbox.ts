import sql from 'sql-template-tag';
import { ADMINS, clientAccountsWith } from '../../platform/caller.ts';
import type { OutboxMail } from '../../platform/mail.ts';
import { readOperation } from '../../platform/operation.ts';

const MOST = 50;

/**
 * Invitations that were not mailed for lack of a mail server, newest first. Their links grant access, so they are shown
 * only to users who could send the same invitation, and only in a session, so that a stolen token cannot read them.
 * Null for all others.
 */
export const listInvitationMails = readOperation({
  name: 'invitations.outbox',
  access: { kind: 'clients', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, caller, clientAccountIds, now }, _input: void): Promise<OutboxMail[] | null> {
    if (caller.via !== 'session' || clientAccountIds.length === 0) return null;
    const owned = clientAccountsWith(caller, ['CA']);
    return tx.rows<OutboxMail>(sql`
      select m.id, m.recipient, m.subject, m.text_body, m.created_at, m.sent_at, m.attempts, m.last_error
      from invitations i
      join mail_outbox m on m.invitation_id = i.id and m.sent_at is null
      join roles r on r.id = i.role_id
      where i.client_account_id = any (${[...clientAccountIds]}::bigint[])
        and i.accepted_at is null and i.cancelled_at is null and i.expires_at > ${now}
        and (r.code <> 'CA' or i.client_account_id = any (${owned}::bigint[]) or not exists (
          select from client_account_users o join roles ro on ro.id = o.role_id
          where o.client_account_id = i.client_account_id and o.is_active and ro.code = 'CA'))
      order by m.id desc limit ${MOST}`);
  },
});
