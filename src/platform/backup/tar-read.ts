const block = 512;

export interface TarEntry {
  name: string;
  type: 'file' | 'folder';
  size: number;
  /** The content in pieces; must be read to its end before the next entry. */
  content: AsyncIterable<Buffer>;
}

/**
 * Reads a ustar archive of files and folders.
 *
 * @throws when the archive is damaged, truncated, or contains anything else (links, devices) or names that lead out of
 * it.
 */
export async function* readTar(input: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(input);
  for (;;) {
    const head = await bytes.take(block);
    if (head.every((byte) => byte === 0)) break;
    const { name, type, size } = readHeader(head);
    let left = size;
    async function* content(): AsyncGenerator<Buffer> {
      while (left > 0) {
        const piece = await bytes.some(left);
        left -= piece.length;
        yield piece;
      }
    }
    yield { name, type, size, content: content() };
    if (left > 0) throw new Error(`the content of ${name} was not read`);
    await bytes.take((block - (size % block)) % block);
  }
  await bytes.end();
}

function readHeader(head: Buffer): Omit<TarEntry, 'content'> {
  const text = (from: number, length: number) => head.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const written = Number.parseInt(text(148, 8), 8);
  const sum = head.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== written || !text(257, 5).startsWith('ustar'))
    throw new Error('the archive is damaged: no header where one was expected');
  const path = text(345, 155) ? `${text(345, 155)}/${text(0, 100)}` : text(0, 100);
  const type = String.fromCharCode(head[156]!);
  if (type !== '0' && type !== '5') throw new Error(`the archive holds something that is no file or folder: ${path}`);
  const name = path.replace(/\/$/, '');
  if (name.split('/').some((part) => ['', '.', '..'].includes(part)) || name.includes('\\')) {
    throw new Error(`the archive holds a name that is not allowed: ${path}`);
  }
  const size = head[124] === 0x80 ? Number(head.readBigUInt64BE(128)) : Number.parseInt(text(124, 12), 8);
  if (!Number.isSafeInteger(size)) throw new Error(`the archive is damaged: no size for ${path}`);
  return { name, type: type === '0' ? 'file' : 'folder', size };
}

/** Reads bytes from a stream in the amounts that a format needs. */
class ByteReader {
  readonly #input: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(input: AsyncIterable<Buffer>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** At least one byte, at most the given number. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#input.next();
      if (done) throw new Error('the archive is cut off');
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0;) {
      const piece = await this.some(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** Reads to the end, so that the checksum of a compressed stream is verified. */
  async end(): Promise<void> {
    while (!(await this.#input.next()).done);
  }
}
