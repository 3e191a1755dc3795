import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { portOf } from './fuzz/malformed-http.ts';
import { attacked } from './support/attacked.ts';
import { HttpCaller } from './support/caller.ts';
import type { Attacked } from './support/server.ts';

let running: Attacked;
let port: number;
beforeAll(async () => {
  running = await attacked();
  port = await portOf(running.server);
});

const ready = async () => (await running.server.inject({ url: '/readyz' })).statusCode;

describe('bodies', () => {
  const megabytes = Buffer.alloc(8_000_000, 'x');

  test('60 of 8 MB without credentials are not read, and cost nothing', { timeout: 240_000 }, async () => {
    const cpu = process.cpuUsage();
    const held = process.memoryUsage().rss;
    const statuses = await Promise.all(Array.from({ length: 60 }, () => posted('/api/v2/journal-entries', megabytes)));
    const { user, system } = process.cpuUsage(cpu);
    expect(statuses.filter((status) => ![0, 401, 413, 429, 503].includes(status))).toEqual([]);
    expect((user + system) / 1e6).toBeLessThan(10);
    expect((process.memoryUsage().rss - held) / 1e6).toBeLessThan(400);
    expect(await ready()).toBe(200);
  });

  test('a form of hundreds of thousands of names is refused without being taken apart', async () => {
    const form = Array.from({ length: 400_000 }, (_, i) => `a${i}=1`).join('&');
    for (const path of ['/login', '/oauth/token']) {
      const cpu = process.cpuUsage();
      const { status } = await new HttpCaller(running.server).send(
        'POST',
        new URL(path, 'http://localhost').pathname,
        form,
        {
          'content-type': 'application/x-www-form-urlencoded',
        },
      );
      const { user, system } = process.cpuUsage(cpu);
      expect([path, status]).toEqual([path, expect.toBeOneOf([400, 403, 404, 413, 415])]);
      expect((user + system) / 1e6).toBeLessThan(2);
    }
  });

  test('a hundred who never send their body keep nobody waiting', { timeout: 240_000 }, async () => {
    expect(running.server.server.headersTimeout).toBeGreaterThan(0);
    // A hundred clients announce a body and do not send it: others are still served.
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(
        'POST /api/v2/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
      );
      return socket;
    });
    try {
      expect(await posted('/api/v2/sessions', Buffer.from('{}'))).toBe(400);
      expect(await ready()).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  function posted(path: string, body: Buffer): Promise<number> {
    return new Promise((resolve) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
          request.destroy();
        },
      );
      // A server that closes the connection while the body is still being sent has refused.
      request.on('error', () => resolve(0));
      request.end(body);
    });
  }
});
