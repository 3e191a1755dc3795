import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { FieldProblem, Language } from '../errors.ts';
import type { Operation, Platform } from '../operation.ts';

/**
 * Where a request names the client account it is about. `record`: the id in the path carries it. `path`: the path's
 * `client_account_id` is one. `query` and `body`: the field `client_account_id` there. `none`: it is about none.
 */
export type ClientSource = 'record' | 'path' | 'query' | 'body' | 'none';

export interface RequestParts<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  language: Language;
  /** For what is neither path, query nor body: the sender's address, the session cookie. */
  request: FastifyRequest;
  /** Set when the sender goes away before the whole answer; for work that nobody else would want. */
  left(): AbortSignal;
}

type StaticOf<S> = S extends TSchema ? Static<S> : undefined;

export interface RouteSpec<
  I,
  O,
  P extends TSchema | undefined,
  Q extends TSchema | undefined,
  B extends TSchema | undefined,
> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v2, with `{id}` for parameters. */
  path: string;
  /** Instead of /api/v2. */
  prefix?: '/public/v2';
  tag: string;
  summary: string;
  operation: Operation<I, O>;
  client: ClientSource;
  /** The table or tables of the record that the path names, where `client` is `record`; or that `queryRecord` names. */
  recordIn?: string | readonly string[];
  /**
   * A field of the query that names a record: where it is given, the record's client account is meant, whatever
   * `client_account_id` says. Goes with `client: 'query'` and `recordIn`.
   */
  queryRecord?: string;
  /** A range of dates that cannot be is 422 here, as the reports' specification lists. */
  refusesRange?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /** The success status, 200 if not given. */
  status?: 200 | 201 | 202 | 204;
  /** Shape of the answer; absent for files and pages. */
  response?: TSchema;
  /** Media types of an answer that is no JSON. */
  produces?: string[];
  /** With `Prefer: respond-async` it answers 202 with a job of this shape. */
  asJob?: TSchema;
  /** Faults that the shapes cannot tell, of the request as it came; told together with theirs. */
  faults?(query: StaticOf<Q>, request: FastifyRequest): FieldProblem[];
  input(parts: RequestParts<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): I;
  /** For answers that are not the operation's value as JSON. */
  send?(value: O, reply: FastifyReply, parts: RequestParts<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): unknown;
  /** Largest accepted body in bytes, where it differs from the server's. */
  bodyLimit?: number;
  /** Media types of a body that is no JSON. It arrives as a stream, for `readBody` to take in. */
  consumes?: string[];
  /**
   * Takes in such a body once the caller is known, but before the client account is: it may be named in the body. What
   * it gives is checked and handed on as the body.
   */
  readBody?(request: FastifyRequest, reply: FastifyReply, platform: Platform): Promise<unknown>;
}

/** A declared route, its types proven and forgotten. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Route = RouteSpec<any, any, TSchema | undefined, TSchema | undefined, TSchema | undefined>;

export function route<
  I,
  O,
  P extends TSchema | undefined = undefined,
  Q extends TSchema | undefined = undefined,
  B extends TSchema | undefined = undefined,
>(spec: RouteSpec<I, O, P, Q, B>): Route {
  return spec;
}
