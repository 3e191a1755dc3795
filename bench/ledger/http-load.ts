import { connect, type Socket } from 'node:net';
import { type Client, pick, sale } from '../setup/client-books.ts';
import { seededRandom } from '../setup/rounds.ts';

/** Messages to the load process: once at the start, and then before every round. */
export interface LoadTarget {
  port: number;
  token: string;
  clients: Client[];
  connections: number;
}
export type LoadOrder = { target: LoadTarget } | { milliseconds: number };
export interface LoadReport {
  count: number;
  refused: number;
  seconds: number;
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection that sends the next request as soon as the last one is answered. */
class Caller {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #answered: ((status: number) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', (error) => {
      throw error;
    });
  }

  send(request: string): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    const end = all.indexOf(HEADERS_END);
    if (end < 0) return;
    const head = all.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (!Number.isInteger(length)) throw new Error(`an answer without length: ${head}`);
    if (all.length < end + 4 + length) return;
    this.#received = [];
    this.#answered?.(Number(head.slice(9, 12)));
  }

  end(): void {
    this.#socket.destroy();
  }
}

let callers: Caller[] = [];
let target: LoadTarget | undefined;
const random = seededRandom(4);

process.on('message', (order: LoadOrder) => {
  if ('target' in order) {
    target = order.target;
    callers = Array.from({ length: target.connections }, () => new Caller(order.target.port));
    process.send!('ready');
  } else void load(order.milliseconds).then((report) => process.send!(report));
});
process.on('disconnect', () => {
  for (const caller of callers) caller.end();
});

async function load(milliseconds: number): Promise<LoadReport> {
  const report = { count: 0, refused: 0, seconds: 0 };
  const start = performance.now();
  await Promise.all(
    callers.map(async (caller) => {
      while (performance.now() - start < milliseconds) {
        if ((await caller.send(request(target!))) === 201) report.count++;
        else report.refused++;
      }
    }),
  );
  return { ...report, seconds: (performance.now() - start) / 1000 };
}

function request({ port, token, clients }: LoadTarget): string {
  const client = pick(clients, random);
  const body = JSON.stringify({ client_account_id: client.id, ...sale(pick(client.customers, random), random) });
  return (
    `POST /api/v2/journal-entries HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
