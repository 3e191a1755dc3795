import type { ErrorMaker, Facts } from '../../../platform/errors.ts';
import { isOutsideFault } from '../../outside-fault.ts';

/**
 * Converts a failure of a party to the specification's 400: the service, and a short reason. Errors of our own are
 * unchanged, and so is a connection that was never configured (503).
 */
export async function failingAs<T>(maker: ErrorMaker, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isOutsideFault(error) || error.code === 'outbound.not_configured') throw error;
    const { service, reason, retry_after: wait } = error.facts;
    throw maker({
      service: typeof service === 'string' ? service : 'Altinn',
      reason: error.code === 'system_users.refused' && typeof reason === 'string' ? reason : error.code,
      cause: error.code,
      ...(typeof wait === 'number' ? { retry_after: wait } : {}),
    } satisfies Facts);
  }
}
