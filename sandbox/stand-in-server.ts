import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Effect, Faults } from './faults.ts';
import { type Journal, recordOf } from './journal.ts';
import type { SandboxClock } from './sandbox-clock.ts';
import type { StandIn, StandInAnswer, StandInRequest } from './stand-in.ts';

const LARGEST_BODY = 5_000_000;
const PAGE =
  '<!DOCTYPE html><html><head><title>Vedlikehold</title></head><body><h1>Tjenesten er stengt</h1></body></html>';

/** Serves one party on this machine only, with the configured faults, and keeps the journal. */
export class StandInServer {
  readonly #party: string;
  readonly #faults: Faults;
  readonly #journal: Journal;
  readonly #clock: SandboxClock;
  readonly #server: Server;
  #standIn: StandIn | undefined;
  #underWay = 0;

  constructor(party: string, { faults, journal, clock }: { faults: Faults; journal: Journal; clock: SandboxClock }) {
    this.#party = party;
    this.#faults = faults;
    this.#journal = journal;
    this.#clock = clock;
    this.#server = createServer((request, response) => {
      this.#underWay++;
      response.once('close', () => this.#underWay--);
      this.#serve(request, response).catch((error: unknown) => {
        this.#journal.add({ party, note: `the stand-in failed: ${String(error)}` });
        response.destroy();
      });
    });
  }

  /**
   * The address, once it listens; on a free port where none is given. The stand-in is set afterwards, because it needs
   * its address.
   */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  use(standIn: StandIn): void {
    this.#standIn = standIn;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = { ...(await read(incoming)), underWay: this.#underWay };
    const taken = this.#faults.take(this.#party, { ...request, text: () => subjectOf(request) });
    const effect = taken?.effect ?? null;
    this.#journal.add({
      ...recordOf(this.#party, request),
      fault: effect?.kind ?? null,
      ...(taken ? { rule: taken.id } : {}),
    });
    const standIn = this.#standIn!;
    const answer =
      effect?.kind === 'status'
        ? withRetryAfter(standIn.error(effect.status), effect, this.#clock)
        : await standIn.answer(request);
    await send(response, answer, effect, this.#clock);
  }
}

async function read(incoming: IncomingMessage): Promise<Omit<StandInRequest, 'underWay'>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    if ((size += part.length) > LARGEST_BODY) throw new Error('request body too large');
    parts.push(part);
  }
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const bytes = Buffer.concat(parts);
  const body = bytes.toString('utf8');
  return { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, headers, body, bytes };
}

/** All places where the number of an organisation may be, including the claims of its token. */
function subjectOf({ path, query, headers, body }: StandInRequest): string {
  const claims = /^Bearer [\w-]+\.([\w-]+)\./.exec(headers.authorization ?? '')?.[1] ?? '';
  return [path, query.toString(), body, ...Object.values(headers), Buffer.from(claims, 'base64url').toString()].join(
    ' ',
  );
}

function withRetryAfter(
  answer: StandInAnswer,
  { retryAfter }: Effect & { kind: 'status' },
  clock: SandboxClock,
): StandInAnswer {
  if (retryAfter === undefined) return answer;
  const value = retryAfter === 'date' ? new Date(clock.now().getTime() + 2_000).toUTCString() : String(retryAfter);
  return { ...answer, headers: { ...answer.headers, 'retry-after': value } };
}

async function send(
  response: ServerResponse,
  { status, phrase = '', headers = {}, body }: StandInAnswer,
  effect: Effect | null,
  clock: SandboxClock,
): Promise<void> {
  if (Buffer.isBuffer(body) && !effect) {
    const type = { 'content-type': 'application/octet-stream', ...headers };
    return void response.writeHead(status, { date: clock.now().toUTCString(), ...type }).end(body);
  }
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  const text = textOf(body);
  const head = { date: clock.now().toUTCString(), ...(text === '' ? {} : { 'content-type': type }), ...headers };
  const half = text.slice(0, Math.ceil(text.length / 2));
  switch (effect?.kind) {
    case undefined:
    case 'status':
      if (phrase !== '') return void response.writeHead(status, phrase, head).end(text);
      return void response.writeHead(status, head).end(text);
    case 'delay':
      if (effect.inBody) response.writeHead(status, head).write(half);
      await new Promise((resolve) => setTimeout(resolve, effect.ms));
      if (effect.inBody) return void response.end(text.slice(half.length));
      return void response.writeHead(status, head).end(text);
    case 'never':
      return;
    case 'reset':
      if (effect.inBody) {
        response.writeHead(status, { ...head, 'content-length': Buffer.byteLength(text) }).write(half);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return void response.destroy();
    case 'half':
      return void response.writeHead(status, head).end(half);
    case 'truncate':
      response.writeHead(status, { ...head, 'content-length': Buffer.byteLength(text) }).write(half);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return void response.socket?.end();
    case 'empty':
      return void response.writeHead(200, head).end();
    case 'nonsense':
      return void response.writeHead(200, head).end(JSON.stringify(nonsense(parsed(text))));
    case 'html':
      return void response
        .writeHead(effect.status ?? 200, { ...head, 'content-type': 'text/html; charset=utf-8' })
        .end(PAGE);
    case 'content_type': {
      const { 'content-type': _, ...rest } = head as Record<string, string>;
      return void response.writeHead(status, effect.type ? { ...rest, 'content-type': effect.type } : rest).end(text);
    }
    case 'redirect':
      return void response.writeHead(302, { date: head.date, location: '/login' }).end();
    case 'big':
      return void response.writeHead(200, head).end(`{"fill":"${'x'.repeat(effect.bytes)}"}`);
  }
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  if (Buffer.isBuffer(body)) return body.toString('latin1');
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** A body that is not JSON, such as a bare token, becomes an empty object. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

/** The same names with other types: lists become texts, texts objects. */
function nonsense(value: unknown): unknown {
  if (Array.isArray(value)) return 'liste';
  if (typeof value !== 'object' || value === null) return { value };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, nonsense(one)]));
}
