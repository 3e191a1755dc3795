import { route, type Route } from '../http/route.ts';
import { readOperation } from '../operation.ts';
import { findJob, JobParams, JobShape, type JobView, jobView } from './job-view.ts';

/** The state and result of a job. Errors: 404 for an unknown job, 403 for another user's. */
export const getJob = readOperation<number, JobView>({
  name: 'job.get',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, tx, caller }, id) {
    return jobView(await findJob(tx, caller, id), caller, platform.jobs);
  },
});

export const jobGetRoute: Route = route({
  method: 'GET',
  path: '/jobs/{id}',
  tag: 'Jobs',
  summary: 'What became of a background job',
  operation: getJob,
  client: 'none',
  params: JobParams,
  response: JobShape,
  input: ({ params }) => params.id,
});
