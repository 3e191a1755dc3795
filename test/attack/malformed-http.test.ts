import { beforeAll, describe, expect, test } from 'vitest';
import { MALFORMED, portOf, rawExchange } from './fuzz/malformed-http.ts';
import { wrongErrorBody } from './fuzz/oracle.ts';
import { attacked } from './support/attacked.ts';
import type { Attacked } from './support/server.ts';

let running: Attacked;
let port: number;
beforeAll(async () => {
  running = await attacked();
  port = await portOf(running.server);
});

const ready = async () => (await running.server.inject({ url: '/readyz' })).statusCode;

describe('what is no HTTP, or hardly', () => {
  test.each(MALFORMED)('%s is refused at once, and the server stays', async (_, bytes) => {
    const text = await rawExchange(port, bytes);
    expect(text === 'closed' || /^HTTP\/1\.[01] [234]\d\d/.test(text), text.slice(0, 200) || 'silence').toBe(true);
    expect(await ready()).toBe(200);
  });

  test.each(['/api/v2/assets/%', '/api/v2/assets/%ff', '/api/v2/organizations/%E0%A4%A', '/%'])(
    'the address %s gets the documented body',
    async (url) => {
      const { status, text, headers } = await sentRaw(url);
      expect(status).toBe(400);
      expect(wrongErrorBody(text, status, headers)).toBeUndefined();
    },
  );
});

/** Directly to the socket: a client's library would correct the address. */
async function sentRaw(url: string): Promise<{ status: number; text: string; headers: string }> {
  const answer = await rawExchange(port, `GET ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    text: /transfer-encoding: chunked/i.test(head) ? text.split('\r\n').slice(1, -1).join('') : text,
    headers: /content-type: ([^\r\n]+)/i.exec(head)?.[1] ?? '',
  };
}
