import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import type { Role } from '../../platform/caller.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { sniffContentType } from '../../platform/files/content-type.ts';
import { storageKey } from '../../platform/files/file-storage.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import { decideAccess, type Operation, writeOperation } from '../../platform/operation.ts';
import { documentErrors } from '../errors.ts';
import { holdContent } from './content-lease.ts';
import { fileRows, fileStoreOf, type FileView, type PROCESSING_TRACKS } from './file.ts';

export interface CreateFile {
  file: StagedFile;
  contentType: string;
  processingTrack: (typeof PROCESSING_TRACKS)[number];
}

/** The file is known but its content was deleted: it must be restored before the record says that it exists. */
class ContentDeleted extends Error {}

interface KeepFile extends CreateFile {
  /** The content is leased, and certainly in the store. */
  isRestored: boolean;
}

/** Employees send in receipts; users with read access only cannot send files. */
const SENDERS: readonly Role[] = ['AA', 'CA', 'BK', 'EM'];

const record = writeOperation({
  name: 'file.create',
  access: { kind: 'client', scope: 'write:accounting', roles: SENDERS },
  async run(context, { file, contentType, processingTrack, isRestored }: KeepFile): Promise<FileView> {
    const { tx, clientAccountId, caller, now } = context;
    const key = storageKey(clientAccountId, file.sha256);
    const hash = Buffer.from(file.sha256, 'hex');
    // Takes the row lock of the client account: two uploads of the same content meet here, and become one file.
    const id = await takeIds(tx, clientAccountId);
    const [known] = await fileRows(tx, clientAccountId, sql`and f.sha256 = ${hash}`);
    if (known?.is_active) {
      context.audit({ recordType: 'file', recordId: known.id, after: { duplicate_of: known.id, name: file.name } });
      return known;
    }
    if (known && !isRestored) throw new ContentDeleted();
    if (known) {
      await tx.execute(sql`
        update files set is_active = true, name = ${file.name}, content_type = ${contentType},
          processing_track = ${processingTrack}, created_at = ${now}, created_by_id = ${caller.userId}
        where client_account_id = ${clientAccountId} and id = ${known.id}`);
      await tx.execute(sql`
        update vouchers set status = 'PENDING', updated_at = ${now}, updated_by_id = ${caller.userId}
        where client_account_id = ${clientAccountId} and id = ${known.id}`);
    } else {
      await tx.execute(sql`
        insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key, processing_track,
          created_at, created_by_id)
        values (${clientAccountId}, ${id}, ${hash}, ${file.size}, ${contentType}, ${file.name}, ${key}, ${processingTrack},
          ${now}, ${caller.userId})`);
      await tx.execute(sql`
        insert into vouchers (client_account_id, id, created_at, created_by_id, updated_at, updated_by_id)
        values (${clientAccountId}, ${id}, ${now}, ${caller.userId}, ${now}, ${caller.userId})`);
    }
    const [made] = await fileRows(tx, clientAccountId, sql`and f.sha256 = ${hash}`);
    context.audit({ recordType: 'file', recordId: made!.id, before: known ?? null, after: made! });
    return made!;
  },
});

/**
 * Stores an uploaded file and creates its voucher (same id). The same content in a client account is one file, for all
 * users. The content is on stable storage before the record is: a record without content never exists.
 */
export const createFile: Operation<Omit<CreateFile, 'contentType'>, FileView> = {
  ...record,
  async call(platform, call, input) {
    const [clientAccountId] = decideAccess(record.access, call);
    const contentType = contentTypeOf(input.file);
    const { storage } = fileStoreOf(platform);
    const key = storageKey(clientAccountId!, input.file.sha256);
    const put = async () => {
      if (!(await storage.has(key))) await storage.put(key, input.file);
    };
    await put();
    try {
      return await record.call(platform, call, { ...input, contentType, isRestored: false });
    } catch (error) {
      if (!(error instanceof ContentDeleted)) throw error;
      // It may be about to be deleted: restore it under the lease.
      return holdContent(platform, clientAccountId!, input.file.sha256, async () => {
        await put();
        return record.call(platform, call, { ...input, contentType, isRestored: true });
      });
    }
  },
};

function contentTypeOf(file: StagedFile): string {
  const sniffed = sniffContentType(file.beginning, file.contentType);
  if ('type' in sniffed) return sniffed.type;
  if ('unknown' in sniffed) throw documentErrors.unsupported_content({ name: file.name });
  throw invalid([
    problem(
      'file',
      `is declared as ${file.contentType}, but its content is ${sniffed.mismatch}`,
      `er oppgitt som ${file.contentType}, men innholdet er ${sniffed.mismatch}`,
    ),
  ]);
}
