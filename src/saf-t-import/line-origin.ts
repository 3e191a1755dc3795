import { formatAmount } from '../kernel/money.ts';
import { trimZeros } from '../kernel/trim.ts';
import type { CheckedLine, CheckedTransaction } from './audit-file/audit-book.ts';
import type { LineAnalysis, Money, TaxInformation, Transaction } from './audit-file/audit-records.ts';
import { taxAmountOf } from './books/link-vat.ts';
import { moneyOf } from './signs.ts';

/**
 * A file's data of a transaction beyond the columns of an entry, as JSON, so that an export can write them back. Values
 * that follow from the columns are left out.
 */
export function entryOrigin({ transaction, date }: CheckedTransaction): string {
  return JSON.stringify({
    transaction_id: transaction.id,
    journal_id: transaction.journal?.id,
    transaction_date: unless(transaction.date, date),
    source_id: transaction.sourceId ?? undefined,
    voucher_type: transaction.voucherType ?? undefined,
    voucher_description: transaction.voucherDescription ?? undefined,
    transaction_type: transaction.type ?? undefined,
    batch_id: transaction.batchId ?? undefined,
    system_entry_date: unless(transaction.systemEntryDate, date),
    gl_posting_date: unless(transaction.postingDate, date),
    modification_date: transaction.modificationDate ?? undefined,
    customer_id: transaction.customerId ?? undefined,
    supplier_id: transaction.supplierId ?? undefined,
    system_id: transaction.systemId ?? undefined,
  });
}

/** The same for a line; null if its columns contain everything. */
export function lineOrigin(checked: CheckedLine, lineNo: number, transaction: Transaction): string | null {
  const { line } = checked;
  let facts: Record<string, unknown> | null = null;
  const note = (key: string, value: unknown) => {
    if (value !== null && value !== undefined) (facts ??= {})[key] = value;
  };
  if (line.recordId !== String(lineNo)) note('record_id', line.recordId);
  if (line.valueDate !== transaction.date) note('value_date', line.valueDate);
  note('source_document_id', line.sourceDocumentId);
  note('quantity', line.quantity);
  note('cross_reference', line.crossReference);
  note('system_entry_time', line.systemEntryTime);
  note('owner_id', line.ownerId);
  if (line.tax !== null) note('tax', taxFacts(line.tax, checked));
  if (
    line.analysis !== null &&
    line.analysis.some((analysis) => analysis.debit ?? analysis.credit ?? analysis.amount)
  ) {
    note(
      'analysis',
      line.analysis.map((analysis) => analysisFacts(analysis)),
    );
  } else if (line.analysis !== null && line.analysis.length > 1) {
    note(
      'analysis',
      line.analysis.map((analysis) => ({ type: analysis.type, id: analysis.id })),
    );
  }
  const money = moneyOf(line);
  if (money?.currencyCode && !hasCurrency(money)) note('currency', moneyFacts(money));
  if ((line.debit?.amount ?? 0n) < 0n || (line.credit?.amount ?? 0n) < 0n) note('negative', true);
  return facts === null ? null : JSON.stringify(facts);
}

/** Code, amount and expected side are columns; the other fields are included. */
function taxFacts(taxes: readonly TaxInformation[], checked: CheckedLine): unknown {
  const facts = taxes.map((tax, i) => {
    const sameSide = tax.debit !== null ? checked.debit > 0n : checked.credit > 0n;
    const extra = {
      code: i > 0 ? tax.code : undefined,
      percentage: i > 0 ? tax.percentage : undefined,
      amount: i > 0 ? text(taxAmountOf(tax)) : undefined,
      side:
        sameSide || (tax.debit === null && tax.credit === null) ? undefined : tax.debit !== null ? 'debit' : 'credit',
      base: tax.base !== null && tax.base !== plainAmount(checked.debit + checked.credit) ? tax.base : undefined,
      base_description: tax.baseDescription ?? undefined,
      country: tax.country !== null && tax.country !== 'NO' ? tax.country : undefined,
      exemption_reason: tax.exemptionReason ?? undefined,
      declaration_period: tax.declarationPeriod ?? undefined,
      currency: currencyFacts(tax.debit ?? tax.credit ?? tax.amount),
      nok: nokFacts(tax),
    };
    return Object.values(extra).some((value) => value !== undefined) ? extra : null;
  });
  return facts.some((fact) => fact !== null) ? facts : null;
}

function nokFacts(tax: TaxInformation): unknown {
  const nok = tax.debitNok ?? tax.creditNok;
  return nok ? { side: tax.debitNok ? 'debit' : 'credit', amount: text(nok.amount), base: nok.base } : undefined;
}

function analysisFacts(analysis: LineAnalysis): unknown {
  const money = analysis.debit ?? analysis.credit ?? analysis.amount;
  return {
    type: analysis.type,
    id: analysis.id,
    side: analysis.debit ? 'debit' : analysis.credit ? 'credit' : undefined,
    amount: text(money?.amount),
    currency: currencyFacts(money),
  };
}

function currencyFacts(money: Money | null): unknown {
  return money?.currencyCode ? moneyFacts(money) : undefined;
}

function moneyFacts(money: Money): unknown {
  // A currency amount has the side of its line and no sign of its own.
  return {
    code: money.currencyCode,
    amount: money.currencyAmount?.replace(/^-/, ''),
    rate: money.exchangeRate ?? undefined,
  };
}

/** The three currency columns are set together or not at all. */
export function hasCurrency(money: Money): boolean {
  return money.currencyCode !== null && money.currencyAmount !== null && money.exchangeRate !== null;
}

function unless<T>(value: T | null, usual: T | null): T | undefined {
  return value === null || value === usual ? undefined : value;
}

function text(amount: bigint | null | undefined): string | undefined {
  return amount === null || amount === undefined ? undefined : formatAmount(amount);
}

/** In the stored form of a decimal: without trailing zeros. */
function plainAmount(amount: bigint): string {
  return trimZeros(formatAmount(amount));
}
