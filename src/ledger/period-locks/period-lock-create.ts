import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { ADMINS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { lockBooks, takeIds } from '../head.ts';
import { periodLocks } from './period-lock.ts';

/**
 * Locks every day up to and including the date: no entry dated then is posted, no draft becomes one, and none is
 * cancelled with such a date (requirement B5). An earlier date than the current lock reopens the days between; the
 * comment states the reason, and the log keeps both dates.
 */
export const createPeriodLock = writeOperation({
  name: 'period-lock.create',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async run(context, input: { lockedUntilDate: LocalDate; comment: string }) {
    const { tx, clientAccountId, caller, now } = context;
    // Postings under way either finish before this or see the new date.
    const before = await lockBooks(tx, clientAccountId);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      update client_account_heads set locked_until = ${input.lockedUntilDate} where client_account_id = ${clientAccountId}`);
    await tx.execute(sql`
      insert into period_locks (client_account_id, id, locked_until_date, locking_comment, created_at, created_by_id)
      values (${clientAccountId}, ${id}, ${input.lockedUntilDate}, ${input.comment.trim()}, ${now}, ${caller.userId})`);
    const [lock] = await periodLocks(tx, clientAccountId, sql`where id = ${id}`);
    assert(lock, 'the lock just made is there');
    context.audit({
      recordType: 'period_lock',
      recordId: id,
      before: { locked_until_date: before.locked_until },
      after: {
        locked_until_date: lock.locked_until_date,
        locking_comment: lock.locking_comment,
        reopens: lock.reopens,
      },
    });
    return lock;
  },
});
