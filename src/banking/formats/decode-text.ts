import { TextDecoder } from 'node:util';
import type { BankFaults } from './fault.ts';

/**
 * Decodes bytes of unknown encoding: byte order mark, else UTF-8 if the first non-ASCII bytes are valid UTF-8, else
 * Windows-1252, which includes Latin-1. Ends with a fault if the bytes are not text.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>, faults: BankFaults): AsyncGenerator<string> {
  const state = new TextGuess();
  let line = 1;
  try {
    for await (const piece of bytes) {
      const text = state.write(piece, false);
      line += newlines(text);
      if (text !== '') yield text;
    }
    const rest = state.write(new Uint8Array(), true);
    if (rest !== '') yield rest;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    faults.add('encoding', { line, found: `bytes that are not ${state.encoding}` });
  }
}

class TextGuess {
  encoding: string | null = null;
  #decoder: TextDecoder | null = null;
  #held: Uint8Array = new Uint8Array();
  #begun = false;

  write(piece: Uint8Array, last: boolean): string {
    if (this.#decoder) return this.#decoder.decode(piece, { stream: !last });
    const bytes = this.#held.length ? Buffer.concat([this.#held, piece]) : piece;
    this.#held = new Uint8Array();
    if (!this.#begun) {
      if (bytes.length < 3 && !last) return this.#hold(bytes, '');
      this.#begun = true;
      const mark = byteOrderMark(bytes);
      if (mark) return this.#decide(mark, bytes, last);
    }
    const at = bytes.findIndex((byte) => byte >= 0x80);
    if (at < 0) return ascii(bytes);
    if (at + 4 > bytes.length && !last) return this.#hold(bytes.subarray(at), ascii(bytes.subarray(0, at)));
    return this.#decide(isUtf8Character(bytes, at) ? 'utf-8' : 'windows-1252', bytes, last);
  }

  #hold(bytes: Uint8Array, before: string): string {
    this.#held = bytes;
    return before;
  }

  #decide(encoding: string, bytes: Uint8Array, last: boolean): string {
    this.encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
    return this.#decoder.decode(bytes, { stream: !last });
  }
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function byteOrderMark(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
}

function isUtf8Character(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at]!;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || first > 0xf4) return false;
  for (let i = 1; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return false;
  return true;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
