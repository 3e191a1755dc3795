import sql, { raw } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { Id, nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import type { SealedSecrets } from './webhook-secret.ts';

export const WEBHOOK_STATES = ['ACTIVE', 'PAUSED', 'DISABLED'] as const;

export const WebhookShape = strict({
  id: Id,
  client_account_id: Id,
  url: Type.String(),
  kinds: Type.Array(Type.String()),
  description: nullable(Type.String()),
  state: Type.Enum([...WEBHOOK_STATES]),
  disabled_reason: nullable(Type.Enum(['FAILING', 'GONE'])),
  position: Type.Integer({ description: 'Events up to here were taken up' }),
  failures: Type.Integer({ description: 'In a row' }),
  failing_since: nullable(TimeText),
  created_at: TimeText,
  updated_at: TimeText,
});

export interface WebhookRow extends SealedSecrets {
  client_account_id: number;
  id: number;
  url: string;
  kinds: string[];
  description: string | null;
  state: (typeof WEBHOOK_STATES)[number];
  disabled_reason: 'FAILING' | 'GONE' | null;
  position: number;
  failures: number;
  failing_since: Date | null;
  rests_until: Date | null;
  created_at: Date;
  created_by_id: number;
  updated_at: Date;
}

const COLUMNS =
  raw(`client_account_id, id, url, kinds, description, state, disabled_reason, sealed, key_id, earlier_sealed,
  earlier_key_id, earlier_until, position, failures, failing_since, rests_until, created_at, created_by_id, updated_at`);

/** @throws request.not_found */
export async function findWebhook(
  tx: Transaction,
  { clientAccountId, id }: { clientAccountId: number; id: number },
  { forUpdate = false } = {},
): Promise<WebhookRow> {
  const found = await tx.maybe<WebhookRow>(sql`
    select ${COLUMNS} from webhooks where client_account_id = ${clientAccountId} and id = ${id}
    ${raw(forUpdate ? 'for update' : '')}`);
  if (!found) throw requestErrors.not_found({ what: 'Webhook' });
  return found;
}

export function webhooksOf(tx: Transaction, clientAccountId: number): Promise<WebhookRow[]> {
  return tx.rows<WebhookRow>(
    sql`select ${COLUMNS} from webhooks where client_account_id = ${clientAccountId} order by id`,
  );
}

/** Never the secret. */
export function webhookJson(row: WebhookRow) {
  return {
    id: row.id,
    client_account_id: row.client_account_id,
    url: row.url,
    kinds: row.kinds,
    description: row.description,
    state: row.state,
    disabled_reason: row.disabled_reason,
    position: row.position,
    failures: row.failures,
    failing_since: row.failing_since && isoSeconds(row.failing_since),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };
}

/** For the audit log, without the path: the address may contain a secret of its receiver. */
export function webhookFacts({ url, kinds, state, disabled_reason, position }: WebhookRow) {
  return { host: new URL(url).host, kinds, state, disabled_reason, position };
}
