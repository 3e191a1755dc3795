import { UnknownEncoding, XmlDecoder } from './xml-decoder.ts';
import { XmlError } from './xml-error.ts';
import { type XmlListener, XmlScanner } from './xml-scanner.ts';

export { XmlError, type XmlProblem } from './xml-error.ts';
export { NO_ATTRIBUTES, type XmlListener } from './xml-scanner.ts';

/**
 * Reads XML from bytes in pieces of any size. Keeps no document state, so memory stays constant. Refuses any document
 * type declaration, and with it every entity except the five of XML.
 */
export class XmlStream {
  readonly #scanner: XmlScanner;
  readonly #decoder = new XmlDecoder();

  /** `pieceLength`: most characters of one text, if not the limit of an audit file. */
  constructor(listener: XmlListener, { pieceLength }: { pieceLength?: number } = {}) {
    this.#scanner = new XmlScanner(listener, pieceLength);
  }

  /** The line being read, from 1. */
  get line(): number {
    return this.#scanner.line;
  }

  /** Throws XmlError. */
  write(bytes: Uint8Array): void {
    this.#scanner.write(this.#decoded(() => this.#decoder.write(bytes)));
  }

  /** Ends the document. Throws XmlError if it was incomplete. */
  end(): void {
    this.#scanner.write(this.#decoded(() => this.#decoder.end()));
    this.#scanner.end();
  }

  #decoded(decode: () => string): string {
    try {
      return decode();
    } catch (error) {
      const known = error instanceof UnknownEncoding;
      throw new XmlError(
        'encoding',
        this.line,
        known ? error.message : 'bytes that are not text in the declared encoding',
      );
    }
  }
}
