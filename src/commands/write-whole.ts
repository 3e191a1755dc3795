import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Readable only to the user who made it; gets its own name only when it is complete and on disk. */
export async function writeWhole(stream: NodeJS.ReadableStream, path: string): Promise<void> {
  const writing = `${path}.${process.pid}.partial`;
  try {
    await pipeline(stream, createWriteStream(writing, { mode: 0o600 }));
    const handle = await open(writing);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(writing, path);
  } catch (error) {
    await rm(writing, { force: true });
    throw error;
  }
}
