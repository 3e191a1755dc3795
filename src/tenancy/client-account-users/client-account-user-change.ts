import sql from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { activeMembers, memberJson } from './client-account-user.ts';
import { tenancyErrors } from '../errors.ts';
import { auditFirmMember, happeningOf } from '../audit/firm-audit.ts';
import { lockMembersFor, requireMayDecideOver, requireOwnerStays, requireRoleFits, roleOf } from './member-rules.ts';

/** Gives a user of the client account another role. */
export const changeMember = changesAccess(
  writeOperation({
    name: 'client_account_users.change',
    access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
    async run(context, input: { user_id: number; role_id: number }) {
      const { tx, clientAccountId, caller, audit } = context;
      const role = await roleOf(tx, input.role_id);
      await requireRoleFits(tx, clientAccountId, role);
      const locked = await lockMembersFor(context);
      const { members } = locked;
      const member = members.find(({ user_id: id }) => id === input.user_id);
      if (!member) throw requestErrors.not_found({ what: 'User of the client account' });
      if (input.user_id === caller.userId) throw tenancyErrors.own_role();
      requireMayDecideOver(locked, [role, member.role]);
      if (role !== 'CA') requireOwnerStays(members, input.user_id);
      await tx.execute(sql`
        update client_account_users set role_id = ${input.role_id}
        where client_account_id = ${clientAccountId} and user_id = ${input.user_id}`);
      const after = (await activeMembers(tx, [clientAccountId])).find(({ user_id: id }) => id === input.user_id)!;
      const shown = memberJson(after, { user: false, role: true });
      audit({
        recordType: 'client_account_user',
        recordId: after.id,
        before: { ...shown, role_id: member.role_id, role: { id: member.role_id, name: member.role } },
        after: shown,
      });
      await auditFirmMember(tx, happeningOf(context, 'client_account_users.change'), {
        id: after.id,
        userId: input.user_id,
        before: member.role,
        after: role,
      });
      return shown;
    },
  }),
);
