import { afterAll, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { People } from '../../../test/support/books/people.ts';
import { tenancyRoutes } from '../index.ts';

const people = new People();
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

it.each([
  ['by what the client account is named with', (id: number) => ['get', `/client-accounts/${id}`, undefined] as const],
  [
    'by what its body names',
    (client_account_id: number) =>
      ['post', '/invitations', { client_account_id, email: 'ny@example.test', role_id: 1 }] as const,
  ],
])('a role that another node has just given is known here, %s', async (_, calling) => {
  const [owner, other] = [await people.user(), await people.user()];
  const clientAccountId = await people.clientAccount(owner.id);
  const caller = api.as(await people.token(other.id));
  const [method, path, body] = calling(clientAccountId);
  expect((await caller[method](path, body)).status).toBe(403);
  // Bypasses this node's operations, as a change on another node does.
  await people.role(clientAccountId, other.id, 'CA');
  expect((await caller[method](path, body)).status).toBeLessThan(300);
});
