import type pg from 'pg';

/** A row of a binary COPY, without its number of columns. It may be overwritten when the handler has returned. */
export type CopiedRow = Buffer;

interface CopyConnection {
  query(text: string): void;
  sendCopyFail(message: string): void;
  stream: { pause(): void; resume(): void; destroy(): void };
}

/** `PGCOPY\n\377\r\n\0`, flags, length of the extension: they precede the first row in its message. */
const HEADER_BYTES = 19;
const COLUMN_COUNT_BYTES = 2;

/**
 * Runs `copy (statement) to stdout (format binary)` and hands over each row as it comes. Text built in the database
 * arrives as it is, without escapes, and without an object for every column. `onRow` says whether the server may go on;
 * after a false, `resume` lets it.
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

  /** Resolves when all rows were handed over. */
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
   * Ends the copy when nobody wants its rows any more. The server cannot be told on the same connection, so that is
   * given up, and with it the transaction.
   */
  abandon(): void {
    this.#connection?.stream.destroy();
  }

  // What pg calls on a query that was handed to it.

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
