import sql from 'sql-template-tag';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, Transaction } from '../database/pool.ts';
import { AppError } from '../errors.ts';
import type { FileStore } from '../files/file-store.ts';
import type { StagedFile } from '../files/staged-file.ts';
import type { Log } from '../operation.ts';
import { jobErrors } from './errors.ts';
import type { ClientAccess, JobEnd, JobKind, JobLoad, JobQueue, JobUpload, NewJob, StoredUpload } from './job-queue.ts';
import { progressOf } from './job-progress.ts';
import { fetchUpload, removeUploads, stageUpload } from './job-uploads.ts';
import type { TaskKind, TaskRun, Tasks } from './tasks.ts';

export interface JobsOptions {
  tasks: Tasks;
  database: Database;
  clock: Clock;
  log: Log;
  files: FileStore;
  kinds: readonly JobKind[];
  /** The largest file that is accepted for a job. */
  maxBytes: number;
}

interface JobRow {
  id: number;
  user_id: number;
  client_account_id: number;
  kind: string;
  input: { upload?: StoredUpload };
  attempts: number;
  crashes: number;
}

/** The task that runs a job. */
const TASK = 'job';
/** A job during which this many processes died is not restarted: it may be the cause. */
const MOST_CRASHES = 2;

/**
 * Background jobs: the table `jobs` keeps the state of each, the task queue distributes them. An interrupted job is
 * retried after a pause; after its last attempt it counts as failed until a user retries it.
 */
