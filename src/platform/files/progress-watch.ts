/**
 * Ends a transfer in which nothing happens for so long. A reader who takes his time is no standstill: the time runs only
 * while the next piece is waited for.
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

  /** Something happened: the time begins anew. */
  progress(): void {
    this.end();
    this.#timer = setTimeout(() => this.#ending.abort(new Error(`no progress for ${this.#ms} ms`)), this.#ms).unref();
  }

  /** Nothing is waited for. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** Pieces on their way out: the other end must take the next one, and answer after the last, within the time. */
  async *sending(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      this.progress();
      yield piece;
    }
    this.progress();
  }

  /** Pieces as they come in: each within the time once the reader asks for it. */
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
