import sql from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import { strict, Type } from '../platform/http/schema.ts';
import { readOperation } from '../platform/operation.ts';
import { eventErrors } from './errors.ts';
import { eventJson, EventShape, type EventRow } from './event.ts';

/** Most positions that one request searches. */
const LOOKED_THROUGH = 50_000;

export const EventPageShape = strict({
  data: Type.Array(EventShape),
  meta: strict({
    after: Type.Integer({ description: 'What to ask after next' }),
    has_more: Type.Boolean(),
    per_page: Type.Integer(),
  }),
});

export interface EventListInput {
  /** The last position that the caller knows; 0 for the oldest stored event. */
  after: number;
  kinds: readonly string[] | null;
  perPage: number;
}

/**
 * Events of a client account by position. No event appears later with a lower position than one already listed. Errors:
 * events.position_gone.
 */
export const listEvents = readOperation({
  name: 'events.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, { after, kinds, perPage }: EventListInput) {
    const head = await tx.maybe<{ last_position: number; removed_through: number }>(sql`
      select last_position, removed_through from event_heads where client_account_id = ${clientAccountId}`);
    const { last_position: last, removed_through: removed } = head ?? { last_position: 0, removed_through: 0 };
    if (after > 0 && after < removed) throw eventErrors.position_gone({ after, oldest: removed + 1 });
    const from = Math.max(after, removed);
    const to = Math.min(last, from + LOOKED_THROUGH);
    const rows = await tx.rows<EventRow>(sql`
      select position, kind, resource_id, at from events
      where client_account_id = ${clientAccountId} and position > ${from} and position <= ${to}
        and (${kinds}::text[] is null or kind = any (${kinds}::text[]))
      order by position limit ${perPage}`);
    // Positions searched without a hit need not be searched again.
    const next = rows.length === perPage ? rows.at(-1)!.position : Math.max(to, from);
    return {
      data: rows.map((row) => eventJson(clientAccountId, row)),
      meta: { after: next, has_more: next < last, per_page: perPage },
    };
  },
});
