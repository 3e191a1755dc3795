import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { findDocument } from '../../banking/index.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError, requestErrors } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import {
  type AuditRecord,
  decideAccess,
  type Operation,
  type Platform,
  writeAudit,
  writeOperation,
} from '../../platform/operation.ts';
import { firstBrokenWhereItBelongs } from '../ehf-work/ehf-work.ts';
import { invoiceErrors } from '../errors.ts';
import { type LoadedInvoice, loadInvoice, pdfParts } from '../invoice-load.ts';
import { invoicePdf } from '../pdf/invoice-pdf.ts';
import { deliveries, type DeliveryView, type SendChannel } from './delivery.ts';
import { invoiceMail } from './invoice-mail.ts';
import { type InvoiceRoute, type RouteInput, routeInvoice } from './invoice-route.ts';

/** Limit of lines in the bank's notice; the file adds two more. */
const MOST_SPECIFIED = 40;

const name = 'document.send';
const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export interface SendInvoice {
  id: number;
  /** Null: the first possible channel (invoice-route). */
  channel: SendChannel | null;
  /** Instead of the customer’s. */
  email: string | null;
}

/**
 * Sends a posted sales document once: an active delivery of it is returned instead. If no channel was requested by name, a
 * refused one is followed by the next. Errors: invoices.not_final, no_consumer_way, no_recipient, no_carrier, breaks_rules.
 */
export const sendInvoice: Operation<SendInvoice, DeliveryView> = {
  name,
  access,
  writes: true,
  async call(platform, call, input) {
    const [clientAccountId] = decideAccess(access, call) as [number];
    const loaded = await loadFinal(platform, clientAccountId, input.id);
    const route = await checkedRoute(platform, clientAccountId, loaded, { ...input, failed: new Map() });
    const pdf = await mailedPdf(platform, loaded, route);
    const isAutomatic = input.channel === null;
    const begin = writeOperation({
      name,
      access,
      run: (context, _: SendInvoice) =>
        begun(platform, { ...context, userId: context.caller.userId }, loaded, { route, pdf, isAutomatic }),
    });
    const outcome = await begin.call(platform, call, input);
    return { ...outcome, value: await carriedOn(platform, clientAccountId, loaded, outcome.value) };
  },
};

async function loadFinal(platform: Platform, clientAccountId: number, id: number): Promise<LoadedInvoice> {
  const loaded = await loadInvoice(platform, clientAccountId, (tx) => findDocument(tx, clientAccountId, id));
  if (loaded.facts.document.document_status !== 'POSTED') throw invoiceErrors.not_final({ document_id: id });
  return loaded;
}

async function checkedRoute(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  input: RouteInput,
): Promise<InvoiceRoute> {
  const route = await routeInvoice(platform, clientAccountId, loaded, input);
  if (route.channel === 'PEPPOL') await refuseBroken(platform, clientAccountId, loaded);
  return route;
}

function pdfOf({ clock }: Platform, loaded: LoadedInvoice): Promise<Buffer> {
  return buffer(Readable.from(invoicePdf(pdfParts(loaded, clock.now()))));
}

async function mailedPdf(platform: Platform, loaded: LoadedInvoice, { channel }: InvoiceRoute): Promise<Buffer | null> {
  return channel === 'EMAIL' ? pdfOf(platform, loaded) : null;
}

/**
 * Hands over a delivery that is queued for a network; a refused one uses the next channel, unless one was requested by name.
 */
async function carriedOn(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  begunOne: DeliveryView,
): Promise<DeliveryView> {
  let delivery = begunOne;
  const isOfNetwork = () => delivery.channel === 'PEPPOL' || delivery.channel === 'EFAKTURA';
  while (isOfNetwork() && delivery.status === 'QUEUED') {
    delivery = await carry(platform, clientAccountId, loaded, delivery);
    if (delivery.status !== 'FAILED') break;
    delivery = (await nextWay(platform, clientAccountId, loaded, delivery)) ?? delivery;
  }
  return delivery;
}

