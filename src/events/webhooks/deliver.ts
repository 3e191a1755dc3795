import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { CannotOpen } from '../../platform/encryption/column-keys.ts';
import { type Platform, writeAudit } from '../../platform/operation.ts';
import type { WebhookOutcome } from '../../integrations/index.ts';
import { eventJson, type EventRow } from '../event.ts';
import { kindsOf } from '../event-kinds.ts';
import { findWebhook, webhookFacts, type WebhookRow } from './webhook.ts';
import { disabledMail } from './webhook-mail.ts';
import { openSecrets, signedHeaders } from './webhook-secret.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Pauses between the attempts of one event: ten in three days, then it has failed. */
const WAITS = [1, 5, 30, 120, 300, 600, 840, 1200, 1440].map((minutes) => minutes * MINUTE);
/** After this many consecutive failures, of any events, the webhook pauses, longer each time. */
const FAILURES_BEFORE_REST = 3;
const LONGEST_REST = HOUR;
/** After this long without a success the webhook is disabled. */
const LONGEST_FAILING = 5 * 24 * HOUR;
/** During an attempt no other node makes another one for this time. */
const LEASE = 2 * MINUTE;
/** Most waiting deliveries; further events follow when these are done. */
const MOST_WAITING = 1_000;
/** Time limit of one run, so that other webhooks get their turn. */
const LONGEST_RUN_MS = 50_000;

interface Claimed {
  hook: WebhookRow;
  event: EventRow;
  attempts: number;
}

/** Sends the due deliveries of a webhook, in list order unless retries intervene. Returns the number of attempts. */
export async function deliverWebhook(
  platform: Platform,
  of: { clientAccountId: number; id: number },
  signal?: AbortSignal,
): Promise<number> {
  const ends = performance.now() + LONGEST_RUN_MS;
  for (let attempts = 0; ; attempts++) {
    if (signal?.aborted || performance.now() > ends) return attempts;
    const claimed = await inTransaction(platform, of, (tx) => claimNext(tx, of, platform.clock.now()));
    if (!claimed) return attempts;
    const began = performance.now();
    const outcome = await send(platform, claimed);
    const duration = Math.round(performance.now() - began);
    await inTransaction(platform, of, (tx) => note(platform, tx, { claimed, outcome, duration }));
  }
}

function inTransaction<T>(
  { database }: Platform,
  { clientAccountId }: { clientAccountId: number },
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, work);
}

/**
 * Claims the next event to send for this node until the lease ends. Its attempt counts from here on, whatever the
 * outcome.
 */
async function claimNext(
  tx: Transaction,
  { clientAccountId, id }: { clientAccountId: number; id: number },
  now: Date,
): Promise<Claimed | undefined> {
  const hook = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true }).catch(() => undefined);
  if (!hook || hook.state !== 'ACTIVE' || (hook.rests_until && hook.rests_until > now)) return undefined;
  await takeUp(tx, hook, now);
  const taken = await tx.maybe<{ position: number; attempts: number }>(sql`
    update webhook_deliveries set attempts = attempts + 1, attempted_at = ${now}, next_attempt_at = ${new Date(now.getTime() + LEASE)}
    where client_account_id = ${clientAccountId} and webhook_id = ${id} and position = (
      select position from webhook_deliveries
      where client_account_id = ${clientAccountId} and webhook_id = ${id} and state = 'WAITING' and next_attempt_at <= ${now}
      order by position limit 1)
    returning position, attempts`);
  if (!taken) return undefined;
  const event = await tx.one<EventRow>(sql`
    select position, kind, resource_id, at from events
    where client_account_id = ${clientAccountId} and position = ${taken.position}`);
  return { hook, event, attempts: taken.attempts };
}

/** Creates deliveries for the events after the last one processed, and again for replayed ones. */
async function takeUp(tx: Transaction, hook: WebhookRow, now: Date): Promise<void> {
  const { client_account_id: clientAccountId, id } = hook;
  const { waiting } = await tx.one<{ waiting: number }>(sql`
    select count(*) as waiting from webhook_deliveries
    where client_account_id = ${clientAccountId} and webhook_id = ${id} and state = 'WAITING'`);
  if (waiting >= MOST_WAITING) return;
  const kinds = [...new Set(hook.kinds.flatMap((kind) => kindsOf(kind) ?? []))];
  const { reached } = await tx.one<{ reached: number }>(sql`
    with seen as (
      select position, kind from events
      where client_account_id = ${clientAccountId} and position > ${hook.position} order by position limit ${MOST_WAITING}
    ), made as (
      insert into webhook_deliveries (client_account_id, webhook_id, position, kind, state, next_attempt_at)
      select ${clientAccountId}, ${id}, position, kind, 'WAITING', ${now}::timestamptz from seen where kind = any (${kinds}::text[])
      on conflict (client_account_id, webhook_id, position) do update
        set state = 'WAITING', attempts = 0, next_attempt_at = excluded.next_attempt_at
    )
    select coalesce(max(position), ${hook.position}) as reached from seen`);
  if (reached > hook.position)
    await tx.execute(sql`
      update webhooks set position = ${reached} where client_account_id = ${clientAccountId} and id = ${id}`);
}

