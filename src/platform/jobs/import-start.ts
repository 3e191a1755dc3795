import type { Caller } from '../caller.ts';
import type { Transaction } from '../database/pool.ts';
import type { AuditRecord } from '../operation.ts';
import type { JobQueue, JobUpload } from './job-queue.ts';
import { findJob, type JobView, jobView } from './job-view.ts';

/** Media types of the body of an import that may be XML, plain or in a ZIP. */
export const XML_OR_ZIP = [
  'application/xml',
  'text/xml',
  'application/zip',
  'application/x-zip-compressed',
  'application/octet-stream',
];

/** Passes an uploaded file to the job that imports it, and responds with that job. */
export async function startImport(
  { tx, caller, audit }: { tx: Transaction; caller: Caller; audit: (record: AuditRecord) => void },
  jobs: JobQueue,
  start: { kind: string; clientAccountId: number; input: object; upload: JobUpload },
): Promise<JobView> {
  const { kind, upload } = start;
  const id = await jobs.add(tx, { ...start, userId: caller.userId });
  audit({ recordType: 'job', recordId: id, after: { kind, sha256: upload.sha256, size: upload.size } });
  return jobView(await findJob(tx, caller, id), caller, jobs);
}
