import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Caller } from '../caller.ts';
import type { Transaction } from '../database/pool.ts';
import { requestErrors } from '../errors.ts';
import { nullable, strict, TimeText, Type } from '../http/schema.ts';
import { route, type Route } from '../http/route.ts';
import { readOperation } from '../operation.ts';

export interface JobView {
  id: number;
  kind: string;
  status: 'queued' | 'running' | 'succeeded' | 'failed';
  progress: number;
  client_account_id: number | null;
  result: object | null;
  errors: object[] | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

interface JobRow extends Omit<JobView, 'created_at' | 'started_at' | 'finished_at'> {
  user_id: number;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

/** A job, for who started it and for those with a role in its client account. Others learn nothing of it: 404. */
export async function findJob(tx: Transaction, caller: Caller, id: number): Promise<JobView> {
  const job = await tx.maybe<JobRow>(sql`
    select id, user_id, kind, status, progress, nullif(client_account_id, 0) as client_account_id, result, errors,
      created_at, started_at, finished_at
    from jobs where id = ${id}`);
  const mayRead =
    job &&
    (job.user_id === caller.userId || (job.client_account_id !== null && caller.roles.has(job.client_account_id)));
  if (!mayRead) throw requestErrors.not_found({ what: 'Job' });
  const { user_id: _, ...shown } = job;
  return {
    ...shown,
    created_at: isoSeconds(job.created_at),
    started_at: job.started_at && isoSeconds(job.started_at),
    finished_at: job.finished_at && isoSeconds(job.finished_at),
  };
}

export const getJob = readOperation<number, JobView>({
  name: 'get_job',
  access: { kind: 'user', scope: 'read:accounting' },
  run: ({ tx, caller }, id) => findJob(tx, caller, id),
});

const JobId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const JobShape = strict({
  id: JobId,
  kind: Type.String(),
  status: Type.Enum(['queued', 'running', 'succeeded', 'failed']),
  progress: Type.Integer({ minimum: 0, maximum: 100 }),
  client_account_id: nullable(Type.Integer()),
  result: nullable(Type.Object({}, { additionalProperties: true })),
  errors: nullable(Type.Array(Type.Object({}, { additionalProperties: true }))),
  created_at: TimeText,
  started_at: nullable(TimeText),
  finished_at: nullable(TimeText),
});

export const jobRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/jobs/{id}',
    tag: 'Jobs',
    summary: 'What became of a background job',
    operation: getJob,
    client: 'none',
    params: strict({ id: JobId }),
    response: JobShape,
    input: ({ params }) => params.id,
  }),
];
