import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { DELIVERY_STATES, DeliveryShape, listDeliveries } from './delivery-list.ts';
import { createWebhook } from './webhook-create.ts';
import { getWebhook, listWebhooks } from './webhook-list.ts';
import { testWebhook, WebhookTrialShape } from './webhook-test.ts';
import { deleteWebhook, replayWebhook, rotateWebhookSecret, updateWebhook } from './webhook-update.ts';
import { WebhookShape } from './webhook.ts';

const record = { tag: 'Webhooks', client: 'record', recordIn: 'webhooks', params: strict({ id: Id }) } as const;
const Url = Type.String({ minLength: 1, maxLength: 2_000 });
const Kinds = Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
  minItems: 1,
  maxItems: 100,
  description: 'Such as document.final, payment_order.*, or * for all',
});
const Description = nullable(Type.String({ minLength: 1, maxLength: 200 }));
const WithSecret = strict({
  ...WebhookShape.properties,
  secret: Type.String({ description: 'Shown this once; deliveries are signed with it (Standard Webhooks)' }),
});

export const webhookRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/webhooks',
    tag: record.tag,
    summary: 'Webhooks of a client account',
    operation: listWebhooks,
    client: 'query',
    query: strict({ client_account_id: Id }),
    response: strict({ data: Type.Array(WebhookShape) }),
    input: () => undefined,
  }),
  route({
    method: 'POST',
    path: '/webhooks',
    tag: record.tag,
    summary: 'Have events delivered to an address from now on; the secret is shown this once',
    operation: createWebhook,
    client: 'body',
    body: strict({ client_account_id: Id, url: Url, kinds: Kinds, description: Type.Optional(Description) }),
    status: 201,
    response: WithSecret,
    input: ({ body }) => ({ url: body.url, kinds: body.kinds, description: body.description ?? null }),
  }),
  route({
    ...record,
    method: 'GET',
    path: '/webhooks/{id}',
    summary: 'A webhook',
    operation: getWebhook,
    response: WebhookShape,
    input: ({ params }) => params,
  }),
  route({
    ...record,
    method: 'PATCH',
    path: '/webhooks/{id}',
    summary: 'Change a webhook; ACTIVE begins again after a pause or failures',
    operation: updateWebhook,
    body: strict({
      url: Type.Optional(Url),
      kinds: Type.Optional(Kinds),
      description: Type.Optional(Description),
      state: Type.Optional(Type.Enum(['ACTIVE', 'PAUSED'])),
    }),
    response: WebhookShape,
    input: ({ params, body }) => ({ id: params.id, changes: body }),
  }),
  route({
    ...record,
    method: 'DELETE',
    path: '/webhooks/{id}',
    summary: 'Remove a webhook and the log of its deliveries',
    operation: deleteWebhook,
    response: WebhookShape,
    input: ({ params }) => params,
  }),
  route({
    ...record,
    method: 'POST',
    path: '/webhooks/{id}/test',
    summary: 'Send a test event at once, and tell how it ended',
    operation: testWebhook,
    response: WebhookTrialShape,
    input: ({ params }) => params,
  }),
  route({
    ...record,
    method: 'GET',
    path: '/webhooks/{id}/deliveries',
    summary: 'What became of each event, newest first',
    operation: listDeliveries,
    query: strict({ state: Type.Optional(Type.Enum([...DELIVERY_STATES])), ...pageQuery(50, 1_000) }),
    response: listOf(DeliveryShape),
    input: ({ params, query }) => ({ id: params.id, state: query.state ?? null, page: pageOf(query, 50) }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/webhooks/{id}/replay',
    summary: 'Deliver again everything after a position, under the same ids',
    operation: replayWebhook,
    body: strict({ after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }),
    response: WebhookShape,
    input: ({ params, body }) => ({ id: params.id, after: body.after }),
  }),
  route({
    ...record,
    method: 'POST',
    path: '/webhooks/{id}/rotate-secret',
    summary: 'A new secret, shown this once; the one before it signs as well for 24 hours',
    operation: rotateWebhookSecret,
    response: WithSecret,
    input: ({ params }) => params,
  }),
];
