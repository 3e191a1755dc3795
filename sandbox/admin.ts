import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { carryOut } from './control/orders.ts';
import { controlPage, resultPage, type Shown, STYLE_HASH } from './control/page.tsx';
import { type Language, TEXTS } from './control/texts.ts';
import type { Fault } from './faults.ts';
import type { Sandbox } from './sandbox.ts';

const USAGE = `Stand-ins of parties outside. Bodies are JSON. A browser gets a page here.

GET    /parties                                        addresses, clocks, actions
GET    /faults                                         what goes wrong at the moment
POST   /faults   {"party": "skatteetaten", "path": "soek", "times": 1, "effect": {"kind": "status", "status": 503}}
                 beside path: method, organization, skip, times, percent
                 kinds: status (status, retryAfter), delay (ms, inBody), never, reset (inBody), half, truncate, empty,
                 nonsense, html (status), content_type (type), redirect, big (bytes)
DELETE /faults                                         ends faults and clock differences, empties the journal
POST   /clock    {"set": "2026-01-31T12:00:00Z"} or {"advance": 3600} or {"reset": true}
POST   /skew     {"party": "maskinporten", "seconds": 300}
POST   /act      {"party": "maskinporten", "action": "rotate", "input": {"keepOld": false}}
POST   /reset                                          all of that, and what the parties took in
GET    /journal                                        what was sent, without credentials and bodies
`;

const LONGEST_BODY = 1_000_000;

interface AdminAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Text unchanged, anything else as JSON. */
  body: unknown;
}

/** Control interface that makes the stand-ins fail, for users and tests in another process. On this machine only. */
export async function startAdmin(sandbox: Sandbox, port = 0): Promise<{ address: string; stop(): Promise<void> }> {
  const ticket = randomUUID();
  const server = createServer((request, response) => {
    answer(sandbox, request, ticket).then(
      ({ status, headers = {}, body }) => {
        const isText = typeof body === 'string';
        response.writeHead(status, {
          'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
          'cache-control': 'no-store',
          ...headers,
        });
        response.end(isText ? body : JSON.stringify(body));
      },
      (error: unknown) => response.writeHead(400).end(`${messageOf(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(sandbox: Sandbox, request: IncomingMessage, ticket: string): Promise<AdminAnswer> {
  // A page in a browser on this machine could send requests too, but neither JSON nor our host name.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
    return { status: 403, body: 'wrong host\n' };
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
  const done = { status: 200, body: { ok: true } };
  switch (`${request.method} ${pathname}`) {
    case 'GET /':
      if (!request.headers.accept?.includes('text/html')) return { status: 200, body: USAGE };
      return htmlAnswer(200, controlPage(sandbox, shownOf(request, searchParams, ticket)));
    case 'POST /do':
      return ordered(sandbox, request, ticket);
    case 'GET /parties':
      return { status: 200, body: sandbox.parties };
    case 'GET /faults':
      return { status: 200, body: sandbox.faults };
    case 'GET /journal':
      return { status: 200, body: sandbox.journal.entries };
    case 'DELETE /faults':
      sandbox.reset();
      return done;
    case 'POST /faults':
      sandbox.fault((await json(request)) as unknown as Fault);
      return done;
    case 'POST /clock': {
      const { set, advance, reset } = await json(request);
      if (reset === true) sandbox.time.reset();
      else if (set !== undefined) sandbox.time.set(new Date(typeof set === 'string' ? set : Number.NaN));
      else sandbox.time.advance(Number(advance));
      return done;
    }
    case 'POST /skew': {
      const { party, seconds } = await json(request);
      sandbox.skew(String(party), Number(seconds));
      return done;
    }
    case 'POST /act': {
      const { party, action, input } = await json(request);
      const result = await sandbox.act(String(party), String(action), (input ?? {}) as Record<string, unknown>);
      return { status: 200, body: { ok: true, ...(result === undefined ? {} : { result }) } };
    }
    case 'POST /reset':
      await json(request);
      await sandbox.resetAll();
      return done;
    default:
      return { status: 404, body: USAGE };
  }
}

/** A form of the page: only one that this process wrote. */
async function ordered(sandbox: Sandbox, request: IncomingMessage, ticket: string): Promise<AdminAnswer> {
  const form = new URLSearchParams(await text(request));
  const query = new URLSearchParams({ lang: form.get('lang') ?? '' });
  const shown = shownOf(request, query, ticket);
  const { language } = shown;
  const refuse = (why: string) =>
    htmlAnswer(
      400,
      controlPage(sandbox, { ...shown, message: { text: `${TEXTS.notDone[language]}: ${why}`, isFault: true } }),
    );
  if (form.get('ticket') !== ticket) return refuse('ticket');
  try {
    const given = await carryOut(sandbox, form);
    if (given) return htmlAnswer(200, resultPage(language, given.title, given.result));
  } catch (error) {
    return refuse(messageOf(error));
  }
  return { status: 303, headers: { location: `/?lang=${language}&done=1` }, body: '' };
}

function shownOf(request: IncomingMessage, query: URLSearchParams, ticket: string): Shown {
  const asked = query.get('lang') || (/^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'nb');
  const language: Language = asked === 'en' ? 'en' : 'nb';
  const message = query.has('done') ? { text: TEXTS.done[language], isFault: false } : null;
  return { language, ticket, message, only: query.get('party') || null };
}

function htmlAnswer(status: number, body: string): AdminAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src ${STYLE_HASH}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
    },
    body,
  };
}

async function json(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!request.headers['content-type']?.startsWith('application/json'))
    throw new Error('content-type: application/json');
  return JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    if ((size += part.length) > LONGEST_BODY) throw new Error('body: too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
