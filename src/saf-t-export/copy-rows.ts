import type pg from 'pg';

/** A row of a binary COPY, without its column count. The buffer may be overwritten after the handler returns. */
export type CopiedRow = Buffer;

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

/**
 * Runs `copy (statement) to stdout (format binary)` and passes on each row as it arrives. Text built in the database
 * arrives without escapes, and without an object for every column. `onRow` returns whether the server may continue;
 * after a false, `resume` continues.
 */
export class CopyRows {
  readonly #text: string;
  readonly #onRow: (row: CopiedRow) => boolean;
  #connection: CopyConnection | undefined;
  #isFirst = true;
  #error: Error | undefined;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(statement: string, onRow: (row: CopiedRow) => boolean) {
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
      if (!this.#onRow(chunk.subarray(from + COLUMN_COUNT_BYTES))) this.#connection!.stream.pause();
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
