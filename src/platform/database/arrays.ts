import { assert } from '../../kernel/assert.ts';

// Arrays as parameters of statements. A few ids may be passed directly, and the driver converts them; more than a page of
// them, or columns of rows, are encoded here: `numberArray` and `textArray` for complete lists, `ArrayColumn` for columns
// that are filled row by row and by the thousand.

/** An array of numbers as a parameter: written directly, because the driver's own conversion costs several times as much. */
export function numberArray(values: readonly (number | bigint | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += values[i] ?? 'null';
  }
  return text + '}';
}

/** The same for text with any characters; also dates, timestamps, decimals and booleans as text. */
export function textArray(values: readonly (string | null)[]): string {
  let text = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    const value = values[i];
    text += value == null ? 'null' : quoted(value);
  }
  return text + '}';
}

function quoted(value: string): string {
  return /["\\]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}

/** Element types of PostgreSQL by their object ids. */
const OID = { bigint: 20, int: 23, text: 25, date: 1082, timestamptz: 1184 } as const;

/** Maximum number of statements in transit to the database, each with one array. */
export const UNDERWAY = 3;

const HEADER = 20;
const NULL = -1;
/** Days from 1970-01-01 to 2000-01-01, where PostgreSQL's dates begin. */
const EPOCH_DAYS = 10_957;
/** Initial capacity of a column with unknown size; a column without values allocates none. */
const FIRST_BYTES = 512;
const NOTHING = Buffer.alloc(0);

/**
 * One column of rows for `unnest`, as an array in PostgreSQL's binary form, filled row by row and reused after every
 * statement. A posting consists mostly of arrays: as text, each value would be a string to create, join, quote and parse.
 * Trailing nulls are omitted, because `unnest` pads the shorter of several arrays with null: an unused column costs nothing.
 * At least one other column must be complete.
 */
export class ArrayColumn {
  readonly #type: keyof typeof OID;
  readonly #firstBytes: number;
  #buffer: Buffer = NOTHING;
  /** Buffers handed out, the oldest first; at most `UNDERWAY`. */
  readonly #taken: Buffer[] = [];
  #end = HEADER;
  #count = 0;
  #nulls = false;
  /** Since the last value. */
  #pending = 0;

  /** `rows`: the expected number of rows. */
  constructor(type: keyof typeof OID, rows = 0) {
    this.#type = type;
    this.#firstBytes = Math.max(FIRST_BYTES, HEADER + 12 * rows);
  }

  addNull(): void {
    this.#pending++;
  }

  int(value: number | null): void {
    if (value === null) return this.addNull();
    this.#reserve(8);
    this.#buffer.writeInt32BE(4, this.#end);
    this.#buffer.writeInt32BE(value, this.#end + 4);
    this.#end += 8;
    this.#count++;
  }

  /** A safe integer in eight bytes. */
  bigint(value: number | bigint | null): void {
    if (value === null) return this.addNull();
    const number = Number(value);
    if (!Number.isSafeInteger(number)) assert(false, `not exact: ${value}`);
    this.#reserve(12);
    this.#buffer.writeInt32BE(8, this.#end);
    this.#buffer.writeInt32BE(Math.floor(number / 4294967296), this.#end + 4);
    this.#buffer.writeUInt32BE(number >>> 0, this.#end + 8);
    this.#end += 12;
    this.#count++;
  }

  /** `YYYY-MM-DD` */
  date(value: string | null): void {
    this.int(value === null ? null : daysOf(value));
  }

  timestamptz(value: Date | null): void {
    this.bigint(value === null ? null : (value.getTime() - EPOCH_DAYS * 86_400_000) * 1000);
  }

  text(value: string | null): void {
    if (value === null) return this.addNull();
    // No character takes more than three bytes for each unit of the string.
    this.#reserve(4 + value.length * 3);
    const length = this.#buffer.write(value, this.#end + 4, 'utf8');
    this.#buffer.writeInt32BE(length, this.#end);
    this.#end += 4 + length;
    this.#count++;
  }

  /**
   * The parameter. The column is empty afterwards and continues in another buffer; the buffer that was handed out is reused
   * after `UNDERWAY` more were taken, so its statement must have ended by then.
   */
  take(): Buffer {
    const buffer = this.#buffer === NOTHING ? Buffer.allocUnsafe(HEADER) : this.#buffer;
    buffer.writeInt32BE(1, 0);
    buffer.writeInt32BE(this.#nulls ? 1 : 0, 4);
    buffer.writeInt32BE(OID[this.#type], 8);
    buffer.writeInt32BE(this.#count, 12);
    buffer.writeInt32BE(1, 16);
    const taken = buffer.subarray(0, this.#end);
    this.#taken.push(buffer);
    this.#buffer = this.#taken.length > UNDERWAY ? this.#taken.shift()! : NOTHING;
    this.#end = HEADER;
    this.#count = 0;
    this.#nulls = false;
    this.#pending = 0;
    return taken;
  }

  /** Room for a value, after the nulls before it. */
  #reserve(bytes: number): void {
    if (this.#pending > 0) this.#writeNulls();
    this.#grow(bytes);
  }

  #writeNulls(): void {
    this.#grow(4 * this.#pending);
    for (let i = 0; i < this.#pending; i++) this.#end = this.#buffer.writeInt32BE(NULL, this.#end);
    this.#count += this.#pending;
    this.#pending = 0;
    this.#nulls = true;
  }

  #grow(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#firstBytes, this.#buffer.length * 2, this.#end + bytes));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}

let knownDate = '';
let knownDays = 0;

/** Vouchers are sorted by date: the last one is usually the next one. */
function daysOf(date: string): number {
  if (date !== knownDate) {
    knownDate = date;
    knownDays = Date.parse(date) / 86_400_000 - EPOCH_DAYS;
  }
  return knownDays;
}
