import type { CopiedRow } from '../copy-rows.ts';
import { storedText } from './xml-text.ts';

const FIRST_BYTES = 16 * 1024;
const BLANK = 0x20;
const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = Buffer.from('-');
/** A longer piece is copied faster by a call than byte by byte. */
const SHORT = 48;

/**
 * Bytes of UTF-8 after which a stored text is looked at again: markup, control characters, and the first bytes of the
 * longer sequences that may be characters forbidden in XML. Æ, Ø and Å are none of these.
 */
const UNPLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < BLANK || byte === 0x7f || byte === 0xc2 || byte === 0xef || '&<>'.includes(String.fromCharCode(byte))),
);

/** Begin and end of an element. */
interface Tag {
  begin: Buffer;
  end: Buffer;
}

export function tag(name: string): Tag {
  return { begin: Buffer.from(`<${name}>`), end: Buffer.from(`</${name}>`) };
}

/**
 * A piece of XML that is assembled from bytes and used again for the next piece. Strings would be made from bytes and
 * turned into bytes again, for every column of every line.
 */
export class XmlBytes {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  /** Valid until the next change. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  put(source: Buffer): void {
    this.#put(source, 0, source.length);
  }

  add(other: XmlBytes): void {
    this.#put(other.#bytes, 0, other.#length);
  }

  /** A column that is XML already; nothing for null. */
  column({ bytes, from, length }: CopiedRow): void {
    if (length > 0) this.#put(bytes, from, length);
  }

  /** The first bytes of such a column. */
  begin({ bytes, from }: CopiedRow, length: number): void {
    this.#put(bytes, from, length);
  }

  /** An element with such a column; nothing for null. */
  element({ begin, end }: Tag, column: CopiedRow): void {
    if (column.isNull) return;
    this.put(begin);
    this.column(column);
    this.put(end);
  }

  /**
   * A column that is a text as it was stored, escaped and cut to `max` characters. Returns whether anything is left of it. A
   * text that needs none of that is copied as it is.
   */
  stored({ bytes: source, from, length }: CopiedRow, max: number): boolean {
    if (length <= 0) return false;
    const end = from + length;
    if (length <= max && source[from] !== BLANK && source[end - 1] !== BLANK) {
      this.#reserve(length);
      const bytes = this.#bytes;
      let at = this.#length;
      let next = from;
      for (; next < end; next++) {
        const byte = source[next]!;
        if (UNPLAIN[byte] === 1) break;
        bytes[at++] = byte;
      }
      if (next === end) {
        this.#length = at;
        return true;
      }
    }
    const text = storedText(source.toString('utf8', from, end), max);
    if (text === null) return false;
    this.put(Buffer.from(text));
    return true;
  }

  /** An element with such a text. Returns whether anything is left of it; without, nothing is written. */
  storedElement({ begin, end }: Tag, column: CopiedRow, max: number): boolean {
    if (column.length <= 0) return false;
    const before = this.#length;
    this.put(begin);
    const some = this.stored(column, max);
    if (some) this.put(end);
    else this.#length = before;
    return some;
  }

  /** Øre as kroner with two decimals. */
  kroner(ore: number): void {
    if (ore < 0) this.put(MINUS);
    const positive = Math.abs(ore);
    const whole = Math.floor(positive / 100);
    const hundredths = positive - whole * 100;
    this.whole(whole);
    this.#reserve(3);
    const tens = Math.floor(hundredths / 10);
    this.#bytes[this.#length++] = POINT;
    this.#bytes[this.#length++] = ZERO + tens;
    this.#bytes[this.#length++] = ZERO + hundredths - tens * 10;
  }

  /** A whole number, not negative. */
  whole(number: number): void {
    let digits = 1;
    for (let limit = 10; number >= limit; limit *= 10) digits++;
    this.#reserve(digits);
    let rest = number;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const left = Math.floor(rest / 10);
      this.#bytes[at] = ZERO + rest - left * 10;
      rest = left;
    }
    this.#length += digits;
  }

  #put(source: Buffer, from: number, length: number): void {
    this.#reserve(length);
    if (length > SHORT) source.copy(this.#bytes, this.#length, from, from + length);
    else for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = source[from + i]!;
    this.#length += length;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
