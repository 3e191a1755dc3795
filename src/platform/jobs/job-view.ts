import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Caller } from '../caller.ts';
import type { Transaction } from '../database/pool.ts';
import { requestErrors } from '../errors.ts';
import { nullable, strict, TimeText, Type } from '../http/schema.ts';
import type { JobQueue } from './job-queue.ts';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed'] as const;

export interface JobView {
  id: number;
  kind: string;
  status: (typeof JOB_STATES)[number];
  progress: number;
  client_account_id: number | null;
  /** How often it was started. */
  attempts: number;
  /** Why the last attempt failed, even if another one follows. */
  last_error: { code: string; message: string; message_en: string } | null;
  result: object | null;
  errors: object[] | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface JobRecord extends Omit<JobView, 'created_at' | 'started_at' | 'finished_at'> {
  user_id: number;
  input: unknown;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

const JobId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const JobParams = strict({ id: JobId });

export const JobShape = strict({
  id: JobId,
  kind: Type.String(),
  status: Type.Enum([...JOB_STATES]),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  client_account_id: nullable(Type.Integer()),
  attempts: Type.Integer({ minimum: 0 }),
  last_error: nullable(Type.Object({}, { additionalProperties: true })),
  result: nullable(Type.Object({}, { additionalProperties: true })),
  errors: nullable(Type.Array(Type.Object({}, { additionalProperties: true }))),
  created_at: TimeText,
  started_at: nullable(TimeText),
  finished_at: nullable(TimeText),
});

export const jobColumns: Sql = sql`
  id, user_id, kind, status, progress, nullif(client_account_id, 0) as client_account_id, attempts, last_error, result,
  errors, input, created_at, started_at, finished_at`;

/**
 * A job visible to the caller: to the user who started it, and to users with a role in its client account. Throws 404
 * if it does not exist, 403 if it is not visible to the caller.
 */
export async function findJob(tx: Transaction, caller: Caller, id: number, { lock = false } = {}): Promise<JobRecord> {
  const job = await tx.maybe<JobRecord>(
    lock
      ? sql`select ${jobColumns} from jobs where id = ${id} for update`
      : sql`select ${jobColumns} from jobs where id = ${id}`,
  );
  if (!job) throw requestErrors.not_found({ what: 'Job' });
  const known = job.client_account_id !== null && caller.roles.has(job.client_account_id);
  if (!known && job.user_id !== caller.userId) throw requestErrors.no_access();
  return job;
}

/** The caller's view of a job: only callers who may do what the job does see its result. */
export function jobView(job: JobRecord, caller: Caller, jobs: JobQueue | undefined): JobView {
  const { user_id: _user, input: _input, created_at, started_at, finished_at, ...shown } = job;
  const open = mayReadResult(job, caller, jobs);
  return {
    ...shown,
    last_error: open || job.last_error?.code.startsWith('jobs.') ? job.last_error : null,
    result: open ? job.result : null,
    errors: open ? job.errors : null,
    created_at: isoSeconds(created_at),
    started_at: started_at && isoSeconds(started_at),
    finished_at: finished_at && isoSeconds(finished_at),
  };
}

/** The result of a job without a client account is visible only to the user who started it. */
function mayReadResult(job: JobRecord, caller: Caller, jobs: JobQueue | undefined): boolean {
  if (job.client_account_id === null) return job.user_id === caller.userId;
  const held = caller.roles.get(job.client_account_id);
  const access = jobs?.accessOf(job.kind, job.input);
  return Boolean(held && access?.roles.some((role) => held.has(role)));
}
