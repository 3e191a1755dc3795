import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from './faults.ts';
import type { Sandbox } from './sandbox.ts';

const USAGE = `Stand-ins of parties outside. Bodies are JSON.

GET    /faults                                         what goes wrong at the moment
POST   /faults   {"party": "skatteetaten", "path": "soek", "times": 1, "effect": {"kind": "status", "status": 503}}
                 kinds: status (status, retryAfter), delay (ms, inBody), never, reset (inBody), half, truncate, empty,
                 nonsense, html (status), content_type (type), redirect, big (bytes)
DELETE /faults                                         ends faults and clock differences, empties the journal
POST   /skew     {"party": "maskinporten", "seconds": 300}
POST   /act      {"party": "maskinporten", "action": "rotate", "input": {"keepOld": false}}
GET    /journal                                        what was sent, without credentials and bodies
`;

/** Where a person (or a test in another process) makes the stand-ins misbehave. On this machine only. */
export async function startAdmin(sandbox: Sandbox): Promise<{ address: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(sandbox, request).then(
      ({ status, body }) => {
        const isText = typeof body === 'string';
        response.writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' });
        response.end(isText ? body : JSON.stringify(body));
      },
      (error: unknown) => response.writeHead(400).end(`${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(sandbox: Sandbox, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  // A page in a browser of this machine could reach us too; it can neither send JSON nor our own host name.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
    return { status: 403, body: 'wrong host\n' };
  const path = (request.url ?? '/').split('?')[0];
  const done = { status: 200, body: { ok: true } };
  switch (`${request.method} ${path}`) {
    case 'GET /':
      return { status: 200, body: USAGE };
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
    case 'POST /skew': {
      const { party, seconds } = await json(request);
      sandbox.skew(String(party), Number(seconds));
      return done;
    }
    case 'POST /act': {
      const { party, action, input } = await json(request);
      await sandbox.act(String(party), String(action), (input ?? {}) as Record<string, unknown>);
      return done;
    }
    default:
      return { status: 404, body: USAGE };
  }
}

async function json(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!request.headers['content-type']?.startsWith('application/json'))
    throw new Error('content-type: application/json');
  let text = '';
  for await (const part of request) text += String(part);
  return JSON.parse(text) as Record<string, unknown>;
}
