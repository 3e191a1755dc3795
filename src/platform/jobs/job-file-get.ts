import type { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { fileErrors } from '../files/errors.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { route, type Route } from '../http/route.ts';
import { strict, Type } from '../http/schema.ts';
import { decideAccess, readOperation } from '../operation.ts';
import { type DocumentJobInput, type DocumentJobResult, documentKey } from './document-job.ts';
import { jobErrors } from './errors.ts';
import { getJob } from './job-get.ts';

export interface JobFile {
  name: string;
  contentType: string;
  size: number;
  stream: Readable;
}

/**
 * The document that a job made, for those who might ask for it themselves at this moment: whoever asked then may have
 * lost the role since. A job that the caller may not know of looks as if it did not exist.
 */
const getJobFile = readOperation<number, JobFile>({
  name: 'get_job_file',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ platform, tx, caller }, id) {
    const { client_account_id, result, status } = (await getJob.call(platform, { caller, clientAccountId: null }, id))
      .value;
    const { input } = await tx.one<{ input: Partial<DocumentJobInput<unknown>> }>(
      sql`select input from jobs where id = ${id}`,
    );
    if (!input.access || client_account_id === null) throw jobErrors.no_file();
    decideAccess({ kind: 'client', ...input.access }, { caller, clientAccountId: client_account_id });
    if (status !== 'succeeded') throw jobErrors.no_file();
    const { download, file_name, content_type, size } = result as DocumentJobResult;
    if (download === null) throw jobErrors.file_expired();
    if (!platform.files) throw fileErrors.content_missing();
    const stream = await platform.files.storage.read(documentKey(client_account_id, id));
    return { name: file_name, contentType: content_type, size, stream };
  },
});

export const jobFileRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/jobs/{id}/file',
    tag: 'Jobs',
    summary: 'The document that a background job made, while it is kept',
    operation: getJobFile,
    client: 'none',
    params: strict({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
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
  }),
];
