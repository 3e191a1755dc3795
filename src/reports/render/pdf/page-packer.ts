import type { TransformOptions } from 'node:stream';
import { constants, createDeflate, type Deflate, type ZlibOptions } from 'node:zlib';

/** More than a page compresses to, so that zlib never waits for a reader. */
const MOST_BYTES = 1 << 24;

/**
 * Compresses pages on other threads, as zlib does by default. A context of zlib takes a quarter of a megabyte, so it serves
 * one page after the other: new ones for each page kept the garbage collector busier than the drawing.
 */
export class PagePacker {
  readonly #idle: Deflate[] = [];

  async pack(content: Uint8Array): Promise<Uint8Array> {
    const deflate = this.#idle.pop() ?? newDeflate();
    await new Promise<void>((resolve, reject) => {
      deflate.once('error', reject);
      deflate.write(content);
      deflate.flush(constants.Z_FINISH, () => {
        deflate.off('error', reject);
        resolve();
      });
    });
    const pieces: Buffer[] = [];
    for (let piece: Buffer | null; (piece = deflate.read() as Buffer | null) !== null;) pieces.push(piece);
    deflate.reset();
    this.#idle.push(deflate);
    return Buffer.concat(pieces);
  }
}

function newDeflate(): Deflate {
  // Options of the stream go through zlib's.
  const options: ZlibOptions & TransformOptions = { readableHighWaterMark: MOST_BYTES };
  return createDeflate(options);
}
