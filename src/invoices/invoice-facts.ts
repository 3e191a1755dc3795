import sql from 'sql-template-tag';
import type { DocumentView } from '../banking/index.ts';
import type { Attachment } from '../ehf/index.ts';
import { accountNumberOfIban } from '../kernel/bank-account-number.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { textArray } from '../platform/database/arrays.ts';
import type { InvoiceFacts } from './document-invoice.ts';
import { invoiceErrors } from './errors.ts';
import type { BuyerFacts, SellerFacts } from './invoice-parties.ts';
import type { CodeFacts } from './tax-category.ts';

const INVOICES = new Set(['ARINV', 'ARCRN', 'ARCIN', 'ARDEB', 'ARPIN']);

/** The facts of an invoice that are not in its document. Errors: invoices.not_an_invoice, no_settings, seller_incomplete. */
export async function readInvoiceFacts(
  tx: Transaction,
  clientAccountId: number,
  document: DocumentView,
  attachments: readonly Attachment[] = [],
): Promise<InvoiceFacts> {
  const { id: document_id, document_type, business_partner_id } = document;
  if (!INVOICES.has(document_type) || document.lines.length === 0 || business_partner_id === null)
    throw invoiceErrors.not_an_invoice({ document_id, document_type });
  const seller = await tx.maybe<SellerFacts & { bank_account_id: number | null }>(sql`
    select coalesce(o.name, a.display_name) as name, coalesce(o.organization_number, a.organization_number) as organization_number,
      o.address_line, o.postal_code, o.city, o.country_code, coalesce(s.reply_to, o.email) as email, o.phone,
      s.is_vat_registered, s.in_business_register, s.bank_account_id
    from client_accounts a
    join invoice_settings s on s.client_account_id = a.id
    left join organizations o on o.id = a.organization_id
    where a.id = ${clientAccountId}`);
  if (!seller) throw invoiceErrors.no_settings();
  const buyer = await tx.one<BuyerFacts>(sql`
    select name, organization_number, contact_person, email, phone, address from business_partners
    where client_account_id = ${clientAccountId} and id = ${business_partner_id}`);
  const codes = await codesOf(tx, clientAccountId, document);
  const missing = missingOfSeller(seller, codes);
  if (missing.length > 0) throw invoiceErrors.seller_incomplete({ missing: missing.join(', ') });
  const { bank_account_id, ...facts } = seller;
  return {
    document,
    seller: facts,
    buyer,
    codes,
    account: await accountOf(tx, clientAccountId, document.bank_account_id ?? bank_account_id),
    credited: await creditedOf(tx, clientAccountId, document.credits_document_id),
    attachments,
    language: document.language ?? 'nb',
  };
}

function missingOfSeller(seller: SellerFacts, codes: ReadonlyMap<string, CodeFacts>): string[] {
  const missing: string[] = [];
  if (!seller.organization_number) missing.push('organization_number');
  const charges = [...codes.values()].some(({ standardCode }) => ['3', '31', '32', '33'].includes(standardCode));
  if (charges && !seller.is_vat_registered) missing.push('is_vat_registered');
  return missing;
}

async function codesOf(
  tx: Transaction,
  clientAccountId: number,
  { lines, document_date }: DocumentView,
): Promise<Map<string, CodeFacts>> {
  const codes = [...new Set(lines.flatMap(({ tax_code }) => tax_code ?? []))];
  const rows = await tx.rows<CodeFacts & { code: string }>(sql`
    select c.code, c.standard_code as "standardCode", r.rate
    from tax_codes c
    join tax_code_rates r on r.client_account_id = c.client_account_id and r.code = c.code
      and r.valid_from <= ${document_date} and (r.valid_to is null or r.valid_to >= ${document_date})
    where c.client_account_id = ${clientAccountId} and c.code = any(${textArray(codes)}::text[])`);
  return new Map(rows.map(({ code, ...facts }) => [code, facts]));
}

async function accountOf(
  tx: Transaction,
  clientAccountId: number,
  id: number | null,
): Promise<InvoiceFacts['account']> {
  if (id === null) return null;
  const { bban, iban, bic } = await tx.one<{ bban: string | null; iban: string | null; bic: string | null }>(sql`
    select bban, iban, bic from bank_accounts where client_account_id = ${clientAccountId} and id = ${id}`);
  return { number: bban ?? (iban && accountNumberOfIban(iban)), iban, bic };
}

async function creditedOf(
  tx: Transaction,
  clientAccountId: number,
  id: number | null,
): Promise<InvoiceFacts['credited']> {
  if (id === null) return null;
  const row = await tx.maybe<{ document_number: string | null; document_date: string }>(sql`
    select document_number, document_date from documents where client_account_id = ${clientAccountId} and id = ${id}`);
  return row ? { number: row.document_number, date: row.document_date } : null;
}
