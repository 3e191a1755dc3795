import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { READERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';

export const SEND_CHANNELS = ['EFAKTURA', 'AVTALEGIRO', 'PEPPOL', 'EMAIL', 'PRINT'] as const;
export type SendChannel = (typeof SEND_CHANNELS)[number];

/** A way that was looked at. */
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
  claim_id: nullable({ ...Id, description: 'The claim of AvtaleGiro that goes with it' }),
  created_at: TimeText,
  created_by_id: nullable(Id),
  sent_at: nullable(TimeText),
});
export type DeliveryView = Static<typeof DeliveryView>;

export async function deliveries(tx: Transaction, clientAccountId: number, tail: Sql): Promise<DeliveryView[]> {
  const rows = await tx.rows<
    Omit<DeliveryView, 'created_at' | 'sent_at'> & { created_at: Date; sent_at: Date | null }
  >(sql`
    select id, document_id, channel, status, recipient, attempts, reason, external_id, route, claim_id, created_at, created_by_id, sent_at
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
