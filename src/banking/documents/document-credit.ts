import sql from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DOCUMENT_TYPES, type DOCUMENT_STATUSES, type DocumentType, isReceivable } from './document.ts';
import type { DocumentFacts } from './document-entry.ts';
import { commercialDocumentErrors } from './errors.ts';

interface Credited {
  document_type: DocumentType;
  document_status: (typeof DOCUMENT_STATUSES)[number];
  document_date: LocalDate;
  business_partner_id: number | null;
  currency_code: string;
  gross_amount: number;
  /** Credited by other posted credit notes. */
  credited: string;
}

interface CreditNote {
  facts: DocumentFacts;
  gross: Ore;
  isPosted: boolean;
  /** Null: not created yet. */
  id: number | null;
}

const isCreditNote = (type: DocumentType) => type === 'ARCRN' || type === 'APCRN';

/**
 * A credit note credits a posted document of the same party, currency and side that is not dated later; together with the
 * other credit notes of that document it credits at most its total. Throws 400 otherwise.
 */
export async function refuseWrongCredit(
  tx: Transaction,
  clientAccountId: number,
  credits: number | null | undefined,
  { facts, gross, isPosted, id }: CreditNote,
): Promise<void> {
  if (credits == null) return;
  const refuse = (reason_en: string, reason_nb: string) =>
    commercialDocumentErrors.wrong_credit({ document_id: credits, reason_en, reason_nb });
  if (!isCreditNote(facts.document_type))
    throw refuse('only a credit note takes a document back', 'bare en kreditnota opphever et dokument');
  const found = await tx.one<Credited>(sql`
    select d.document_type, d.document_status, d.document_date, d.business_partner_id, d.currency_code, d.gross_amount,
      (select coalesce(sum(c.gross_amount), 0) from documents c where c.client_account_id = ${clientAccountId}
        and c.credits_document_id = d.id and c.document_status = 'POSTED' and c.id <> ${id ?? 0}) as credited
    from documents d where d.client_account_id = ${clientAccountId} and d.id = ${credits}`);
  if (isReceivable(found.document_type) !== isReceivable(facts.document_type) || !isOwed(found.document_type))
    throw refuse(`it is of the type ${found.document_type}`, `det er av typen ${found.document_type}`);
  if (facts.business_partner_id !== null && found.business_partner_id !== facts.business_partner_id)
    throw refuse('it is another partner’s', 'det tilhører en annen forretningspartner');
  if (found.currency_code !== facts.currency_code)
    throw refuse(`it is in ${found.currency_code}`, `det er i ${found.currency_code}`);
  if (found.document_date > facts.document_date)
    throw refuse(`it is dated later, ${found.document_date}`, `det er datert senere, ${found.document_date}`);
  if (!isPosted) return;
  if (found.document_status !== 'POSTED') throw refuse('it is not posted', 'det er ikke bokført');
  const left = ore(found.gross_amount) - ore(found.credited);
  if (gross > left)
    throw commercialDocumentErrors.credit_exceeds({
      document_id: credits,
      gross_amount: formatAmount(gross),
      left: formatAmount(left),
    });
}

/** A claim or debt that can be credited: an invoice, a receipt, a debit note; not a credit note. */
function isOwed(type: DocumentType): boolean {
  return DOCUMENT_TYPES[type] !== 0 && !isCreditNote(type);
}

/** Throws 409 while a posted credit note credits the document. */
export async function refuseCredited(tx: Transaction, clientAccountId: number, id: number): Promise<void> {
  const [note] = await tx.rows<{ id: number }>(sql`
    select id from documents where client_account_id = ${clientAccountId} and credits_document_id = ${id}
      and document_status = 'POSTED' limit 1`);
  if (note) throw commercialDocumentErrors.is_credited({ document_id: note.id });
}
