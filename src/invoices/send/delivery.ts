import sql, { type Sql } from 'sql-template-tag';
import type { ResponseStatus } from '../../ehf/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { ContentView, contentView, type ResponseContent } from '../responses/response-content.ts';

export const SEND_CHANNELS = ['EFAKTURA', 'AVTALEGIRO', 'PEPPOL', 'EMAIL', 'PRINT'] as const;
export type SendChannel = (typeof SEND_CHANNELS)[number];

/** A channel that was considered. */
export const RouteStep = strict({
  channel: Type.Enum([...SEND_CHANNELS]),
  taken: Type.Boolean(),
  nb: Type.String(),
  en: Type.String(),
});
export type RouteStep = Static<typeof RouteStep>;

const NText = nullable(Type.String());
export const DeliveryView = strict({
  id: Id,
  document_id: Id,
  channel: Type.Enum([...SEND_CHANNELS]),
  status: Type.Enum(['QUEUED', 'SENT', 'FAILED'], {
    description: 'SENT: taken by the mail server, the network or the bank’s mailbox, or to be printed',
  }),
  recipient: NText,
  attempts: Type.Integer(),
  reason: NText,
  external_id: NText,
  route: Type.Array(RouteStep, {
    description: 'Every way that was looked at, in order, with what spoke for or against it',
  }),
  response: nullable(
    strict(
      { id: Id, ...ContentView, received_at: TimeText },
      { title: 'DeliveryResponse', description: 'How the invoice stands with the customer, by the last answer' },
    ),
  ),
  claim_id: nullable({ ...Id, description: 'The claim of AvtaleGiro that goes with it' }),
  created_at: TimeText,
  created_by_id: nullable(Id),
  sent_at: nullable(TimeText),
});
export type DeliveryView = Static<typeof DeliveryView>;

interface LastResponse {
  id: number;
  status_code: ResponseStatus;
  content: ResponseContent;
  received_at: string;
}

export async function deliveries(tx: Transaction, clientAccountId: number, tail: Sql): Promise<DeliveryView[]> {
  const rows = await tx.rows<
    Omit<DeliveryView, 'response' | 'created_at' | 'sent_at'> & {
      response: LastResponse | null;
      created_at: Date;
      sent_at: Date | null;
    }
  >(sql`
    select id, document_id, channel, status, recipient, attempts, reason, external_id, route, claim_id, created_at, created_by_id, sent_at,
      (select jsonb_build_object('id', r.id, 'status_code', r.status_code, 'content', r.content, 'received_at', r.received_at)
        from document_responses r
        where r.client_account_id = d.client_account_id and r.delivery_id = d.id and r.status = 'TAKEN'
        order by r.id desc limit 1) as response
    from document_deliveries d where client_account_id = ${clientAccountId} ${tail}`);
  return rows.map((row) => ({
    ...row,
    response: row.response && {
      id: row.response.id,
      ...contentView(row.response.status_code, row.response.content),
      received_at: isoSeconds(new Date(row.response.received_at)),
    },
    created_at: isoSeconds(row.created_at),
    sent_at: row.sent_at && isoSeconds(row.sent_at),
  }));
}

/** All deliveries of a document, the latest first. */
export const listDeliveries = readOperation({
  name: 'document.deliveries',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: async ({ tx, clientAccountId }, { id }: { id: number }) => ({
    data: await deliveries(tx, clientAccountId, sql`and document_id = ${id} order by id desc limit 100`),
  }),
});
