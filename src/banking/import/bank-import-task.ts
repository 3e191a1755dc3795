import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../platform/database/pool.ts';
import type { FileStore } from '../../platform/files/file-store.ts';
import { StagedFile } from '../../platform/files/staged-file.ts';
import type { ThreadTask } from '../../platform/rendering/thread-work.ts';
import { valueTask } from '../../platform/rendering/value-work.ts';
import { type BankImportRequest, importBankFile } from './import-bank-file.ts';

/** The message to a thread; the file remains the job's, which removes it. */
export type BankImportOrder = Omit<BankImportRequest, 'file' | 'read' | 'progress'> & {
  file: Pick<StagedFile, 'path' | 'sha256' | 'size' | 'name' | 'contentType'> & {
    beginning: Uint8Array;
    content: Uint8Array | null;
  };
};

export function bankImportOrder({ file, read: _read, progress: _, ...request }: BankImportRequest): BankImportOrder {
  const { path, sha256, size, beginning, content, name, contentType } = file;
  return { ...request, file: { path, sha256, size, beginning, content, name, contentType } };
}

/** The import as run on an import thread. Its result is returned as JSON. */
export function bankImportTask(tools: { database: Database; clock: Clock; files: FileStore }): ThreadTask {
  return valueTask(({ input }, progress) => {
    const { file, ...request } = input as BankImportOrder;
    return importBankFile(tools, {
      ...request,
      file: stagedFileOf(file),
      progress: (bytes, of) => progress(bytes / Math.max(of, 1)),
    });
  });
}

function stagedFileOf({
  path,
  sha256,
  size,
  beginning,
  content,
  name,
  contentType,
}: BankImportOrder['file']): StagedFile {
  const file = new StagedFile(path, sha256, size, Buffer.from(beginning), content && Buffer.from(content));
  return Object.assign(file, { name, contentType });
}
