import sql from 'sql-template-tag';
import { sqlState } from '../../platform/database/pool.ts';
import { writeOperation } from '../../platform/operation.ts';
import { clientAccountJson, lockClientAccount } from './client-account.ts';
import { tenancyErrors } from '../errors.ts';

/** `ACCOUNTS`: the client's own accounts and overrides. `DIMENSIONS`: departments, projects and the like. */
export const RESETTABLE = ['DRAFTS', 'VOUCHERS', 'BUSINESS_PARTNERS', 'DIMENSIONS', 'ACCOUNTS'] as const;

/**
 * Clears the chosen data of a client account without any posted entry; after the first one the books can be corrected
 * but not cleared (bokføringsloven § 9). Only an owner (CA).
 */
export const resetClientAccount = writeOperation({
  name: 'client_accounts.reset',
  access: { kind: 'client', scope: 'write:accounting', roles: ['CA'] },
  async run({ tx, clientAccountId, audit }, { data }: { data: (typeof RESETTABLE)[number][] }) {
    const account = clientAccountJson(await lockClientAccount(tx, clientAccountId));
    try {
      await tx.execute(sql`select reset_client_account(${clientAccountId}, ${data})`);
    } catch (error) {
      if (sqlState(error) === 'HB002') throw tenancyErrors.client_account_not_empty();
      if (sqlState(error) === '23503') throw tenancyErrors.still_referenced();
      throw error;
    }
    audit({ recordType: 'client_account', recordId: clientAccountId, before: account, after: { cleared: data } });
    return account;
  },
});
