/**
 * Ends a transfer without progress for the given time. A slow consumer does not count: the time runs only while the next
 * chunk is awaited.
 */
export class ProgressWatch {
  readonly #ending = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.#ms = ms;
    this.progress();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Progress was made: the time starts anew. */
  progress(): void {
    this.end();
    this.#timer = setTimeout(() => this.#ending.abort(new Error(`no progress for ${this.#ms} ms`)), this.#ms).unref();
  }

  /** Nothing is awaited. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** Outgoing chunks: the other end must take the next one, and respond after the last, within the time. */
  async *sending(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      this.progress();
      yield piece;
    }
    this.progress();
  }

  /** Incoming chunks: each must arrive within the time once the consumer asks for it. */
  async *receiving(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    this.progress();
    try {
      for await (const piece of pieces) {
        this.end();
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
        this.progress();
      }
    } finally {
      this.end();
    }
  }
}
