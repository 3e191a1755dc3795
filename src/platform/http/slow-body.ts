import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { requestErrors } from '../errors.ts';
import { errorBody } from './error-body.ts';

/** Limits for slow bodies. */
export interface PatienceOptions {
  /** A request ends if no byte of its body arrives for this long. */
  noProgressMs?: number;
  /** A request ends if fewer bytes of its body arrive within the time. */
  slowest?: { bytes: number; ms: number };
}

interface Progress {
  reply: FastifyReply;
  /** Bytes received on the connection at the last look, and the time when the count last grew. */
  seen: number;
  since: number;
  /** The same at the beginning of the interval over which the speed is measured. */
  from: number;
  start: number;
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Ends requests whose body has stalled or arrives too slowly, with 408 if there was no response yet. Time in which the
 * server itself does not read, because of a slow disk, does not count.
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
  // Code that awaits the body fails when the connection ends, and there is no client left to answer.
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
