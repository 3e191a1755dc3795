import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { RelationFields } from '../../platform/http/relations.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

/** One setting of the lock date. The latest one applies; earlier ones remain as history. */
export const PeriodLockView = strict({
  id: Id,
  client_account_id: Id,
  locked_until_date: DateText,
  previous_locked_until_date: nullable(DateText),
  reopens: Type.Boolean({ description: 'Moved the lock back: days that were locked became open' }),
  locking_comment: Type.String(),
  created_at: TimeText,
  created_by_id: Id,
  created_by: RelationFields.created_by,
});
export type PeriodLockView = Static<typeof PeriodLockView>;

interface PeriodLockRow {
  id: number;
  client_account_id: number;
  locked_until_date: LocalDate;
  previous_locked_until_date: LocalDate | null;
  locking_comment: string;
  created_at: Date;
  created_by_id: number;
}

/** Locks of a client account, each with the previous date. */
export async function periodLocks(tx: Transaction, clientAccountId: number, tail: Sql): Promise<PeriodLockView[]> {
  const rows = await tx.rows<PeriodLockRow>(sql`
    select id, client_account_id, locked_until_date, previous_locked_until_date, locking_comment, created_at, created_by_id
    from (
      select id, client_account_id, locked_until_date, locking_comment, created_at, created_by_id,
        lag(locked_until_date) over (order by id) as previous_locked_until_date
      from period_locks where client_account_id = ${clientAccountId}
    ) l ${tail}`);
  return rows.map((row) => ({
    ...row,
    reopens: row.previous_locked_until_date !== null && row.locked_until_date < row.previous_locked_until_date,
    created_at: isoSeconds(row.created_at),
  }));
}
