import { ADMINS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { findWebhook, webhookJson, webhooksOf } from './webhook.ts';

const access = { kind: 'client', scope: 'read:accounting', roles: ADMINS } as const;

/** All of a client account: they are few. */
export const listWebhooks = readOperation({
  name: 'webhooks.list',
  access,
  run: async ({ tx, clientAccountId }) => ({ data: (await webhooksOf(tx, clientAccountId)).map(webhookJson) }),
});

export const getWebhook = readOperation({
  name: 'webhooks.get',
  access,
  run: async ({ tx, clientAccountId }, { id }: { id: number }) =>
    webhookJson(await findWebhook(tx, { clientAccountId, id })),
});
