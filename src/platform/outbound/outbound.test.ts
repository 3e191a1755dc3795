import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { MovingClock } from '../../../test/support/outside/sandbox.ts';
import { AppError } from '../errors.ts';
import { Metrics } from '../observability/metrics.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Outbound } from './outbound.ts';
import type { OutboundRequest, PartyOptions } from './outbound-party.ts';
import { retryAfterMs } from './retry-after.ts';
import { Turnstile } from './turnstile.ts';

/** A party that follows the given script, request by request; the last step repeats. */
async function party(
  orders: ((request: IncomingMessage, response: ServerResponse, index: number) => void)[],
  more: Partial<PartyOptions> = {},
) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const index = seen.push(`${request.method} ${request.url}`) - 1;
    orders[Math.min(index, orders.length - 1)]!(request, response, index);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = new MovingClock();
  const waits: number[] = [];
  const outbound = new Outbound({
    clock,
    log: { info: () => {}, warn: () => {} },
    random: () => 0.5,
    sleep: async (ms) => void waits.push(ms),
  });
  const one = outbound.party({ service: 'Etaten', atOnce: 5, timeoutMs: 10_000, totalMs: 30_000, ...more });
  const outcomes: string[] = [];
  outbound.onCall(({ attempt, outcome }) => outcomes.push(`${attempt} ${outcome}`));
  const send = async (request: Partial<OutboundRequest> & { method?: 'GET' | 'POST' } = {}) => {
    const { method = 'GET', ...rest } = request;
    try {
      const { status } = await one.send({ call: 'test', message: () => ({ method, url: `${url}/x` }), ...rest });
      return String(status);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const wait = error.facts.retry_after === undefined ? '' : ` after ${error.facts.retry_after as number}`;
      return `${error.spec.status} ${error.code}${wait}`;
    }
  };
  return { send, seen, waits, clock, outcomes, outbound, one, server, url };
}

