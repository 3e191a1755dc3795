import { expect, test } from 'vitest';
import { createApp } from '../../app.ts';
import { readConfig } from '../config.ts';
import { openBooks, testPlatform, testServer } from '../../../test/support/books/books.ts';

test('healthz and readyz answer without credentials; readyz says when the database is away', async () => {
  const server = await testServer();
  expect((await server.inject('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await server.inject('/readyz')).json()).toEqual({ status: 'ok' });
  const platform = testPlatform();
  let gone = false;
  const database = Object.assign(Object.create(platform.database) as typeof platform.database, {
    transaction: (...args: Parameters<typeof platform.database.transaction>) =>
      gone ? Promise.reject(new Error('connection refused')) : platform.database.transaction(...args),
  });
  const without = await testServer({ ...platform, database });
  gone = true;
  const answer = await without.inject('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'database unavailable' }]);
});

test('metrics count requests by declared route and are for the holder of the token, closed without one', async () => {
  const closed = await testServer();
  for (const headers of [{}, { authorization: 'Bearer ' }, { 'x-forwarded-for': '127.0.0.1' }])
    expect((await closed.inject({ url: '/metrics', headers })).statusCode).toBe(401);
  const { server } = await createApp({
    platform: testPlatform(),
    config: readConfig({ HOVEDBOK_TEST: '1', METRICS_TOKEN: 'hemmelig' }),
  });
  const books = await openBooks();
  await server.inject({
    url: `/api/v2/journal-entries/${books.clientAccountId * 2 ** 31 + 5}`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  const { body } = await server.inject({ url: '/metrics', headers: { authorization: 'Bearer hemmelig' } });
  expect(body).toContain(
    'hovedbok_http_request_seconds_count{method="GET",route="/api/v2/journal-entries/:id",status="404"} 1',
  );
  expect(body).toMatch(/hovedbok_database_connections\{state="open"\} \d+/);
  expect((await server.inject('/metrics')).statusCode).toBe(401);
  await server.close();
});

test('the request log says who did what, and nothing of what was sent', async () => {
  const lines: object[] = [];
  const log = { info: (facts: object) => void lines.push(facts), warn: () => {}, error: () => {} };
  const server = await testServer({ ...testPlatform(), log });
  const books = await openBooks();
  await server.inject({
    method: 'POST',
    url: '/api/v2/journal-entries?password=hemmelig',
    headers: { authorization: `Bearer ${books.token}`, 'x-request-id': 'req-1' },
    payload: { client_account_id: books.clientAccountId, memo: 'hemmelig' },
  });
  expect(lines).toMatchObject([
    { request_id: 'req-1', method: 'POST', route: '/api/v2/journal-entries', status: 400, user_id: books.userId },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/hemmelig|hb_/);
});
