import type { FastifyInstance } from 'fastify';
import { afterAll } from 'vitest';
import { validateAnswer } from '../../../src/platform/http/checks/answer-check.ts';
import type { Route } from '../../../src/platform/http/route.ts';
import { createHttpServer } from '../../../src/platform/http/server.ts';
import type { Platform } from '../../../src/platform/operation.ts';
import { authenticate } from '../../../src/tenancy/index.ts';

/** A response of the API: status and JSON. */
export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
  headers: Record<string, unknown>;
}

export interface DomainApi {
  server: FastifyInstance;
  /** `api('GET', '/departments?client_account_id=1', token)` below /api/v2. */
  (method: string, path: string, token: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

/**
 * One domain's routes as a server; every response is validated against its declared schema. Closed at the end of the
 * test file.
 */
export function apiOf(routes: readonly Route[], platform: Platform): DomainApi {
  const server = createHttpServer({
    platform,
    routes,
    authenticate: authenticate(platform),
    onAnswer: validateAnswer,
  });
  afterAll(() => server.close());
  const api = async (method: string, path: string, token: string, body?: object, headers = {}) => {
    const reply = await server.inject({
      method: method as 'GET',
      url: `/api/v2${path}`,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body ? { payload: body } : {}),
    });
    return { status: reply.statusCode, body: reply.body ? reply.json() : null, headers: reply.headers };
  };
  return Object.assign(api, { server });
}
