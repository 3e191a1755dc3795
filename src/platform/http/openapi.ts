import type { Access } from '../operation.ts';
import type { SCOPES } from '../caller.ts';
import type { ErrorSpec } from '../errors.ts';
import type { Route } from './route.ts';
import { API_PREFIX } from './server.ts';
import type { TSchema } from './schema.ts';

type Json = Record<string, unknown>;

export interface OpenApiOptions {
  version: string;
  /** Paths of the OAuth server, below the address of this API. */
  oauth: { authorization: string; token: string };
  /** The error catalogue, by code. */
  errors: readonly { code: string; spec: ErrorSpec }[];
}

/**
 * The API as OpenAPI 3.1, made from the schemas that validate requests: a document that cannot say anything else than
 * the server does. Pure: the same routes give the same document, byte for byte.
 */
export function openApiDocument(routes: readonly Route[], options: OpenApiOptions): Json {
  const paths: Record<string, Json> = {};
  const ids = new Map<string, number>();
  for (const route of routes) {
    const path = (route.prefix ?? API_PREFIX) + route.path;
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, uniqueId(route, ids));
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hovedbok',
      version: options.version,
      summary: 'Open accounting for Norway',
      description: `${INTRODUCTION}\n\n${errorTable(options)}`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].sort().map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: { Error: ERROR },
      parameters: PARAMETERS,
      responses: RESPONSES,
      securitySchemes: securitySchemes(options),
    },
    'x-error-catalogue': options.errors.map(({ code, spec }) => ({
      code,
      status: spec.status,
      nb: spec.nb,
      en: spec.en,
      ...(spec.source ? { source: spec.source } : {}),
    })),
  };
}

const INTRODUCTION = `Conventions that hold for every endpoint:

- Money and rates are strings with fixed scale (\`"1000.00"\`), except in reports, where they are numbers. Dates are
  \`YYYY-MM-DD\`, times ISO 8601 in UTC.
- Ids carry their client account: \`client_account_id * 2^31 + n\`.
- Lists take \`page\` and \`per_page\` and answer \`{"data": [...], "meta": {...}}\`. \`with=a,b.c\` adds related records.
- Unknown query parameters and body fields are refused. All faults of a request come back at once, up to a hundred of
  each part.
- Text is Unicode without control characters; line breaks only in fields with \`x-multi-line\`.
- Every POST takes \`Idempotency-Key\`: the same request again gives the stored answer.
- \`Accept-Language: nb|en\` chooses the language of names and sentences; nb if not given.`;

function errorTable({ errors }: OpenApiOptions): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    '## Errors',
    '',
    'Every refusal has the body `Error`; `details.code` is one of these and stays the same over versions.',
    '',
    '| code | status | sentence | source |',
    '|---|---|---|---|',
    ...errors.map(
      ({ code, spec }) => `| \`${code}\` | ${spec.status} | ${cell(spec.en)} | ${cell(spec.source ?? '')} |`,
    ),
  ].join('\n');
}

function uniqueId(route: Route, ids: Map<string, number>): string {
  const name = route.operation.name;
  const earlier = ids.get(name) ?? 0;
  ids.set(name, earlier + 1);
  return earlier === 0 ? name : `${name}.${route.method.toLowerCase()}${earlier > 1 ? earlier : ''}`;
}

function operationOf(route: Route, operationId: string): Json {
  const { access } = route.operation;
  return {
    tags: [route.tag],
    summary: route.summary,
    operationId,
    description: accessSentence(access),
    security: access.kind === 'public' ? [] : securityOf(access),
    parameters: parametersOf(route),
    ...(route.body ? { requestBody: requestBodyOf(route) } : {}),
    responses: responsesOf(route),
  };
}

function accessSentence(access: Access): string {
  switch (access.kind) {
    case 'public':
      return 'Open to anybody.';
    case 'user':
      return `Acts on the caller's own records. Scope: \`${access.scope}\`.`;
    case 'client':
      return `Roles in the client account: ${access.roles.join(', ')}. Scope: \`${access.scope}\`.`;
    default:
      return `Over every client account where the caller has one of the roles ${access.roles.join(', ')}. Scope: \`${access.scope}\`.`;
  }
}

function securityOf(access: Exclude<Access, { kind: 'public' }>): Json[] {
  return [{ oauth2: [access.scope] }, { bearer: [access.scope] }, { session: [] }];
}

interface ObjectSchema {
  properties?: Record<string, Json>;
  required?: string[];
}

function parametersOf(route: Route): Json[] {
  const parameters: Json[] = [];
  const add = (schema: TSchema | undefined, where: 'path' | 'query') => {
    const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
    for (const [name, property] of Object.entries(properties)) {
      const { description, ...rest } = json(property) as Json & { description?: string };
      parameters.push({
        name,
        in: where,
        required: where === 'path' || required.includes(name),
        ...(description ? { description } : {}),
        schema: rest,
      });
    }
  };
  add(route.params, 'path');
  add(route.query, 'query');
  parameters.push({ $ref: '#/components/parameters/AcceptLanguage' });
  if (route.asJob) parameters.push({ $ref: '#/components/parameters/Prefer' });
  if (route.method === 'POST' && route.operation.writes)
    parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  return parameters;
}

