import type { FastifyInstance } from 'fastify';
import { multipart, type Part } from '../../support/http/multipart.ts';

/** The response, as a client sees it. */
export interface Answer {
  status: number;
  text: string;
  /** The parsed body, if it is JSON. */
  body: any;
  headers: Record<string, string | string[] | number | undefined>;
}

/** A caller of a server, with or without a token. */
export class HttpCaller {
  readonly server: FastifyInstance;
  readonly token: string | undefined;

  constructor(server: FastifyInstance, token?: string) {
    this.server = server;
    this.token = token;
  }

  /** `path` begins with a slash, below /api/v2 unless it names another prefix. */
  async send(
    method: string,
    path: string,
    body?: object | string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const reply = await this.server.inject({
      method: method as 'GET',
      url: /^\/(api|public)\//.test(path) ? path : `/api/v2${path}`,
      headers: { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    return {
      status: reply.statusCode,
      text: reply.body,
      body: parsed(reply.body, reply.headers['content-type']),
      headers: reply.headers,
    };
  }

  /** The body of a response that must be a success. */
  async must(method: string, path: string, body?: object): Promise<any> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.body;
  }

  form(path: string, parts: readonly Part[]): Promise<Answer> {
    const { payload, headers } = multipart(parts);
    return this.send('POST', path, payload, headers);
  }
}

function parsed(text: string, type: string | string[] | number | undefined): unknown {
  if (!String(type).includes('json') || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
