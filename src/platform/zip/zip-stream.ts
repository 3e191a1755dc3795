import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ZipEntryOptions, type ZipOptions, ZipWriter } from './zip-write.ts';

/**
 * A ZIP that is made while it is read: parts come one after the other and wait for the reader. When the reader goes away,
 * the part under way ends with an error at its next chunk.
 */
export class ZipStream {
  readonly #zip: ZipWriter;
  readonly #output = new PassThrough();

  constructor(options: ZipOptions) {
    this.#zip = new ZipWriter((bytes) => this.#push(bytes), options);
    // Whoever writes is told by the next chunk, also where nobody reads yet.
    this.#output.on('error', () => {});
  }

  get output(): Readable {
    return this.#output;
  }

  /** Resolves when the part was taken in whole. */
  add(path: string, chunks: AsyncIterable<Buffer>, options?: ZipEntryOptions): Promise<void> {
    return this.#zip.add(path, this.#whileRead(chunks), options);
  }

  addText(path: string, text: string): Promise<void> {
    return this.add(path, single(Buffer.from(text)));
  }

  /** Writes the directory at the end, and waits until all has been read. */
  async end(): Promise<void> {
    await this.#zip.end();
    this.#output.end();
    await finished(this.#output);
  }

  async #push(bytes: Uint8Array): Promise<void> {
    this.#requireReader();
    if (!this.#output.write(bytes)) await this.#drained();
    this.#requireReader();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.#output.off('drain', settle).off('close', settle);
        resolve();
      };
      this.#output.on('drain', settle).on('close', settle);
    });
  }

  async *#whileRead(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#requireReader();
      yield chunk;
    }
  }

  #requireReader(): void {
    if (this.#output.destroyed) throw new Error('the reader of the ZIP went away');
  }
}

async function* single(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}
