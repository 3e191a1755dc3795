import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ZipStream } from '../platform/zip/zip-stream.ts';

/** A file in the archive as the manifest lists it. */
export interface ArchivedPart {
  path: string;
  bytes: number;
  sha256: string;
}

const ZIP_LEVEL = 3;

/** The archive's ZIP, with a list of what it holds. */
export class ArchiveZip {
  readonly #zip: ZipStream;
  readonly parts: ArchivedPart[] = [];

  constructor(time: Date) {
    this.#zip = new ZipStream({ time, level: ZIP_LEVEL });
  }

  get output(): Readable {
    return this.#zip.output;
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
    await this.#zip.add(path, measured(), { compress });
    const part = { path, bytes, sha256: hash.digest('hex') };
    this.parts.push(part);
    return part;
  }

  async addText(path: string, text: string): Promise<void> {
    await this.add(path, Readable.from([Buffer.from(text)]));
  }

  end(): Promise<void> {
    return this.#zip.end();
  }
}
