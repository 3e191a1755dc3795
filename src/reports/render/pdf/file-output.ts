const ROOM = 64 * 1024;

/**
 * Gathers what is written until it is taken. Text is of single bytes (Latin-1), as PDF's syntax is; a stream of Node
 * would carry each of a hundred thousand small objects as several pieces.
 */
export class FileOutput {
  #full: Uint8Array[] = [];
  #open = Buffer.allocUnsafe(ROOM);
  /** What was taken of the open piece already, and how far it is filled. */
  #taken = 0;
  #filled = 0;

  text(text: string): void {
    if (text.length > ROOM) return this.bytes(Buffer.from(text, 'latin1'));
    if (this.#filled + text.length > ROOM) this.#startPiece();
    this.#filled += this.#open.write(text, this.#filled, 'latin1');
  }

  bytes(bytes: Uint8Array): void {
    if (bytes.length <= ROOM - this.#filled) {
      this.#open.set(bytes, this.#filled);
      this.#filled += bytes.length;
    } else {
      this.#startPiece();
      this.#full.push(bytes);
    }
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const rest = this.#open.subarray(this.#taken, this.#filled);
    this.#taken = this.#filled;
    if (this.#full.length === 0) return rest;
    const whole = Buffer.concat([...this.#full, rest]);
    this.#full = [];
    return whole;
  }

  #startPiece(): void {
    if (this.#filled > this.#taken) this.#full.push(this.#open.subarray(this.#taken, this.#filled));
    this.#open = Buffer.allocUnsafe(ROOM);
    this.#taken = 0;
    this.#filled = 0;
  }
}
