import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { requestErrors } from '../errors.ts';
import { errorBody } from './error-body.ts';

/** How long a body may let us wait. */
export interface PatienceOptions {
  /** A body of which nothing arrives for so long ends its request. */
  noProgressMs?: number;
  /** A body of which fewer bytes arrive within the time ends its request. */
  slowest?: { bytes: number; ms: number };
}

interface Progress {
  reply: FastifyReply;
  /** Bytes of the connection when it was last looked at, and when there were last more. */
  seen: number;
  since: number;
  /** The same at the beginning of the stretch that the speed is measured over. */
  from: number;
  start: number;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Ends requests whose body has stopped or trickles, with 408 where nothing was answered yet. Time in which we ourselves do
 * not read, because of a slow disk, does not count.
 */
export function endSlowBodies(
  server: FastifyInstance,
  { noProgressMs = 30_000, slowest = { bytes: 60_000, ms: 60_000 } }: PatienceOptions,
): void {
  const open = new Map<IncomingMessage, Progress>();
  server.addHook('onRequest', ({ raw }, reply, done) => {
    const seen = raw.socket.bytesRead;
    const now = performance.now();
    if (hasBody(raw)) open.set(raw, { reply, seen, since: now, from: seen, start: now });
    done();
  });
  server.addHook('onResponse', ({ raw }, _reply, done) => {
    if (raw.complete) open.delete(raw);
    done();
  });
  const look = () => {
    const now = performance.now();
    for (const [raw, progress] of open) {
      if (raw.complete || raw.destroyed) open.delete(raw);
      else if (isTooSlow(raw, progress, now)) {
        open.delete(raw);
        refuse(raw, progress.reply);
      }
    }
  };
  const isTooSlow = (raw: IncomingMessage, progress: Progress, now: number) => {
    const { bytesRead } = raw.socket;
    if (raw.readableLength > 0) {
      Object.assign(progress, { seen: bytesRead, since: now, from: bytesRead, start: now });
      return false;
    }
    if (bytesRead !== progress.seen) Object.assign(progress, { seen: bytesRead, since: now });
    if (now - progress.since >= noProgressMs) return true;
    if (now - progress.start < slowest.ms) return false;
    const arrived = bytesRead - progress.from;
    Object.assign(progress, { from: bytesRead, start: now });
    return arrived < slowest.bytes;
  };
  const timer = setInterval(look, Math.min(noProgressMs, slowest.ms, 5_000));
  timer.unref();
  server.addHook('onClose', async () => clearInterval(timer));
}

function refuse(raw: IncomingMessage, reply: FastifyReply): void {
  if (reply.sent || reply.raw.headersSent) {
    raw.destroy();
    return;
  }
  // What still waits for the body fails when the connection ends, and has nobody left to tell.
  reply.hijack();
  const body = JSON.stringify(errorBody(requestErrors.too_slow(), reply.request.language));
  reply.raw
    .writeHead(408, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-request-id': reply.request.id,
      connection: 'close',
    })
    .end(body, () => raw.socket.destroySoon());
}
