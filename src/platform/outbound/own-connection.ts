import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { OutboundMessage } from './outbound-message.ts';

/** An answer whose body is still on its way; of `fetch`, or of a connection of its own. */
export interface Answering {
  status: number;
  statusText: string;
  headers: Headers;
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * A request over a connection that is opened for it and closed after it. One that was kept open may be closed by the party
 * at this very moment; then nobody can tell whether the request was carried out, and what must not be sent twice would have
 * failed for nothing.
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
