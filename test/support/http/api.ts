import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { validateAnswer } from '../../../src/platform/http/checks/answer-check.ts';
import type { Route } from '../../../src/platform/http/route.ts';
import { createHttpServer } from '../../../src/platform/http/server.ts';
import { authenticate } from '../../../src/tenancy/index.ts';
import type { Platform } from '../../../src/platform/operation.ts';

export interface Answer {
  status: number;
  // Unchecked: the tests state the type that they expect.
  body: any;
  headers: Record<string, string | string[] | number | undefined>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The given routes over HTTP without a socket. Every response is validated against its declared schema. */
export class Api {
  readonly server: FastifyInstance;
  /** A separate address, so that attempts of other tests are not counted here. */
  readonly #address = `10.${[randomInt(256), randomInt(256), randomInt(256)].join('.')}`;

  constructor(platform: Platform, routes: readonly Route[]) {
    this.server = createHttpServer({
      platform,
      routes,
      authenticate: authenticate(platform),
      onAnswer: validateAnswer,
    });
  }

  async call(
    method: Method,
    url: string,
    { token, body, headers }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const response = await this.server.inject({
      method,
      url,
      remoteAddress: this.#address,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const text = response.body;
    const isJson = (response.headers['content-type'] ?? '').includes('json');
    return { status: response.statusCode, body: isJson && text ? JSON.parse(text) : text, headers: response.headers };
  }

  /** Calls under /api/v2 with one token. */
  as(token: string) {
    const under = (method: Method) => (path: string, body?: unknown, headers?: Record<string, string>) =>
      this.call(method, `/api/v2${path}`, { token, body, headers });
    return {
      get: under('GET'),
      post: under('POST'),
      put: under('PUT'),
      patch: under('PATCH'),
      delete: under('DELETE'),
    };
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
