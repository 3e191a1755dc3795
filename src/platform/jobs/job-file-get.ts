import type { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { fileErrors } from '../files/errors.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { route, type Route } from '../http/route.ts';
import { strict, Type } from '../http/schema.ts';
import { decideAccess, type Operation, readOperation } from '../operation.ts';
import { type DocumentJobInput, type DocumentJobResult, documentKey } from './document-job.ts';
import { jobErrors } from './errors.ts';
import { findJob } from './job-get.ts';

export interface JobFile {
  name: string;
  contentType: string;
  size: number;
  stream: Readable;
}

interface FoundFile extends Omit<JobFile, 'stream'> {
  key: string;
}

/**
 * Where the document of a job lies, for those who might ask for it themselves at this moment: whoever asked then may have
 * lost the role since. A job that the caller may not know of looks as if it did not exist.
 */
const findJobFile = readOperation<number, FoundFile>({
  name: 'get_job_file',
  access: { kind: 'user', scope: 'read:accounting' },
  async run({ tx, caller }, id) {
    const { client_account_id, result, status } = await findJob(tx, caller, id);
    const { input } = await tx.one<{ input: Partial<DocumentJobInput<unknown>> }>(
      sql`select input from jobs where id = ${id}`,
    );
    if (!input.access || client_account_id === null) throw jobErrors.no_file();
    decideAccess({ kind: 'client', ...input.access }, { caller, clientAccountId: client_account_id });
    if (status !== 'succeeded') throw jobErrors.no_file();
    const { download, file_name, content_type, size } = result as DocumentJobResult;
    if (download === null) throw jobErrors.file_expired();
    return { name: file_name, contentType: content_type, size, key: documentKey(client_account_id, id) };
  },
});

/** The store is asked when the transaction is over: a slow one must keep no connection from others. */
const getJobFile: Operation<number, JobFile> = {
  ...findJobFile,
  async call(platform, call, id) {
    const { value, replayed } = await findJobFile.call(platform, call, id);
    if (!platform.files) throw fileErrors.content_missing();
    const { key, ...described } = value;
    return { value: { ...described, stream: await platform.files.storage.read(key) }, replayed };
  },
};

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
