import sql from 'sql-template-tag';
import { numberArray } from '../../platform/database/arrays.ts';
import type { Platform } from '../../platform/operation.ts';
import { ofActiveClientAccounts } from '../../tenancy/index.ts';
import {
  type InvoiceResponseRow,
  invoiceResponses,
  type InvoiceResponseView,
  responseView,
} from './invoice-response.ts';

/** Invoices of one run for a client account; the next run continues. */
const MOST = 200;

/**
 * Hands over an answer, after the earlier ones to the same invoice: the statuses of an invoice arrive in order. Returns the
 * state of the answer.
 */
export async function handOver(
  platform: Platform,
  clientAccountId: number,
  answer: InvoiceResponseView,
): Promise<InvoiceResponseView> {
  if (answer.status !== 'QUEUED') return answer;
  await handOverAll(platform, clientAccountId, answer.received_invoice_id);
  const [now] = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    invoiceResponses(tx, clientAccountId, sql`and id = ${answer.id}`),
  );
  return responseView(now!);
}

/** Hands over the queued answers of an invoice, until one cannot be handed over now. */
async function handOverAll(platform: Platform, clientAccountId: number, receivedInvoiceId: number): Promise<void> {
  const waiting = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    invoiceResponses(
      tx,
      clientAccountId,
      sql`and received_invoice_id = ${receivedInvoiceId} and status = 'QUEUED' order by id`,
    ),
  );
  for (const one of waiting) if (!(await isHandedOver(platform, clientAccountId, one))) return;
}

/** Hands over one answer to the network, with no transaction open, and records the result. False: it is tried again. */
async function isHandedOver(platform: Platform, clientAccountId: number, answer: InvoiceResponseRow): Promise<boolean> {
  const { id, recipient, document } = answer;
  const carrier = platform.outside?.invoiceCarrier;
  if (!carrier) return false;
  let outcome: { status: InvoiceResponseRow['status']; reason: string | null; externalId: string | null };
  try {
    const carried = await carrier.send({
      clientAccountId,
      participant: recipient,
      deliveryId: `${clientAccountId}-${id}`,
      kind: 'InvoiceResponse',
      document,
    });
    outcome = carried.taken
      ? { status: 'SENT', reason: null, externalId: carried.externalId }
      : { status: 'FAILED', reason: carried.reason, externalId: null };
  } catch (error) {
    // The outcome is unknown: the answer stays queued, and its status is asked for under the same id.
    platform.log.warn({ err: error, invoice_response_id: id }, 'invoice response not handed over yet');
    const reason = error instanceof Error ? error.message.slice(0, 500) : null;
    outcome = { status: 'QUEUED', reason, externalId: null };
  }
  await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    tx.execute(sql`
      update invoice_responses set status = ${outcome.status}, reason = ${outcome.reason}, attempts = attempts + 1,
        external_id = coalesce(${outcome.externalId}, external_id),
        sent_at = ${outcome.status === 'SENT' ? platform.clock.now() : null}
      where client_account_id = ${clientAccountId} and id = ${id} and status = 'QUEUED'`),
  );
  return outcome.status !== 'QUEUED';
}

/** After n attempts the next one follows n² minutes after the first, at least once a day: as for deliveries. */
const isDue = (now: Date) => sql`
  status = 'QUEUED' and created_at + least(attempts ^ 2 * interval '1 minute', attempts * interval '1 day') <= ${now}`;

/** Client accounts with answers to hand over. */
export async function clientAccountsWithResponsesDue({ database, clock }: Platform): Promise<number[]> {
  const due = await ofActiveClientAccounts(database, (tx, ids) =>
    tx.rows<{ id: number }>(sql`
      select distinct client_account_id as id from invoice_responses
      where client_account_id = any (${numberArray(ids)}::bigint[]) and ${isDue(clock.now())} order by 1`),
  );
  return due.map(({ id }) => id);
}

export async function followResponses(
  platform: Platform,
  clientAccountId: number,
  signal?: AbortSignal,
): Promise<void> {
  const due = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ received_invoice_id: number }>(sql`
      select received_invoice_id from invoice_responses
      where client_account_id = ${clientAccountId} and ${isDue(platform.clock.now())}
      group by 1 order by min(id) limit ${MOST}`),
  );
  for (const { received_invoice_id: id } of due) {
    if (signal?.aborted) return;
    await handOverAll(platform, clientAccountId, id);
  }
}
