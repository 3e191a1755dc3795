import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AttemptFailed, type Attempt, UNREACHED } from './attempt.ts';
import { AddressRefused, isPublicAddress, publicLookup } from './public-address.ts';

/**
 * One request to an address that an outsider has given. Unless `toPrivate`, only public addresses are allowed, checked
 * after the name is resolved and on the connection that is used; redirects and open connections are never used. The
 * response body is not read.
 */
export function guardedAttempt({ toPrivate }: { toPrivate: boolean }): Attempt {
  return ({ method, url, headers = {}, body }, { timeoutMs }) => {
    const { protocol, hostname } = new URL(url);
    const literal = hostname.replace(/^\[|\]$/g, '');
    const isRefused = !toPrivate && (protocol !== 'https:' || (isIP(literal) !== 0 && !isPublicAddress(literal)));
    if (isRefused) return Promise.reject(new AttemptFailed('address_refused'));
    const signal = AbortSignal.timeout(timeoutMs);
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const sent = send(url, {
        method,
        headers: { ...headers, 'content-length': Buffer.byteLength(body ?? '') },
        agent: false,
        signal,
        ...(toPrivate ? {} : { lookup: publicLookup }),
      });
      sent.on('response', (answer) => {
        const answered = new Headers();
        for (const [name, value] of Object.entries(answer.headers))
          if (value) answered.set(name, [value].flat().join(', '));
        answer.on('error', () => {});
        resolve({ status: answer.statusCode ?? 0, headers: answered, body: Buffer.alloc(0) });
        answer.destroy();
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (signal.aborted) reject(new AttemptFailed('timeout', error));
        else if (error instanceof AddressRefused) reject(new AttemptFailed('address_refused', error));
        else reject(new AttemptFailed(UNREACHED.has(error.code ?? '') ? 'unreached' : 'unreachable', error));
      });
      sent.end(body);
    });
  };
}
