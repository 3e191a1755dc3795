import sql from 'sql-template-tag';
import { isOrganizationNumber } from '../../kernel/check-digits.ts';
import { READERS } from '../../platform/caller.ts';
import type { AppError } from '../../platform/errors.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import {
  decideAccess,
  handedOnOperation,
  type HandedOnWork,
  type Operation,
  type Platform,
} from '../../platform/operation.ts';
import { type SystemUserRow, standingSystemUser } from '../altinn/system-users/system-user.ts';
import { syncSystemUser } from '../altinn/system-users/system-user-sync.ts';
import { isOutsideFault } from '../outside-fault.ts';
import { type Dialog, SERVICE } from './dialog.ts';
import type { DialogSearch } from './dialogporten-client.ts';
import { dialogportenErrors } from './errors.ts';

export interface FoundDialogs {
  items: Dialog[];
  /** Why there is no list; the error itself, with its sentence in both languages. */
  refusal: AppError | null;
}

/**
 * The dialogs of a client account's organisation, live. If the search cannot be made, the list is empty with the
 * reason: no organisation number, no active system user, a party that is down. Errors: 403.
 */
export const findDialogs = handedOnOperation<DialogSearch, FoundDialogs>({
  name: 'dialogporten.search',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run(work, search) {
    try {
      return { items: await searchAs(work, search), refusal: null };
    } catch (error) {
      if (!isOutsideFault(error)) throw error;
      const { clientAccountId, platform } = work;
      platform.log.info({ client_account_id: clientAccountId, code: error.code }, 'dialogs not searched');
      return { items: [], refusal: error };
    }
  },
});

/** The operation for the API. An unknown client account is 400 here, as in the specification. */
export const searchDialogs: Operation<DialogSearch & { clientAccountId: number }, { items: Dialog[]; error?: string }> =
  {
    name: findDialogs.name,
    access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
    writes: false,
    async call(platform, call, { clientAccountId, ...search }) {
      decideAccess(this.access, { ...call, clientAccountId: null });
      if (!call.caller?.roles.has(clientAccountId)) await requireExisting(platform, clientAccountId);
      const { value } = await findDialogs.call(platform, { ...call, clientAccountId }, search);
      const { items, refusal } = value;
      return { value: refusal ? { items, error: refusal.sentence('en') } : { items }, replayed: false };
    },
  };

async function requireExisting({ database }: Platform, clientAccountId: number): Promise<void> {
  const found = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`),
  );
  if (!found) throw dialogportenErrors.unknown_client_account();
}

async function searchAs({ platform, clientAccountId, call }: HandedOnWork, search: DialogSearch): Promise<Dialog[]> {
  const { number, standing } = await platform.database.transaction(
    { clientAccounts: [clientAccountId], mode: 'read' },
    async (tx) => {
      const { organization_number: number } = await tx.one<{ organization_number: string | null }>(
        sql`select organization_number from client_accounts where id = ${clientAccountId}`,
      );
      return { number, standing: number ? await standingSystemUser(tx, clientAccountId, number) : undefined };
    },
  );
  if (!number) throw dialogportenErrors.no_organization_number();
  if (!isOrganizationNumber(number))
    throw dialogportenErrors.invalid_organization_number({ organization_number: number });
  if (standing?.status !== 'Active') throw dialogportenErrors.no_active_system_user();
  const client = platform.outside?.dialogporten;
  if (!client) throw outboundErrors.not_configured({ service: SERVICE });
  try {
    return await client.search({ organizationNumber: number, externalRef: standing.external_ref }, search);
  } catch (error) {
    if (!isOutsideFault(error) || error.code !== 'maskinporten.system_user_missing') throw error;
    await lookAgain(standing);
    throw dialogportenErrors.no_active_system_user();
  }

  /** Maskinporten no longer knows a system user: query Altinn and store the result, so that others see it too. */
  async function lookAgain(row: SystemUserRow): Promise<void> {
    try {
      await syncSystemUser(platform, row, call);
    } catch (error) {
      if (!isOutsideFault(error)) throw error;
      platform.log.warn({ client_account_id: clientAccountId, code: error.code }, 'system user not synced');
    }
  }
}
