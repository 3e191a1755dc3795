import type { Static } from '../platform/http/schema.ts';
import type { Route } from '../platform/http/route.ts';
import { eventListRoutes } from './events.routes.ts';
import type { DeliveryShape } from './webhooks/delivery-list.ts';
import type { WebhookTrialShape } from './webhooks/webhook-test.ts';
import type { WebhookShape } from './webhooks/webhook.ts';
import { webhookRoutes } from './webhooks/webhooks.routes.ts';

export { clientAccountsWithNewEvents, orderEvents } from './event-order.ts';
export { listDeliveries } from './webhooks/delivery-list.ts';
export { listWebhooks } from './webhooks/webhook-list.ts';
export { resealWebhooks, wakeWebhooks, webhookKinds } from './webhooks/webhook-tasks.ts';
export { testWebhook } from './webhooks/webhook-test.ts';

export type Delivery = Static<typeof DeliveryShape>;
export type Webhook = Static<typeof WebhookShape>;
export type WebhookTrial = Static<typeof WebhookTrialShape>;

export const eventRoutes: Route[] = [...eventListRoutes, ...webhookRoutes];
