import sql from 'sql-template-tag';
import { fileStoreOf } from '../../documents/index.ts';
import { type Attachment, type Finding, RULES_VERSION } from '../../ehf/index.ts';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { AppError } from '../../platform/errors.ts';
import type { StagedFile } from '../../platform/files/staged-file.ts';
import { safeFileName } from '../../platform/http/content-disposition.ts';
import { type Call, decideAccess, type Operation, type Platform, writeOperation } from '../../platform/operation.ts';
import { readReceivedWhereItBelongs } from '../ehf-work/ehf-work.ts';
import { organizationDigits } from '../invoice-parties.ts';
import { receivedInvoiceErrors } from './errors.ts';
import { contentOfFile, keepFile } from './keep-file.ts';
import { readPdf, type ReadReceived, type ReceivedInvoice, UNREAD } from './read-received.ts';
import { type CHANNELS, findReceived, type ReceivedInvoiceView, receivedInvoices } from './received-invoice.ts';
import { suggestDocument } from './suggest-document.ts';

const access = { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS } as const;
const MOST_ATTACHMENTS = 20;

interface Arrived {
  fileId: number;
  channel: (typeof CHANNELS)[number];
  instanceId: string | null;
  read: ReadReceived;
  attachmentIds: number[];
}

const record = writeOperation({
  name: 'received-invoice.receive',
  access,
  async run({ tx, clientAccountId, caller, now, audit }, arrived: Arrived): Promise<ReceivedInvoiceView> {
    // Takes the lock of the books: concurrent requests with the same delivery are serialised here.
    const id = await takeIds(tx, clientAccountId);
    const known = await knownDelivery(tx, clientAccountId, arrived);
    if (known) {
      audit({ recordType: 'received_invoice', recordId: known.id, after: { delivered_again: arrived.instanceId } });
      return known;
    }
    const { invoice, findings, isValid } = arrived.read;
    const supplierNumber = invoice && supplierNumberOf(invoice);
    const original = invoice && (await earlierOf(tx, clientAccountId, supplierNumber, invoice.number));
    const suggestion =
      invoice && isValid
        ? await suggestDocument(tx, clientAccountId, invoice, await deductsVat(tx, clientAccountId))
        : null;
    await tx.execute(sql`
      insert into received_invoices ${insertion({
        client_account_id: clientAccountId,
        id,
        file_id: arrived.fileId,
        channel: arrived.channel,
        instance_id: arrived.instanceId,
        received_at: now,
        received_by_id: caller.userId,
        status: original ? 'DUPLICATE' : isValid ? 'NEW' : 'MANUAL',
        kind: invoice && (invoice.kind === 'Invoice' ? 'INVOICE' : 'CREDIT_NOTE'),
        supplier_name: invoice?.seller.legalName ?? invoice?.seller.name,
        supplier_number: supplierNumber,
        document_number: invoice?.number,
        document_date: invoice?.issueDate,
        due_date: invoice?.dueDate,
        currency_code: invoice?.currency,
        gross_amount: invoice?.totals.payable,
        business_partner_id: suggestion?.business_partner_id,
        duplicate_of_id: original,
        findings: JSON.stringify(findings),
        rules_version: invoice && RULES_VERSION,
        suggestion: suggestion && JSON.stringify(suggestion),
      })}`);
    for (const [i, fileId] of [...new Set(arrived.attachmentIds)].entries())
      await tx.execute(sql`
        insert into received_invoice_attachments (client_account_id, received_invoice_id, position, file_id)
        values (${clientAccountId}, ${id}, ${i + 1}, ${fileId})`);
    const after = await findReceived(tx, clientAccountId, id);
    audit({ recordType: 'received_invoice', recordId: id, after });
    return after;
  },
});

/** The same delivery, or the same bytes, whichever way they arrived. */
async function knownDelivery(
  tx: Transaction,
  clientAccountId: number,
  { instanceId, fileId }: Arrived,
): Promise<ReceivedInvoiceView | undefined> {
  const [byInstance] =
    instanceId === null ? [] : await receivedInvoices(tx, clientAccountId, sql`and r.instance_id = ${instanceId}`);
  if (byInstance && byInstance.file_id !== fileId)
    throw receivedInvoiceErrors.instance_differs({ instance_id: instanceId, received_invoice_id: byInstance.id });
  if (byInstance) return byInstance;
  const [byFile] = await receivedInvoices(tx, clientAccountId, sql`and r.file_id = ${fileId}`);
  return byFile;
}

