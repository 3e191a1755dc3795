import type { Readable } from 'node:stream';
import { fileErrors } from '../files/errors.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { route, type Route } from '../http/route.ts';
import { decideAccess, type Operation, readOperation } from '../operation.ts';
import { type RenderingJobInput, type RenderingJobResult, renderingKey } from './rendering-job.ts';
import { jobErrors } from './errors.ts';
import { findJob, JobParams } from './job-view.ts';

export interface JobFile {
  name: string;
  contentType: string;
  size: number;
  stream: Readable;
}

/**
 * The file that a job produced, for callers who may request such a file now: the user who requested it then may have
 * lost the role since. Uses two transactions, one after the other: no transaction is open while the file is read.
 */
const getJobFile: Operation<number, JobFile> = {
  name: 'job.file',
  access: { kind: 'user', scope: 'read:accounting' },
  writes: false,
  async call(platform, call, id) {
    const { value } = await findRendering.call(platform, call, id);
    if (!platform.files) throw fileErrors.content_missing();
    const { clientAccountId, result } = value;
    const stream = await platform.files.storage.read(renderingKey(clientAccountId, id));
    const { file_name, content_type, size } = result;
    return { value: { name: file_name, contentType: content_type, size, stream }, replayed: false };
  },
};

const findRendering = readOperation<number, { clientAccountId: number; result: RenderingJobResult }>({
  name: 'job.file',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ tx, caller }, id) {
    const { client_account_id: clientAccountId, status, input, result } = await findJob(tx, caller, id);
    const { access } = input as Partial<RenderingJobInput<unknown>>;
    if (!access || clientAccountId === null) throw jobErrors.no_file();
    decideAccess({ kind: 'client', ...access }, { caller, clientAccountId });
    if (status !== 'succeeded') throw jobErrors.no_file();
    const document = result as RenderingJobResult;
    if (document.download === null) throw jobErrors.file_expired();
    return { clientAccountId, result: document };
  },
});

export const jobFileRoute: Route = route({
  method: 'GET',
  path: '/jobs/{id}/file',
  tag: 'Jobs',
  summary: 'The document that a background job made, while it is kept',
  operation: getJobFile,
  client: 'none',
  params: JobParams,
  produces: ['application/octet-stream'],
  input: ({ params }) => params.id,
  send: ({ name, contentType, size, stream }, reply) =>
    reply
      .type(contentType)
      .header('content-length', size)
      .header('content-disposition', contentDisposition('attachment', name))
      .header('cache-control', 'private, no-store')
      .header('x-content-type-options', 'nosniff')
      .send(stream),
});