const ok = (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end('{}');
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(code, headers).end();
const cut = (_: IncomingMessage, response: ServerResponse) => void response.destroy();

describe('trying again', () => {
  test.each<[string, 'GET' | 'POST', boolean, ReturnType<typeof status>, string, number]>([
    ['a GET after 503', 'GET', false, status(503), '200', 2],
    ['a POST after 503: it may have been carried out', 'POST', false, status(503), '503 outbound.unavailable', 1],
    ['a POST that only computes', 'POST', true, status(503), '200', 2],
    ['a POST after 429: it was turned away', 'POST', false, status(429), '200', 2],
    ['a POST whose connection broke', 'POST', false, cut, '503 outbound.unavailable', 1],
    ['a GET whose connection broke', 'GET', false, cut, '200', 2],
    ['a GET after 404: that is an answer', 'GET', false, status(404), '404', 1],
    ['a GET after 500', 'GET', false, status(500), '200', 2],
  ])('%s', async (_, method, repeatable, first, expected, requests) => {
    const { send, seen } = await party([first, ok]);
    const answer = await send({ method, ...(repeatable ? { repeatable } : {}) });
    expect([answer, seen.length]).toEqual([expected, requests]);
  });

  test('what is good for one request is sent once', async () => {
    for (const first of [status(429), status(503), cut]) {
      const { send, seen } = await party([first, ok]);
      expect([await send({ once: true }), seen.length]).toEqual(['503 outbound.unavailable', 1]);
    }
  });

  test('what must not be sent twice never meets a connection that the party is closing', async () => {
    const sockets = new Set<unknown>();
    const open = (request: IncomingMessage, response: ServerResponse) => {
      sockets.add(request.socket);
      response.writeHead(200, { 'x-two': ['a', 'b'] }).end('{}');
    };
    const { send, one, url } = await party([open]);
    for (const more of [{ once: true }, {}, { repeatable: false }])
      expect(await send({ method: 'POST', ...more })).toBe('200');
    expect(sockets.size).toBe(3);
    const message = () => ({ method: 'POST', url, body: 'æ' }) as const;
    const { headers, body } = await one.send({ call: 'test', once: true, message });
    expect([headers.get('x-two'), body.toString()]).toEqual(['a, b', '{}']);
    // The other calls share connections.
    for (let i = 0; i < 3; i++) await send();
    expect(sockets.size).toBeLessThan(7);
  });

  test('waits twice as long each time, and ends after three attempts', async () => {
    const { send, seen, waits, outcomes } = await party([status(503)]);
    expect(await send()).toBe('503 outbound.unavailable');
    expect([seen.length, waits, outcomes]).toEqual([3, [200, 400], ['1 503', '2 503', '3 503']]);
  });

  test('waits as long as it is asked to, and not at all for long', async () => {
    const clock = new MovingClock();
    const date = new Date(clock.now().getTime() + 2_000).toUTCString();
    const short = await party([status(429, { 'retry-after': '1' }), status(503, { 'retry-after': date }), ok]);
    expect([await short.send(), short.waits]).toEqual(['200', [1_000, 2_000]]);
    const long = await party([status(429, { 'retry-after': '60' })]);
    expect([await long.send(), long.waits]).toEqual(['503 outbound.unavailable after 60', []]);
  });

  test('the message is made anew for each attempt', async () => {
    const { send, seen, url } = await party([status(503), status(503), ok]);
    await send({ message: (attempt) => ({ method: 'GET', url: `${url}/${attempt}` }) });
    expect(seen).toEqual(['GET /1', 'GET /2', 'GET /3']);
  });

  test('a party that cannot be reached at all is asked again, whatever the method', async () => {
    const { send, server, outcomes } = await party([ok]);
    await new Promise((resolve) => server.close(resolve));
    expect(await send({ method: 'POST' })).toBe('503 outbound.unavailable');
    expect(outcomes).toEqual(['1 unreached', '2 unreached', '3 unreached']);
  });
});

describe('limits', () => {
  test('an answer that is too large, too slow, or leads elsewhere', async () => {
    const large = await party([(_, response) => void response.end('x'.repeat(2_000))], { maxBytes: 1_000 });
    expect([await large.send(), large.seen.length]).toEqual(['502 outbound.contract_broken', 1]);
    const slow = await party([() => {}], { timeoutMs: 150, attempts: 2 });
    expect([await slow.send(), slow.outcomes]).toEqual(['504 outbound.too_slow', ['1 timeout', '2 timeout']]);
    const elsewhere = await party([status(302, { location: 'http://127.0.0.1:1/' })]);
    expect([await elsewhere.send(), elsewhere.seen.length]).toEqual(['302', 1]);
  });

  test('five at once, the others in line, and the line has an end', async () => {
    let inside = 0;
    let most = 0;
    const slow = (_: IncomingMessage, response: ServerResponse) => {
      most = Math.max(most, ++inside);
      setTimeout(() => {
        inside--;
        response.writeHead(200).end();
      }, 30);
    };
    const { send } = await party([slow], { inLine: 10 });
    const answers = await Promise.all(Array.from({ length: 16 }, () => send()));
    expect(most).toBe(5);
    expect(answers.filter((one) => one === '200')).toHaveLength(15);
    expect(answers.filter((one) => one === '503 outbound.unavailable after 5')).toHaveLength(1);
  });

  test('who gives up in line leaves it', async () => {
    const turnstile = new Turnstile(1, 5);
    const leave = new AbortController();
    expect(await turnstile.enter(leave.signal)).toBe(true);
    const waiting = turnstile.enter(leave.signal);
    const patient = turnstile.enter(new AbortController().signal);
    leave.abort();
    expect(await waiting).toBe(false);
    turnstile.leave();
    expect(await patient).toBe(true);
  });
});

describe('the circuit breaker', () => {
  test('closes after failures in a row, lets one try after a while, and opens for all when it goes well', async () => {
    const world = await party([status(503), status(503), status(503), status(503), ok], {
      attempts: 1,
      breaker: { failures: 3, openMs: 30_000 },
    });
    const { send, clock, seen, outbound } = world;
    const unavailable = '503 outbound.unavailable';
    expect([await send(), await send(), await send()]).toEqual([unavailable, unavailable, unavailable]);
    expect(outbound.states).toEqual([{ service: 'Etaten', open: true }]);
    expect([await send(), seen.length]).toEqual([`${unavailable} after 30`, 3]);
    clock.pass(20);
    expect([await send(), seen.length]).toEqual([`${unavailable} after 10`, 3]);
    clock.pass(11);
    // The trial call fails: blocked for another period.
    expect([await send(), await send(), seen.length]).toEqual([unavailable, `${unavailable} after 30`, 4]);
    clock.pass(31);
    const many = await Promise.all([send(), send(), send()]);
    expect(many).toEqual(['200', `${unavailable} after 1`, `${unavailable} after 1`]);
    expect(await Promise.all([send(), send()])).toEqual(['200', '200']);
    expect(outbound.states).toEqual([{ service: 'Etaten', open: false }]);
  });

  test('refusals and answers are no failures; a success forgets the failures before it', () => {
    const breaker = new CircuitBreaker({ failures: 2, openMs: 1_000 }, new MovingClock());
    breaker.failed();
    breaker.succeeded();
    breaker.failed();
    expect(breaker.waitFor()).toBeNull();
    breaker.failed();
    expect(breaker.waitFor()).toBe(1_000);
  });

  test('a try that told nothing lets the next one try', () => {
    const clock = new MovingClock();
    const breaker = new CircuitBreaker({ failures: 1, openMs: 1_000 }, clock);
    breaker.failed();
    clock.pass(2);
    expect([breaker.waitFor(), breaker.waitFor()]).toEqual([null, 1]);
    breaker.undecided();
    expect(breaker.waitFor()).toBeNull();
  });
});

test.each<[string | null, number | null]>([
  [null, null],
  ['0', 0],
  ['120', 120_000],
  ['Sun, 15 Mar 2026 10:00:30 GMT', 30_000],
  ['Sun, 15 Mar 2026 09:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
])('Retry-After: %s is %s ms', (header, expected) => {
  const found = retryAfterMs(header, new Date('2026-03-15T10:00:00Z'));
  expect(header === '-5' ? (found === null || found === 0 ? null : found) : found).toBe(expected);
});

test('metrics name service, call and how it ended', async () => {
  const { send, outbound } = await party([status(404)]);
  const metrics = new Metrics();
  metrics.watchOutbound(outbound);
  await send();
  const text = await metrics.registry.metrics();
  expect(text).toContain('hovedbok_outbound_call_seconds_count{service="Etaten",call="test",outcome="404"} 1');
  expect(text).toContain('hovedbok_outbound_closed{service="Etaten"} 0');
});
