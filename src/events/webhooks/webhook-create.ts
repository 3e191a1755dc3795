import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { ADMINS } from '../../platform/caller.ts';
import { invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { eventErrors } from '../errors.ts';
import { findWebhook, webhookFacts, webhookJson } from './webhook.ts';
import { webhookFaults } from './webhook-input.ts';
import { keysFor, newSecret, secretPlace } from './webhook-secret.ts';

/** Limit for one client account. */
const MOST = 20;

export interface NewWebhook {
  url: string;
  kinds: string[];
  description: string | null;
}

/**
 * Creates a webhook for events from now on. The response contains the secret, only this once. Errors:
 * events.too_many_webhooks, no_encryption.
 */
export const createWebhook = writeOperation({
  name: 'webhooks.create',
  access: { kind: 'client', scope: 'write:accounting', roles: ADMINS },
  answerIsSecret: true,
  async run({ platform, tx, clientAccountId, caller, now, audit }, input: NewWebhook) {
    const faults = webhookFaults(platform, input);
    if (faults.length > 0) throw invalid(faults);
    const keys = keysFor(platform);
    // Takes the lock of the client account's counters, so that concurrent requests are counted one after the other.
    const id = await takeIds(tx, clientAccountId);
    const { count } = await tx.one<{ count: number }>(
      sql`select count(*) as count from webhooks where client_account_id = ${clientAccountId}`,
    );
    if (count >= MOST) throw eventErrors.too_many_webhooks({ most: MOST });
    const secret = newSecret();
    const { keyId, value } = keys.seal(secret, secretPlace(id));
    await tx.execute(sql`
      insert into webhooks (client_account_id, id, url, kinds, description, state, sealed, key_id, position, created_at,
        created_by_id, updated_at)
      values (${clientAccountId}, ${id}, ${input.url}, ${input.kinds}, ${input.description}, 'ACTIVE', ${value}, ${keyId},
        coalesce((select last_position from event_heads where client_account_id = ${clientAccountId}), 0), ${now},
        ${caller.userId}, ${now})`);
    const made = await findWebhook(tx, { clientAccountId, id });
    audit({ recordType: 'webhook', recordId: id, after: webhookFacts(made) });
    return { ...webhookJson(made), secret };
  },
});
