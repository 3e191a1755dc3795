import { join } from 'node:path';
import pg from 'pg';
import PgBoss from 'pg-boss';
import sql from 'sql-template-tag';
import type { Database, Transaction } from '../database/pool.ts';
import { type StagedFile, stageFile } from '../files/staged-file.ts';
import type { Log } from '../operation.ts';
import type { JobEnd, JobKind, JobQueue, NewJob } from './job-queue.ts';

export interface JobsOptions {
  /** The owner of the schema: the queue keeps its own tables in the schema `pgboss`. */
  connection: pg.ClientConfig;
  database: Database;
  log: Log;
  kinds: readonly JobKind[];
  /** Jobs that run at a time in this process; 0 only adds. */
  workers: number;
  /** Where files for jobs lie, and how large one may be. */
  folder: string;
  maxBytes: number;
  /** Between looks for jobs whose process died, and between looks into the queue. For tests. */
  sweepSeconds?: number;
  pollingSeconds?: number;
  /** For tests that share a database: apart from the others' jobs. */
  queue?: string;
}

interface JobRow {
  id: number;
  user_id: number;
  client_account_id: number;
  kind: string;
  input: unknown;
  attempts: number;
}

/** First key of the advisory locks of running jobs: nothing else here uses two-key locks with it. */
const LOCK_SPACE = 0x6a6f62;
const PROGRESS_EVERY_MS = 500;

/**
 * Background jobs: the table `jobs` tells what became of each, pg-boss hands them out. A running job holds an advisory
 * lock on a connection of its own; when its process dies the database lets go of it, and the next look puts the job back
 * or, after its last attempt, says that it failed.
 */
export class Jobs implements JobQueue {
  readonly #options: JobsOptions;
  readonly #kinds: ReadonlyMap<string, JobKind>;
  readonly #boss: PgBoss;
  readonly #queue: string;
  readonly #ending = new AbortController();
  #sweeper: NodeJS.Timeout | undefined;

