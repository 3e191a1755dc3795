import { crc32, createDeflateRaw } from 'node:zlib';

/** Receives bytes; waits while the consumer is behind. */
export type Write = (bytes: Uint8Array) => Promise<void>;

export interface ZipOptions {
  /** Timestamp of every file in it. */
  time: Date;
  /** zlib's level, 1 to 9. Text is compressed nearly as well by the fastest ones, at several times the speed. */
  level: number;
}

export interface ZipEntryOptions {
  /** False for contents that are compressed already. */
  compress?: boolean;
  /**
   * The size may reach 4 GB, which is declared before the first byte: readers that never look at the directory can then
   * follow.
   */
  large?: boolean;
}

interface Entry {
  name: Buffer;
  method: number;
  crc: number;
  compressed: number;
  size: number;
  at: number;
  /** With 64-bit sizes. */
  large: boolean;
}

const SIGNATURE = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
};
/** Sizes follow the data (bit 3); the name is UTF-8 (bit 11). */
const FLAGS = 0x0808;
const STORED = 0;
const DEFLATED = 8;
/** Versions of PKWARE's APPNOTE: 4.5 introduced 64-bit sizes. */
const VERSION = { plain: 20, large: 45 };
const UNIX = 3 << 8;
const MODE = (0o100644 << 16) >>> 0;
const U16 = 0xffff;
const U32 = 0xffffffff;

/**
 * A ZIP that is written while its content is created (APPNOTE 6.3.9). Compression runs on other threads; this thread only
 * copies and computes a checksum. 64-bit sizes and counts are used only when needed: not every reader accepts them
 * elsewhere.
 */
export class ZipWriter {
  readonly #write: Write;
  readonly #time: Buffer;
  readonly #level: number;
  readonly #entries: Entry[] = [];
  #at = 0;

  constructor(write: Write, { time, level }: ZipOptions) {
    this.#write = write;
    this.#time = dosTime(time);
    this.#level = level;
  }

  /** A chunk may be reused once the next but one is requested; a stored one is passed to `write` unchanged. */
  async add(name: string, chunks: AsyncIterable<Buffer>, options: ZipEntryOptions = {}): Promise<void> {
    const { compress = true, large = false } = options;
    const method = compress ? DEFLATED : STORED;
    const entry: Entry = { name: Buffer.from(name), method, crc: 0, compressed: 0, size: 0, at: this.#at, large };
    await this.#put(localHeader(entry, this.#time));
    await (compress ? this.#deflate(entry, chunks) : this.#store(entry, chunks));
    entry.large ||= Math.max(entry.size, entry.compressed) >= U32;
    await this.#put(descriptor(entry));
    this.#entries.push(entry);
  }

  async #store(entry: Entry, chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      entry.crc = crc32(chunk, entry.crc);
      entry.size += chunk.length;
      await this.#put(chunk);
    }
    entry.compressed = entry.size;
  }

  async #deflate(entry: Entry, chunks: AsyncIterable<Buffer>): Promise<void> {
    const deflate = createDeflateRaw({ level: this.#level, chunkSize: 64 * 1024 });
    let failure: Error | undefined;
    deflate.once('error', (error) => (failure = error));
    const packed = (async () => {
      for await (const bytes of deflate as AsyncIterable<Buffer>) {
        entry.compressed += bytes.length;
        await this.#put(bytes);
      }
    })();
    // The first failure ends the other side; the failure is thrown below.
    packed.catch((error: Error) => deflate.destroy(error));
    let last: Promise<unknown> = Promise.resolve();
    try {
      for await (const chunk of chunks) {
        await Promise.race([last, packed]);
        if (failure) throw failure;
        entry.crc = crc32(chunk, entry.crc);
        entry.size += chunk.length;
        last = new Promise((done) => deflate.write(chunk, done));
      }
      deflate.end();
    } catch (error) {
      deflate.destroy();
      await packed.catch(() => {});
      throw error;
    }
    await packed;
  }

  async end(): Promise<void> {
    const at = this.#at;
    for (const entry of this.#entries) await this.#put(centralHeader(entry, this.#time));
    await this.#put(endRecords(this.#entries.length, at, this.#at - at));
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#at += bytes.length;
    await this.#write(bytes);
  }
}

function localHeader({ name, method, large }: Entry, time: Buffer): Buffer {
  const head = Buffer.alloc(30);
  const extra = large ? zip64([0, 0]) : Buffer.alloc(0);
  head.writeUInt32LE(SIGNATURE.local, 0);
  head.writeUInt16LE(large ? VERSION.large : VERSION.plain, 4);
  head.writeUInt16LE(FLAGS, 6);
  head.writeUInt16LE(method, 8);
  time.copy(head, 10);
  head.writeUInt32LE(large ? U32 : 0, 18);
  head.writeUInt32LE(large ? U32 : 0, 22);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  return Buffer.concat([head, name, extra]);
}

function descriptor({ crc, compressed, size, large }: Entry): Buffer {
  const bytes = Buffer.alloc(large ? 24 : 16);
  bytes.writeUInt32LE(SIGNATURE.descriptor, 0);
  bytes.writeUInt32LE(crc, 4);
  if (large) {
    bytes.writeBigUInt64LE(BigInt(compressed), 8);
    bytes.writeBigUInt64LE(BigInt(size), 16);
  } else {
    bytes.writeUInt32LE(compressed, 8);
    bytes.writeUInt32LE(size, 12);
  }
  return bytes;
}

function centralHeader({ name, method, crc, compressed, size, at, large }: Entry, time: Buffer): Buffer {
  const head = Buffer.alloc(46);
  const far = at >= U32;
  const extra = large || far ? zip64([...(large ? [size, compressed] : []), ...(far ? [at] : [])]) : Buffer.alloc(0);
  head.writeUInt32LE(SIGNATURE.central, 0);
  head.writeUInt16LE(UNIX | VERSION.large, 4);
  head.writeUInt16LE(large || far ? VERSION.large : VERSION.plain, 6);
  head.writeUInt16LE(FLAGS, 8);
  head.writeUInt16LE(method, 10);
  time.copy(head, 12);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(large ? U32 : compressed, 20);
  head.writeUInt32LE(large ? U32 : size, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(MODE, 38);
  head.writeUInt32LE(far ? U32 : at, 42);
  return Buffer.concat([head, name, extra]);
}

/** The extra field with the values that the headers delegate to it. */
function zip64(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, i) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i));
  return extra;
}

function endRecords(count: number, at: number, size: number): Buffer {
  const far = at + size >= U32 || count >= U16;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(SIGNATURE.end, 0);
  end.writeUInt16LE(Math.min(count, U16), 8);
  end.writeUInt16LE(Math.min(count, U16), 10);
  end.writeUInt32LE(far ? U32 : size, 12);
  end.writeUInt32LE(far ? U32 : at, 16);
  return far ? Buffer.concat([farEnd(count, at, size), end]) : end;
}

function farEnd(count: number, at: number, size: number): Buffer {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(SIGNATURE.end64, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(UNIX | VERSION.large, 12);
  end.writeUInt16LE(VERSION.large, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(SIGNATURE.locator64, 0);
  locator.writeBigUInt64LE(BigInt(at + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end, locator]);
}

/** Time and date in local time of the machine, with a resolution of two seconds, as in the format. */
function dosTime(time: Date): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE((time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1), 0);
  bytes.writeUInt16LE(((time.getFullYear() - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate(), 2);
  return bytes;
}
