import sql from 'sql-template-tag';
import { findDocument } from '../../banking/index.ts';
import type { Platform } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import { loadInvoice } from '../invoice-load.ts';
import { deliveries } from './delivery.ts';
import { carry } from './send-invoice.ts';

/** Deliveries of a client account that one task asks about. */
const MOST_DELIVERIES = 100;

/** A delivery that was tried n times is tried again n² minutes after its beginning. */
const isDue = (now: Date) => sql`
  channel = 'PEPPOL' and status = 'QUEUED'
    and created_at + greatest(attempts, 1) ^ 2 * interval '1 minute' <= ${now}`;

/** Client accounts with deliveries that the network had not taken when it was asked last. */
export async function dueDeliveries({ database, clock, outside }: Platform): Promise<number[]> {
  if (!outside?.invoiceCarrier) return [];
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select distinct client_account_id as id from document_deliveries
      where client_account_id = any (${ids}::bigint[]) and ${isDue(clock.now())} order by 1`),
  );
  return due.map(({ id }) => id);
}

/** Asks the network again about what is queued, each under the id that it had from the beginning. */
export async function carryQueued(platform: Platform, clientAccountId: number, signal: AbortSignal): Promise<void> {
  if (!platform.outside?.invoiceCarrier) return;
  const queued = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    deliveries(tx, clientAccountId, sql`and ${isDue(platform.clock.now())} order by id limit ${MOST_DELIVERIES}`),
  );
  for (const delivery of queued) {
    signal.throwIfAborted();
    const loaded = await loadInvoice(platform, clientAccountId, (tx) =>
      findDocument(tx, clientAccountId, delivery.document_id),
    );
    await carry(platform, clientAccountId, loaded, delivery);
  }
}