function requestBodyOf(route: Route): Json {
  const content = (route.consumes ?? ['application/json']).map((type) => [type, { schema: json(route.body) }]);
  return { required: true, content: Object.fromEntries(content) as Json };
}

function responsesOf(route: Route): Json {
  const status = String(route.status ?? 200);
  const refusal = (code: number) => [String(code), { $ref: `#/components/responses/${code}` }] as const;
  const { access } = route.operation;
  const codes = access.kind === 'public' ? [400] : [400, 401, 403, 404];
  if (route.operation.writes) codes.push(409);
  if (route.body) codes.push(413, 415);
  if (route.refusesRange) codes.push(422);
  return {
    [status]: successOf(route),
    ...(route.asJob ? { 202: jobAnswer(route.asJob) } : {}),
    ...Object.fromEntries(codes.map(refusal)),
    429: { $ref: '#/components/responses/429' },
    500: { $ref: '#/components/responses/500' },
    503: { $ref: '#/components/responses/503' },
  };
}

function successOf(route: Route): Json {
  if (route.status === 204) return { description: 'Done; no content' };
  const content: Json = {};
  if (route.response) content['application/json'] = { schema: json(route.response) };
  for (const type of route.produces ?? (route.response ? [] : ['application/octet-stream'])) {
    content[type] ??= { schema: { type: 'string' } };
  }
  return { description: route.status === 202 ? 'Accepted' : route.status === 201 ? 'Created' : 'OK', content };
}

function jobAnswer(shape: TSchema): Json {
  return {
    description: 'With Prefer: respond-async: the job that makes it. Location says where to look what became of it',
    content: { 'application/json': { schema: json(shape) } },
  };
}

/** A schema as plain JSON. */
function json(schema: unknown): Json {
  return JSON.parse(JSON.stringify(schema)) as Json;
}

const ERROR: Json = {
  type: 'object',
  required: ['error', 'message', 'status', 'details'],
  properties: {
    error: { type: 'string', description: 'The sentence a person reads' },
    message: { type: 'string', description: 'The same sentence' },
    status: { type: 'integer', description: 'The HTTP status' },
    details: {
      type: 'object',
      required: ['code'],
      properties: {
        code: { type: 'string', description: 'A code of the error catalogue', examples: ['ledger.unbalanced'] },
        fields: {
          type: 'array',
          description: 'Every fault of the request: where, and what was expected',
          items: {
            type: 'object',
            required: ['path', 'problem'],
            properties: { path: { type: 'string' }, problem: { type: 'string' } },
          },
        },
      },
      additionalProperties: true,
    },
  },
};

const REFUSALS: [status: number, description: string][] = [
  [400, 'Missing or malformed field or parameter, or a broken business rule'],
  [401, 'No, expired or revoked credentials'],
  [403, 'No access to that client account, or the scope or role does not permit it'],
  [404, 'No such client account or record'],
  [409, 'Idempotency key used for another request, or a concurrent change'],
  [413, 'Too large'],
  [415, 'Unsupported content type'],
  [422, 'Invalid date range'],
  [429, 'Too many requests; Retry-After says when to try again'],
  [500, 'A fault of ours; quote the request id'],
  [503, 'Busy or unavailable; Retry-After says when to try again'],
];

const RESPONSES = Object.fromEntries(
  REFUSALS.map(([status, description]) => [
    String(status),
    { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  ]),
);

const PARAMETERS: Json = {
  AcceptLanguage: {
    name: 'Accept-Language',
    in: 'header',
    required: false,
    description: 'Language of names and sentences',
    schema: { type: 'string', examples: ['nb', 'en'], default: 'nb' },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description: '`respond-async`: answer 202 with a job at once, whose document can be downloaded when it is made',
    schema: { type: 'string', examples: ['respond-async'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Same key and same request: the stored answer, with Idempotent-Replayed: true',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
};

const SCOPE_WORDS: Record<(typeof SCOPES)[number], string> = {
  'read:profile': 'Read own profile',
  'write:profile': 'Change own profile',
  'read:accounting': 'Read the books',
  'write:accounting': 'Post and change in the books',
};

function securitySchemes({ oauth }: OpenApiOptions): Json {
  const flow = { tokenUrl: oauth.token, refreshUrl: oauth.token, scopes: SCOPE_WORDS };
  return {
    oauth2: {
      type: 'oauth2',
      description: 'OAuth 2.1 with PKCE; discovery at /.well-known/oauth-authorization-server',
      flows: {
        authorizationCode: { authorizationUrl: oauth.authorization, ...flow },
        clientCredentials: { tokenUrl: oauth.token, scopes: SCOPE_WORDS },
      },
    },
    bearer: { type: 'http', scheme: 'bearer', description: 'A personal access token, or an OAuth access token' },
    session: { type: 'apiKey', in: 'cookie', name: 'hovedbok', description: 'The session of the browser' },
  };
}
