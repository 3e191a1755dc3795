import sql from 'sql-template-tag';
import { formatAmount, type Ore, parsePercent, percentOf } from '../../kernel/money.ts';
import { type CurrencyAmount, currencyOfOre, type NewEntry, type NewLine, textArray } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { commercialDocumentErrors } from './errors.ts';
import { DOCUMENT_TYPES, type DocumentType, isReceivable } from './document.ts';
import { type CheckedDocument, toKroner } from './document-input.ts';

export interface DocumentFacts {
  document_type: DocumentType;
  document_date: string;
  document_number: string | null;
  due_date: string | null;
  business_partner_id: number | null;
  voucher_id: number | null;
  payment_reference: string | null;
  currency_code: string;
  memo: string | null;
}

export interface DocumentPosting {
  /** In the document's currency. */
  gross: Ore;
  tax: Ore;
  entry: NewEntry;
}

interface Rate {
  code: string;
  rate: string;
  /** VAT that is part of what is owed: not reverse charge, not import VAT, not a code without VAT. */
  is_owed: boolean;
}

/** What a document comes to, and its entry: the claim or debt against its lines, with VAT by their codes. */
export async function documentPosting(
  tx: Transaction,
  clientAccountId: number,
  facts: DocumentFacts,
  checked: CheckedDocument,
): Promise<DocumentPosting> {
  const side = DOCUMENT_TYPES[facts.document_type];
  const rates = await ratesOf(tx, clientAccountId, facts.document_date, checked);
  const taxOf = (code: string | null, amount: Ore) => {
    const rate = code === null ? undefined : rates.get(code);
    return rate?.is_owed ? percentOf(amount, parsePercent(rate.rate)) : 0n;
  };
  let tax = 0n;
  let kroner = 0n;
  const currency = (amount: Ore): CurrencyAmount | null =>
    checked.rate === null ? null : currencyOfOre(facts.currency_code, amount, checked.rate);
  const lines = checked.lines.map((line): NewLine => {
    const base = toKroner(line.amount, checked.rate);
    tax += taxOf(line.taxCode, line.amount);
    kroner += base + taxOf(line.taxCode, base);
    return {
      account: line.accountCode,
      amount: side === 1 ? -base : base,
      taxCode: line.taxCode,
      dimensions: line.dimensions,
      currency: currency(line.amount),
      memo: line.description,
    };
  });
  const gross = checked.net + tax;
  if (checked.gross !== null && checked.gross !== gross)
    throw commercialDocumentErrors.gross_differs({
      gross_amount: formatAmount(checked.gross),
      computed: formatAmount(gross),
    });
  const claim: NewLine = {
    account: claimAccount(facts),
    amount: side === 1 ? kroner : -kroner,
    businessPartnerId: facts.business_partner_id,
    dueDate: facts.due_date,
    paymentReference: facts.payment_reference,
    documentReference: facts.document_number,
    currency: currency(gross),
  };
  return {
    gross,
    tax,
    entry: {
      entryDate: facts.document_date,
      memo: facts.memo ?? '',
      voucherId: facts.voucher_id,
      documentReference: facts.document_number,
      lines: [claim, ...lines],
    },
  };
}

/** 1500 and 2400, or those of the chart for foreign currency. */
function claimAccount({ document_type, currency_code }: DocumentFacts): string {
  const account = isReceivable(document_type) ? 1500 : 2400;
  return String(currency_code === 'NOK' ? account : account + 1);
}

async function ratesOf(
  tx: Transaction,
  clientAccountId: number,
  date: string,
  { lines }: CheckedDocument,
): Promise<Map<string, Rate>> {
  const codes = [...new Set(lines.flatMap(({ taxCode }) => taxCode ?? []))];
  if (codes.length === 0) return new Map();
  const rows = await tx.rows<Rate>(sql`
    select c.code, r.rate, c.direction in ('sale', 'purchase') and not c.is_import_paid as is_owed
    from tax_codes c
    join tax_code_rates r on r.client_account_id = c.client_account_id and r.code = c.code and r.valid_from <= ${date}
      and (r.valid_to is null or r.valid_to >= ${date})
    where c.client_account_id = ${clientAccountId} and c.code = any(${textArray(codes)}::text[])`);
  return new Map(rows.map((row) => [row.code, row]));
}
