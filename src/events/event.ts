import { isoSeconds } from '../kernel/clock.ts';
import { Id, strict, TimeText, Type } from '../platform/http/schema.ts';
import { linkTo, resourceOf } from './event-kinds.ts';

/** Says what happened to which resource; everything else is read at the link, with the reader's own access. */
export const EventShape = strict({
  id: Type.String({ description: 'The same wherever the event is told: in the list and in every delivery' }),
  position: Type.Integer({ description: 'In the list of the client account: 1, 2, 3 …' }),
  kind: Type.String(),
  time: TimeText,
  client_account_id: Id,
  resource: strict({
    kind: Type.String(),
    id: Type.Union([Type.Integer(), Type.String()]),
    link: Type.String({ description: 'Where it is read, below the address of the installation' }),
  }),
});

export interface EventRow {
  position: number;
  kind: string;
  resource_id: string;
  at: Date;
}

export function eventJson(clientAccountId: number, row: EventRow) {
  return {
    id: eventId(clientAccountId, row.position),
    position: row.position,
    kind: row.kind,
    time: isoSeconds(row.at),
    client_account_id: clientAccountId,
    resource: {
      kind: resourceOf(row.kind),
      id: /^\d{1,15}$/.test(row.resource_id) ? Number(row.resource_id) : row.resource_id,
      link: linkTo(clientAccountId, row),
    },
  };
}

export function eventId(clientAccountId: number, position: number): string {
  return `evt_${clientAccountId}_${position}`;
}
