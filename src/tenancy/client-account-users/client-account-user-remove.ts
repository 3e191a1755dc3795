import sql from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { activeMembers, memberJson } from './client-account-user.ts';
import { tenancyErrors } from '../errors.ts';
import { auditFirmMember, happeningOf } from '../audit/firm-audit.ts';
import { lockMembersFor, requireMayDecideOver, requireOwnerStays } from './member-rules.ts';

/** Removes a user from the client account; the membership remains as an inactive record. */
export const removeMember = changesAccess(
  writeOperation({
    name: 'client_account_users.remove',
    access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
    async run(context, input: { user_id: number }) {
      const { tx, clientAccountId, caller, audit } = context;
      const locked = await lockMembersFor(context);
      const { members } = locked;
      const member = members.find(({ user_id: id }) => id === input.user_id);
      if (!member) throw requestErrors.not_found({ what: 'User of the client account' });
      if (input.user_id === caller.userId) throw tenancyErrors.own_role();
      requireMayDecideOver(locked, [member.role]);
      requireOwnerStays(members, input.user_id);
      const before = (await activeMembers(tx, [clientAccountId])).find(({ user_id: id }) => id === input.user_id)!;
      await tx.execute(sql`
        update client_account_users set is_active = false
        where client_account_id = ${clientAccountId} and user_id = ${input.user_id}`);
      const shown = memberJson(before, { user: false, role: true });
      const after = { ...shown, is_active: false };
      audit({ recordType: 'client_account_user', recordId: before.id, before: shown, after });
      await auditFirmMember(tx, happeningOf(context, 'client_account_users.remove'), {
        id: before.id,
        userId: input.user_id,
        before: member.role,
        after: null,
      });
      return after;
    },
  }),
);