/** A new delivery of a document whose last one has failed and may be followed; null otherwise. */
async function nextWay(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  failedOne: Pick<DeliveryView, 'id'>,
): Promise<DeliveryView | null> {
  const { database, clock } = platform;
  const opened = { clientAccounts: [clientAccountId] };
  const past = await database.transaction({ ...opened, mode: 'read' }, (tx) =>
    tx.rows<{
      id: number;
      channel: SendChannel;
      reason: string | null;
      falls_back: boolean;
      created_by_id: number | null;
    }>(sql`
      select id, channel, reason, falls_back, created_by_id from document_deliveries
      where client_account_id = ${clientAccountId} and document_id = ${loaded.facts.document.id} and status = 'FAILED'
      order by id`),
  );
  const last = past.at(-1);
  if (last?.id !== failedOne.id || !last.falls_back) return null;
  const failed = new Map(past.map(({ channel, reason }) => [channel, reason ?? '']));
  const route = await checkedRoute(platform, clientAccountId, loaded, { channel: null, email: null, failed });
  const pdf = await mailedPdf(platform, loaded, route);
  return database.transaction({ ...opened, mode: 'write' }, async (tx) => {
    const audits: AuditRecord[] = [];
    const context = {
      tx,
      clientAccountId,
      userId: last.created_by_id,
      now: clock.now(),
      audit: (record: AuditRecord) => void audits.push(record),
    };
    const delivery = await begun(platform, context, loaded, { route, pdf, isAutomatic: true });
    await tx.execute(sql`
      update document_deliveries set falls_back = false where client_account_id = ${clientAccountId} and id = ${last.id}`);
    await writeAudit(tx, `${name}.next`, { caller: null, clientAccountId }, audits);
    return delivery;
  });
}

/**
 * The scheduled check of one delivery: a pending one is asked for at the network, a failed one uses another channel. Without
 * another channel it waits for a person.
 */
export async function followDelivery(
  platform: Platform,
  clientAccountId: number,
  { id, documentId }: { id: number; documentId: number },
): Promise<void> {
  const { database, log } = platform;
  const opened = { clientAccounts: [clientAccountId] };
  const [delivery] = await database.transaction({ ...opened, mode: 'read' }, (tx) =>
    deliveries(tx, clientAccountId, sql`and id = ${id}`),
  );
  if (!delivery) return;
  try {
    const loaded = await loadFinal(platform, clientAccountId, documentId);
    const next = delivery.status === 'FAILED' ? await nextWay(platform, clientAccountId, loaded, delivery) : delivery;
    if (next) await carriedOn(platform, clientAccountId, loaded, next);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ client_account_id: clientAccountId, delivery_id: id, code: error.code }, 'invoice not sent another way');
    await database.transaction({ ...opened, mode: 'write' }, (tx) =>
      tx.execute(sql`
        update document_deliveries set falls_back = false
        where client_account_id = ${clientAccountId} and id = ${id} and status = 'FAILED'`),
    );
  }
}

/** A document that receivers would refuse is not sent: the first broken rule is reported. */
async function refuseBroken(platform: Platform, clientAccountId: number, { ehf }: LoadedInvoice): Promise<void> {
  if (ehf === null)
    throw invoiceErrors.no_carrier({ reason_nb: 'dokumenttypen har ingen EHF', reason_en: 'the type has no EHF' });
  const broken = await firstBrokenWhereItBelongs(platform, clientAccountId, ehf);
  if (!broken) return;
  const { rule, nb, en, path } = broken;
  throw invoiceErrors.breaks_rules({ rule, reason_nb: nb, reason_en: en, path });
}

async function standing(
  tx: Transaction,
  clientAccountId: number,
  documentId: number,
): Promise<DeliveryView | undefined> {
  const [found] = await deliveries(tx, clientAccountId, sql`and document_id = ${documentId} and status <> 'FAILED'`);
  return found;
}

interface Sending {
  tx: Transaction;
  clientAccountId: number;
  userId: number | null;
  now: Date;
  audit: (record: AuditRecord) => void;
}

async function begun(
  { outside }: Platform,
  { tx, clientAccountId, userId, now, audit }: Sending,
  loaded: LoadedInvoice,
  { route, pdf, isAutomatic }: { route: InvoiceRoute; pdf: Buffer | null; isAutomatic: boolean },
): Promise<DeliveryView> {
  const { document, seller, language } = loaded.facts;
  const { channel, recipient, reason } = route;
  await lockBooks(tx, clientAccountId);
  const known = await standing(tx, clientAccountId, document.id);
  if (known) {
    audit({ recordType: 'document_delivery', recordId: known.id, after: { asked_again: true } });
    return known;
  }
  const unchanged = await findDocument(tx, clientAccountId, document.id);
  if (unchanged.document_status !== 'POSTED' || unchanged.updated_at !== document.updated_at)
    throw requestErrors.concurrent_change();
  const claimId =
    route.claim === null
      ? null
      : await outside!.consumerChannels!.claim(tx, {
          clientAccountId,
          documentId: document.id,
          notice: route.claim,
          specification: specificationOf(loaded),
          now,
          userId,
        });
  // A mandate or a deadline has expired since the channel was chosen.
  if (route.claim !== null && claimId === null) throw requestErrors.concurrent_change();
  const id = await takeIds(tx, clientAccountId);
  const mailId = pdf && recipient ? await queueMail(tx, invoiceMail(loaded.facts, recipient, pdf)) : null;
  const isPrinted = channel === 'PRINT';
  await tx.execute(sql`
    insert into document_deliveries ${insertion({
      client_account_id: clientAccountId,
      id,
      document_id: document.id,
      channel,
      status: isPrinted ? 'SENT' : 'QUEUED',
      recipient,
      reason,
      route: JSON.stringify(route.steps),
      claim_id: claimId,
      falls_back: isAutomatic,
      mail_id: mailId,
      created_at: now,
      created_by_id: userId,
      sent_at: isPrinted ? now : null,
    })}`);
  const [after] = await deliveries(tx, clientAccountId, sql`and id = ${id}`);
  audit({ recordType: 'document_delivery', recordId: id, after: { ...after!, seller: seller.name, language } });
  return after!;
}

