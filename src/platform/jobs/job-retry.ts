import sql from 'sql-template-tag';
import { requestErrors } from '../errors.ts';
import { route, type Route } from '../http/route.ts';
import { decideAccess, writeOperation } from '../operation.ts';
import { jobErrors } from './errors.ts';
import { findJob, JobParams, JobShape, type JobView, jobView } from './job-view.ts';
import type { StoredUpload } from './job-queue.ts';

/**
 * Restarts a failed job, with all its attempts, for a caller who may do what it does. It still runs on behalf of the
 * user who started it. Errors: jobs.not_failed, jobs.unknown_kind, jobs.upload_gone, 404, 403.
 */
const retryJob = writeOperation<number, JobView>({
  name: 'job.retry',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, tx, caller, audit }, id) {
    const job = await findJob(tx, caller, id, { lock: true });
    const { kind, client_account_id: clientAccountId, input } = job;
    const access = platform.jobs?.accessOf(kind, input);
    if (!platform.jobs || !access) throw jobErrors.unknown_kind({ kind });
    if (clientAccountId !== null) decideAccess(access, { caller, clientAccountId });
    else if (!caller.scopes.has(access.scope)) throw requestErrors.scope_missing({ scope: access.scope });
    if (job.status !== 'failed') throw jobErrors.not_failed({ status: job.status });
    const { upload } = input as { upload?: StoredUpload };
    if (upload && !(await tx.maybe(sql`select 1 from job_uploads where key = ${upload.key} for share`)))
      throw jobErrors.upload_gone();
    if (clientAccountId !== null) await tx.see([clientAccountId]);
    await tx.execute(sql`
      update jobs set status = 'queued', attempts = 0, crashes = 0, progress = 0, last_error = null, result = null, errors = null,
        started_at = null, finished_at = null
      where id = ${id}`);
    await platform.jobs.addAgain(tx, { id, kind, clientAccountId: clientAccountId ?? 0 });
    const about = clientAccountId === null ? {} : { clientAccountId };
    audit({
      ...about,
      recordType: 'job',
      recordId: id,
      before: { status: 'failed' },
      after: { status: 'queued', kind },
    });
    return jobView(await findJob(tx, caller, id), caller, platform.jobs);
  },
});

export const jobRetryRoute: Route = route({
  method: 'POST',
  path: '/jobs/{id}/retry',
  tag: 'Jobs',
  summary: 'Begin a background job that failed again',
  operation: retryJob,
  client: 'none',
  params: JobParams,
  response: JobShape,
  input: ({ params }) => params.id,
});