async function send({ columnKeys, outside, clock }: Platform, { hook, event }: Claimed): Promise<WebhookOutcome> {
  if (!columnKeys || !outside?.webhooks) return { status: null, problem: 'not_configured' };
  const payload = eventJson(hook.client_account_id, event);
  const body = JSON.stringify({ type: payload.kind, timestamp: payload.time, data: payload });
  const now = clock.now();
  try {
    const headers = signedHeaders(openSecrets(columnKeys, hook, now), { id: payload.id, now, body });
    return await outside.webhooks.send(hook.url, headers, body);
  } catch (error) {
    // Its key is no longer configured: a new secret helps, or configuring the key again.
    if (error instanceof CannotOpen) return { status: null, problem: 'secret_lost' };
    throw error;
  }
}

interface Ended {
  claimed: Claimed;
  outcome: WebhookOutcome;
  duration: number;
}

async function note(platform: Platform, tx: Transaction, { claimed, outcome, duration }: Ended): Promise<void> {
  const { client_account_id: clientAccountId, id } = claimed.hook;
  const now = platform.clock.now();
  const hook = await findWebhook(tx, { clientAccountId, id }, { forUpdate: true }).catch(() => undefined);
  if (!hook) return;
  const { status, problem } = outcome;
  const isDelivered = status !== null && status >= 200 && status < 300;
  const wait = WAITS[claimed.attempts - 1];
  const state = isDelivered ? 'DELIVERED' : wait === undefined ? 'FAILED' : 'WAITING';
  await tx.execute(sql`
    update webhook_deliveries set state = ${state}, answer_status = ${status}, problem = ${problem}, duration_ms = ${duration},
      next_attempt_at = ${state === 'WAITING' ? new Date(now.getTime() + wait!) : null}
    where client_account_id = ${clientAccountId} and webhook_id = ${id} and position = ${claimed.event.position}
      and attempts = ${claimed.attempts}`);
  if (isDelivered) {
    await tx.execute(sql`
      update webhooks set failures = 0, failing_since = null, rests_until = null
      where client_account_id = ${clientAccountId} and id = ${id} and failures > 0`);
    return;
  }
  const failures = hook.failures + 1;
  const since = hook.failing_since ?? now;
  const rest =
    failures < FAILURES_BEFORE_REST ? 0 : Math.min(2 ** (failures - FAILURES_BEFORE_REST) * MINUTE, LONGEST_REST);
  await tx.execute(sql`
    update webhooks set failures = ${failures}, failing_since = ${since}, rests_until = ${rest > 0 ? new Date(now.getTime() + rest) : null}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  if (status === 410) await disable(platform, tx, hook, 'GONE');
  else if (now.getTime() - since.getTime() >= LONGEST_FAILING) await disable(platform, tx, hook, 'FAILING');
}

async function disable(
  platform: Platform,
  tx: Transaction,
  hook: WebhookRow,
  reason: 'FAILING' | 'GONE',
): Promise<void> {
  const { client_account_id: clientAccountId, id } = hook;
  if (hook.state === 'DISABLED') return;
  const now = platform.clock.now();
  await tx.execute(sql`
    update webhooks set state = 'DISABLED', disabled_reason = ${reason}, updated_at = ${now}
    where client_account_id = ${clientAccountId} and id = ${id}`);
  const after = await findWebhook(tx, { clientAccountId, id });
  await writeAudit(tx, 'webhooks.disabled', { caller: null, clientAccountId }, [
    { recordType: 'webhook', recordId: id, before: webhookFacts(hook), after: webhookFacts(after) },
  ]);
  await disabledMail(tx, { hook, reason, publicUrl: platform.publicUrl, since: isoSeconds(hook.failing_since ?? now) });
}
