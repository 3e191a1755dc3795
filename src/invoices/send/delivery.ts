import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const SEND_CHANNELS = ['PEPPOL', 'EMAIL', 'PRINT'] as const;
export type SendChannel = (typeof SEND_CHANNELS)[number];

const NText = nullable(Type.String());
export const DeliveryView = strict({
  id: Id,
  document_id: Id,
  channel: Type.Enum([...SEND_CHANNELS]),
  status: Type.Enum(['QUEUED', 'SENT', 'FAILED'], {
    description: 'SENT: taken by the mail server or the network, or to be printed',
  }),
  recipient: NText,
  attempts: Type.Integer(),
  reason: NText,
  external_id: NText,
  created_at: TimeText,
  created_by_id: nullable(Id),
  sent_at: nullable(TimeText),
});
export type DeliveryView = Static<typeof DeliveryView>;

export async function deliveries(tx: Transaction, clientAccountId: number, tail: Sql): Promise<DeliveryView[]> {
  const rows = await tx.rows<
    Omit<DeliveryView, 'created_at' | 'sent_at'> & { created_at: Date; sent_at: Date | null }
  >(sql`
    select id, document_id, channel, status, recipient, attempts, reason, external_id, created_at, created_by_id, sent_at
    from document_deliveries where client_account_id = ${clientAccountId} ${tail}`);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    sent_at: row.sent_at && isoSeconds(row.sent_at),
  }));
}

/** Every sending of a document, the latest first. */
export const listDeliveries = readOperation({
  name: 'document.deliveries',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  run: async ({ tx, clientAccountId }, { id }: { id: number }) => ({
    data: await deliveries(tx, clientAccountId, sql`and document_id = ${id} order by id desc limit 100`),
  }),
});
