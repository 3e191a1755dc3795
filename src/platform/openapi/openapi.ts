import { assert } from '../../kernel/assert.ts';
import type { Access } from '../operation.ts';
import type { SCOPES } from '../caller.ts';
import type { ErrorSpec } from '../errors.ts';
import type { Route } from '../http/route.ts';
import { operationIds, type DocumentedOperation, operationName, pascal } from './openapi-names.ts';
import { type Json, SchemaNames } from './openapi-schemas.ts';
import { API_PREFIX } from '../http/api-prefix.ts';
import type { TSchema } from '../http/schema.ts';

export interface OpenApiOptions {
  version: string;
  /** Paths of the OAuth server, below the address of this API. */
  oauth: { authorization: string; token: string };
  /** The error catalogue, by code. */
  errors: readonly { code: string; spec: ErrorSpec }[];
  /** Example requests and responses, by method and path: `POST /api/v2/assets`. */
  examples?: Readonly<Record<string, Example>>;
}

export interface Example {
  body?: unknown;
  answer?: unknown;
}

/**
 * The API as OpenAPI 3.1, generated from the schemas that validate requests, so that the description cannot differ from
 * the server. Pure: the same routes give the same description, byte for byte.
 */
export function openApiDescription(routes: readonly Route[], options: OpenApiOptions): Json {
  const ids = operationIds(routes);
  const writer = new RouteWriter(routes, options.examples ?? {});
  const paths: Record<string, Json> = {};
  for (const [at, route] of routes.entries())
    (paths[pathOf(route)] ??= {})[route.method.toLowerCase()] = writer.operation(route, ids[at]!);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hovedbok',
      version: options.version,
      summary: 'Open accounting for Norway',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].sort().map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: { Error: ERROR, ...writer.schemas() },
      parameters: { ...PARAMETERS, ...writer.parameters() },
      responses: { ...RESPONSES, ...writer.responses() },
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

