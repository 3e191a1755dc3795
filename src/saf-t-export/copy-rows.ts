import type pg from 'pg';

/**
 * Receives a row of a binary COPY, which may be overwritten after it returns. Returns whether the server may continue;
 * after a false, `resume` continues.
 */
type OnRow = (row: CopiedRow) => boolean;

/** The columns of a row, read one after the other. One object for all rows: a large book has millions. */
export class CopiedRow {
  bytes: Buffer = Buffer.alloc(0);
  /** Where the value of the column begins. */
  from = 0;
  /** Of the value; −1 for null. */
  length = -1;
  #next = 0;

  /** The columns of a row that begins at `at`; call `next` for the first. */
  open(bytes: Buffer, at: number): this {
    this.bytes = bytes;
    this.#next = at;
    return this;
  }

  next(): this {
    this.length = this.bytes.readInt32BE(this.#next);
    this.from = this.#next + LENGTH_BYTES;
    this.#next = this.length > 0 ? this.from + this.length : this.from;
    return this;
  }

  /** Passes over columns that are null. */
  skipNulls(count: number): void {
    this.#next += count * LENGTH_BYTES;
  }

  get isNull(): boolean {
    return this.length < 0;
  }

  /** The value of a short text. */
  text(): string {
    return this.bytes.toString('utf8', this.from, this.from + this.length);
  }

  /** The value of an `int`. */
  int(): number {
    return this.bytes.readInt32BE(this.from);
  }

  /** The value of a `bigint`, as far as a number is exact. */
  bigint(): number {
    return this.bytes.readInt32BE(this.from) * 2 ** 32 + this.bytes.readUInt32BE(this.from + 4);
  }
}

interface CopyConnection {
  query(text: string): void;
  sendCopyFail(message: string): void;
  stream: { pause(): void; resume(): void; destroy(): void };
}

/**
 * `PGCOPY
 * \377\r
 * \0`, flags, length of the extension: they precede the first row in its message.
 */
const HEADER_BYTES = 19;
const COLUMN_COUNT_BYTES = 2;
const LENGTH_BYTES = 4;

/**
 * Runs `copy (statement) to stdout (format binary)` and passes on each row as it arrives. Text built in the database
 * arrives without escapes, and without an object for every column.
 */
export class CopyRows {
  readonly #text: string;
  readonly #onRow: OnRow;
  readonly #row = new CopiedRow();
  #connection: CopyConnection | undefined;
  #isFirst = true;
  #error: Error | undefined;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(statement: string, onRow: OnRow) {
    this.#text = `copy (${statement}) to stdout (format binary)`;
    this.#onRow = onRow;
  }

  /** Resolves when all rows were passed on. */
  run(client: pg.ClientBase): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      client.query(this as unknown as pg.Submittable);
    });
  }

  resume(): void {
    this.#connection?.stream.resume();
  }

  /**
   * Ends the copy when its rows are no longer needed. The server cannot be notified on the same connection, so the
   * connection is closed, and with it the transaction.
   */
  abandon(): void {
    this.#connection?.stream.destroy();
  }

  // The methods that pg calls on a submitted query.

  submit(connection: unknown): void {
    this.#connection = connection as CopyConnection;
    this.#connection.query(this.#text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const from = this.#isFirst ? HEADER_BYTES : 0;
    this.#isFirst = false;
    // The end of the data is a row of -1 columns.
    if (this.#error || chunk.length <= from + COLUMN_COUNT_BYTES) return;
    try {
      if (!this.#onRow(this.#row.open(chunk, from + COLUMN_COUNT_BYTES))) this.#connection!.stream.pause();
    } catch (error) {
      this.#error = error as Error;
    }
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#settle?.reject(this.#error ?? error);
  }

  handleReadyForQuery(): void {
    if (this.#error) this.#settle?.reject(this.#error);
    else this.#settle?.resolve();
  }
}
