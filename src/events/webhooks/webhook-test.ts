import { randomUUID } from 'node:crypto';
import { isoSeconds } from '../../kernel/clock.ts';
import { ADMINS } from '../../platform/caller.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';
import { outboundErrors } from '../../platform/outbound/errors.ts';
import { outsideOperation } from '../../platform/outside-operation.ts';
import { findWebhook } from './webhook.ts';
import { keysFor, openSecrets, signedHeaders } from './webhook-secret.ts';

export const WebhookTrialShape = strict({
  delivered: Type.Boolean(),
  answer_status: nullable(Type.Integer()),
  problem: nullable(Type.String({ description: 'Why there was no answer' })),
  duration_ms: Type.Integer(),
});

/**
 * Sends an event `webhook.test` at once, signed like all others, and returns the outcome. It is not in the list of
 * events.
 */
export const testWebhook = outsideOperation({
  name: 'webhooks.test',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  async read({ platform, tx, clientAccountId }, { id }: { id: number }) {
    const row = await findWebhook(tx, { clientAccountId, id });
    return { url: row.url, secrets: openSecrets(keysFor(platform), row, platform.clock.now()) };
  },
  async ask({ platform, clientAccountId }, _input, { url, secrets }) {
    const sender = platform.outside?.webhooks;
    if (!sender) throw outboundErrors.not_configured({ service: 'webhook' });
    const now = platform.clock.now();
    const body = JSON.stringify({
      type: 'webhook.test',
      timestamp: isoSeconds(now),
      data: { client_account_id: clientAccountId },
    });
    const began = performance.now();
    const outcome = await sender.send(url, signedHeaders(secrets, { id: `test_${randomUUID()}`, now, body }), body);
    return { ...outcome, duration: Math.round(performance.now() - began) };
  },
  async write({ audit }, { id }, _read, { status, problem, duration }) {
    audit({ recordType: 'webhook', recordId: id, after: { test: { status, problem } } });
    const delivered = status !== null && status >= 200 && status < 300;
    return { delivered, answer_status: status, problem, duration_ms: duration };
  },
});