function pathOf(route: Route): string {
  return (route.prefix ?? API_PREFIX) + route.path;
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

/** Writes the operations, and collects their shared parts. */
class RouteWriter {
  readonly #schemas = new SchemaNames();
  readonly #parameters: SharedParameters;
  readonly #examples: Readonly<Record<string, Example>>;
  /** The answer of routes that may respond with a job. */
  #job: { shape: TSchema; schema: Json } | undefined;

  constructor(routes: readonly Route[], examples: Readonly<Record<string, Example>>) {
    this.#parameters = new SharedParameters(routes.flatMap((route) => this.#ownParameters(route)));
    this.#examples = examples;
  }

  schemas(): Json {
    return this.#schemas.components(['Error']);
  }

  parameters(): Json {
    return this.#parameters.components();
  }

  responses(): Json {
    if (!this.#job) return {};
    const description =
      'With Prefer: respond-async: the job that makes it. Location says where to look what became of it';
    return { Job: { description, content: { 'application/json': { schema: this.#job.schema } } } };
  }

  operation(route: Route, operationId: string): Json {
    const { access } = route.operation;
    const operation = { id: operationId, ...operationName(route) };
    return {
      tags: [route.tag],
      summary: route.summary,
      operationId,
      description: accessSentence(access),
      security: access.kind === 'public' ? [] : securityOf(access),
      parameters: this.#parametersOf(route),
      ...(route.body ? { requestBody: this.#requestBody(route, operation) } : {}),
      responses: this.#responses(route, operation),
    };
  }

  #ownParameters(route: Route): Json[] {
    const of = (schema: TSchema | undefined, where: 'path' | 'query') => {
      const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
      return Object.entries(properties).map(([name, property]) => {
        const schema = this.#schemas.part(property);
        const { description, ...rest } = schema;
        return {
          name,
          in: where,
          ...(where === 'path' || required.includes(name) ? { required: true } : {}),
          // The reference object itself is kept: its name is filled in later.
          ...('$ref' in schema ? { schema } : { ...(description ? { description } : {}), schema: rest }),
        };
      });
    };
    return [...of(route.params, 'path'), ...of(route.query, 'query')];
  }

  #parametersOf(route: Route): Json[] {
    const shared = (name: string) => ({ $ref: `#/components/parameters/${name}` });
    return [
      ...this.#ownParameters(route).map((parameter) => this.#parameters.reference(parameter)),
      shared('AcceptLanguage'),
      ...(route.asJob ? [shared('Prefer')] : []),
      ...(route.method === 'POST' && route.operation.writes ? [shared('IdempotencyKey')] : []),
    ];
  }

  #requestBody(route: Route, operation: DocumentedOperation): Json {
    const schema = this.#schemas.body(route.body, operation);
    const { body } = this.#examples[`${route.method} ${pathOf(route)}`] ?? {};
    const media = { schema, ...(body === undefined ? {} : { example: body }) };
    const content = (route.consumes ?? ['application/json']).map((type) => [type, media]);
    return { required: true, content: Object.fromEntries(content) as Json };
  }

  #responses(route: Route, operation: DocumentedOperation): Json {
    const refusal = (code: number) => [String(code), { $ref: `#/components/responses/${code}` }] as const;
    const { access } = route.operation;
    const codes = access.kind === 'public' ? [400] : [400, 401, 403, 404];
    if (route.operation.writes) codes.push(409);
    if (route.refusesRange) codes.push(422);
    return {
      [String(route.status ?? 200)]: this.#success(route, operation),
      ...(route.asJob ? { 202: this.#jobAnswer(route.asJob) } : {}),
      ...Object.fromEntries(codes.map(refusal)),
      default: { $ref: '#/components/responses/Refusal' },
    };
  }

  #success(route: Route, operation: DocumentedOperation): Json {
    if (route.status === 204) return { description: 'Done; no content' };
    const content: Json = {};
    const { answer } = this.#examples[`${route.method} ${pathOf(route)}`] ?? {};
    if (route.response)
      content['application/json'] = {
        schema: this.#schemas.answer(route.response, operation, route.operation.writes),
        ...(answer === undefined ? {} : { example: answer }),
      };
    for (const type of route.produces ?? (route.response ? [] : ['application/octet-stream'])) {
      content[type] ??= { schema: { type: 'string' } };
    }
    return { description: route.status === 202 ? 'Accepted' : route.status === 201 ? 'Created' : 'OK', content };
  }

  #jobAnswer(shape: TSchema): Json {
    this.#job ??= { shape, schema: this.#schemas.part(shape) };
    assert(this.#job.shape === shape, 'all jobs have one shape');
    return { $ref: '#/components/responses/Job' };
  }
}

/** Parameters shared by several operations get a name; of those with the same name, the most frequent one gets it. */
class SharedParameters {
  readonly #names = new Map<string, string>();
  readonly #shared: Json = {};

  constructor(parameters: readonly Json[]) {
    const counts = new Map<string, { parameter: Json; count: number }>();
    for (const parameter of parameters) {
      const key = JSON.stringify(parameter);
      counts.set(key, { parameter, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    for (const [key, { parameter, count }] of [...counts].toSorted(([, a], [, b]) => b.count - a.count)) {
      const name = pascal(String(parameter.name)) + (parameter.in === 'path' ? 'InPath' : '');
      if (count < 3 || name in this.#shared) continue;
      this.#names.set(key, name);
      this.#shared[name] = parameter;
    }
  }

  reference(parameter: Json): Json {
    const name = this.#names.get(JSON.stringify(parameter));
    return name ? { $ref: `#/components/parameters/${name}` } : parameter;
  }

  components(): Json {
    return Object.fromEntries(Object.entries(this.#shared).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
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
  return [{ oauth2: [access.scope] }, { bearer: [] }, { session: [] }];
}

interface ObjectSchema {
  properties?: Record<string, unknown>;
  required?: string[];
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

const REFUSALS: [status: number | 'Refusal', description: string][] = [
  [400, 'Missing or malformed field or parameter, or a broken business rule'],
  [401, 'No, expired or revoked credentials'],
  [403, 'No access to that client account, or the scope or role does not permit it'],
  [404, 'No such client account or record'],
  [409, 'Idempotency key used for another request, or a concurrent change'],
  [422, 'Invalid date range'],
  [
    'Refusal',
    '413: too large. 415: unsupported content type. 429: too many requests, 503: busy or unavailable; ' +
      'Retry-After says when to try again. 500: a fault of ours; quote the request id. 502, 504: a service outside',
  ],
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
