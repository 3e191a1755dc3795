import sql from 'sql-template-tag';
import type { Platform } from '../../platform/operation.ts';
import { numberArray } from '../../platform/database/arrays.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import { followDelivery } from './send-invoice.ts';

/** Deliveries of one run for a client account; the next run continues. */
const MOST = 200;

/**
 * Deliveries that are pending at a network (after n attempts the next one follows n² minutes after the first, at least once
 * a day), and failed ones that may use another channel.
 */
const isDue = (now: Date) => sql`
  (status = 'QUEUED' and channel in ('EFAKTURA', 'PEPPOL')
      and created_at + least(attempts ^ 2 * interval '1 minute', attempts * interval '1 day') <= ${now}
    or status = 'FAILED' and falls_back)`;

/** Client accounts with deliveries that are due. */
export async function clientAccountsWithDeliveriesDue({ database, clock }: Platform): Promise<number[]> {
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select distinct client_account_id as id from document_deliveries
      where client_account_id = any (${numberArray(ids)}::bigint[]) and ${isDue(clock.now())} order by 1`),
  );
  return due.map(({ id }) => id);
}

/** Asks the networks again, and sends refused deliveries through another channel. */
export async function followDeliveries(
  platform: Platform,
  clientAccountId: number,
  signal?: AbortSignal,
): Promise<void> {
  const due = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ id: number; documentId: number }>(sql`
      select id, document_id as "documentId" from document_deliveries
      where client_account_id = ${clientAccountId} and ${isDue(platform.clock.now())} order by id limit ${MOST}`),
  );
  for (const delivery of due) {
    if (signal?.aborted) return;
    await followDelivery(platform, clientAccountId, delivery);
  }
}
