import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';

const host = 'Host: localhost\r\n';

/** Malformed HTTP. Each input gets a refusal or a closed connection, never an internal error or silence. */
export const MALFORMED: readonly [name: string, text: string | Buffer][] = [
  ['no HTTP', 'hello\r\n\r\n'],
  ['binary', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
  ['an unknown version', `GET / HTTP/9.9\r\n${host}\r\n`],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['two hosts', `GET /healthz HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n`],
  ['an address with a bare percent', `GET /api/v2/assets/% HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['an address that is no UTF-8', `GET /api/v2/assets/%ff%fe HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['an absolute address', `GET http://evil.example/api/v2/users/me HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['a very long address', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n${host}\r\n`],
  ['thousands of headers', `GET /healthz HTTP/1.1\r\n${host}${'X-A: 1\r\n'.repeat(20_000)}\r\n`],
  ['one huge header', `GET /healthz HTTP/1.1\r\n${host}X-A: ${'a'.repeat(200_000)}\r\n\r\n`],
  [
    'a length and chunks',
    `POST /api/v2/sessions HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `POST /api/v2/sessions HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`],
  ['a length below zero', `POST /api/v2/sessions HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`],
  ['a chunk of no size', `POST /api/v2/sessions HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['a folded header', `GET /healthz HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n\r\n`],
  ['a header with NUL', `GET /healthz HTTP/1.1\r\n${host}X-A: a\0b\r\n\r\n`],
  ['an unknown method', `BREW /healthz HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['CONNECT', `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n`],
  ['TRACE', `TRACE / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`],
  ['an upgrade', `GET / HTTP/1.1\r\n${host}Connection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n`],
];

/**
 * Sends bytes unchanged; returns the beginning of the response until the other side closes, `closed` if it closes without a
 * response, or '' if nothing arrived in time.
 */
export async function rawExchange(port: number, bytes: string | Buffer, waitMs = 10_000): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    if (text.length < 100_000) text += chunk.toString('latin1');
  });
  // A server that resets the connection while the request is still being sent has refused too.
  socket.on('error', () => {});
  let isSilent = false;
  const closed = once(socket, 'close').catch(() => {});
  const tooLong = setTimeout(() => {
    isSilent = true;
    socket.destroy();
  }, waitMs);
  socket.write(bytes);
  await closed;
  clearTimeout(tooLong);
  return text || (isSilent ? '' : 'closed');
}

/** Listens on loopback if the server does not yet; the port. */
export async function portOf(server: FastifyInstance): Promise<number> {
  if (!server.server.listening) await server.listen({ port: 0, host: '127.0.0.1' });
  return (server.server.address() as { port: number }).port;
}

/** One line for each malformed request with a wrong response. */
export async function malformedHttp(server: FastifyInstance): Promise<string[]> {
  const port = await portOf(server);
  const faults: string[] = [];
  for (const [name, bytes] of MALFORMED) {
    const text = await rawExchange(port, bytes);
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
    const isRefused = text === 'closed' || (status > 0 && status < 500);
    if (!isRefused) faults.push(`${name}: ${text.slice(0, 100) || 'silence'}`);
  }
  const { statusCode } = await server.inject({ url: '/readyz' });
  if (statusCode !== 200) faults.push(`not ready afterwards: ${statusCode}`);
  return faults;
}
