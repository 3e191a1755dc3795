import { AppError } from '../../../platform/errors.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import type { SystemUser } from '../../maskinporten/system-user.ts';
import { organizationNumberOf } from '../../client-organization.ts';
import { systemUserErrors } from './errors.ts';
import { hasEnded } from './status.ts';
import { standingSystemUser, type SystemUserRow } from './system-user.ts';

/** Whom a service is asked for on behalf of, and how we know it. */
export interface Customer extends SystemUser {
  /** Ours; absent where the customer made a system user without our asking, or none at all. */
  standing?: SystemUserRow;
}

/**
 * The system user of a client account's organisation: with our reference where ours is active, otherwise without one,
 * for one that was made in Altinn by hand. Throws integrations.no_organization_number.
 */
export async function customerOf(tx: Transaction, clientAccountId: number): Promise<Customer> {
  const organizationNumber = await organizationNumberOf(tx, clientAccountId);
  const standing = await standingSystemUser(tx, clientAccountId, organizationNumber);
  return {
    organizationNumber,
    ...(standing ? { standing } : {}),
    ...(standing?.status === 'Active' ? { externalRef: standing.external_ref } : {}),
  };
}

/** Maskinporten's word that there is no system user, as what remains to be done. Other errors stay as they are. */
export async function withWhatRemains<T>(customer: Customer, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'maskinporten.system_user_missing') throw error;
    throw missingSystemUser(customer);
  }
}

export function missingSystemUser({ organizationNumber, standing }: Customer): AppError {
  const facts = { organization_number: organizationNumber, service: 'Altinn' };
  if (!standing) return systemUserErrors.none(facts);
  const { status, confirm_url } = standing;
  if (hasEnded(status)) return systemUserErrors.ended({ ...facts, status });
  // One that was active and is not any more: the next look at Altinn says so.
  if (status === 'Active') return systemUserErrors.ended({ ...facts, status: 'Deleted' });
  return systemUserErrors.waits({ ...facts, status, confirm_url: confirm_url ?? 'Altinn' });
}
