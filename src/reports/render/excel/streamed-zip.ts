import { once } from 'node:events';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Higher levels cost several times as much and save little on a sheet's text. */
const COMPRESSION_LEVEL = 2;

/** A ZIP that is made while it is read: parts come one after the other and wait for the reader. */
export class StreamedZip {
  readonly #zip = new ZipFile();
  readonly #time: Date;
  readonly #abandoned: Promise<never>;
  readonly output: Readable;

  constructor(time: Date) {
    this.#time = time;
    this.output = this.#zip.outputStream as Readable;
    this.#zip.on('error', (error: Error) => this.output.destroy(error));
    this.#abandoned = once(this.output, 'close').then(() => {
      throw new Error('nobody reads the file any more');
    });
    this.#abandoned.catch(() => {});
  }

  /** Resolves when the part was taken in whole. */
  async add(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const stream = Readable.from(chunks, { objectMode: false });
    this.#zip.addReadStream(stream, path, this.#options());
    try {
      await Promise.race([finished(stream), this.#abandoned]);
    } finally {
      stream.destroy();
    }
  }

  addText(path: string, text: string): void {
    this.#zip.addBuffer(Buffer.from(text), path, this.#options());
  }

  end(): void {
    this.#zip.end();
  }

  #options() {
    return { mtime: this.#time, mode: 0o100644, compress: true, compressionLevel: COMPRESSION_LEVEL };
  }
}
