import { route, type Route } from '../http/route.ts';
import { readOperation } from '../operation.ts';
import { findJob, JobParams, JobShape, type JobView, jobView } from './job-view.ts';

/** What became of a job. Errors: 404 for no job, 403 for one of others. */
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
