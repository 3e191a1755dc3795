import sql from 'sql-template-tag';
import { addMonths, dateInNorway, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { SCOPES } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { bookkeeperOf, ofActiveClientAccounts } from '../../tenancy/index.ts';
import { createDepreciationRun } from './depreciation-run-create.ts';
import { monthNumber } from './month.ts';

/**
 * Runs the depreciation of the previous month for every client account with assets, from the first day of a month. Each
 * client account is a separate task, so that a failure does not affect the others.
 */
export class DepreciationSchedule {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** The client accounts that are due: with assets, and not yet run for the previous month. */
  async due(): Promise<number[]> {
    const month = this.#month();
    return ofActiveClientAccounts(this.#platform.database, (tx, ids) => dueOf(tx, ids, month));
  }

  #month(): LocalDate {
    return addMonths(startOfMonth(dateInNorway(this.#platform.clock.now())), -1);
  }

  /**
   * Runs the previous month for one client account, unless already done. Also returns false if refused: a user has to
   * correct the cause, and the next round tries again. A repeated run finds nothing left to post.
   */
  async run(clientAccountId: number): Promise<boolean> {
    const { database, clock, log } = this.#platform;
    const month = this.#month();
    const [due] = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      dueOf(tx, [clientAccountId], month),
    );
    if (due === undefined) return false;
    try {
      if (!(await this.#depreciate(clientAccountId, month))) return false;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ client_account_id: clientAccountId, month, code: error.code }, 'scheduled depreciation refused');
      return false;
    }
    await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        insert into depreciation_schedule as s (client_account_id, month, done_at)
        values (${clientAccountId}, ${month}, ${clock.now()})
        on conflict (client_account_id, month) do update set done_at = coalesce(s.done_at, excluded.done_at)`),
    );
    return true;
  }

  async #depreciate(clientAccountId: number, month: LocalDate): Promise<boolean> {
    const { clock, database, log } = this.#platform;
    const caller = await bookkeeperOf(database, clientAccountId, { scopes: SCOPES, now: clock.now() });
    if (!caller) {
      log.warn({ client_account_id: clientAccountId }, 'nobody keeps these books: no scheduled depreciation');
      return false;
    }
    const input = { month: monthNumber(month), dryRun: false, automatic: true, language: 'nb' as const };
    const idempotencyKey = `scheduled depreciation ${clientAccountId} ${month}`;
    const run = await createDepreciationRun.call(this.#platform, { caller, clientAccountId, idempotencyKey }, input);
    const { status } = run.value;
    if (status !== 'nothing') log.info({ client_account_id: clientAccountId, month, status }, 'scheduled depreciation');
    return true;
  }
}

/** Those client accounts with assets that have no run for the month. */
async function dueOf(tx: Transaction, ids: readonly number[], month: LocalDate): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(sql`
    select distinct d.client_account_id as id from dimension_values d
    where d.client_account_id = any(${[...ids]}::bigint[]) and d.dimension_type = 'asset' and d.is_active
      and not exists (select from depreciation_schedule s
        where s.client_account_id = d.client_account_id and s.month = ${month} and s.done_at is not null)
    order by 1`);
  return rows.map(({ id }) => id);
}
