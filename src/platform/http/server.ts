import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import multipart from '@fastify/multipart';
import Fastify, {
  type ConnectionError,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Caller } from '../caller.ts';
import { type AppError, invalid, type Language, problem, requestErrors } from '../errors.ts';
import type { Platform } from '../operation.ts';
import { API_PREFIX } from './api-prefix.ts';
import { type Authenticate, clientAccountOf, decideEarly } from './early-access.ts';
import { errorBody, toAppError } from './error-body.ts';
import type { TrustedProxies } from '../setting.ts';
import { addressFault, dropForwarded, trustIn } from './request-address.ts';
import { BODY_LIMITS, type BodyReadingOptions, readBodies } from './request-body.ts';
import type { Route } from './route.ts';
import { checker } from './checks/check.ts';
import { hasBody } from './slow-body.ts';
import { Type } from './schema.ts';
import { textFault } from './checks/text-walk.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    language: Language;
  }
}

export interface HttpOptions {
  platform: Platform;
  routes: readonly Route[];
  /** Identifies the sender of a request, or null; `anew`: without the cache. Throws only on a fault of the server. */
  authenticate: Authenticate;
  logger?: FastifyBaseLogger;
  /** Proxies whose X-Forwarded-* are trusted; none if not given. */
  trustProxy?: TrustedProxies;
  bodies?: BodyReadingOptions;
  /** Called with every successful JSON response; tests validate it against the declared schema. */
  onAnswer?(route: Route, status: number, value: unknown): void;
}

/** All headers of a request must arrive within this time. */
const HEADERS_MS = 20_000;

/** The size of a file is limited where it is written. */
const MULTIPART_LIMITS = { parts: 20, fieldSize: 10_000, headerPairs: 50, fileSize: Number.MAX_SAFE_INTEGER };

/** The API's server: declared routes, one error body, request ids. Pages and other protocols register beside it. */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const trust = trustIn(options.trustProxy ?? 0);
  const server = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trust,
    bodyLimit: BODY_LIMITS.json,
    // A request may take as long as its body keeps arriving (`readBodies`), but its headers may not.
    http: { headersTimeout: HEADERS_MS, requestTimeout: 0 },
    genReqId: (request) => cleanRequestId(request.headers['x-request-id']) ?? randomUUID(),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => {
      prepare(request, reply);
      sendError(options.platform, error, request, reply);
    },
    clientErrorHandler: refuseConnection,
    return503OnClosing: true,
  });
  server.decorateRequest('caller', null);
  server.decorateRequest('language', 'nb');
  server.addHook('onRequest', (request, reply, done) => {
    dropForwarded(request.raw, trust);
    prepare(request, reply);
    done(addressFault(request.raw.url ?? '') ?? undefined);
  });
  readBodies(server, options.bodies ?? {});
  server.setErrorHandler((error, request, reply) => sendError(options.platform, error, request, reply));
  server.setNotFoundHandler((request, reply) => {
    sendError(
      options.platform,
      requestErrors.not_found({ address: `${request.method} ${request.url.split('?')[0]}` }),
      request,
      reply,
    );
  });
  server.register(async (api) => {
    for (const route of options.routes) {
      if (route.consumes) api.register((scope) => registerStreamed(scope, route, options));
      else register(api, route, options);
    }
  });
  return server;
}

/** Headers of every response, unless its route sets others. */
function prepare(request: FastifyRequest, reply: FastifyReply): void {
  request.language = languageOf(request.headers['accept-language']);
  reply
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff');
}

