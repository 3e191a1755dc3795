import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { type AppError, invalid, problem } from '../errors.ts';
import type { TrustedProxies } from '../setting.ts';

/** Most parameters of one request. */
const MOST_PARAMETERS = 200;

/** A fault of the address, found before routing; null if there is none. */
export function addressFault(url: string): AppError | null {
  const at = url.indexOf('?');
  if (at < 0) return null;
  const query = url.slice(at + 1);
  if (query.split('&', MOST_PARAMETERS + 1).length > MOST_PARAMETERS)
    return invalid([
      problem('query', `must have at most ${MOST_PARAMETERS} parameters`, `kan ha høyst ${MOST_PARAMETERS} parametere`),
    ]);
  return !query.includes('%') || isDecodable(query) ? null : badEncoding('query');
}

export function badEncoding(path: 'path' | 'query'): AppError {
  return invalid([
    problem(path, 'must be percent-encoded UTF-8', 'må være prosentkodet UTF-8 (ugyldig %-tegn i adressen)'),
  ]);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export type Trust = (address: string, hop: number) => boolean;

export function trustIn(proxies: TrustedProxies): Trust {
  if (typeof proxies === 'number') return (_address, hop) => hop < proxies;
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address, bits] = proxy.split('/') as [string, string?];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'];

/**
 * Removes the headers that only a trusted proxy may set, so that no code can trust them. Of several hosts or protocols
 * the last is kept: the one that the proxy itself added.
 */
export function dropForwarded({ headers, socket }: IncomingMessage, trust: Trust): void {
  if (trust(socket.remoteAddress ?? '', 0)) {
    for (const name of ['x-forwarded-host', 'x-forwarded-proto'])
      if (headers[name] !== undefined) headers[name] = String(headers[name]).split(',').at(-1)!.trim();
  } else for (const name of FORWARDED) if (headers[name] !== undefined) delete headers[name];
}
