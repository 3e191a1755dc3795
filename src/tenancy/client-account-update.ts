import sql, { raw } from 'sql-template-tag';
import { lockBooks } from '../ledger/index.ts';
import { ADMINS } from '../platform/caller.ts';
import { type Transaction, violatedConstraint } from '../platform/database/pool.ts';
import { invalid, problem } from '../platform/errors.ts';
import { writeOperation } from '../platform/operation.ts';
import { changesAccess } from './caller-cache.ts';
import {
  CLIENT_ACCOUNT_COLUMNS,
  clientAccountJson,
  type ClientAccountRow,
  lockClientAccount,
  type PROVIDER_TYPES,
} from './client-account.ts';
import { tenancyErrors } from './errors.ts';
import { organizationIdOf, type OrganizationValues, updateOrganization } from './organization.ts';

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

/** Changes what is given and leaves the rest; PUT and PATCH alike. */
export const updateClientAccount = changesAccess(
  writeOperation({
    name: 'client_accounts.update',
    access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
    async run({ tx, clientAccountId, caller, now, audit }, changes: ClientAccountChanges) {
      const before = await lockClientAccount(tx, clientAccountId);
      const { organization, ...own } = changes;
      const next = { ...before, ...own };
      if (changes.is_provider === false) next.provider_type = null;
      else if (changes.provider_type != null) next.is_provider = true;
      if (next.is_provider) next.provider_type ??= 'ACCOUNTANT';
      await checkChange(tx, before, next);
      if (changes.organization_number !== undefined)
        next.organization_id =
          changes.organization_number === null
            ? null
            : await organizationIdOf(tx, changes.organization_number, {
                ...organization,
                name: organization?.name ?? next.display_name,
              });
      if (organization) await changeOrganization(tx, next, organization, clientAccountId);
      const after = await store(tx, next, caller.userId, now);
      audit({
        recordType: 'client_account',
        recordId: clientAccountId,
        before: clientAccountJson(before),
        after: { ...clientAccountJson(after), ...(organization ? { organization } : {}) },
      });
      return clientAccountJson(after);
    },
  }),
);

async function checkChange(tx: Transaction, before: ClientAccountRow, next: ClientAccountRow): Promise<void> {
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

/** Public facts that several client accounts share are not one of them's to rewrite. */
async function changeOrganization(
  tx: Transaction,
  next: ClientAccountRow,
  values: OrganizationValues,
  clientAccountId: number,
): Promise<void> {
  if (next.organization_id === null)
    throw invalid([
      problem(
        'organization',
        'needs an organization_number on the client account',
        'krever et organization_number på klientkontoen',
      ),
    ]);
  await updateOrganization(tx, next.organization_id, values, clientAccountId);
}

async function store(tx: Transaction, next: ClientAccountRow, userId: number, now: Date): Promise<ClientAccountRow> {
  try {
    return await tx.one<ClientAccountRow>(sql`
      update client_accounts set display_name = ${next.display_name}, unique_name = ${next.unique_name},
        is_active = ${next.is_active}, organization_id = ${next.organization_id},
        organization_number = ${next.organization_number}, accounting_currency = ${next.accounting_currency},
        is_provider = ${next.is_provider}, provider_type = ${next.provider_type},
        metadata = ${JSON.stringify(next.metadata)}, updated_at = ${now}, updated_by_id = ${userId}
      where id = ${next.id}
      returning ${raw(CLIENT_ACCOUNT_COLUMNS)}`);
  } catch (error) {
    if (violatedConstraint(error) === 'client_accounts_unique_name_key')
      throw tenancyErrors.unique_name_taken({ unique_name: next.unique_name });
    throw error;
  }
}