/** A response to input that is not HTTP, or to an incomplete request. */
function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (socket.writable && !socket.destroyed && error.code !== 'ECONNRESET') {
    const refusal = connectionRefusal(error.code);
    const body = JSON.stringify(errorBody(refusal, 'en'));
    socket.write(
      `HTTP/1.1 ${refusal.spec.status} ${STATUS_CODES[refusal.spec.status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

function connectionRefusal(code: string): AppError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return requestErrors.too_slow();
  if (code === 'HPE_HEADER_OVERFLOW') return requestErrors.headers_too_large();
  return invalid([problem('request', 'must be HTTP/1.1', 'må være HTTP/1.1')]);
}

/** A route whose body is not JSON, in a scope with its own parsers: the body is not read beforehand. */
async function registerStreamed(scope: FastifyInstance, route: Route, options: HttpOptions): Promise<void> {
  scope.removeAllContentTypeParsers();
  for (const type of route.consumes!) {
    if (type === 'multipart/form-data') await scope.register(multipart, { limits: MULTIPART_LIMITS });
    else scope.addContentTypeParser(type, (_, body, done) => done(null, body));
  }
  // `requireType` refuses it, but only after access: body parsers run before the hooks that know the caller.
  scope.addContentTypeParser('*', (_, _body, done) => done(null, undefined));
  register(scope, route, options);
}

function requireType({ consumes }: Route, request: FastifyRequest): void {
  const type = request.headers['content-type']?.split(';')[0]!.trim().toLowerCase();
  if (!consumes || type === undefined || consumes.includes(type)) return;
  throw requestErrors.unsupported_type({ expected: consumes.join(', ') });
}

function register(server: FastifyInstance, route: Route, options: HttpOptions): void {
  const { platform, authenticate } = options;
  const bodyLimit =
    route.bodyLimit ?? (route.operation.access.kind === 'public' ? BODY_LIMITS.publicJson : BODY_LIMITS.json);
  const checks = {
    params: checker(route.params ?? Type.Object({}), 'path'),
    query: checker(route.query ?? Type.Object({}, { additionalProperties: false }), 'query'),
    body: route.body ? checker(route.body, 'body', { values: Math.ceil(bodyLimit / BYTES_A_VALUE) }) : null,
  };
  server.route({
    method: route.method,
    url: (route.prefix ?? API_PREFIX) + route.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit,
    // Access is decided before the body is read and before validation: a caller without access learns nothing about
    // what would have been accepted.
    onRequest: async (request) => {
      request.caller = await authenticate(request);
      await decideEarly({ platform, route, authenticate }, request);
    },
    preValidation: async (request, reply) => {
      if (route.readBody) {
        requireType(route, request);
        const problems = [...checks.params(request.params).problems, ...checks.query(request.query).problems];
        if (problems.length > 0) throw invalid(problems);
        request.body = await route.readBody(request, reply, platform);
      }
      if (route.client === 'body') await decideEarly({ platform, route, authenticate }, request);
      requireType(route, request);
    },
    handler: async (request, reply) => {
      const parts = {
        ...validated(route, request, checks),
        language: request.language,
        request,
        left: () => leaving(reply),
      };
      const idempotencyKey = idempotencyKeyOf(request);
      const clientAccountId = clientAccountOf(route, request);
      const hasLeft = () => reply.raw.destroyed;
      const call = { caller: request.caller, clientAccountId, idempotencyKey, requestId: request.id, hasLeft };
      const outcome = await route.operation.call(platform, call, route.input(parts));
      if (outcome.replayed) reply.header('idempotent-replayed', 'true');
      reply.status(route.status ?? 200);
      if (route.send) return route.send(outcome.value, reply, parts);
      options.onAnswer?.(route, route.status ?? 200, outcome.value);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(outcome.value));
    },
  });
}

function leaving({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort();
  });
  return left.signal;
}

/** Smallest number of bytes per field or element in any real body. */
const BYTES_A_VALUE = 10;

type Checks = {
  params: ReturnType<typeof checker>;
  query: ReturnType<typeof checker>;
  body: ReturnType<typeof checker> | null;
};

/** All faults of path, query and body in one response. */
function validated(route: Route, request: FastifyRequest, checks: Checks) {
  const params = checks.params(request.params);
  const query = checks.query(request.query);
  const body = checks.body ? checks.body(request.body ?? undefined) : { value: undefined, problems: [] };
  const more = route.faults?.(query.value, request) ?? [];
  const problems = [...params.problems, ...query.problems, ...body.problems, ...more];
  if (problems.length > 0) throw invalid(problems);
  return { params: params.value, query: query.value, body: body.value };
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return undefined;
  if (typeof key !== 'string' || key.length < 1 || key.length > 255)
    throw invalid([problem('Idempotency-Key', 'must be 1 to 255 characters', 'må være 1 til 255 tegn')]);
  const fault = textFault(key, false);
  if (fault) throw invalid([{ path: 'Idempotency-Key', problem: fault }]);
  return key;
}

function sendError(platform: Platform, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = toAppError(error, request.id);
  if (answer.spec.status >= 500) {
    // The route instead of the address: an address may contain the secret of an invitation.
    platform.log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request failed');
  }
  if (answer.spec.status === 401) reply.header('www-authenticate', wwwAuthenticate(platform, request));
  if ([429, 503].includes(answer.spec.status) && typeof answer.facts.retry_after === 'number')
    reply.header('retry-after', answer.facts.retry_after);
  // The body is not read after a refusal: a large remainder would block the connection.
  if (hasBody(request.raw) && !request.raw.complete && !isSmall(request)) reply.header('connection', 'close');
  reply
    .status(answer.spec.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(answer, request.language)));
}

/** RFC 9728 section 5.1: tells a client where to find out how to get a token. */
function wwwAuthenticate({ publicUrl }: Platform, request: FastifyRequest): string {
  const origin = publicUrl ?? `${request.protocol}://${request.host}`;
  return `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource"`;
}

function isSmall({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY) <= BODY_LIMITS.publicJson;
}

function cleanRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.-]{1,100}$/.test(header) ? header : undefined;
}

/** `nb` unless the caller prefers English. `no` and `nn` are answered in nb. */
export function languageOf(header: string | undefined): Language {
  const preferred = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.find((parameter) => parameter.trim().startsWith('q='));
      return { tag: tag.split('-')[0]!, quality: quality ? Number(quality.trim().slice(2)) : 1 };
    })
    .filter(({ tag, quality }) => ['nb', 'no', 'nn', 'en'].includes(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)[0];
  return preferred?.tag === 'en' ? 'en' : 'nb';
}
