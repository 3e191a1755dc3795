import { AppError } from '../../../platform/errors.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import type { SystemUser } from '../../maskinporten/system-user.ts';
import { organizationNumberOf } from '../../client-organization.ts';
import { systemUserErrors } from './errors.ts';
import { hasEnded } from './status.ts';
import { standingSystemUser, type SystemUserRow } from './system-user.ts';

/** The customer on whose behalf a service is called, and our record of it. */
export interface Customer extends SystemUser {
  /** Our record; absent if the customer created a system user without our request, or none at all. */
  standing?: SystemUserRow;
}

/**
 * The system user of a client account's organisation: with our reference if ours is active, otherwise without one, for
 * a system user that was created in Altinn by hand. Throws integrations.no_organization_number.
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

/** Converts Maskinporten's error that there is no system user to the remaining steps. Other errors are unchanged. */
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
  // It was active and no longer is: the next query of Altinn updates it.
  if (status === 'Active') return systemUserErrors.ended({ ...facts, status: 'Deleted' });
  return systemUserErrors.waits({ ...facts, status, confirm_url: confirm_url ?? 'Altinn' });
}
