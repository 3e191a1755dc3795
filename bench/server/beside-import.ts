import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, createReadStream, fsyncSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../src/kernel/assert.ts';
import { runningEmbedded } from '../../src/platform/database/embedded/embedded.ts';
import { packageRoot } from '../../src/platform/package-root.ts';
import { createClientAccount } from '../../src/tenancy/index.ts';
import { SafTFile } from '../../test/support/saf-t/saf-t-file.ts';
import { type ClientBooks, openClientBooks, pick, sale } from '../setup/client-books.ts';
import { type Result, whole } from '../setup/result.ts';
import { seededRandom } from '../setup/rounds.ts';
import { portOf } from '../setup/server-port.ts';

/** Vouchers for 1,000,000 lines. */
const VOUCHERS = 361_000;
const POSTINGS_A_SECOND = 50;
const IDLE_MS = 15_000;
/** What comes after an import: VAT is folded, the chain sealed. */
const AFTER_MS = 15_000;
const MOST_TIMES_IDLE = 3;

/**
 * How long a posting of one client account takes while the books of another are imported: a server process with its
 * embedded database, as `npm start` runs it, and its clients here, over HTTP. Postings are sent at a steady rate, each at
 * its time, whether or not those before it are answered.
 */
export async function measureBesideImport(): Promise<Result[]> {
  const server = await startServer();
  try {
    const connection = runningEmbedded(server.folder);
    assert(connection, 'the server has no database');
    const { stop } = server;
    const ofServer = { version: '', connection: () => connection, createDatabase: async () => connection, stop };
    const books = await openClientBooks(ofServer, { connections: 4, clientAccounts: 10 });
    try {
      return await measure(books, server);
    } finally {
      await books.close();
    }
  } finally {
    await server.stop();
  }
}

async function measure(books: ClientBooks, { port, folder }: Server): Promise<Result[]> {
  const client = new Client(port, books);
  const { database } = books.platform;
  const imported = await database.transaction({ clientAccounts: [], mode: 'write' }, (tx) =>
    createClientAccount(tx, { displayName: 'Imported AS', createdById: books.caller.userId }),
  );
  const path = join(folder, 'books.xml');
  const file = new SafTFile({ transactions: VOUCHERS, customers: 1000, suppliers: 300 });
  await file.write(path);
  flush(path);
  await client.postDuring(() => sleep(3_000));
  const idle = await client.postDuring(() => sleep(IDLE_MS));
  const sent = await client.postDuring(() => client.send(path, imported));
  const taken = await client.postDuring(() => client.ended(sent.value));
  const after = await client.postDuring(() => sleep(AFTER_MS));
  client.close();
  const lines = whole(file.lineCount);
  const megabytes = `${whole(statSync(path).size / 1e6)} MB`;
  return [
    against(`p99 of posting while ${lines} lines of another client are imported`, taken, idle),
    against(`the same while the file is sent, ${megabytes}`, sent, idle),
    against('the same after the import, while VAT is folded and the chain sealed', after, idle),
  ];
}

/** Otherwise the file of this program would reach the disk while the idle server is measured. */
function flush(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

interface Waits {
  /** Milliseconds from sending to the end of the answer, ascending. */
  waits: number[];
  seconds: number;
}

function against(measure: string, busy: Waits, idle: Waits): Result {
  const ratio = percentile(busy, 99) / percentile(idle, 99);
  return {
    measure,
    target: `≤ ${MOST_TIMES_IDLE} × idle`,
    seen: `${ratio.toFixed(2)} ×`,
    reached: ratio <= MOST_TIMES_IDLE,
    detail: `${ofWaits(busy)}; idle ${ofWaits(idle)}; ${POSTINGS_A_SECOND} a second`,
  };
}

function ofWaits(seen: Waits): string {
  const [middle, most, longest] = [50, 99, 100].map((share) => percentile(seen, share).toFixed(1));
  return `p50 ${middle}, p99 ${most}, longest ${longest} ms in ${seen.seconds.toFixed(1)} s`;
}

function percentile({ waits }: Waits, share: number): number {
  return waits[Math.min(Math.floor((waits.length * share) / 100), waits.length - 1)]!;
}

/** A client program of one user, over connections that stay open. */
class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;
  readonly #books: ClientBooks;
  readonly #random = seededRandom(5);

  constructor(port: number, books: ClientBooks) {
    this.#port = port;
    this.#books = books;
  }

  /** Posts at the steady rate until the work is done. */
  async postDuring<T>(work: () => Promise<T>): Promise<Waits & { value: T }> {
    const waits: number[] = [];
    const posting: Promise<void>[] = [];
    const begun = performance.now();
    const ended = new AbortController();
    const working = work().finally(() => ended.abort());
    // What fails meanwhile is thrown when it is awaited.
    working.catch(() => {});
    for (let n = 0; !ended.signal.aborted; n++) {
      const posted = this.#post().then((wait) => void waits.push(wait));
      posted.catch(() => {});
      posting.push(posted);
      await sleep(begun + ((n + 1) * 1000) / POSTINGS_A_SECOND - performance.now());
    }
    const value = await working;
    const seconds = (performance.now() - begun) / 1000;
    await Promise.all(posting);
    return { value, seconds, waits: waits.sort((a, b) => a - b) };
  }

  async #post(): Promise<number> {
    const { id, customers } = pick(this.#books.clients, this.#random);
    const body = JSON.stringify({ client_account_id: id, ...sale(pick(customers, this.#random), this.#random) });
    const begun = performance.now();
    await this.#ask('POST', '/journal-entries', { body });
    return performance.now() - begun;
  }

  /** Uploads the file; returns its job. */
  async send(path: string, clientAccountId: number): Promise<number> {
    const query = `client_account_id=${clientAccountId}`;
    const { id } = (await this.#ask('POST', `/imports/saf-t?${query}`, { file: path })) as { id: number };
    return id;
  }

  async ended(job: number): Promise<void> {
    for (;;) {
      await sleep(500);
      const seen = (await this.#ask('GET', `/jobs/${job}`)) as { status: string };
      if (seen.status === 'succeeded') return;
      if (seen.status === 'failed') throw new Error(`the import failed: ${JSON.stringify(seen)}`);
    }
  }

  async #ask(method: string, path: string, { body, file }: { body?: string; file?: string } = {}): Promise<unknown> {
    const sent = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path: `/api/v2${path}`,
      headers: {
        authorization: `Bearer ${this.#books.token}`,
        'content-type': file ? 'application/xml' : 'application/json',
      },
    });
    const answering = once(sent, 'response') as Promise<[IncomingMessage]>;
    if (file) await pipeline(createReadStream(file), sent);
    else sent.end(body);
    const [answer] = await answering;
    const value = await json(answer);
    if (answer.statusCode! >= 300) throw new Error(`${path}: ${answer.statusCode} ${JSON.stringify(value)}`);
    return value;
  }

  close(): void {
    this.#agent.destroy();
  }
}

interface Server {
  port: number;
  /** Its data, removed at the end. */
  folder: string;
  stop(): Promise<void>;
}

/** The built server with its own database and its workers, as it is by default, without the demo. */
async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'hb-bench-beside-'));
  chmodSync(folder, 0o755);
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(packageRoot, 'dist', 'main.js'), 'serve'], {
    env: { ...env, DATA_DIR: folder, PORT: '0', DEMO: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  return { port: await portOf(child), folder, stop };
}
