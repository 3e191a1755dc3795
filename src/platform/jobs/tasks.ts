import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
  Logger,
  makeWorkerUtils,
  parseCronItems,
  run,
  runMigrations,
  runOnce,
  type Runner,
  type TaskList,
} from 'graphile-worker';
import pg from 'pg';
import sql from 'sql-template-tag';
import type { Transaction } from '../database/pool.ts';
import type { Log } from '../operation.ts';
import type { NewTask, TaskQueue } from './task-queue.ts';

export interface TaskRun {
  payload: unknown;
  /** From 1. */
  attempt: number;
  /** Set when the process ends. */
  signal: AbortSignal;
}

/** A task that throws is retried after a pause that grows from seconds to hours. */
export interface TaskKind {
  kind: string;
  run(run: TaskRun): Promise<void>;
  /** Also on a schedule: five fields of cron, UTC. Runs once, however many nodes there are. */
  every?: string;
}

export interface TasksOptions {
  /** The owner of the schema: the queue stores its tables in the schema `graphile_worker`. */
  connection: pg.ClientConfig;
  log: Log;
  /** For tests that share a database: separates their tasks. */
  prefix?: string;
}

/** Database connections of one process. */
export const TASK_CONNECTIONS = 6;

/** Practically unlimited: a permanent failure is visible in the log, the metrics and the list of jobs. */
const MOST_ATTEMPTS = 32_000;
/** Interval between polls for new tasks; most tasks are announced by notification. */
const POLL_MS = 5_000;
const SEEN_EVERY_MS = 5_000;
/**
 * `task_processes`: a process counts as gone if it has had no connection for this long, or has been silent for this
 * long even with connections.
 */
const GONE = '20 seconds';
const SILENT = '10 minutes';
/** First key of the advisory lock under which one process at a time creates the queue's tables. */
const MIGRATING = 0x7461736b;

/** The queue of all background work. Any number of processes may take tasks from it. */
export class Tasks implements TaskQueue {
  readonly #pool: pg.Pool;
  readonly #log: Log;
  readonly #prefix: string;
  readonly #name = `hovedbok tasks ${randomUUID().slice(0, 8)}`;
  readonly #ending = new AbortController();
  readonly #runners: Runner[] = [];
  #once: Promise<void> | undefined;
  readonly #pools = new Set<string>();
  #seen: NodeJS.Timeout | undefined;

  private constructor(options: TasksOptions) {
    this.#log = options.log;
    this.#prefix = options.prefix ?? '';
    this.#pool = new pg.Pool({ ...options.connection, application_name: this.#name, max: TASK_CONNECTIONS });
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  static async open(options: TasksOptions): Promise<Tasks> {
    const tasks = new Tasks(options);
    try {
      await tasks.#migrate();
    } catch (error) {
      await tasks.#pool.end();
      throw error;
    }
    return tasks;
  }

  async #migrate(): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('select pg_advisory_lock($1, 0)', [MIGRATING]);
      await runMigrations({ pgPool: this.#pool, logger: this.#logger() });
    } finally {
      await client.query('select pg_advisory_unlock($1, 0)', [MIGRATING]).catch(() => {});
      client.release();
    }
  }

  /** Adds a task in the caller's transaction: it exists only if that commits. */
  async add(tx: Transaction, { kind, payload = {}, line, key, at }: NewTask): Promise<void> {
    await tx.execute(sql`
      select add_task(${this.#prefix + kind}, ${JSON.stringify(payload)}, ${line ?? null}, ${MOST_ATTEMPTS},
        ${key === undefined ? null : this.#prefix + key}, ${at ?? null})`);
  }

  /** Like `add`, for many tasks at once. */
  async addAll(tx: Transaction, kind: string, tasks: readonly { payload: object; key: string }[]): Promise<void> {
    await tx.execute(sql`
      select add_task(${this.#prefix + kind}, t.payload::json, null, ${MOST_ATTEMPTS}, t.key, null)
      from unnest(${tasks.map(({ payload }) => JSON.stringify(payload))}::text[],
        ${tasks.map(({ key }) => this.#prefix + key)}::text[]) as t (payload, key)`);
  }

  /** Takes tasks of these kinds, up to a number at a time, until stopped. */
  async work(kinds: readonly TaskKind[], atOnce: number): Promise<void> {
    const events = new EventEmitter();
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => void this.#enter(workerPool.id));
    this.#runners.push(
      await run({
        pgPool: this.#pool,
        logger: this.#logger(),
        events,
        concurrency: atOnce,
        pollInterval: POLL_MS,
        noHandleSignals: true,
        // `stop` signals the running tasks itself.
        gracefulShutdownAbortTimeout: 1,
        taskList: this.#taskList(kinds),
        parsedCronItems: parseCronItems(
          kinds.flatMap(({ kind, every }) => {
            const task = this.#prefix + kind;
            return every
              ? [{ task, match: every, identifier: task, options: { backfillPeriod: 0, jobKey: task } }]
              : [];
          }),
        ),
      }),
    );
  }

