import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { requestErrors } from '../errors.ts';

/** Length of the beginning of a file that is enough to detect its type. */
export const BEGINNING_BYTES = 4096;
/** Up to this size the content stays in memory too: most files are read right after they arrive. */
export const MEMORY_BYTES = 256 * 1024;
/** Flushed in pieces: one flush of a whole large file delays every commit of a database on the same disk. */
const FLUSH_BYTES = 1024 * 1024;

/** An upload that has arrived completely and is not stored yet. Its JSON form has the content's facts, not its path. */
export class StagedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly beginning: Buffer;
  /** All of it, if it is small. */
  readonly content: Buffer | null;
  name = '';
  /** As the sender declared it. */
  contentType = '';

  constructor(path: string, sha256: string, size: number, beginning: Buffer, content: Buffer | null = null) {
    this.path = path;
    this.sha256 = sha256;
    this.size = size;
    this.beginning = beginning;
    this.content = content;
  }

  toJSON() {
    return { sha256: this.sha256, size: this.size, name: this.name, contentType: this.contentType };
  }

  async discard(): Promise<void> {
    await removeIfThere(this.path);
  }
}

async function removeIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/**
 * Writes a stream to a separate file in the folder, on stable storage, hashing it on the way; memory does not grow with the
 * file. Throws `request.too_large` as soon as the limit is exceeded, and then leaves nothing behind.
 */
export async function stageFile(
  stream: AsyncIterable<Buffer>,
  { folder, maxBytes }: { folder: string; maxBytes: number },
): Promise<StagedFile> {
  const path = join(folder, randomUUID());
  const hash = createHash('sha256');
  /** The whole content as long as it is small, then only its beginning. */
  let first: Buffer[] = [];
  let size = 0;
  let unflushed = 0;
  const file = await create(path, folder);
  try {
    for await (const chunk of stream) {
      const before = size;
      size += chunk.length;
      if (size > maxBytes) throw requestErrors.too_large({ limit: maxBytes });
      if (size <= MEMORY_BYTES) first.push(chunk);
      else if (before <= MEMORY_BYTES) first = [beginningOf([...first, chunk])];
      hash.update(chunk);
      await file.writeFile(chunk);
      unflushed += chunk.length;
      if (unflushed < FLUSH_BYTES) continue;
      await file.datasync();
      unflushed = 0;
    }
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close().catch(() => {});
    await removeIfThere(path);
    throw error;
  }
  const memory = Buffer.concat(first);
  const content = size <= MEMORY_BYTES ? memory : null;
  return new StagedFile(path, hash.digest('hex'), size, memory.subarray(0, BEGINNING_BYTES), content);
}

/** A copy of the beginning: a view would keep the whole buffers in memory. */
function beginningOf(chunks: readonly Buffer[]): Buffer {
  const beginning = Buffer.alloc(BEGINNING_BYTES);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(beginning, at);
  return beginning;
}

async function create(path: string, folder: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(path, 'wx', 0o600);
  }
}
