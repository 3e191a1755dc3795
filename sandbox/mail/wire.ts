import type { Socket } from 'node:net';

/** Lines and blocks of bytes of a connection, in order of arrival. */
export class Wire {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #socket: Socket;
  #held: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#pieces = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Without its CR LF; null at the end. */
  async line(): Promise<string | null> {
    for (let from = 0; ;) {
      const end = this.#held.indexOf('\r\n', from);
      if (end !== -1) return this.#take(end, 2).toString('latin1');
      from = Math.max(0, this.#held.length - 1);
      if (!(await this.#more())) return null;
    }
  }

  async bytes(count: number): Promise<Buffer | null> {
    while (this.#held.length < count) if (!(await this.#more())) return null;
    return this.#take(count, 0);
  }

  write(text: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  /** Closes the connection without a response. */
  drop(): void {
    this.#socket.destroy();
  }

  close(): void {
    this.#socket.end();
  }

  #take(count: number, skip: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count + skip);
    return taken;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next().catch(() => ({ done: true as const, value: undefined }));
    if (done) return false;
    this.#held = Buffer.concat([this.#held, value]);
    return true;
  }
}
