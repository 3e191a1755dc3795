import { randomBytes } from 'node:crypto';
import sql from 'sql-template-tag';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.ts';
import { assert } from '../../kernel/assert.ts';
import { openLedger } from '../../ledger/index.ts';
import { type Transaction, violatedConstraint } from '../../platform/database/pool.ts';
import { tenancyErrors } from '../errors.ts';
import { addSettingsVersion, type SettingsValues } from '../client-account-settings/client-account-settings.ts';
import { organizationIdOf, type OrganizationValues } from '../organizations/organization.ts';

export interface NewClientAccount {
  displayName: string;
  /** Made from the display name if not given. */
  uniqueName?: string;
  /** Becomes its owner (CA), and is recorded as its creator. */
  createdById: number;
  /** False: it has no owner yet; the owner will be invited. */
  hasOwner?: boolean;
  organizationNumber?: string | null;
  /** Public facts about the organisation, stored under its number. */
  organization?: OrganizationValues;
  accountingCurrency?: string;
  isProvider?: boolean;
  providerType?: 'ACCOUNTANT' | 'AUDITOR' | null;
  metadata?: object;
  /** The first version of the settings; without `active_from` it applies from 1900. */
  settings?: SettingsValues & { active_from?: LocalDate };
}

const FIRST_DAY: LocalDate = '1900-01-01';

/**
 * Opens a client account with its head, standard VAT codes, settings and owner, in the caller's transaction, which has
 * access to it from then on. Returns its id. Throws `tenancy.unique_name_taken`. Callers outside the operations of this
 * domain call `forgetCallers` after the commit, so that a signed-in owner sees it at once.
 */
export async function createClientAccount(tx: Transaction, account: NewClientAccount): Promise<number> {
  const from = account.settings?.active_from ?? FIRST_DAY;
  assert(isLocalDate(from), `no such date: ${from}`);
  const organizationId = account.organizationNumber
    ? await organizationIdOf(tx, account.organizationNumber, {
        name: account.displayName,
        // Only the organisation's owner may write its public facts.
        ...(account.hasOwner === false ? {} : account.organization),
      })
    : null;
  const id = await insertAccount(tx, account, organizationId);
  await tx.see([id]);
  await tx.execute(sql`insert into client_account_heads (client_account_id) values (${id})`);
  if (account.hasOwner !== false)
    await tx.execute(sql`
    insert into client_account_users (client_account_id, user_id, role_id, created_by_id)
    values (${id}, ${account.createdById}, (select id from roles where code = 'CA'), ${account.createdById})`);
  await openLedger(tx, id);
  const { active_from: _, ...values } = account.settings ?? {};
  await addSettingsVersion(tx, id, from, values, account.createdById);
  return id;
}

/** A generated name is changed if it is taken; a requested name is refused. */
async function insertAccount(tx: Transaction, account: NewClientAccount, organizationId: number | null) {
  const isProvider = account.isProvider ?? false;
  const base = account.uniqueName ?? slug(account.displayName);
  for (let n = 1; ; n++) {
    const uniqueName = n === 1 ? base : `${base}-${n <= 20 ? n : randomBytes(4).toString('hex')}`;
    try {
      const made = await tx.maybe<{ id: number }>(sql`
        insert into client_accounts (unique_name, display_name, accounting_currency, organization_id,
          organization_number, is_provider, provider_type, metadata, created_by_id, updated_by_id)
        values (${uniqueName}, ${account.displayName}, ${account.accountingCurrency ?? 'NOK'}, ${organizationId},
          ${account.organizationNumber ?? null}, ${isProvider},
          ${isProvider ? (account.providerType ?? 'ACCOUNTANT') : null}, ${JSON.stringify(account.metadata ?? {})},
          ${account.createdById}, ${account.createdById})
        on conflict (unique_name) do nothing
        returning id`);
      if (made) return made.id;
    } catch (error) {
      if (violatedConstraint(error) === 'client_accounts_id_check') throw tenancyErrors.client_accounts_exhausted();
      throw error;
    }
    if (account.uniqueName !== undefined) throw tenancyErrors.unique_name_taken({ unique_name: uniqueName });
  }
}

/** `Fjord & Fjell AS` → `fjord-fjell-as`. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('å', 'a')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain.slice(0, 80) || 'client';
}
