import { invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { clientAccountJson, lockClientAccount, type PROVIDER_TYPES } from './client-account.ts';
import { createClientAccount } from './client-account-create.ts';
import { type SettingsValues, firstSettingsProblems } from '../client-account-settings/client-account-settings.ts';
import type { OrganizationValues } from '../organizations/organization.ts';

export interface ClientAccountInput {
  display_name: string;
  unique_name?: string;
  organization_number?: string | null;
  organization?: OrganizationValues;
  accounting_currency?: string;
  is_provider?: boolean;
  provider_type?: (typeof PROVIDER_TYPES)[number] | null;
  metadata?: object;
  settings?: SettingsValues & { active_from?: string };
}

/** Any signed-in user may open a client account and becomes its owner (CA). */
export const addClientAccount = changesAccess(
  writeOperation({
    name: 'client_accounts.create',
    access: { kind: 'user', scope: 'write:accounting' },
    async run({ tx, caller, audit }, input: ClientAccountInput) {
      const problems = firstSettingsProblems(input.settings ?? {});
      if (problems.length > 0) throw invalid(problems.map((one) => ({ ...one, path: `settings.${one.path}` })));
      const id = await createClientAccount(tx, { ...newClientAccount(input), createdById: caller.userId });
      const made = clientAccountJson(await lockClientAccount(tx, id));
      audit({ clientAccountId: id, recordType: 'client_account', recordId: id, after: made });
      return made;
    },
  }),
);

export function newClientAccount(input: ClientAccountInput) {
  return {
    displayName: input.display_name,
    uniqueName: input.unique_name,
    organizationNumber: input.organization_number,
    organization: input.organization,
    accountingCurrency: input.accounting_currency,
    isProvider: input.is_provider ?? input.provider_type != null,
    providerType: input.provider_type,
    metadata: input.metadata,
    settings: input.settings,
  };
}
