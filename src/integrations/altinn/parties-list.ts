import { AppError } from '../../platform/errors.ts';
import { handedOnOperation } from '../../platform/operation.ts';
import { altinnErrors } from './errors.ts';
import { authorizedParties } from './parties.ts';
import type { Party } from './party.ts';
import { altinnOf } from './user-token.ts';
import { withAltinnToken } from './with-token.ts';

/**
 * The organizations and persons that the user can represent, live from Altinn. Every failure of Altinn (or of
 * ID-porten, for the token) is altinn.parties_failed (500), as in the specification.
 */
export const listParties = handedOnOperation({
  name: 'altinn.parties',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, caller }): Promise<Party[]> {
    const altinn = altinnOf(platform);
    try {
      return await withAltinnToken(platform, caller.userId, (token) => authorizedParties(altinn, token));
    } catch (error) {
      if (!(error instanceof AppError) || error.spec.status < 500) throw error;
      const { service = altinn.service, retry_after: wait } = error.facts;
      throw altinnErrors.parties_failed({
        service,
        reason: error.code,
        upstream_status: error.spec.status,
        ...(wait === undefined ? {} : { retry_after: wait }),
      });
    }
  },
});
