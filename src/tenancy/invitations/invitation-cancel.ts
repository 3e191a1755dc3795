import sql, { raw } from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { tenancyErrors } from '../errors.ts';
import { INVITATION_COLUMNS, invitationJson, type InvitationRow } from './invitation.ts';

export const cancelInvitation = writeOperation({
  name: 'invitations.cancel',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run({ tx, clientAccountId, now, audit }, { id }: { id: number }) {
    const before = await tx.maybe<InvitationRow>(sql`
      select ${raw(INVITATION_COLUMNS)} from invitations
      where client_account_id = ${clientAccountId} and id = ${id} for update`);
    if (!before) throw requestErrors.not_found({ what: 'Invitation' });
    if (before.accepted_at || before.cancelled_at) throw tenancyErrors.invitation_closed();
    await tx.execute(sql`
      update invitations set cancelled_at = ${now} where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = invitationJson({ ...before, cancelled_at: now }, now);
    audit({ recordType: 'invitation', recordId: id, before: invitationJson(before, now), after });
    return after;
  },
});
