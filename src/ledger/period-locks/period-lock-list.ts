import sql from 'sql-template-tag';
import { READERS } from '../../platform/caller.ts';
import { attachRelations } from '../../platform/http/relations.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { readOperation } from '../../platform/operation.ts';
import { periodLocks } from './period-lock.ts';

/** The history of the lock date, newest first; the first one is in force. */
export const listPeriodLocks = readOperation({
  name: 'period-lock.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: Page & { with: ReadonlySet<string> }) {
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from period_locks where client_account_id = ${clientAccountId}`,
    );
    const locks = await periodLocks(tx, clientAccountId, sql`order by id desc ${limitOffset(input)}`);
    await attachRelations(tx, locks, input.with);
    return envelope(locks, input, records);
  },
});
