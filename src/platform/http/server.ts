import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import sql from 'sql-template-tag';
import type { Caller } from '../caller.ts';
import { invalid, type Language, requestErrors } from '../errors.ts';
import { decideAccess, type Platform } from '../operation.ts';
import { errorBody, toAppError } from './error-body.ts';
import type { Route } from './route.ts';
import { checker, Type } from './schema.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    language: Language;
  }
}

export interface HttpOptions {
  platform: Platform;
  routes: readonly Route[];
  /** Tells who sends the request, or null. Throws only on a fault of ours. */
  authenticate(request: FastifyRequest): Promise<Caller | null>;
  logger?: FastifyBaseLogger;
  trustProxy?: boolean;
  /** Called with every successful JSON answer; tests validate it against the declared shape. */
  onAnswer?(route: Route, status: number, value: unknown): void;
}

export const API_PREFIX = '/api/v2';

/** The size of a file is watched where it is written. */
const MULTIPART_LIMITS = { parts: 20, fieldSize: 10_000, headerPairs: 50, fileSize: Number.MAX_SAFE_INTEGER };

/** The API's server: declared routes, one error body, request ids. Pages and other protocols register beside it. */
export function createHttpServer(options: HttpOptions): FastifyInstance {
  const server = Fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 8 * 1024 * 1024,
    requestTimeout: 120_000,
    genReqId: (request) => cleanRequestId(request.headers['x-request-id']) ?? randomUUID(),
    routerOptions: { maxParamLength: 500 },
    return503OnClosing: true,
  });
  server.decorateRequest('caller', null);
  server.decorateRequest('language', 'nb');
  server.addHook('onRequest', async (request, reply) => {
    request.language = languageOf(request.headers['accept-language']);
    reply.header('x-request-id', request.id);
  });
  server.setErrorHandler((error, request, reply) => sendError(options.platform, error, request, reply));
  server.setNotFoundHandler((request, reply) => {
    sendError(
      options.platform,
      requestErrors.not_found({ what: `${request.method} ${request.url.split('?')[0]}` }),
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

/** A route whose body is no JSON, among its own parsers: nothing of it is read beforehand. */
async function registerStreamed(scope: FastifyInstance, route: Route, options: HttpOptions): Promise<void> {
  scope.removeAllContentTypeParsers();
  for (const type of route.consumes!) {
    if (type === 'multipart/form-data') await scope.register(multipart, { limits: MULTIPART_LIMITS });
    else scope.addContentTypeParser(type, (_, body, done) => done(null, body));
  }
  // Refused by `requireType`, but only after access: the reading of a body comes before every hook that knows the caller.
  scope.addContentTypeParser('*', (_, _body, done) => done(null, undefined));
  register(scope, route, options);
}

function requireType({ consumes }: Route, request: FastifyRequest): void {
  const type = request.headers['content-type']?.split(';')[0]!.trim().toLowerCase();
  if (!consumes || type === undefined || consumes.includes(type)) return;
  throw requestErrors.unsupported_type({ expected: consumes.join(', ') });
}

function register(server: FastifyInstance, route: Route, options: HttpOptions): void {
  const { platform } = options;
  const checks = {
    params: checker(route.params ?? Type.Object({}), 'path'),
    query: checker(route.query ?? Type.Object({}, { additionalProperties: false }), 'query'),
    body: route.body ? checker(route.body, 'body') : null,
  };
  server.route({
    method: route.method,
    url: (route.prefix ?? API_PREFIX) + route.path.replace(/\{(\w+)\}/g, ':$1'),
    ...(route.bodyLimit ? { bodyLimit: route.bodyLimit } : {}),
    // Access comes before validation: who may not come in learns nothing about what would have been accepted.
    preValidation: async (request, reply) => {
      request.caller = await options.authenticate(request);
      if (route.readBody) {
        requireScope(route, request);
        requireType(route, request);
        request.body = await route.readBody(request, reply, platform);
      }
      await decideEarly(platform, route, request);
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

/** Refuses before the body is looked at, where the client account can be told from the request as it stands. */
async function decideEarly(platform: Platform, route: Route, request: FastifyRequest): Promise<void> {
  const { access } = route.operation;
  const caller = requireScope(route, request);
  if (access.kind === 'public' || !caller) return;
  const clientAccountId = clientAccountOf(route, request);
  if (clientAccountId === null) return;
  try {
    decideAccess(access, { caller, clientAccountId });
  } catch (error) {
    if (
      route.unknownClientAccountIs404 &&
      !caller.roles.has(clientAccountId) &&
      !(await exists(platform, clientAccountId))
    ) {
      throw requestErrors.not_found({ what: 'Client account' });
    }
    throw error;
  }
}

/** What can be told without knowing the client account. The caller, or null where anybody may come in. */
function requireScope(route: Route, request: FastifyRequest): Caller | null {
  const { access } = route.operation;
  const { caller } = request;
  if (access.kind === 'public') return null;
  if (!caller) throw requestErrors.unauthenticated();
  if (!caller.scopes.has(access.scope)) throw requestErrors.scope_missing({ scope: access.scope });
  return caller;
}

function exists(platform: Platform, clientAccountId: number): Promise<boolean> {
  return platform.database.transaction({ clientAccounts: [], mode: 'read' }, async (tx) =>
    Boolean(await tx.maybe(sql`select 1 from client_accounts where id = ${clientAccountId}`)),
  );
}

/** Null where the request names none, or not as a whole number; validation then says what is missing. */
function clientAccountOf(route: Route, request: FastifyRequest): number | null {
  const params = request.params as Record<string, string>;
  const raw = {
    none: () => undefined,
    record: () => params.id,
    path: () => params.client_account_id,
    query: () => (request.query as Record<string, unknown>).client_account_id,
    body: () => (request.body as Record<string, unknown> | null | undefined)?.client_account_id,
  }[route.client]();
  const id = typeof raw === 'number' ? raw : typeof raw === 'string' && /^\d{1,16}$/.test(raw) ? Number(raw) : null;
  if (id === null || !Number.isSafeInteger(id) || id <= 0) return null;
  return route.client === 'record' ? Math.floor(id / 2 ** 31) : id;
}

type Checks = {
  params: ReturnType<typeof checker>;
  query: ReturnType<typeof checker>;
  body: ReturnType<typeof checker> | null;
};

/** All faults of path, query and body in one answer. */
function validated(route: Route, request: FastifyRequest, checks: Checks) {
  const params = checks.params(request.params);
  const query = checks.query(request.query);
  const body = checks.body ? checks.body(request.body ?? undefined) : { value: undefined, problems: [] };
  const more = route.faults?.(request.query, request) ?? [];
  const problems = [...params.problems, ...query.problems, ...body.problems, ...more];
  if (problems.length > 0) throw invalid(problems);
  return { params: params.value, query: query.value, body: body.value };
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return undefined;
  if (typeof key !== 'string' || key.length < 1 || key.length > 255) {
    throw invalid([
      { path: 'Idempotency-Key', problem: { nb: 'må være 1 til 255 tegn', en: 'must be 1 to 255 characters' } },
    ]);
  }
  return key;
}

function sendError(platform: Platform, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = toAppError(error, request.id);
  if (answer.spec.status >= 500) {
    // The route, not the address: an address may hold the secret of an invitation.
    platform.log.error({ err: error, request_id: request.id, route: request.routeOptions.url }, 'request failed');
  }
  if (answer.spec.status === 401) reply.header('www-authenticate', wwwAuthenticate(request));
  if ([429, 503].includes(answer.spec.status) && typeof answer.facts.retry_after === 'number')
    reply.header('retry-after', answer.facts.retry_after);
  reply
    .status(answer.spec.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(answer, request.language)));
}

/** RFC 9728 section 5.1: tells a client where to learn how to get a token. */
function wwwAuthenticate(request: FastifyRequest): string {
  return `Bearer resource_metadata="${request.protocol}://${request.host}/.well-known/oauth-protected-resource"`;
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
