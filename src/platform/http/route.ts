import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { FieldProblem, Language } from '../errors.ts';
import type { Operation, Platform } from '../operation.ts';

/**
 * Where a request names its client account. `record`: the id in the path identifies it. `path`: the path's
 * `client_account_id`. `query` and `body`: the field `client_account_id` there. `none`: the request has no client
 * account.
 */
export type ClientSource = 'record' | 'path' | 'query' | 'body' | 'none';

export interface RequestParts<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  language: Language;
  /** For input outside path, query and body: the sender's address, the session cookie. */
  request: FastifyRequest;
  /** Set when the sender disconnects before the whole response; for work that has no other use. */
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
   * A field of the query that names a record: if given, it determines the client account and overrides
   * `client_account_id`. Used with `client: 'query'` and `recordIn`.
   */
  queryRecord?: string;
  /** An impossible range of dates is 422 here, as the reports' specification lists. */
  refusesRange?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /** The success status, 200 if not given. */
  status?: 200 | 201 | 202 | 204;
  /** Shape of the answer; absent for files and pages. */
  response?: TSchema;
  /** Media types of a response that is not JSON. */
  produces?: string[];
  /** With `Prefer: respond-async` it answers 202 with a job of this shape. */
  asJob?: TSchema;
  /** Faults that the schemas cannot express, in the request as received; reported together with theirs. */
  faults?(query: StaticOf<Q>, request: FastifyRequest): FieldProblem[];
  input(parts: RequestParts<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): I;
  /** For responses that are not the operation's value as JSON. */
  send?(value: O, reply: FastifyReply, parts: RequestParts<StaticOf<P>, StaticOf<Q>, StaticOf<B>>): unknown;
  /** Largest accepted body in bytes, where it differs from the server's. */
  bodyLimit?: number;
  /** Media types of a body that is not JSON. It arrives as a stream for `readBody`. */
  consumes?: string[];
  /**
   * Reads such a body once the caller is known, but before the client account is: the body may name it. The result is
   * validated and passed on as the body.
   */
  readBody?(request: FastifyRequest, reply: FastifyReply, platform: Platform): Promise<unknown>;
}

/** A declared route with its types checked and erased. */
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
