import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requestErrors } from '../errors.ts';

/** How much of a file is enough to tell what it is. */
export const HEAD_BYTES = 4096;

/** An upload that has arrived whole and is not yet kept. As JSON it is what it contains, not where it lies. */
export class StagedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly head: Buffer;
  name = '';
  /** As the sender declared it. */
  contentType = '';

  constructor(path: string, sha256: string, size: number, head: Buffer) {
    this.path = path;
    this.sha256 = sha256;
    this.size = size;
    this.head = head;
  }

  toJSON() {
    return { sha256: this.sha256, size: this.size, name: this.name, contentType: this.contentType };
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/**
 * Writes a stream to a file of its own in the folder, on stable storage, hashing it on the way; memory does not grow
 * with the file. Throws `request.too_large` as soon as the limit is passed, and then leaves nothing.
 */
export async function stageFile(
  stream: AsyncIterable<Buffer>,
  { folder, maxBytes }: { folder: string; maxBytes: number },
): Promise<StagedFile> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of stream) {
      if (size < HEAD_BYTES) head.push(chunk.subarray(0, HEAD_BYTES - size));
      size += chunk.length;
      if (size > maxBytes) throw requestErrors.too_large({ limit: maxBytes });
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close().catch(() => {});
    await rm(path, { force: true });
    throw error;
  }
  return new StagedFile(path, hash.digest('hex'), size, Buffer.concat(head));
}
