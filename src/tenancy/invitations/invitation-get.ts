import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { readOperation } from '../../platform/operation.ts';
import { INVITATION_COLUMNS, invitationJson, type InvitationRow } from './invitation.ts';

export const getInvitation = readOperation({
  name: 'invitations.get',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now }, { id }: { id: number }) {
    const row = await tx.maybe<InvitationRow>(sql`
      select ${raw(INVITATION_COLUMNS)} from invitations where client_account_id = ${clientAccountId} and id = ${id}`);
    if (!row) throw requestErrors.not_found({ what: 'Invitation' });
    return invitationJson(row, now);
  },
});
