import sql from 'sql-template-tag';
import { addMonths, dateInNorway, type LocalDate, startOfMonth } from '../../kernel/local-date.ts';
import { BOOKKEEPERS, SCOPES } from '../../platform/caller.ts';
import { AppError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/operation.ts';
import { callerOfUser } from '../../tenancy/index.ts';
import { createDepreciationRun } from './depreciation-run-create.ts';
import { monthNumber } from './month.ts';

const EVERY_MS = 15 * 60_000;
/** Client accounts looked through in one query. */
const CHUNK = 1_000;

/**
 * Runs the depreciation of the month that ended, for every client account with assets, from the first day of the next
 * one on. Any number of servers may do this: each client account and month is run once, and by another server when the
 * one that began dies.
 */
export class DepreciationSchedule {
  readonly #platform: Platform;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<unknown> | undefined;
  #stopped = false;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  start(): void {
    this.#again(5_000);
  }

  /** Ends after the client account under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #again(afterMs: number): void {
    this.#timer = setTimeout(() => {
      this.#round = this.runOnce()
        .catch((error: unknown) => this.#platform.log.error({ err: error }, 'depreciation schedule'))
        .finally(() => {
          if (!this.#stopped) this.#again(EVERY_MS);
        });
    }, afterMs);
    this.#timer.unref();
  }

  /** Everything that is due now, or that of one client account. Returns how many client accounts were run. */
  async runOnce(only?: number): Promise<number> {
    const { database, clock } = this.#platform;
    const month = addMonths(startOfMonth(dateInNorway(clock.now())), -1);
    const accounts = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ id: number }>(sql`
        select id from client_accounts where is_active and (${only ?? null}::bigint is null or id = ${only ?? null})
        order by id`),
    );
    let done = 0;
    for (let i = 0; i < accounts.length && !this.#stopped; i += CHUNK) {
      for (const id of await this.#due(
        accounts.slice(i, i + CHUNK).map((account) => account.id),
        month,
      )) {
        if (this.#stopped) break;
        if (await this.#run(id, month)) done++;
      }
    }
    return done;
  }

  /** Of these, the client accounts that have assets and were not run for the month. */
  async #due(ids: readonly number[], month: LocalDate): Promise<number[]> {
    const rows = await this.#platform.database.transaction({ clientAccounts: ids, mode: 'read' }, (tx) =>
      tx.rows<{ id: number }>(sql`
        select distinct d.client_account_id as id from dimension_values d
        where d.client_account_id = any(${[...ids]}::bigint[]) and d.dimension_type = 'asset' and d.is_active
          and not exists (select from depreciation_schedule s
            where s.client_account_id = d.client_account_id and s.month = ${month} and s.done_at is not null)
        order by 1`),
    );
    return rows.map(({ id }) => id);
  }

  /** Of several servers at once one makes the run, by its idempotency key, and one of them writes that it is done. */
  async #run(clientAccountId: number, month: LocalDate): Promise<boolean> {
    const { database, clock, log } = this.#platform;
    const scope = { clientAccounts: [clientAccountId], mode: 'write' } as const;
    await database.transaction(scope, (tx) =>
      tx.execute(sql`
        insert into depreciation_schedule (client_account_id, month) values (${clientAccountId}, ${month})
        on conflict do nothing`),
    );
    try {
      await this.#depreciate(clientAccountId, month);
    } catch (error) {
      // A refusal is for a person to mend and would be the same in a quarter of an hour; it is tried then all the same.
      if (!(error instanceof AppError)) throw error;
      log.warn({ client_account_id: clientAccountId, month, code: error.code }, 'scheduled depreciation refused');
      return false;
    }
    const done = await database.transaction(scope, (tx) =>
      tx.execute(sql`
        update depreciation_schedule set done_at = ${clock.now()}
        where client_account_id = ${clientAccountId} and month = ${month} and done_at is null`),
    );
    return done === 1;
  }

  async #depreciate(clientAccountId: number, month: LocalDate): Promise<void> {
    const { clock, log } = this.#platform;
    const caller = await this.#bookkeeper(clientAccountId, clock.now());
    if (!caller) {
      log.warn({ client_account_id: clientAccountId }, 'nobody keeps these books: no scheduled depreciation');
      return;
    }
    const input = { month: monthNumber(month), dryRun: false, automatic: true, language: 'nb' as const };
    const idempotencyKey = `scheduled depreciation ${clientAccountId} ${month}`;
    const run = await createDepreciationRun.call(this.#platform, { caller, clientAccountId, idempotencyKey }, input);
    const { status } = run.value;
    if (status !== 'nothing') log.info({ client_account_id: clientAccountId, month, status }, 'scheduled depreciation');
  }

  /** On whose behalf it is posted: a person with the right to post, of the client account or of its accounting firm. */
  async #bookkeeper(clientAccountId: number, now: Date) {
    const { database } = this.#platform;
    const people = await database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      tx.rows<{ user_id: number }>(sql`
        select u.user_id, 1 as rank from client_account_users u where u.client_account_id = ${clientAccountId}
        union
        select u.user_id, 2 from contracts c
        join client_account_users u on u.client_account_id = c.provider_client_account_id
        where c.client_account_id = ${clientAccountId}
        order by rank, user_id`),
    );
    for (const { user_id } of people) {
      const caller = await callerOfUser(database, user_id, SCOPES, now);
      const roles = caller?.roles.get(clientAccountId);
      if (caller && roles && BOOKKEEPERS.some((role) => roles.has(role))) return caller;
    }
    return null;
  }
}
