import { createHash } from 'node:crypto';
import sql from 'sql-template-tag';
import { assert } from '../../kernel/assert.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Call, Platform } from '../operation.ts';
import type { Database } from '../database/pool.ts';
import { AppError } from '../errors.ts';
import { storageKey } from '../files/file-storage.ts';
import type { RenderedFile } from '../rendering/rendering.ts';
import { jobErrors } from './errors.ts';
import { getJob } from './job-get.ts';
import type { ClientAccess, JobEnd, JobKind, JobRun } from './job-queue.ts';
import type { JobView } from './job-view.ts';

/** As stored in the job: who may have the rendering, and which one it is. */
export interface RenderingJobInput<Q> {
  access: Omit<ClientAccess, 'kind'>;
  /** Id of the request that created the job. */
  request_id: string | null;
  ask: Q;
}

/** What a finished job reports about its rendering. */
export interface RenderingJobResult {
  /** Download URL. Null once the rendering is removed. */
  download: string | null;
  file_name: string;
  content_type: string;
  size: number;
  sha256: string;
  expires_at: string;
}

export interface RenderingJobSpec<Q> {
  kind: string;
  /** How many days the rendering is kept. */
  days: number;
  /**
   * Renders the file. First checks again whether the user may have it, because a role may have been revoked since. A
   * refusal (AppError) is the job's result; any other error is retried.
   */
  make(run: JobRun, input: RenderingJobInput<Q>): Promise<RenderedFile>;
}

const ATTEMPTS = 3;
const MOST_OPEN = 20;
const RETRY_AFTER_SECONDS = 30;
/** No rendering is larger; a stream that does not end would be. */
const MOST_BYTES = 100 * 2 ** 30;

/**
 * Adds a job that renders a file, in a separate transaction, for a call whose access is already decided. Throws
 * `jobs.too_many` while the client account has too many unfinished jobs.
 */
export async function addRenderingJob(
  platform: Platform,
  call: Call,
  kind: string,
  { access, ask }: { access: ClientAccess; ask: object },
): Promise<JobView> {
  const { caller, clientAccountId, requestId } = call;
  const { jobs } = platform;
  assert(jobs && caller && clientAccountId !== null, 'a rendering job has a queue, a caller and a client account');
  const { scope, roles } = access;
  const input: RenderingJobInput<object> = { access: { scope, roles }, request_id: requestId ?? null, ask };
  const id = await platform.database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    const { count } = await tx.one<{ count: number }>(sql`
      select count(*) as count from jobs
      where client_account_id = ${clientAccountId} and kind = ${kind} and status in ('queued', 'running')`);
    if (count >= MOST_OPEN) throw jobErrors.too_many({ count, retry_after: RETRY_AFTER_SECONDS });
    return jobs.add(tx, { kind, userId: caller.userId, clientAccountId, input });
  });
  return (await getJob.call(platform, call, id)).value;
}

/** The job kind for renderings. Restarted after a crash, it renders again and replaces the first file. */
export function renderingJob<Q>(platform: Platform, spec: RenderingJobSpec<Q>): JobKind {
  return {
    kind: spec.kind,
    attempts: ATTEMPTS,
    line: 'documents',
    access: (input) => ({ kind: 'client', ...(input as RenderingJobInput<unknown>).access }),
    async run(run) {
      try {
        return await runRenderingJob(platform, spec, run);
      } catch (error) {
        // A process that stops interrupts the work, and another one restarts it. Work refused as busy is retried too.
        if (!(error instanceof AppError) || error.spec.status >= 500 || run.signal.aborted) throw error;
        const { code } = error;
        const errors = [{ code, message: error.sentence('nb'), message_en: error.sentence('en') }];
        return { status: 'failed', errors, result: null };
      }
    },
  };
}

async function runRenderingJob<Q>(platform: Platform, spec: RenderingJobSpec<Q>, run: JobRun): Promise<JobEnd> {
  const { files, clock, database } = platform;
  assert(files, 'documents of jobs are kept where files are');
  const { bytes, fileName, contentType } = await spec.make(run, run.input as RenderingJobInput<Q>);
  const staged = await files.stage(bytes, MOST_BYTES);
  try {
    run.signal.throwIfAborted();
    const expiresAt = new Date(clock.now().getTime() + spec.days * 86_400_000);
    // First the expiry time, then the file: it is removed even after a crash in between.
    await expireAt(database, run.jobId, expiresAt);
    const key = renderingKey(run.clientAccountId, run.jobId);
    await files.storage.remove(key);
    await files.storage.put(key, staged);
    const result: RenderingJobResult = {
      download: `/api/v2/jobs/${run.jobId}/file`,
      file_name: fileName,
      content_type: contentType,
      size: staged.size,
      sha256: staged.sha256,
      expires_at: isoSeconds(expiresAt),
    };
    return { status: 'succeeded', result };
  } finally {
    await staged.discard();
  }
}

function expireAt(database: Database, jobId: number, at: Date): Promise<number> {
  return database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    tx.execute(sql`update jobs set file_expires_at = ${at} where id = ${jobId}`),
  );
}

/** A separate key from uploaded files with the same content, which must not be removed with it. */
export function renderingKey(clientAccountId: number, jobId: number): string {
  return storageKey(clientAccountId, createHash('sha256').update(`document of job ${jobId}`).digest('hex'));
}
