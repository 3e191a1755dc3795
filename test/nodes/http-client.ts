/** A response over the network. */
export interface Answer {
  status: number;
  // Unchecked: the tests state the type that they expect.
  body: any;
  text: string;
  bytes: Buffer;
  headers: Headers;
}

export interface Sending {
  body?: object | string | Buffer | FormData;
  headers?: Record<string, string>;
}

/** Longer than any limit of the server, so that a request that hangs is reported as such. */
const PATIENCE_MS = 60_000;

/** A caller of one node over HTTP, with a token, a cookie or neither. */
export class HttpClient {
  readonly address: string;
  readonly #credentials: Record<string, string>;

  constructor(address: string, credentials: { token?: string; cookie?: string } = {}) {
    this.address = address;
    this.#credentials = {
      ...(credentials.token ? { authorization: `Bearer ${credentials.token}` } : {}),
      ...(credentials.cookie ? { cookie: credentials.cookie } : {}),
    };
  }

  /** The same caller at another node. */
  at(address: string): HttpClient {
    const { authorization, cookie } = this.#credentials;
    return new HttpClient(address, {
      ...(authorization ? { token: authorization.slice('Bearer '.length) } : {}),
      ...(cookie ? { cookie } : {}),
    });
  }

  /** `path` below /api/v2, unless it begins with `page:`. */
  async send(method: string, path: string, { body, headers = {} }: Sending = {}): Promise<Answer> {
    const plain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) || body instanceof FormData;
    const answer = await fetch(
      this.address + (path.startsWith('page:') ? path.slice('page:'.length) : `/api/v2${path}`),
      {
        method,
        headers: { ...this.#credentials, ...(plain ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: plain ? (body as string | FormData) : JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE_MS),
      },
    );
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString();
    const isJson = String(answer.headers.get('content-type')).includes('json');
    return {
      status: answer.status,
      body: isJson && text ? JSON.parse(text) : text,
      text,
      bytes,
      headers: answer.headers,
    };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.send('GET', path, headers ? { headers } : {});
  }

  /** The body of a response that must be a success. */
  async must(method: string, path: string, body?: Sending['body'], headers?: Record<string, string>): Promise<any> {
    const answer = await this.send(method, path, { ...(body ? { body } : {}), ...(headers ? { headers } : {}) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
    return answer.body;
  }
}
