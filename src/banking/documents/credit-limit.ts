import sql from 'sql-template-tag';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { DocumentType } from './document.ts';
import { commercialDocumentErrors } from './errors.ts';

interface CreditNote {
  document_type: DocumentType;
  currency_code: string;
  business_partner_id: number | null;
  credits_document_id: number | null;
}

/**
 * A sales credit note takes back what a posted invoice of the same customer, in the same currency, has left: its gross
 * amount less what other credit notes took. Errors: commercial_documents.cannot_credit, credits_too_much.
 */
export async function refuseOverCredit(
  tx: Transaction,
  clientAccountId: number,
  note: CreditNote,
  gross: Ore,
  ownId: number | null,
): Promise<void> {
  if (note.document_type !== 'ARCRN' || note.credits_document_id === null) return;
  const credited = await tx.one<{
    document_type: DocumentType;
    document_status: string;
    currency_code: string;
    business_partner_id: number | null;
    gross_amount: number;
    taken: string | number;
  }>(sql`
    select d.document_type, d.document_status, d.currency_code, d.business_partner_id, d.gross_amount,
      (select coalesce(sum(c.gross_amount), 0) from documents c where c.client_account_id = d.client_account_id
        and c.credits_document_id = d.id and c.document_type = 'ARCRN' and c.document_status = 'POSTED'
        and c.id <> ${ownId ?? 0}) as taken
    from documents d where d.client_account_id = ${clientAccountId} and d.id = ${note.credits_document_id}`);
  const id = note.credits_document_id;
  const isClaim = ['ARINV', 'ARCIN', 'ARDEB'].includes(credited.document_type);
  if (!isClaim || credited.document_status !== 'POSTED')
    throw commercialDocumentErrors.cannot_credit({
      document_id: id,
      reason_nb: 'det er ingen bokført faktura',
      reason_en: 'it is no posted invoice',
    });
  if (credited.business_partner_id !== note.business_partner_id || credited.currency_code !== note.currency_code)
    throw commercialDocumentErrors.cannot_credit({
      document_id: id,
      reason_nb: 'det har en annen kunde eller valuta',
      reason_en: 'it has another customer or currency',
    });
  const left = ore(credited.gross_amount) - ore(credited.taken);
  if (gross > left)
    throw commercialDocumentErrors.credits_too_much({
      document_id: id,
      left: formatAmount(left),
      gross_amount: formatAmount(gross),
    });
}
