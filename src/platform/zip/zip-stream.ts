import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ZipEntryOptions, type ZipOptions, ZipWriter } from './zip-write.ts';

/**
 * A ZIP that is created while it is read: parts follow one another and wait for the consumer. If the consumer stops, the
 * current part ends with an error at its next chunk.
 */
export class ZipStream {
  readonly #zip: ZipWriter;
  readonly #output = new PassThrough();

  constructor(options: ZipOptions) {
    this.#zip = new ZipWriter((bytes) => this.#push(bytes), options);
    // The writer gets the error with its next chunk, also before reading has started.
    this.#output.on('error', () => {});
  }

  get output(): Readable {
    return this.#output;
  }

  /** Resolves when the part was consumed entirely. */
  add(path: string, chunks: AsyncIterable<Buffer>, options?: ZipEntryOptions): Promise<void> {
    return this.#zip.add(path, this.#whileRead(chunks), options);
  }

  addText(path: string, text: string): Promise<void> {
    return this.add(path, single(Buffer.from(text)));
  }

  /** Writes the directory at the end, and waits until everything has been read. */
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
