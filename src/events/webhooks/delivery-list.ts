import sql from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { ADMINS } from '../../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../../platform/http/paging.ts';
import { nullable, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { eventId } from '../event.ts';
import { findWebhook } from './webhook.ts';

export const DELIVERY_STATES = ['WAITING', 'DELIVERED', 'FAILED'] as const;
type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DeliveryShape = strict({
  event_id: Type.String(),
  position: Type.Integer(),
  kind: Type.String(),
  state: Type.Enum([...DELIVERY_STATES]),
  attempts: Type.Integer(),
  next_attempt_at: nullable(TimeText),
  attempted_at: nullable(TimeText),
  answer_status: nullable(Type.Integer()),
  problem: nullable(Type.String({ description: 'Why the last attempt had no answer' })),
  duration_ms: nullable(Type.Integer()),
});

interface DeliveryRow {
  position: number;
  kind: string;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: Date | null;
  attempted_at: Date | null;
  answer_status: number | null;
  problem: string | null;
  duration_ms: number | null;
}

/** Newest event first. */
export const listDeliveries = readOperation({
  name: 'webhooks.deliveries',
  access: { kind: 'client', scope: 'read:accounting', roles: ADMINS },
  async run({ tx, clientAccountId }, { id, state, page }: { id: number; state: DeliveryState | null; page: Page }) {
    await findWebhook(tx, { clientAccountId, id });
    const which = sql`client_account_id = ${clientAccountId} and webhook_id = ${id}
      and (${state}::text is null or state = ${state})`;
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from webhook_deliveries where ${which}`,
    );
    const rows = await tx.rows<DeliveryRow>(sql`
      select position, kind, state, attempts, next_attempt_at, attempted_at, answer_status, problem, duration_ms
      from webhook_deliveries where ${which} order by position desc ${limitOffset(page)}`);
    const data = rows.map(({ next_attempt_at: next, attempted_at: last, ...row }) => ({
      event_id: eventId(clientAccountId, row.position),
      ...row,
      next_attempt_at: next && isoSeconds(next),
      attempted_at: last && isoSeconds(last),
    }));
    return envelope(data, page, records);
  },
});