export class Jobs implements JobQueue {
  readonly #options: JobsOptions;
  readonly #kinds: ReadonlyMap<string, JobKind>;
  readonly #running = new Map<number, number>();

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#kinds = new Map(options.kinds.map((kind) => [kind.kind, kind]));
  }

  /** What a process that runs jobs takes from the queue. */
  get task(): TaskKind {
    return { kind: TASK, run: (run) => this.#take(run) };
  }

  accessOf(kind: string, input: unknown): ClientAccess | undefined {
    return this.#kinds.get(kind)?.access(input);
  }

  async add(tx: Transaction, job: NewJob): Promise<number> {
    const { upload } = job;
    const stored: StoredUpload | undefined = upload && {
      key: upload.key,
      sha256: upload.sha256,
      size: upload.size,
      name: upload.name,
    };
    const { id } = await tx.one<{ id: number }>(sql`
      insert into jobs (client_account_id, user_id, kind, input)
      values (${job.clientAccountId}, ${job.userId}, ${job.kind},
        ${JSON.stringify(stored ? { ...job.input, upload: stored } : job.input)}) returning id`);
    if (upload) await tx.execute(sql`update job_uploads set job_id = ${id} where key = ${upload.key}`);
    await this.addAgain(tx, { id, kind: job.kind, clientAccountId: job.clientAccountId });
    return id;
  }

  async addAgain(tx: Transaction, job: { id: number; kind: string; clientAccountId: number }): Promise<void> {
    const { id, clientAccountId } = job;
    const line = this.#kinds.get(job.kind)?.line;
    const ofAccount = line && clientAccountId !== 0 ? { line: `${line}:${clientAccountId}` } : {};
    await this.#options.tasks.add(tx, { kind: TASK, payload: { job_id: id }, ...ofAccount });
  }

  stage(stream: AsyncIterable<Buffer>): Promise<JobUpload> {
    return stageUpload(this.#options, stream);
  }

  /** Returns jobs that did not stop in time to the queue: that attempt does not count. */
  async giveUp(): Promise<void> {
    for (const [id, attempt] of this.#running) await this.#putBack(id, attempt);
  }

  async #take({ payload, signal }: TaskRun): Promise<void> {
    const job = await this.#claim((payload as { job_id: number }).job_id);
    if (!job) return;
    if (job.crashes >= MOST_CRASHES) {
      this.#options.log.error({ job: job.id, kind: job.kind, crashes: job.crashes }, 'job ended its processes');
      await this.#finish(job, failure(jobErrors.ended_processes({ count: job.crashes })));
      return;
    }
    this.#running.set(job.id, job.attempts);
    try {
      await this.#run(job, signal);
    } finally {
      this.#running.delete(job.id);
    }
  }

  /** The queue gives a task to one process at a time: if a job is already marked as running, its process died. */
  #claim(id: number): Promise<JobRow | undefined> {
    return this.#write((tx) =>
      tx.maybe<JobRow>(sql`
        update jobs set status = 'running', attempts = attempts + 1, started_at = ${this.#options.clock.now()}, progress = 0,
          crashes = crashes + case when status = 'running' then 1 else 0 end
        where id = ${id} and status in ('queued', 'running')
        returning id, user_id, client_account_id, kind, input, attempts, crashes`),
    );
  }

  async #run(job: JobRow, signal: AbortSignal): Promise<void> {
    const kind = this.#kinds.get(job.kind);
    let upload: StagedFile | undefined;
    try {
      if (!kind) throw new Error(`nothing here does jobs of the kind ${job.kind}`);
      if (job.input.upload) upload = await fetchUpload(this.#options.files, job.input.upload);
      const end = await kind.run({
        jobId: job.id,
        userId: job.user_id,
        clientAccountId: job.client_account_id,
        input: job.input,
        ...(upload ? { upload } : {}),
        attempt: job.attempts,
        progress: progressOf(this.#options.database, job.id),
        signal,
      });
      await this.#finish(job, end);
    } catch (error) {
      await this.#brokeOff(job, kind?.attempts ?? 1, error, signal);
    } finally {
      await upload?.discard();
    }
  }

  /** Fails the task if the job is to be retried: the queue handles the pause. */
  async #brokeOff(job: JobRow, attempts: number, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      await this.#putBack(job.id, job.attempts);
      throw error;
    }
    const { log } = this.#options;
    log.error({ err: error, job: job.id, kind: job.kind, attempt: job.attempts }, 'job broke off');
    const why =
      error instanceof AppError ? error : jobErrors.broke_off({ attempt: job.attempts, attempts, job_id: job.id });
    if (job.attempts >= attempts || why.code === 'jobs.upload_gone') {
      await this.#finish(job, failure(why));
      return;
    }
    await this.#write((tx) =>
      tx.execute(sql`
        update jobs set status = 'queued', progress = 0, last_error = ${JSON.stringify(errorView(why))}
        where id = ${job.id} and status = 'running' and attempts = ${job.attempts}`),
    );
    throw error;
  }

  async #finish(job: JobRow, end: JobEnd): Promise<void> {
    const { clock, log } = this.#options;
    const clientAccountId =
      end.status === 'succeeded' ? (end.clientAccountId ?? job.client_account_id) : job.client_account_id;
    const errors = end.status === 'failed' ? end.errors : null;
    const first = errors?.[0] ? JSON.stringify(errors[0]) : null;
    await this.#write((tx) =>
      tx.execute(sql`
        update jobs set status = ${end.status}, progress = 100, finished_at = ${clock.now()},
          client_account_id = ${clientAccountId}, last_error = ${first},
          result = ${end.result === null ? null : JSON.stringify(end.result)}, errors = ${errors && JSON.stringify(errors)}
        where id = ${job.id} and status = 'running' and attempts = ${job.attempts}`),
    );
    if (errors) log.warn({ job: job.id, kind: job.kind, code: (errors[0] as { code?: string })?.code }, 'job failed');
    else if (job.input.upload) await removeUploads(this.#options, [job.input.upload.key]);
  }

  async #putBack(id: number, attempt: number): Promise<void> {
    await this.#write((tx) =>
      tx.execute(sql`
        update jobs set status = 'queued', progress = 0, attempts = attempts - 1
        where id = ${id} and status = 'running' and attempts = ${attempt}`),
    );
  }

  load(): Promise<JobLoad[]> {
    const now = this.#options.clock.now();
    const yesterday = new Date(now.getTime() - 86_400_000);
    return this.#options.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<JobLoad>(sql`
        select kind, count(*) filter (where status = 'queued') as queued, count(*) filter (where status = 'running') as running,
          count(*) filter (where status = 'failed') as failed,
          coalesce(extract(epoch from ${now} - min(created_at) filter (where finished_at is null)), 0)::float8 as oldest_seconds
        from (
          select kind, status, created_at, finished_at from jobs where status in ('queued', 'running')
          union all
          select kind, status, created_at, finished_at from jobs where finished_at >= ${yesterday} and status = 'failed') j
        group by kind order by kind`),
    );
  }

  #write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#options.database.transaction({ clientAccounts: [], mode: 'write' }, work);
  }
}

function errorView(error: AppError): { code: string; message: string; message_en: string } {
  return { code: error.code, message: error.sentence('nb'), message_en: error.sentence('en') };
}

function failure(error: AppError): JobEnd {
  return { status: 'failed', result: null, errors: [errorView(error)] };
}
