import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBooks, testPlatform, testServer } from '../../test/support/books/books.ts';
import { createWebhook } from '../events/webhooks/webhook-create.ts';
import { openIntegrations } from '../integrations/index.ts';
import { readConfig } from '../platform/config.ts';
import { ColumnKeys } from '../platform/encryption/column-keys.ts';

const base = testPlatform();
const platform = {
  ...base,
  outside: openIntegrations(readConfig({ WEBHOOK_PRIVATE_ADDRESSES: '1' }), base),
  columnKeys: new ColumnKeys([{ id: 'k', key: randomBytes(32) }]),
};
const server = await testServer(platform);

test('webhooks are shown with their deliveries and tried by a button, in both languages', async () => {
  const books = await openBooks();
  // An address where no server listens.
  const input = { url: 'http://127.0.0.1:1/<hook>', kinds: ['document.*'], description: null };
  const { value } = await createWebhook.call(platform, books.call(), input);
  const open = async (language: string, path = '', method: 'GET' | 'POST' = 'GET') =>
    server.inject({
      method,
      url: `/client-accounts/${books.clientAccountId}/webhooks${path}`,
      headers: { authorization: `Bearer ${books.token}`, 'accept-language': language },
    });
  const page = await open('nb');
  expect(page.statusCode).toBe(200);
  for (const text of ['127.0.0.1:1/&lt;hook&gt;', 'document.*', 'Ingen leveringer ennå', 'Send en prøve'])
    expect(page.body).toContain(text);
  expect(page.body).not.toContain(value.secret);
  expect((await open('en')).body).toContain('No deliveries yet');
  expect((await open('en', `/${value.id}/test`, 'POST')).body).toContain('The test did not arrive (unavailable');
  const stranger = await openBooks();
  const refused = await server.inject({
    url: `/client-accounts/${books.clientAccountId}/webhooks`,
    headers: { authorization: `Bearer ${stranger.token}` },
  });
  expect(refused.statusCode).toBe(403);
});
