import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { OutboundMessage } from './outbound-message.ts';

/** A response whose body is still arriving; from `fetch` or a separate connection. */
export interface Answering {
  status: number;
  statusText: string;
  headers: Headers;
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * A request over a connection that is opened for it and closed after it. The party may close a kept-alive connection at
 * the very moment of the request; then it is unknown whether the request was carried out, and a request that must not
 * be sent twice would fail without need.
 */
export function askAlone({ method, url, headers, body }: OutboundMessage, signal: AbortSignal): Promise<Answering> {
  const request = url.startsWith('http:') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers: { accept: '*/*', 'user-agent': 'node', ...headers },
      agent: false,
      signal,
    });
    sent.on('error', (cause) => reject(new Error('the request failed', { cause })));
    sent.once('response', (answer) => {
      const answered = new Headers();
      for (const [name, values] of Object.entries(answer.headersDistinct))
        for (const value of values ?? []) answered.append(name, value);
      const { statusCode: status = 502, statusMessage: statusText = '' } = answer;
      resolve({ status, statusText, headers: answered, body: answer });
    });
    sent.end(body);
  });
}