  /** Runs all due tasks of these kinds, one after the other; a failed one waits for its next time. For tests. */
  async runOnce(kinds: readonly TaskKind[]): Promise<void> {
    const run = runOnce({
      pgPool: this.#pool,
      logger: this.#logger(),
      noHandleSignals: true,
      taskList: this.#taskList(kinds),
    });
    this.#once = run;
    await run;
  }

  #taskList(kinds: readonly TaskKind[]): TaskList {
    return Object.fromEntries(
      kinds.map((kind) => [
        this.#prefix + kind.kind,
        async (payload, { job }) => {
          try {
            await kind.run({ payload, attempt: job.attempts, signal: this.#ending.signal });
          } catch (error) {
            if (!this.#ending.signal.aborted)
              this.#log.error({ err: error, task: kind.kind, key: job.key, attempt: job.attempts }, 'task failed');
            throw error;
          }
        },
      ]),
    );
  }

  /**
   * Registers that this process takes tasks under the pool's name, so that others can see whether it is still alive.
   */
  async #enter(pool: string): Promise<void> {
    this.#pools.add(pool);
    this.#seen ??= setInterval(() => void this.#seenNow(), SEEN_EVERY_MS).unref();
    await this.#seenNow();
  }

  async #seenNow(): Promise<void> {
    try {
      await this.#pool.query(
        `insert into task_processes (pool, application_name) select unnest($1::text[]), $2
         on conflict (pool) do update set seen_at = now()`,
        [[...this.#pools], this.#name],
      );
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#log.warn({ err: error }, 'task queue: not seen');
    }
  }

  /** Releases the tasks of dead processes. Returns the number of processes found dead. */
  async rescue(): Promise<number> {
    const { rows } = await this.#pool.query<{ pool: string }>(
      `select distinct j.locked_by as pool from graphile_worker.jobs j
       left join task_processes p on p.pool = j.locked_by
       where j.locked_at < now() - $1::interval and (
         coalesce(p.seen_at, j.locked_at) < now() - $2::interval
         or (p.seen_at < now() - $1::interval
           and not exists (select from pg_stat_activity a where a.application_name = p.application_name)))`,
      [GONE, SILENT],
    );
    const gone = rows.map(({ pool }) => pool);
    if (gone.length > 0) await this.#release(gone);
    return gone.length;
  }

  async #release(pools: string[]): Promise<void> {
    this.#log.warn({ processes: pools }, 'tasks of a process that is gone are given to another');
    await this.#pool.query('select graphile_worker.force_unlock_workers($1)', [pools]);
    await this.#pool.query('delete from task_processes where pool = any($1)', [pools]);
  }

  /** Deletes records of lines and processes that are no longer needed. */
  async tidy(): Promise<void> {
    const queue = await makeWorkerUtils({ pgPool: this.#pool, logger: this.#logger() });
    try {
      await queue.cleanup({ tasks: ['GC_JOB_QUEUES'] });
    } finally {
      await queue.release();
    }
    await this.#pool.query(`delete from task_processes p where seen_at < now() - interval '1 day'`);
  }

  /** Tasks by kind: waiting, running, and failed at least once and to be retried. */
  async load(): Promise<{ kind: string; queued: number; running: number; failing: number; oldest_seconds: number }[]> {
    const { rows } = await this.#pool.query(`
      select task_identifier as kind, count(*) filter (where locked_at is null)::int as queued,
        count(*) filter (where locked_at is not null)::int as running,
        count(*) filter (where locked_at is null and attempts > 0)::int as failing,
        extract(epoch from now() - min(created_at))::float8 as oldest_seconds
      from graphile_worker.jobs group by 1 order by 1`);
    return rows;
  }

  /**
   * Takes no more tasks, signals the running ones to stop, and waits for them up to the given time. Returns
   * `false` if some did not end; they are restarted elsewhere once this process has exited.
   */
  async stop(withinMs: number): Promise<boolean> {
    this.#ending.abort();
    clearInterval(this.#seen);
    const ended = Promise.allSettled([this.#once, ...this.#runners.map((runner) => runner.stop())]).then(() => true);
    const inTime = await within(ended, withinMs);
    // If some have not ended, they are found by the missing connections of this name.
    if (inTime && this.#pools.size > 0)
      await within(
        this.#pool.query('delete from task_processes where pool = any($1)', [[...this.#pools]]).catch(() => {}),
        2_000,
      );
    await within(this.#pool.end(), 2_000);
    return inTime === true;
  }

  #logger(): Logger {
    return new Logger(() => (level, message, meta) => {
      const facts = meta?.['error'] ? { err: meta['error'] } : {};
      // We log every failure of a task ourselves.
      if (level === 'error' && !message.startsWith('Failed task')) this.#log.error(facts, `task queue: ${message}`);
      else if (level === 'warning') this.#log.warn(facts, `task queue: ${message}`);
    });
  }
}

/** The promise's value, or undefined if it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
