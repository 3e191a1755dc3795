import sql from 'sql-template-tag';
import type { Transaction } from '../platform/database/pool.ts';
import type { FileStorage } from '../platform/files/file-storage.ts';
import type { ArchiveZip } from './archive-zip.ts';

/** Types whose contents are already compressed. */
const PACKED = /^(image\/(?!svg|bmp|tiff)|video\/|audio\/|application\/(zip|gzip|pdf|x-7z))/;
const FILES_AT_ONCE = 500;

interface StoredFile {
  id: number;
  sha256: string;
  storage_key: string;
  content_type: string;
}

/** Every uploaded file, named by its SHA-256. Returns the faults of files that are missing or were changed. */
export async function archiveFiles(
  tx: Transaction,
  zip: ArchiveZip,
  storage: FileStorage,
  clientAccountId: number,
): Promise<string[]> {
  const faults: string[] = [];
  for (let after = 0; ;) {
    const files = await tx.rows<StoredFile>(sql`
      select id, encode(sha256, 'hex') as sha256, storage_key, content_type from files
      where client_account_id = ${clientAccountId} and is_active and id > ${after} order by id limit ${FILES_AT_ONCE}`);
    const last = files.at(-1);
    if (!last) return faults;
    for (const file of files) faults.push(...(await archiveFile(zip, storage, file)));
    after = last.id;
  }
}

async function archiveFile(zip: ArchiveZip, storage: FileStorage, file: StoredFile): Promise<string[]> {
  let content: AsyncIterable<Buffer>;
  try {
    content = await storage.read(file.storage_key);
  } catch (error) {
    return [`file ${file.id} (${file.sha256}) cannot be read from the storage: ${(error as Error).message}`];
  }
  const part = await zip.add(`files/${file.sha256}`, content, !PACKED.test(file.content_type));
  return part.sha256 === file.sha256 ? [] : [`file ${file.id} was ${file.sha256} and is now ${part.sha256}`];
}