function supplierNumberOf({ seller }: ReceivedInvoice): string | null {
  const number = seller.legalId?.value ?? seller.vatId ?? seller.endpoint?.value ?? null;
  return organizationDigits(number) ?? number?.slice(0, 70) ?? null;
}

async function earlierOf(
  tx: Transaction,
  clientAccountId: number,
  supplier: string | null,
  number: string | null,
): Promise<number | null> {
  const found = await tx.maybe<{ id: number }>(sql`
    select id from received_invoices where client_account_id = ${clientAccountId} and supplier_number = ${supplier}
      and document_number = ${number} and status not in ('REJECTED', 'DUPLICATE') order by id limit 1`);
  return found?.id ?? null;
}

/** Whether VAT of purchases is deducted: by the invoice settings, else by the settings of the client account. */
async function deductsVat(tx: Transaction, clientAccountId: number): Promise<boolean> {
  const { deducts } = await tx.one<{ deducts: boolean }>(sql`
    select coalesce((select is_vat_registered from invoice_settings where client_account_id = ${clientAccountId}),
      (select vat_liable from client_account_settings where client_account_id = ${clientAccountId}
        order by active_from desc limit 1), true) as deducts`);
  return deducts;
}

export interface ReceiveInvoice {
  file: StagedFile;
  channel: (typeof CHANNELS)[number];
  instanceId: string | null;
}

/**
 * Takes in an invoice: EHF, also inside a PDF, or a PDF or picture that a person books. Its bytes are stored before any
 * other processing. The same delivery, or the same file, returns the result of the first time.
 */
export const receiveInvoice: Operation<ReceiveInvoice, ReceivedInvoiceView> = {
  ...record,
  async call(platform, call, { file, channel, instanceId }) {
    const [clientAccountId] = decideAccess(access, call);
    const kept = await keepFile(platform, call, file);
    const isXml =
      /xml/.test(kept.content_type) || (kept.content_type === 'text/plain' && /^\s*</.test(beginningOf(file)));
    const content = () => contentOfFile(platform, clientAccountId!, kept.sha256);
    const read = isXml
      ? await readReceivedWhereItBelongs(platform, clientAccountId!, await content())
      : kept.content_type === 'application/pdf'
        ? readPdf(await content())
        : UNREAD;
    const { attachmentIds, findings } = await keepAttachments(platform, call, read.invoice?.attachments ?? []);
    const arrived = { fileId: kept.id, channel, instanceId, attachmentIds };
    return record.call(platform, call, { ...arrived, read: { ...read, findings: [...read.findings, ...findings] } });
  },
};

const beginningOf = ({ beginning }: StagedFile) => beginning.toString('utf8').replace(/^\uFEFF/, '');

/** Files within the invoice are stored as separate files; a file of an unsupported type is reported. */
async function keepAttachments(
  platform: Platform,
  call: Call,
  attachments: readonly Attachment[],
): Promise<{ attachmentIds: number[]; findings: Finding[] }> {
  const attachmentIds: number[] = [];
  const findings: Finding[] = [];
  const embedded = attachments.filter(({ content }) => content !== null);
  for (const [i, { content, fileName, mimeType }] of embedded.slice(0, MOST_ATTACHMENTS).entries()) {
    const bytes = Buffer.from(content!, 'base64');
    if (bytes.length === 0) continue;
    const staged = await fileStoreOf(platform).stage(oneChunk(bytes));
    try {
      staged.name = safeFileName(fileName ?? `vedlegg-${i + 1}`);
      staged.contentType = mimeType ?? '';
      attachmentIds.push((await keepFile(platform, call, staged)).id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const place = { path: `cac:AdditionalDocumentReference[${i + 1}]`, found: (fileName ?? '').slice(0, 100) };
      findings.push({
        rule: 'ATTACHMENT',
        severity: 'warning',
        ...place,
        nb: error.sentence('nb'),
        en: error.sentence('en'),
      });
    } finally {
      await staged.discard();
    }
  }
  return { attachmentIds, findings };
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
