import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import type { Platform } from '../operation.ts';
import { requestErrors } from '../errors.ts';
import type { Metrics } from './metrics.ts';

export interface ObserveOptions {
  platform: Platform;
  metrics: Metrics;
  /** Bearer token required for /metrics; without one the endpoint is closed. */
  metricsToken?: string | undefined;
}

/**
 * Request log, metrics and the probes of an orchestrator. The log contains route, status, time, request id and caller;
 * never the query, the body or a credential.
 */
export function observeHttp(server: FastifyInstance, { platform, metrics, metricsToken }: ObserveOptions): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onRequest', async () => {
    metrics.httpUnderWay.inc();
  });
  server.addHook('onResponse', async (request, reply) => {
    metrics.httpUnderWay.dec();
    const route = request.routeOptions.url ?? 'unknown';
    const status = String(reply.statusCode);
    metrics.httpSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    if (reply.statusCode >= 500) metrics.httpErrors.inc({ route, status });
    if (PROBES.has(route)) return;
    platform.log.info(
      {
        request_id: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        user_id: request.caller?.userId,
      },
      'request',
    );
  });

  // Alive: the process responds. Ready: it can do its work, and is not shutting down.
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const problem = closing ? 'closing' : await databaseProblem(platform);
    return reply.status(problem ? 503 : 200).send({ status: problem ?? 'ok' });
  });
  server.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, metricsToken)) throw requestErrors.unauthenticated();
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

async function databaseProblem(platform: Platform): Promise<string | null> {
  const answer = platform.database
    .transaction({ clientAccounts: [], mode: 'read' }, (tx) => tx.one(sql`select 1`))
    .then(
      () => null,
      () => 'database unavailable',
    );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, 2_000, 'database too slow');
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function mayReadMetrics(request: FastifyRequest, token: string | undefined): boolean {
  // Behind a proxy on the same machine every request comes from this machine, so the address proves nothing.
  if (!token) return false;
  const given = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
