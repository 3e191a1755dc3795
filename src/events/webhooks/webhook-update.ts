import sql from 'sql-template-tag';
import { ADMINS } from '../../platform/caller.ts';
import { invalid } from '../../platform/errors.ts';
import { writeOperation } from '../../platform/operation.ts';
import { eventErrors } from '../errors.ts';
import { findWebhook, webhookFacts, webhookJson } from './webhook.ts';
import { webhookFaults } from './webhook-input.ts';
import { BOTH_SIGN_MS, keysFor, newSecret, secretPlace } from './webhook-secret.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: ADMINS } as const;

export interface WebhookChanges {
  url?: string;
  kinds?: string[];
  description?: string | null;
  state?: 'ACTIVE' | 'PAUSED';
}

/** Omitted fields stay. Reactivation resumes with the waiting deliveries and resets the failure count. */
export const updateWebhook = writeOperation({
  name: 'webhooks.update',
  access,
  async run({ platform, tx, clientAccountId, now, audit }, { id, changes }: { id: number; changes: WebhookChanges }) {
    const faults = webhookFaults(platform, changes);
    if (faults.length > 0) throw invalid(faults);
    const before = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true });
    const state = changes.state ?? before.state;
    const begins = state === 'ACTIVE' && (before.state !== 'ACTIVE' || changes.url !== undefined);
    await tx.execute(sql`
      update webhooks set url = ${changes.url ?? before.url}, kinds = ${changes.kinds ?? before.kinds},
        description = ${changes.description === undefined ? before.description : changes.description}, state = ${state},
        disabled_reason = ${state === 'DISABLED' ? before.disabled_reason : null},
        failures = ${begins ? 0 : before.failures}, failing_since = ${begins ? null : before.failing_since},
        rests_until = ${begins ? null : before.rests_until}, updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findWebhook(tx, { clientAccountId, id });
    audit({ recordType: 'webhook', recordId: id, before: webhookFacts(before), after: webhookFacts(after) });
    return webhookJson(after);
  },
});

/** Deletes its deliveries too; the events stay. */
export const deleteWebhook = writeOperation({
  name: 'webhooks.delete',
  access,
  async run({ tx, clientAccountId, audit }, { id }: { id: number }) {
    const before = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true });
    await tx.execute(sql`delete from webhooks where client_account_id = ${clientAccountId} and id = ${id}`);
    audit({ recordType: 'webhook', recordId: id, before: webhookFacts(before) });
    return webhookJson(before);
  },
});

/**
 * A new secret, shown only this once. The previous one signs too for 24 hours, so that the receiver can change over.
 */
export const rotateWebhookSecret = writeOperation({
  name: 'webhooks.rotate-secret',
  access,
  answerIsSecret: true,
  async run({ platform, tx, clientAccountId, now, audit }, { id }: { id: number }) {
    const before = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true });
    const secret = newSecret();
    const { keyId, value } = keysFor(platform).seal(secret, secretPlace(id));
    await tx.execute(sql`
      update webhooks set sealed = ${value}, key_id = ${keyId}, earlier_sealed = ${before.sealed}, earlier_key_id = ${before.key_id},
        earlier_until = ${new Date(now.getTime() + BOTH_SIGN_MS)}, updated_at = ${now}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    audit({ recordType: 'webhook', recordId: id, after: { secret: 'rotated' } });
    return { ...webhookJson(await findWebhook(tx, { clientAccountId, id })), secret };
  },
});

/**
 * Delivers all events after the position again, including those already delivered, under the same ids. Errors:
 * events.position_gone.
 */
export const replayWebhook = writeOperation({
  name: 'webhooks.replay',
  access,
  async run({ tx, clientAccountId, now, audit }, { id, after }: { id: number; after: number }) {
    const before = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true });
    const head = await tx.maybe<{ last_position: number; removed_through: number }>(sql`
      select last_position, removed_through from event_heads where client_account_id = ${clientAccountId}`);
    if (head && after > 0 && after < head.removed_through)
      throw eventErrors.position_gone({ after, oldest: head.removed_through + 1 });
    const position = Math.min(after, before.position);
    await tx.execute(sql`
      update webhooks set position = ${position}, updated_at = ${now} where client_account_id = ${clientAccountId} and id = ${id}`);
    const replayed = await findWebhook(tx, { clientAccountId, id });
    audit({ recordType: 'webhook', recordId: id, before: webhookFacts(before), after: webhookFacts(replayed) });
    return webhookJson(replayed);
  },
});
