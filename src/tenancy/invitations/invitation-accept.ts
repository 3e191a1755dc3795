import sql from 'sql-template-tag';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, type Language, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { tenancyErrors } from '../errors.ts';
import { auditFirmMember } from '../audit/firm-audit.ts';
import { openInvitation, type OpenInvitation } from './invitation.ts';
import { requireRoleFits } from '../client-account-users/member-rules.ts';
import { hashPassword, passwordProblems } from '../sign-in/password.ts';
import { createUser } from '../users/user-create.ts';

export interface Acceptance {
  token: string;
  first_name?: string;
  last_name?: string;
  password?: string;
  language: Language;
}

/**
 * Gives the invited person its role. A new person becomes a user with the given name and password; a user who can
 * already sign in keeps both, whatever the request contains. A user who already has a role in the account keeps it.
 */
export const acceptInvitation = changesAccess(
  writeOperation({
    name: 'invitations.accept',
    access: { kind: 'public' },
    async run({ tx, now, requestId, audit }, acceptance: Acceptance) {
      const invitation = await openInvitation(tx, acceptance.token, now, true);
      if (!invitation || !invitation.user_is_active) throw tenancyErrors.invitation_invalid();
      // The firm may have ceased to be one since.
      await requireRoleFits(tx, invitation.client_account_id, invitation.role);
      const userId = await userOf(tx, invitation, acceptance);
      const member = await tx.maybe<{ id: number }>(sql`
        insert into client_account_users (client_account_id, user_id, role_id, created_by_id)
        values (${invitation.client_account_id}, ${userId}, ${invitation.role_id}, ${invitation.created_by_id})
        on conflict (client_account_id, user_id) do update
          set role_id = excluded.role_id, is_active = true, created_by_id = excluded.created_by_id
          where not client_account_users.is_active
        returning id`);
      await tx.execute(sql`
        update invitations set accepted_at = ${now}
        where client_account_id = ${invitation.client_account_id} and id = ${invitation.id}`);
      audit({
        clientAccountId: invitation.client_account_id,
        recordType: 'invitation',
        recordId: invitation.id,
        before: { status: 'PENDING' },
        after: { status: 'ACCEPTED', user_id: userId, role_id: invitation.role_id },
      });
      if (member)
        await auditFirmMember(
          tx,
          {
            operation: 'invitations.accept',
            firmId: invitation.client_account_id,
            byId: invitation.created_by_id,
            now,
            requestId,
          },
          { id: member.id, userId, before: null, after: invitation.role },
        );
      return { client_account_id: invitation.client_account_id, user_id: userId, role_id: invitation.role_id };
    },
  }),
);

async function userOf(tx: Transaction, invitation: OpenInvitation, given: Acceptance): Promise<number> {
  if (invitation.user_id !== null && invitation.user_has_password) return invitation.user_id;
  const problems: FieldProblem[] = (['first_name', 'last_name', 'password'] as const)
    .filter((name) => !given[name]?.trim())
    .map((name) => problem(name, 'is required', 'må oppgis'));
  if (given.password) problems.push(...passwordProblems(given.password, invitation.email));
  if (problems.length > 0) throw invalid(problems);
  const [firstName, lastName, password] = [given.first_name!, given.last_name!, given.password!];
  if (invitation.user_id === null)
    return createUser(tx, { email: invitation.email, firstName, lastName, password, language: given.language });
  await tx.actFor(invitation.user_id);
  await tx.execute(sql`
    update users set first_name = ${firstName}, last_name = ${lastName}, password_hash = ${await hashPassword(password)}
    where id = ${invitation.user_id}`);
  return invitation.user_id;
}
