import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import sql from 'sql-template-tag';
import { findDocument } from '../../banking/index.ts';
import { readInvoice, validate } from '../../ehf/index.ts';
import { lockBooks, takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { queueMail } from '../../platform/mail.ts';
import { type Context, decideAccess, type Operation, type Platform, writeOperation } from '../../platform/operation.ts';
import { invoiceErrors } from '../errors.ts';
import { type LoadedInvoice, loadInvoice, pdfParts } from '../invoice-load.ts';
import { invoicePdf } from '../pdf/invoice-pdf.ts';
import { deliveries, type DeliveryView, type SendChannel } from './delivery.ts';
import { invoiceMail } from './invoice-mail.ts';

const name = 'document.send';
const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;

export interface SendInvoice {
  id: number;
  /** Null: Peppol where the receiver can take it, else e-mail where there is an address, else print. */
  channel: SendChannel | null;
  /** Instead of the customer’s. */
  email: string | null;
}

/** How a document goes, decided before anything is written. */
interface Way {
  channel: SendChannel;
  recipient: string | null;
  /** Why not another. */
  reason: string | null;
}

/**
 * Sends a posted sales document once: while a delivery of it stands, that is the answer. Errors: invoices.not_final,
 * no_recipient, no_carrier, breaks_rules.
 */
export const sendInvoice: Operation<SendInvoice, DeliveryView> = {
  name,
  access,
  writes: true,
  async call(platform, call, input) {
    const [clientAccountId] = decideAccess(access, call) as [number];
    const loaded = await loadInvoice(platform, clientAccountId, (tx) => findDocument(tx, clientAccountId, input.id));
    const { document } = loaded.facts;
    if (document.document_status !== 'POSTED') throw invoiceErrors.not_final({ document_id: input.id });
    const way = await wayOf(platform, clientAccountId, loaded, input);
    if (way.channel === 'PEPPOL') refuseBroken(loaded);
    const pdf =
      way.channel === 'EMAIL' ? await buffer(Readable.from(invoicePdf(pdfParts(loaded, platform.clock.now())))) : null;
    const begin = writeOperation({ name, access, run: (context, _: SendInvoice) => begun(context, loaded, way, pdf) });
    const outcome = await begin.call(platform, call, input);
    const isCarried = outcome.value.channel === 'PEPPOL' && outcome.value.status === 'QUEUED';
    return isCarried ? { ...outcome, value: await carry(platform, clientAccountId, loaded, outcome.value) } : outcome;
  },
};

async function wayOf(
  platform: Platform,
  clientAccountId: number,
  { facts, made }: LoadedInvoice,
  { channel, email }: SendInvoice,
): Promise<Way> {
  const { endpoint } = made.invoice.buyer;
  const carrier = platform.outside?.invoiceCarrier;
  let reason: string | null = null;
  if (channel === 'PEPPOL' || (channel === null && carrier && endpoint)) {
    if (!carrier)
      throw invoiceErrors.no_carrier({
        reason_nb: 'ingen tilknytning er satt opp',
        reason_en: 'no connection is set up',
      });
    if (!endpoint)
      throw invoiceErrors.no_carrier({
        reason_nb: 'kunden har ikke organisasjonsnummer',
        reason_en: 'the customer has no organisation number',
      });
    const participant = `${endpoint.scheme}:${endpoint.value}`;
    const can = await carrier.canReceive({ clientAccountId, participant }, made.invoice.kind);
    if (can === 'yes') return { channel: 'PEPPOL', recipient: participant, reason };
    if (channel === 'PEPPOL')
      throw invoiceErrors.no_carrier({ reason_nb: `mottakeren svarer ${can}`, reason_en: `the receiver is ${can}` });
    reason = `Peppol: ${can}`;
  }
  const address = email ?? facts.buyer.email;
  if (channel === 'EMAIL' && !address) throw invoiceErrors.no_recipient();
  if (channel === 'PRINT' || !address) return { channel: 'PRINT', recipient: null, reason };
  return { channel: 'EMAIL', recipient: address, reason };
}

/** What others would refuse is not sent: the first rule that it breaks is told. */
function refuseBroken({ ehf }: LoadedInvoice): void {
  if (ehf === null)
    throw invoiceErrors.no_carrier({ reason_nb: 'dokumenttypen har ingen EHF', reason_en: 'the type has no EHF' });
  const broken = validate(readInvoice(Buffer.from(ehf))).find(({ severity }) => severity === 'fatal');
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

async function begun(
  { tx, clientAccountId, caller, now, audit }: Context,
  { facts }: LoadedInvoice,
  { channel, recipient, reason }: Way,
  pdf: Buffer | null,
): Promise<DeliveryView> {
  const { document, seller, language } = facts;
  await lockBooks(tx, clientAccountId);
  const known = await standing(tx, clientAccountId, document.id);
  if (known) {
    audit({ recordType: 'document_delivery', recordId: known.id, after: { asked_again: true } });
    return known;
  }
  const unchanged = await findDocument(tx, clientAccountId, document.id);
  if (unchanged.document_status !== 'POSTED' || unchanged.updated_at !== document.updated_at)
    throw requestErrors.concurrent_change();
  const id = await takeIds(tx, clientAccountId);
  const mailId = pdf && recipient ? await queueMail(tx, invoiceMail(facts, recipient, pdf)) : null;
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
      mail_id: mailId,
      created_at: now,
      created_by_id: caller.userId,
      sent_at: isPrinted ? now : null,
    })}`);
  const [after] = await deliveries(tx, clientAccountId, sql`and id = ${id}`);
  audit({ recordType: 'document_delivery', recordId: id, after: { ...after!, seller: seller.name, language } });
  return after!;
}

/** Hands the document to the network, with no transaction open, and writes what came of it. */
export async function carry(
  platform: Platform,
  clientAccountId: number,
  { made, ehf }: LoadedInvoice,
  delivery: DeliveryView,
): Promise<DeliveryView> {
  const document = {
    clientAccountId,
    participant: delivery.recipient!,
    deliveryId: `${clientAccountId}-${delivery.id}`,
    kind: made.invoice.kind,
    ehf: ehf!,
  };
  let outcome: { status: 'SENT' | 'FAILED' | 'QUEUED'; reason: string | null; externalId: string | null };
  try {
    const answer = await platform.outside!.invoiceCarrier!.send(document);
    outcome = answer.taken
      ? { status: 'SENT', reason: null, externalId: answer.externalId }
      : { status: 'FAILED', reason: answer.reason, externalId: null };
  } catch (error) {
    // Nobody knows whether it was taken: it stays queued, and is asked again under the same id.
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