/** The bank's notice to the payer: a line with text and amount for each line of the document, and the sum. */
function specificationOf({ facts: { document } }: LoadedInvoice): string[] {
  const line = (text: string, amount: string) => `${text.slice(0, 60).padEnd(60)}${amount.padStart(20)}`;
  const lines = document.lines
    .slice(0, MOST_SPECIFIED)
    .map(({ description, amount }) => line(description ?? '', amount));
  return [
    ...lines,
    line(document.language === 'en' ? 'To pay, VAT included' : 'Å betale, med mva', document.gross_amount),
  ];
}

interface Outcome {
  status: 'SENT' | 'FAILED' | 'QUEUED';
  reason: string | null;
  externalId: string | null;
}

/** Hands the document to the network, with no transaction open, and records the result. */
async function carry(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  delivery: DeliveryView,
): Promise<DeliveryView> {
  let outcome: Outcome;
  try {
    outcome =
      delivery.channel === 'EFAKTURA'
        ? await presented(platform, clientAccountId, loaded, delivery)
        : await carried(platform, clientAccountId, loaded, delivery);
  } catch (error) {
    // The outcome is unknown: it stays queued, and is asked for again under the same id.
    platform.log.warn({ err: error, delivery_id: delivery.id }, 'invoice not handed over yet');
    outcome = {
      status: 'QUEUED',
      reason: error instanceof Error ? error.message.slice(0, 500) : null,
      externalId: null,
    };
  }
  return platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, async (tx) => {
    await tx.execute(sql`
      update document_deliveries set status = ${outcome.status}, reason = ${outcome.reason}, attempts = attempts + 1,
        external_id = coalesce(${outcome.externalId}, external_id),
        sent_at = ${outcome.status === 'SENT' ? platform.clock.now() : null}
      where client_account_id = ${clientAccountId} and id = ${delivery.id} and status = 'QUEUED'`);
    const [after] = await deliveries(tx, clientAccountId, sql`and id = ${delivery.id}`);
    return after!;
  });
}

const idOf = (clientAccountId: number, { id }: DeliveryView) => `${clientAccountId}-${id}`;

async function carried(
  { outside }: Platform,
  clientAccountId: number,
  { made, ehf }: LoadedInvoice,
  delivery: DeliveryView,
): Promise<Outcome> {
  const answer = await outside!.invoiceCarrier!.send({
    clientAccountId,
    participant: delivery.recipient!,
    deliveryId: idOf(clientAccountId, delivery),
    kind: made.invoice.kind,
    document: ehf!,
  });
  return answer.taken
    ? { status: 'SENT', reason: null, externalId: answer.externalId }
    : { status: 'FAILED', reason: answer.reason, externalId: null };
}

async function presented(
  platform: Platform,
  clientAccountId: number,
  loaded: LoadedInvoice,
  delivery: DeliveryView,
): Promise<Outcome> {
  const { document, seller, account } = loaded.facts;
  const answer = await platform.outside!.consumerChannels!.present(platform, {
    clientAccountId,
    deliveryId: idOf(clientAccountId, delivery),
    recipient: delivery.recipient!,
    kind: document.document_type === 'ARCRN' ? 'CREDIT_NOTE' : 'INVOICE',
    number: document.document_number ?? String(document.id),
    sellerName: seller.name,
    amount: document.gross_amount,
    dueDate: document.due_date,
    kid: document.payment_reference,
    accountNumber: account?.number ?? null,
    hasClaim: delivery.claim_id !== null,
    pdf: await pdfOf(platform, loaded),
  });
  if (answer.state === 'refused') return { status: 'FAILED', reason: answer.reason, externalId: null };
  const status = answer.state === 'taken' ? 'SENT' : 'QUEUED';
  return { status, reason: null, externalId: answer.externalId };
}
