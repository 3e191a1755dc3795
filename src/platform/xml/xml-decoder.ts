import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';

export class UnknownEncoding extends Error {}

const NOTHING: Uint8Array = new Uint8Array();

/**
 * Decodes bytes to text: by the byte order mark, then the XML declaration, otherwise UTF-8. Throws on bytes that are
 * invalid in the encoding.
 */
export class XmlDecoder {
  #decoder: { write(bytes: Uint8Array): string; end(): string } | null = null;
  #head = NOTHING;

  write(bytes: Uint8Array): string {
    if (this.#decoder) return this.#decoder.write(bytes);
    this.#head = this.#head.length ? Buffer.concat([this.#head, bytes]) : bytes;
    return this.#head.length < DECLARATION_LENGTH ? '' : this.#begin();
  }

  end(): string {
    const text = this.#decoder ? '' : this.#begin();
    return text + this.#decoder!.end();
  }

  #begin(): string {
    const encoding = encodingOf(this.#head);
    this.#decoder = encoding === 'utf-8' || encoding === 'utf8' ? new Utf8() : new Other(encoding);
    const head = this.#head;
    this.#head = NOTHING;
    return this.#decoder.write(head);
  }
}

/**
 * Splits pieces between characters, so that each is decoded separately: the stateful decoder creates strings with two
 * bytes per character, at a fifth of the speed.
 */
class Utf8 {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #cut = NOTHING;
  #begun = false;

  write(piece: Uint8Array): string {
    const bytes = this.#cut.length ? Buffer.concat([this.#cut, piece]) : piece;
    const end = wholeCharacters(bytes);
    this.#cut = end < bytes.length ? bytes.slice(end) : NOTHING;
    return this.#decode(end < bytes.length ? bytes.subarray(0, end) : bytes);
  }

  end(): string {
    const left = this.#cut;
    this.#cut = NOTHING;
    return left.length ? this.#decoder.decode(left) : '';
  }

  #decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return '';
    const text = isAscii(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      : this.#decoder.decode(bytes);
    if (this.#begun) return text;
    this.#begun = true;
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** The end of the last complete character. Invalid bytes are left for the decoder to refuse. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

class Other {
  readonly #decoder: TextDecoder;

  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  write(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

const DECLARATION_LENGTH = 256;
const ENCODINGS = new Set([
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'latin1',
  'iso-8859-15',
  'windows-1252',
  'utf-16',
  'utf-16le',
  'utf-16be',
]);

/** XML 1.0, appendix F: how to detect the encoding of a document from its first bytes. */
function encodingOf(head: Uint8Array): string {
  const [a, b] = [head[0], head[1]];
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return 'utf-16le';
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return 'utf-16be';
  if (a === 0xef && b === 0xbb) return 'utf-8';
  const declared = /^<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/.exec(
    Buffer.from(head.subarray(0, DECLARATION_LENGTH)).toString('latin1'),
  );
  const name = declared?.[1]?.toLowerCase() ?? 'utf-8';
  if (!ENCODINGS.has(name) || name.startsWith('utf-16')) throw new UnknownEncoding(`encoding ${name}`);
  return name;
}
