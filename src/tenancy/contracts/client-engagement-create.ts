import sql from 'sql-template-tag';
import { invalid, type Language, requestErrors } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { clientAccountJson, lockClientAccount } from '../client-accounts/client-account.ts';
import { type ClientAccountInput, newClientAccount } from '../client-accounts/client-account-add.ts';
import { createClientAccount } from '../client-accounts/client-account-create.ts';
import { firstSettingsProblems } from '../client-account-settings/client-account-settings.ts';
import { contractJson, contractRows } from './contract.ts';
import { auditParties, directRoles, requireProvider } from './contract-party.ts';
import { type ContractTerms, insertContract } from './contract-request.ts';
import { invitationJson } from '../invitations/invitation.ts';
import { requireEmail, sendInvitation } from '../invitations/invitation-send.ts';

export interface Engagement {
  client_account: ClientAccountInput;
  provider_client_account_id: number;
  contract?: ContractTerms;
  owner_invitation?: { email: string };
  language: Language;
  origin: string;
}

/**
 * A firm takes on a client: creates the client account, the approved contract and, if requested, the invitation of its
 * owner, all or nothing. With an invitation the account has no owner until it is accepted and the firm works by its
 * contract alone; without one the caller is its owner. Allowed for the firm's own owner (CA) and accountants (AA).
 */
export const createEngagement = changesAccess(
  writeOperation({
    name: 'client_engagements.create',
    access: { kind: 'user', scope: 'write:accounting' },
    async run(context, input: Engagement) {
      const { tx, caller, now, audit } = context;
      const providerId = input.provider_client_account_id;
      await requireProvider(tx, providerId);
      const roles = await directRoles(tx, caller.userId, providerId);
      if (roles.length === 0) throw requestErrors.no_access();
      if (!roles.includes('AA') && !roles.includes('CA')) throw requestErrors.role_missing();
      const problems = firstSettingsProblems(input.client_account.settings ?? {});
      if (problems.length > 0)
        throw invalid(problems.map((one) => ({ ...one, path: `client_account.settings.${one.path}` })));
      if (input.owner_invitation) requireEmail(input.owner_invitation.email, 'owner_invitation.email');
      const id = await createClientAccount(tx, {
        ...newClientAccount(input.client_account),
        createdById: caller.userId,
        hasOwner: !input.owner_invitation,
      });
      await tx.see([id, providerId]);
      const contractId = await insertContract(
        tx,
        {
          client_account_id: id,
          provider_client_account_id: providerId,
          service_provided: input.contract?.service_provided ?? null,
          start_date: input.contract?.start_date ?? null,
          end_date: input.contract?.end_date ?? null,
        },
        { by: providerId, userId: caller.userId, status: 'APPROVED' },
      );
      const invitation = input.owner_invitation && (await inviteOwner());
      const [contract] = await contractRows(tx, sql`c.id = ${contractId}`, sql``);
      const made = {
        client_account: clientAccountJson(await lockClientAccount(tx, id)),
        contract: contractJson(contract!, { client: false, provider: false }),
        owner_invitation: invitation ? invitationJson(invitation, now) : null,
      };
      auditParties(audit, { before: null, after: made.contract });
      audit({ clientAccountId: id, recordType: 'client_engagement', recordId: id, after: made });
      return made;

      async function inviteOwner() {
        const owner = await tx.one<{ id: number }>(sql`select id from roles where code = 'CA'`);
        const { language, origin } = input;
        return sendInvitation(context, id, {
          email: input.owner_invitation!.email,
          role_id: owner.id,
          role: 'CA',
          language,
          origin,
        });
      }
    },
  }),
);
