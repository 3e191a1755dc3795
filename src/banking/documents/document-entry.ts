import sql from 'sql-template-tag';
import { formatAmount, type Ore, parsePercent } from '../../kernel/money.ts';
import { type CurrencyAmount, currencyOfOre, type NewEntry, type NewLine } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { textArray } from '../../platform/database/arrays.ts';
import { DOCUMENT_TYPES, type DocumentType, isReceivable } from './document.ts';
import { type DocumentAmounts, documentAmounts, VAT_ROUNDINGS, type VatRounding } from './document-amounts.ts';
import type { CheckedDocument } from './document-input.ts';
import { commercialDocumentErrors } from './errors.ts';

export interface DocumentFacts {
  document_type: DocumentType;
  document_date: string;
  document_number: string | null;
  due_date: string | null;
  business_partner_id: number | null;
  voucher_id: number | null;
  payment_reference: string | null;
  currency_code: string;
  /** The document that a credit note credits. */
  credits_document_id: number | null;
  memo: string | null;
}

export interface DocumentPosting {
  /** In the document's currency. */
  gross: Ore;
  tax: Ore;
  rounding: VatRounding;
  entry: NewEntry;
}

interface Rate {
  code: string;
  rate: string;
  /** VAT that is part of what is owed: not reverse charge, not import VAT, not a code without VAT. */
  is_owed: boolean;
}

/** The rates of the VAT codes of a document's lines on its date. */
export type Rates = ReadonlyMap<string, Rate>;

/** The amounts of a document, and its entry: the claim or debt against its lines, with VAT by their codes. */
export function documentPosting(facts: DocumentFacts, checked: CheckedDocument, rates: Rates): DocumentPosting {
  const side = DOCUMENT_TYPES[facts.document_type];
  const { rounding, amounts } = roundedAmounts(checked, rates);
  const { gross, tax, kroner } = amounts;
  const currency = (amount: Ore): CurrencyAmount | null =>
    checked.rate === null ? null : currencyOfOre(facts.currency_code, amount, checked.rate);
  const lines = checked.lines.flatMap((line, i): NewLine[] => {
    const { base, vat } = amounts.lines[i]!;
    // Less than half an øre: there is nothing to post.
    if (base === 0n) return [];
    const vatAmount = checked.rate === null && rounding === 'line' ? null : vat;
    return [
      {
        account: line.accountCode,
        amount: side === 1 ? -base : base,
        vatAmount: vatAmount && side === 1 ? -vatAmount : vatAmount,
        taxCode: line.taxCode,
        dimensions: line.dimensions,
        currency: currency(line.amount),
        memo: line.description,
      },
    ];
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
    rounding,
    entry: {
      entryDate: facts.document_date,
      memo: facts.memo ?? '',
      voucherId: facts.voucher_id,
      documentReference: facts.document_number,
      lines: [claim, ...lines],
    },
  };
}

/** The rounding of the document; if not given, by line, unless its gross amount only fits VAT on the total. */
function roundedAmounts(checked: CheckedDocument, rates: Rates): { rounding: VatRounding; amounts: DocumentAmounts } {
  const lines = checked.lines.map(({ amount, taxCode }) => {
    const rate = taxCode === null ? undefined : rates.get(taxCode);
    return { amount, percent: rate?.is_owed ? parsePercent(rate.rate) : null };
  });
  const possible = (checked.rounding === null ? VAT_ROUNDINGS : [checked.rounding]).map((rounding) => ({
    rounding,
    amounts: documentAmounts(lines, rounding, checked.rate),
  }));
  const chosen = checked.gross === null ? possible[0] : possible.find(({ amounts }) => amounts.gross === checked.gross);
  if (chosen) return chosen;
  throw commercialDocumentErrors.gross_differs({
    gross_amount: formatAmount(checked.gross!),
    computed: [...new Set(possible.map(({ amounts }) => formatAmount(amounts.gross)))].join(' / '),
  });
}

/** 1500 and 2400, or the accounts of the chart for foreign currency. */
function claimAccount({ document_type, currency_code }: DocumentFacts): string {
  const account = isReceivable(document_type) ? 1500 : 2400;
  return String(currency_code === 'NOK' ? account : account + 1);
}

export async function ratesOf(
  tx: Transaction,
  clientAccountId: number,
  date: string,
  { lines }: CheckedDocument,
): Promise<Rates> {
  const codes = [...new Set(lines.flatMap(({ taxCode }) => taxCode ?? []))];
  if (codes.length === 0) return new Map();
  const rows = await tx.prepared<Rate>(
    'document-vat-rates',
    sql`
    select c.code, r.rate, c.direction in ('sale', 'purchase') and not c.is_import_paid as is_owed
    from tax_codes c
    join tax_code_rates r on r.client_account_id = c.client_account_id and r.code = c.code and r.valid_from <= ${date}
      and (r.valid_to is null or r.valid_to >= ${date})
    where c.client_account_id = ${clientAccountId} and c.code = any(${textArray(codes)}::text[])`,
  );
  return new Map(rows.map((row) => [row.code, row]));
}
