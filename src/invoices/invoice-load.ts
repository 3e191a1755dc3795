import { buffer } from 'node:stream/consumers';
import sql from 'sql-template-tag';
import { type DocumentView, findDocument } from '../banking/index.ts';
import type { Attachment } from '../ehf/index.ts';
import { assert } from '../kernel/assert.ts';
import { READERS } from '../platform/caller.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { handedOnOperation, type HandedOnWork, type Platform } from '../platform/operation.ts';
import { numberArray } from '../platform/database/arrays.ts';
import { type InvoiceFacts, invoiceOfDocument, type MadeInvoice } from './document-invoice.ts';
import { writeWhereItBelongs } from './ehf-work/ehf-work.ts';
import { invoiceErrors } from './errors.ts';
import { readInvoiceFacts } from './invoice-facts.ts';
import type { InvoicePdfParts } from './pdf/invoice-pdf.ts';
import { printOfInvoice } from './pdf/invoice-print.ts';

/** Limit for all attachments of an invoice together: receivers accept little more. */
const MOST_ATTACHED = 15_000_000;
/** Limit for a logo, which is in every invoice. */
const LARGEST_LOGO = 2_000_000;

interface KeptFile {
  id: number;
  name: string;
  content_type: string;
  size_bytes: number;
  storage_key: string;
}

/** A document with everything that its receiver gets. */
export interface LoadedInvoice {
  facts: InvoiceFacts;
  made: MadeInvoice;
  logo: Buffer | null;
  /** UBL; null for a proforma invoice. */
  ehf: string | null;
}

/** Reads the facts of an invoice in a transaction, then its files from the store with no transaction open. */
export async function loadInvoice(
  platform: Platform,
  clientAccountId: number,
  documentOf: (tx: Transaction) => Promise<DocumentView>,
): Promise<LoadedInvoice> {
  const read = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) => {
    const document = await documentOf(tx);
    const facts = await readInvoiceFacts(tx, clientAccountId, document);
    return { facts, ...(await filesOf(tx, clientAccountId, document)) };
  });
  const weight = read.attachments.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  if (weight > MOST_ATTACHED)
    throw invoiceErrors.attachments_too_large({ document_id: read.facts.document.id, limit: MOST_ATTACHED });
  const attachments: Attachment[] = [];
  for (const file of read.attachments) attachments.push(attachmentOf(file, await contentOf(platform, file)));
  const facts = { ...read.facts, attachments };
  const made = invoiceOfDocument(facts);
  return {
    facts,
    made,
    logo: read.logo && (await contentOf(platform, read.logo)),
    ehf:
      facts.document.document_type === 'ARPIN'
        ? null
        : await writeWhereItBelongs(platform, clientAccountId, made.invoice),
  };
}

async function filesOf(
  tx: Transaction,
  clientAccountId: number,
  { attachment_ids }: DocumentView,
): Promise<{ logo: KeptFile | null; attachments: KeptFile[] }> {
  const { logo_file_id } = await tx.one<{ logo_file_id: number | null }>(
    sql`select logo_file_id from invoice_settings where client_account_id = ${clientAccountId}`,
  );
  const wanted = logo_file_id === null ? attachment_ids : [...attachment_ids, logo_file_id];
  const files = await tx.rows<KeptFile>(sql`
    select id, name, content_type, size_bytes, storage_key from files
    where client_account_id = ${clientAccountId} and is_active and id = any(${numberArray(wanted)}::bigint[])`);
  const logo = files.find(({ id, size_bytes }) => id === logo_file_id && size_bytes <= LARGEST_LOGO) ?? null;
  return { logo, attachments: attachment_ids.flatMap((id) => files.find((file) => file.id === id) ?? []) };
}

async function contentOf(platform: Platform, { storage_key }: KeptFile): Promise<Buffer> {
  assert(platform.files, 'invoices with files need a file store');
  return buffer(await platform.files.storage.read(storage_key));
}

function attachmentOf({ id, name, content_type }: KeptFile, content: Buffer): Attachment {
  return {
    id: String(id),
    description: name,
    content: content.toString('base64'),
    mimeType: content_type,
    fileName: name,
    uri: null,
  };
}

/** The parts of its print; the EHF is embedded, for receivers who get only the PDF. */
export function pdfParts({ facts, made, logo, ehf }: LoadedInvoice, createdAt: Date): InvoicePdfParts {
  const print = printOfInvoice(facts, made);
  const content = ehf === null ? null : Buffer.from(ehf);
  return {
    print,
    createdAt,
    logo,
    files: content
      ? [
          {
            name: 'ehf.xml',
            type: 'application/xml',
            description: `${print.name} (EHF Billing 3.0)`,
            content,
            modifiedAt: createdAt,
            relationship: 'Alternative',
          },
        ]
      : [],
  };
}

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;

const load = ({ platform, clientAccountId }: HandedOnWork, id: number) =>
  loadInvoice(platform, clientAccountId, (tx) => findDocument(tx, clientAccountId, id));

/** A document as PDF; a draft is marked as one. */
export const getInvoicePdf = handedOnOperation({
  name: 'document.pdf',
  access,
  run: async (work, { id }: { id: number }) => pdfParts(await load(work, id), work.platform.clock.now()),
});

/** A document as EHF, also if it breaks a rule: the caller that sends it checks it. */
export const getInvoiceEhf = handedOnOperation({
  name: 'document.ehf',
  access,
  async run(work, { id }: { id: number }) {
    const { ehf, facts } = await load(work, id);
    const { document_type } = facts.document;
    if (ehf === null) throw invoiceErrors.not_an_invoice({ document_id: id, document_type });
    return { ehf, number: facts.document.document_number };
  },
});
