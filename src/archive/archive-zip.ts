import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file in the archive as the manifest lists it. */
export interface ArchivedPart {
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * A ZIP that is written while it is read: parts come one after the other, each in pieces, and wait for the reader. When
 * the reader goes away, the part under way ends with an error.
 */
export class ArchiveZip {
  readonly #zip = new ZipFile();
  readonly #abandoned: Promise<never>;
  readonly #time: Date;
  readonly output: Readable;
  readonly parts: ArchivedPart[] = [];

  constructor(time: Date) {
    this.#time = time;
    this.output = this.#zip.outputStream as Readable;
    this.#zip.on('error', (error: Error) => this.output.destroy(error));
    this.#abandoned = once(this.output, 'close').then(() => {
      throw new Error('the reader of the archive went away');
    });
    this.#abandoned.catch(() => {});
  }

  /** `compress` false for contents that are compressed already. */
  async add(path: string, chunks: AsyncIterable<Buffer>, compress = true): Promise<ArchivedPart> {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* measured() {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    const stream = Readable.from(measured(), { objectMode: false });
    const options = { mtime: this.#time, mode: 0o100644, compress, ...(compress ? { compressionLevel: 3 } : {}) };
    this.#zip.addReadStream(stream, path, options);
    try {
      await Promise.race([finished(stream), this.#abandoned]);
    } finally {
      stream.destroy();
    }
    const part = { path, bytes, sha256: hash.digest('hex') };
    this.parts.push(part);
    return part;
  }

  async addText(path: string, text: string): Promise<void> {
    await this.add(path, Readable.from([Buffer.from(text)]));
  }

  /** Writes the directory at the end, and waits until all has been read. */
  async end(): Promise<void> {
    this.#zip.end();
    await finished(this.output);
  }
}