  private constructor(options: JobsOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.#queue = options.queue ?? 'hovedbok';
    this.#boss = new PgBoss({
      ...(options.connection as PgBoss.DatabaseOptions),
      schema: 'pgboss',
      application_name: 'hovedbok jobs',
      max: 2,
      schedule: false,
      archiveCompletedAfterSeconds: 3600,
    });
    this.#boss.on('error', (error) => options.log.error({ err: error }, 'job queue'));
  }

  static async start(options: JobsOptions): Promise<Jobs> {
    const jobs = new Jobs(options);
    await jobs.#boss.start();
    await jobs.#boss.createQueue(jobs.#queue);
    await jobs.#letApplicationAdd();
    if (options.workers > 0) await jobs.#work();
    return jobs;
  }

  /** A job is added in the transaction of an operation, which runs under the application's role. */
  async #letApplicationAdd(): Promise<void> {
    const client = new pg.Client(this.#options.connection);
    await client.connect();
    try {
      await client.query(`grant usage on schema pgboss to hovedbok_app;
        grant select, insert on all tables in schema pgboss to hovedbok_app`);
    } finally {
      await client.end();
    }
  }

  async #work(): Promise<void> {
    const { workers, pollingSeconds, sweepSeconds } = this.#options;
    await this.#sweep();
    for (let i = 0; i < workers; i++) {
      await this.#boss.work<{ job_id: number }>(
        this.#queue,
        { pollingIntervalSeconds: pollingSeconds ?? 1, batchSize: 1 },
        async ([job]) => {
          if (job) await this.#take(job.data.job_id);
        },
      );
    }
    this.#sweeper = setInterval(() => void this.#sweep(), (sweepSeconds ?? 30) * 1000);
    this.#sweeper.unref();
  }

  async add(tx: Transaction, job: NewJob): Promise<number> {
    const { id } = await tx.one<{ id: number }>(sql`
      insert into jobs (client_account_id, user_id, kind, input)
      values (${job.clientAccountId}, ${job.userId}, ${job.kind}, ${JSON.stringify(job.input)}) returning id`);
    await this.#send(id, { executeSql: (text, values) => tx.client.query(text, values) });
    return id;
  }

  stage(stream: AsyncIterable<Buffer>): Promise<StagedFile> {
    return stageFile(stream, { folder: join(this.#options.folder, 'incoming'), maxBytes: this.#options.maxBytes });
  }

  /** Running jobs break off and are put back, for the next start or another process. */
  async stop(): Promise<void> {
    this.#ending.abort();
    clearInterval(this.#sweeper);
    await this.#boss.stop({ graceful: true, wait: true, timeout: 30_000, close: true });
  }

  #send(id: number, db?: PgBoss.Db, startAfter = 0): Promise<string | null> {
    const retry = { retryLimit: 0, expireInHours: 23, startAfter };
    return this.#boss.send(this.#queue, { job_id: id }, db ? { ...retry, db } : retry);
  }

  /** Runs a job unless somebody else has it. */
  async #take(id: number): Promise<void> {
    const lock = new pg.Client({ ...this.#options.connection, application_name: `hovedbok job ${id}` });
    await lock.connect();
    lock.on('error', (error) => this.#options.log.error({ err: error, job: id }, 'job lock lost'));
    try {
      if (!(await tryLock(lock, id))) return;
      const job = await this.#claim(id);
      if (job) await this.#run(job);
    } finally {
      await lock.end().catch(() => {});
    }
  }

  #claim(id: number): Promise<JobRow | undefined> {
    return this.#write((tx) =>
      tx.maybe<JobRow>(sql`
        update jobs set status = 'running', attempts = attempts + 1, started_at = now(), progress = 0
        where id = ${id} and status = 'queued'
        returning id, user_id, client_account_id, kind, input, attempts`),
    );
  }

  async #run(job: JobRow): Promise<void> {
    const { log } = this.#options;
    const kind = this.#kinds.get(job.kind);
    try {
      if (!kind) throw new Error(`nothing here does jobs of the kind ${job.kind}`);
      const end = await kind.run({
        jobId: job.id,
        userId: job.user_id,
        clientAccountId: job.client_account_id,
        input: job.input,
        attempt: job.attempts,
        progress: this.#progressOf(job.id),
        signal: this.#ending.signal,
      });
      await this.#finish(job, end);
    } catch (error) {
      if (this.#ending.signal.aborted) return this.#putBack(job.id);
      log.error({ err: error, job: job.id, kind: job.kind, attempt: job.attempts }, 'job broke off');
      await this.#brokenOff(job, kind?.attempts ?? 1, 5);
    }
  }

  #progressOf(id: number): (share: number) => void {
    let kept = 0;
    let at = 0;
    return (share) => {
      // 100 is for the end: a file that is read through is not yet taken in.
      const percent = Math.min(99, Math.floor(share * 100));
      const now = Date.now();
      if (percent <= kept || now - at < PROGRESS_EVERY_MS) return;
      kept = percent;
      at = now;
      this.#write((tx) =>
        tx.execute(sql`update jobs set progress = ${percent} where id = ${id} and status = 'running'`),
      ).catch(() => {});
    };
  }

  #finish(job: JobRow, end: JobEnd): Promise<number> {
    const clientAccountId =
      end.status === 'succeeded' ? (end.clientAccountId ?? job.client_account_id) : job.client_account_id;
    const errors = end.status === 'failed' ? JSON.stringify(end.errors) : null;
    return this.#write((tx) =>
      tx.execute(sql`
        update jobs set status = ${end.status}, progress = 100, finished_at = now(), client_account_id = ${clientAccountId},
          result = ${end.result === null ? null : JSON.stringify(end.result)}, errors = ${errors}
        where id = ${job.id} and status = 'running'`),
    );
  }

  /** The process ends: that attempt does not count. */
  async #putBack(id: number): Promise<void> {
    await this.#write(async (tx) => {
      await tx.execute(sql`
        update jobs set status = 'queued', progress = 0, attempts = attempts - 1 where id = ${id} and status = 'running'`);
      await this.#send(id, { executeSql: (text, values) => tx.client.query(text, values) });
    });
  }

  /** Once more, or the end. */
  async #brokenOff(job: Pick<JobRow, 'id' | 'attempts'>, attempts: number, delaySeconds: number): Promise<void> {
    if (job.attempts < attempts) {
      await this.#write((tx) =>
        tx.execute(sql`update jobs set status = 'queued', progress = 0 where id = ${job.id} and status = 'running'`),
      );
      await this.#send(job.id, undefined, delaySeconds);
      return;
    }
    const errors = [
      {
        code: 'job.broken_off',
        message: `Jobben brøt av ${job.attempts} ganger; ingenting ble gjort.`,
        message_en: `The job broke off ${job.attempts} times; nothing was done.`,
      },
    ];
    await this.#write((tx) =>
      tx.execute(sql`
        update jobs set status = 'failed', finished_at = now(), errors = ${JSON.stringify(errors)}
        where id = ${job.id} and status = 'running'`),
    );
  }

  /** Jobs that run according to the table while nobody holds their lock: their process is gone. */
  async #sweep(): Promise<void> {
    const { database, log } = this.#options;
    try {
      const running = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
        tx.rows<JobRow>(sql`select id, kind, attempts from jobs where status = 'running' order by id`),
      );
      if (running.length === 0) return;
      const lock = new pg.Client(this.#options.connection);
      await lock.connect();
      try {
        for (const job of running) {
          if (!(await tryLock(lock, job.id))) continue;
          log.warn({ job: job.id, kind: job.kind, attempt: job.attempts }, 'job lost its process');
          await this.#brokenOff(job, this.#kinds.get(job.kind)?.attempts ?? 1, 0);
          await lock.query('select pg_advisory_unlock($1, $2)', [LOCK_SPACE, job.id]);
        }
      } finally {
        await lock.end();
      }
    } catch (error) {
      log.error({ err: error }, 'job sweep');
    }
  }

  #write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#options.database.transaction({ clientAccounts: [], mode: 'write' }, work);
  }
}

async function tryLock(client: pg.Client, jobId: number): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
    LOCK_SPACE,
    jobId,
  ]);
  return rows[0]!.got;
}
