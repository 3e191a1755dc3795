import { type NewDocument, previewDocument } from '../banking/index.ts';
import type { Static } from '../platform/http/schema.ts';
import { READERS } from '../platform/caller.ts';
import { handedOnOperation } from '../platform/operation.ts';
import { loadInvoice, pdfParts } from './invoice-load.ts';
import type { InvoicePdfParts } from './pdf/invoice-pdf.ts';

export type PreviewInput = Omit<Static<typeof NewDocument>, 'client_account_id'>;

/** The PDF of a document that is checked but not stored; nothing is written, and no number is assigned. */
export const previewInvoice = handedOnOperation({
  name: 'document.preview',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, clientAccountId, caller }, input: PreviewInput): Promise<InvoicePdfParts> {
    const now = platform.clock.now();
    const loaded = await loadInvoice(platform, clientAccountId, (tx) =>
      previewDocument({ tx, clientAccountId, caller, now }, input),
    );
    return pdfParts(loaded, now);
  },
});
