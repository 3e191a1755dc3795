import sql, { raw } from 'sql-template-tag';
import { lockBooks } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import {
  CLIENT_ACCOUNT_COLUMNS,
  clientAccountJson,
  type ClientAccountRow,
  lockClientAccount,
  type PROVIDER_TYPES,
} from './client-account.ts';
import { directRoles } from '../contracts/contract-party.ts';
import { tenancyErrors } from '../errors.ts';
import { auditFirmInUse, happeningOf } from '../audit/firm-audit.ts';
import { organizationIdOf, type OrganizationValues, updateOrganization } from '../organizations/organization.ts';

export interface ClientAccountChanges {
  display_name?: string;
  unique_name?: string;
  is_active?: boolean;
  organization_number?: string | null;
  organization?: OrganizationValues;
  accounting_currency?: string;
  is_provider?: boolean;
  provider_type?: (typeof PROVIDER_TYPES)[number] | null;
  metadata?: object;
}

/** Changes the given fields and leaves the others; the same for PUT and PATCH. */
export const updateClientAccount = changesAccess(
  writeOperation({
    name: 'client_accounts.update',
    access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
    async run(context, changes: ClientAccountChanges) {
      const { tx, clientAccountId, caller, now, audit } = context;
      const before = await lockClientAccount(tx, clientAccountId);
      const { organization } = changes;
      if (organization) await requireOwnOrganization(tx, caller.userId, clientAccountId);
      const next = after(before, changes);
      await checkChange(tx, before, next);
      if (changes.organization_number != null)
        next.organization_id = await organizationIdOf(tx, changes.organization_number, {
          ...organization,
          name: organization?.name ?? next.display_name,
        });
      const stored = await store(tx, clientAccountId, next, { userId: caller.userId, now });
      if (organization) await changeOrganization(tx, stored, organization, now);
      audit({
        recordType: 'client_account',
        recordId: clientAccountId,
        before: clientAccountJson(before),
        after: { ...clientAccountJson(stored), ...(organization ? { organization } : {}) },
      });
      if (before.is_provider && stored.is_active !== before.is_active)
        await auditFirmInUse(tx, happeningOf(context, 'client_accounts.update'), stored.is_active);
      return clientAccountJson(stored);
    },
  }),
);

type Changeable = Omit<
  ClientAccountRow,
  'id' | 'uuid' | 'registry' | 'created_at' | 'created_by_id' | 'updated_at' | 'updated_by_id'
>;

/** The account after the change, field by field, so that no other input of a request reaches the row. */
function after(before: ClientAccountRow, changes: ClientAccountChanges): Changeable {
  const isProvider = changes.is_provider ?? (changes.provider_type != null || before.is_provider);
  const given = changes.provider_type === undefined ? before.provider_type : changes.provider_type;
  const number = changes.organization_number;
  return {
    display_name: changes.display_name ?? before.display_name,
    unique_name: changes.unique_name ?? before.unique_name,
    is_active: changes.is_active ?? before.is_active,
    accounting_currency: changes.accounting_currency ?? before.accounting_currency,
    organization_id: number === null ? null : before.organization_id,
    organization_number: number === undefined ? before.organization_number : number,
    is_provider: isProvider,
    provider_type: isProvider ? (given ?? 'ACCOUNTANT') : null,
    metadata: changes.metadata ?? before.metadata,
  };
}

/** Only the organisation's own owner (CA) may write its public facts, not a firm that serves it. */
async function requireOwnOrganization(tx: Transaction, userId: number, clientAccountId: number): Promise<void> {
  const roles = await directRoles(tx, userId, clientAccountId);
  if (!roles.includes('CA')) throw tenancyErrors.organization_not_yours();
}

async function checkChange(tx: Transaction, before: ClientAccountRow, next: Changeable): Promise<void> {
  if (next.accounting_currency !== before.accounting_currency) {
    const { last_posting_no: posted } = await lockBooks(tx, before.id);
    if (posted > 0) throw tenancyErrors.currency_fixed();
  }
  if (before.is_provider && !next.is_provider) {
    const used = await tx.maybe(sql`
      select 1 as used from (
        select from contracts where provider_client_account_id = ${before.id} and approval_status <> 'REJECTED'
        union all
        select from client_account_users m join roles r on r.id = m.role_id
        where m.client_account_id = ${before.id} and m.is_active and r.code = 'AA'
      ) t limit 1`);
    if (used) throw tenancyErrors.provider_in_use();
  }
}

/** Public facts shared by several client accounts cannot be changed by one of them. */
async function changeOrganization(
  tx: Transaction,
  { id: clientAccountId, organization_id: organizationId }: ClientAccountRow,
  values: OrganizationValues,
  now: Date,
): Promise<void> {
  if (organizationId === null)
    throw invalid([
      problem(
        'organization',
        'needs an organization_number on the client account',
        'krever et organization_number på klientkontoen',
      ),
    ]);
  await updateOrganization(tx, organizationId, values, { clientAccountId, now });
}

async function store(
  tx: Transaction,
  id: number,
  next: Changeable,
  { userId, now }: { userId: number; now: Date },
): Promise<ClientAccountRow> {
  try {
    return await tx.one<ClientAccountRow>(sql`
      update client_accounts set display_name = ${next.display_name}, unique_name = ${next.unique_name},
        is_active = ${next.is_active}, organization_id = ${next.organization_id},
        organization_number = ${next.organization_number}, accounting_currency = ${next.accounting_currency},
        is_provider = ${next.is_provider}, provider_type = ${next.provider_type},
        metadata = ${JSON.stringify(next.metadata)}, updated_at = ${now}, updated_by_id = ${userId}
      where id = ${id}
      returning ${raw(CLIENT_ACCOUNT_COLUMNS)}`);
  } catch (error) {
    if (violatedConstraint(error) === 'client_accounts_unique_name_key')
      throw tenancyErrors.unique_name_taken({ unique_name: next.unique_name });
    throw error;
  }
}
