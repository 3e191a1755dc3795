import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';

/** Those of every element that has none: most, and asking an empty object for its keys is dear. */
export const NO_ATTRIBUTES: Record<string, string> = {};

/** What a reader of XML hears, in document order. Names come with their prefix, attributes as written. */
export interface XmlListener {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(): void;
}

export type XmlProblem = 'not-well-formed' | 'truncated' | 'doctype-refused' | 'xml-limit' | 'encoding';

/** Why the reading stopped. `line` is where, from 1. */
export class XmlError extends Error {
  override name = 'XmlError';
  readonly problem: XmlProblem;
  readonly line: number;
  constructor(problem: XmlProblem, line: number, message: string) {
    super(message);
    this.problem = problem;
    this.line = line;
  }
}

/** What a file may ask of us. Far above every real audit file, far below what could hurt. */
export const XML_LIMITS = {
  depth: 64,
  attributes: 32,
  nameLength: 128,
  /** Text, comment, instruction or tag in one piece, in characters. */
  pieceLength: 1_000_000,
};

/**
 * Reads XML from bytes in pieces of any size. Knows only what its listener remembers, so memory stays flat. Refuses any
 * document type declaration, and with it every entity but the five of XML.
 */
export class XmlStream {
  readonly #listener: XmlListener;
  readonly #parser = new SaxesParser({ xmlns: false, position: true });
  readonly #decoder = new ByteDecoder();
  #depth = 0;
  #sinceEvent = 0;
  #sawRoot = false;

  constructor(listener: XmlListener) {
    this.#listener = listener;
    // Few handlers on purpose: beyond some eight, V8 keeps the parser's fields in a dictionary, five times slower.
    const parser = this.#parser;
    parser.on('doctype', () => this.#refuseDoctype());
    parser.on('opentag', (tag) => this.#open(tag.name, tag.attributes));
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
    parser.on('closetag', () => this.#close());
  }

  /** The line being read, from 1. */
  get line(): number {
    return this.#parser.line;
  }

  /** Throws XmlError. */
  write(bytes: Uint8Array): void {
    this.#sinceEvent += bytes.length;
    this.#parse(this.#decode(bytes, false));
    if (this.#sinceEvent > XML_LIMITS.pieceLength) {
      this.#limit(`one piece of more than ${XML_LIMITS.pieceLength} characters`);
    }
  }

  /** Ends the document. Throws XmlError where it was not complete. */
  end(): void {
    this.#parse(this.#decode(new Uint8Array(), true));
    if (this.#depth > 0)
      throw new XmlError('truncated', this.line, `the file ends inside ${this.#depth} open elements`);
    if (!this.#sawRoot) throw new XmlError('not-well-formed', this.line, 'the file holds no element');
    this.#guarded(() => this.#parser.close());
  }

  #parse(text: string): void {
    if (text !== '') this.#guarded(() => this.#parser.write(text));
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof XmlError || !(error instanceof Error) || !/^\d+:\d+: /.test(error.message)) throw error;
      throw new XmlError('not-well-formed', this.line, error.message.replace(/^\d+:\d+: /, ''));
    }
  }

  #decode(bytes: Uint8Array, last: boolean): string {
    try {
      return last ? this.#decoder.end() : this.#decoder.write(bytes);
    } catch (error) {
      throw new XmlError(
        'encoding',
        this.line,
        error instanceof UnknownEncoding ? error.message : 'bytes that are not text in the declared encoding',
      );
    }
  }

  #open(name: string, attributes: Record<string, string>): void {
    this.#sinceEvent = 0;
    this.#sawRoot = true;
    if (++this.#depth > XML_LIMITS.depth) this.#limit(`elements nested deeper than ${XML_LIMITS.depth}`);
    if (name.length > XML_LIMITS.nameLength) this.#limit(`an element name of ${name.length} characters`);
    let count = 0;
    for (const attribute in attributes) {
      if (++count > XML_LIMITS.attributes) this.#limit(`an element with more than ${XML_LIMITS.attributes} attributes`);
      if (attribute.length > XML_LIMITS.nameLength) this.#limit(`an attribute name of ${attribute.length} characters`);
    }
    this.#listener.open(name, count === 0 ? NO_ATTRIBUTES : attributes);
  }

  #text(text: string): void {
    this.#sinceEvent = 0;
    if (text.length > XML_LIMITS.pieceLength) this.#limit(`a text of ${text.length} characters`);
    if (this.#depth > 0) this.#listener.text(text);
  }

  #close(): void {
    this.#sinceEvent = 0;
    this.#depth--;
    this.#listener.close();
  }

  #limit(what: string): never {
    throw new XmlError('xml-limit', this.line, what);
  }

  #refuseDoctype(): never {
    throw new XmlError('doctype-refused', this.line, 'document type declaration');
  }
}

class UnknownEncoding extends Error {}

/** Bytes to text: byte order mark first, then the XML declaration, else UTF-8. Throws on bytes that are no text. */
class ByteDecoder {
  #decoder: TextDecoder | null = null;
  #head: Uint8Array = new Uint8Array();

  write(bytes: Uint8Array): string {
    if (this.#decoder) return this.#decoder.decode(bytes, { stream: true });
    this.#head = this.#head.length ? Buffer.concat([this.#head, bytes]) : bytes;
    return this.#head.length < DECLARATION_LENGTH ? '' : this.#begin();
  }

  end(): string {
    const text = this.#decoder ? '' : this.#begin();
    return text + this.#decoder!.decode();
  }

  #begin(): string {
    this.#decoder = new TextDecoder(encodingOf(this.#head), { fatal: true });
    const head = this.#head;
    this.#head = new Uint8Array();
    return this.#decoder.decode(head, { stream: true });
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

/** XML 1.0, appendix F: how to tell the encoding of a document from its first bytes. */
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
