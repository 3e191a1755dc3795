import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from './until.ts';

/** The fault of one request: late, refused, or cut off before or during the response. */
type Mishap = 'late' | 'refused' | 'cut' | 'half';

const LATE_MS = 150;
/** The faults of consecutive requests, repeated; two in a row succeed. */
const MISHAPS: readonly (Mishap | undefined)[] = ['refused', 'late', 'cut', undefined, 'late'];

/**
 * A stand-in of an S3-compatible store that is slow and fails, the same in every run. It does not check access; it
 * stores exactly what was sent, completely.
 */
export class ObjectStore {
  readonly #objects = new Map<string, Buffer>();
  readonly #server: Server;
  /** Everything is refused. */
  down = false;
  /** Number of following reads that break off in the middle. */
  halves = 0;
  /** Requests that were answered with a fault. */
  faults = 0;
  #count = 0;
  readonly #holding = new Map<string, { reached: boolean; release: Promise<void> }>();

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** Resolves with its address for S3_ENDPOINT. */
  async listen(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Lets nothing of the method through until released; `reached` resolves when a request waits. */
  hold(method: string): { reached: () => Promise<unknown>; release: () => void } {
    let release!: () => void;
    const holding = { reached: false, release: new Promise<void>((resolve) => (release = resolve)) };
    this.#holding.set(method, holding);
    return {
      reached: () => until(`a ${method} at the store`, async () => holding.reached),
      release: () => {
        this.#holding.delete(method);
        release();
      },
    };
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const held = this.#holding.get(request.method!);
    if (held) {
      held.reached = true;
      await held.release;
    }
    const mishap = this.down ? 'refused' : this.#mishap(request);
    if (mishap === 'late') await pause(LATE_MS);
    else if (mishap) this.faults++;
    if (mishap === 'refused') return void response.writeHead(503).end('SlowDown');
    if (mishap === 'cut') return void response.destroy();
    this.#do(request, body, response, mishap === 'half');
  }

  #mishap({ method }: IncomingMessage): Mishap | undefined {
    if (method === 'GET' && this.halves > 0 && this.halves--) return 'half';
    return MISHAPS[this.#count++ % MISHAPS.length];
  }

  #do({ method, url, headers }: IncomingMessage, body: Buffer, response: ServerResponse, half: boolean): void {
    const key = url!;
    const object = this.#objects.get(key);
    if (method === 'PUT') {
      if (createHash('sha256').update(body).digest('hex') !== headers['x-amz-content-sha256'])
        return void response.writeHead(400).end('XAmzContentSHA256Mismatch');
      this.#objects.set(key, body);
      return void response.writeHead(200).end();
    }
    if (method === 'DELETE') {
      this.#objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (!object) return void response.writeHead(404).end();
    const [, first = 0, last = object.length - 1] = (/^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []).map(Number);
    const content = object.subarray(first, last + 1);
    response.writeHead(headers.range ? 206 : 200, { 'content-length': content.length });
    if (method === 'HEAD') return void response.end();
    if (!half) return void response.end(content);
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
  }
}
