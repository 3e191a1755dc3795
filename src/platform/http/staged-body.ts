import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorMaker } from '../errors.ts';
import type { JobQueue, JobUpload } from '../jobs/job-queue.ts';

/** Stores a request's body as the file `name` for a job. Throws `empty` if it has no bytes. */
export async function stageBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { jobs, name, empty }: { jobs: JobQueue; name: string; empty: ErrorMaker },
): Promise<JobUpload> {
  if (!request.body) throw empty();
  const file = await jobs.stage(request.body as AsyncIterable<Buffer>);
  file.name = name;
  file.contentType = request.headers['content-type'] ?? '';
  reply.raw.once('close', () => {
    // A refused request leaves no file, and a repeated one already has its job.
    if (reply.raw.statusCode >= 400 || reply.raw.hasHeader('idempotent-replayed'))
      void file
        .discard()
        .catch((error: unknown) => request.log.warn({ err: error }, 'an upload is kept until the retention'));
  });
  if (file.size === 0) throw empty();
  return file;
}
