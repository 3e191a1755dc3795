import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listDeliveries, listWebhooks, testWebhook, type WebhookTrial } from '../events/index.ts';
import { getClientOrganization } from '../integrations/index.ts';
import { acceptForms } from '../platform/http/request-body.ts';
import type { Run } from './integrations/integration-pages.ts';
import { idOf } from './record-id.ts';
import { sendHtml } from './send-html.ts';
import { webhooksPage } from './webhooks-page.tsx';

/** Deliveries shown per webhook. */
const SHOWN = 10;

/** The webhooks of a client account, the outcome of their last deliveries, and a test button for each. */
export async function registerWebhookPages(pages: FastifyInstance, run: Run): Promise<void> {
  await pages.register(async (own) => {
    acceptForms(own);

    own.get<{ Params: { id: string } }>('/client-accounts/:id/webhooks', (request, reply) =>
      show(request, reply, idOf(request.params.id)),
    );

    own.post<{ Params: { id: string; hook: string } }>(
      '/client-accounts/:id/webhooks/:hook/test',
      async (request, reply) => {
        const id = idOf(request.params.id);
        const hook = idOf(request.params.hook);
        const trial = await run(testWebhook, request, id, { id: hook });
        return show(request, reply, id, { id: hook, trial });
      },
    );
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    tried?: { id: number; trial: WebhookTrial },
  ) {
    const { language } = request;
    const account = await run(getClientOrganization, request, id, undefined);
    const { data: webhooks } = await run(listWebhooks, request, id, undefined);
    const hooks = [];
    for (const webhook of webhooks) {
      const asked = { id: webhook.id, state: null, page: { page: 1, perPage: SHOWN } };
      const { data: deliveries } = await run(listDeliveries, request, id, asked);
      hooks.push({ webhook, deliveries, trial: tried?.id === webhook.id ? tried.trial : undefined });
    }
    return sendHtml(reply, webhooksPage({ language, account, hooks }));
  }
}
