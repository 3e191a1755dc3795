import sql from 'sql-template-tag';
import { sqlState } from '../../platform/database/pool.ts';
import { writeOperation } from '../../platform/operation.ts';
import { changesAccess } from '../access/caller-cache.ts';
import { clientAccountJson, lockClientAccount } from './client-account.ts';
import { tenancyErrors } from '../errors.ts';

/**
 * Removes a client account completely except its audit log. Refused while posted entries must be kept, for five years
 * from the end of their fiscal year (bokføringsloven § 13); the database enforces this. Only an owner (CA).
 */
export const removeClientAccount = changesAccess(
  writeOperation({
    name: 'client_accounts.remove',
    access: { kind: 'client', scope: 'write:accounting', roles: ['CA'] },
    async run({ tx, clientAccountId, audit }, _input: void) {
      const before = clientAccountJson(await lockClientAccount(tx, clientAccountId));
      const { until } = await tx.one<{ until: string | null }>(sql`
        select books_kept_until(${clientAccountId}) as until`);
      try {
        await tx.execute(sql`select remove_client_account(${clientAccountId})`);
      } catch (error) {
        if (sqlState(error) === 'HB001') throw tenancyErrors.books_must_be_kept({ keep_until: until });
        throw error;
      }
      audit({ recordType: 'client_account', recordId: clientAccountId, before, after: null });
      return before;
    },
  }),
);
