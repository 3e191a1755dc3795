import { isoSeconds } from '../../kernel/clock.ts';
import { formatAmount } from '../../kernel/money.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';
import type { PreparedLine } from './prepared-entry.ts';
import type { NumberedEntry } from '../posting/posting-write.ts';

const NText = nullable(Type.String());
const NInt = nullable(Type.Integer());

/** A line in the API. `id` counts within the entry; lines have no id of their own beyond it. */
export const LineView = Type.Object({
  id: Type.Integer(),
  account_code: Type.String(),
  debit: Type.String(),
  credit: Type.String(),
  tax_code: NText,
  tax_rate: NText,
  tax_amount: NText,
  base_line_number: NInt,
  dimensions: Type.Array(strict({ type: Type.String(), id: Type.Integer() })),
  business_partner_id: NInt,
  currency_code: NText,
  currency_amount: NText,
  exchange_rate: NText,
  due_date: NText,
  payment_reference: NText,
  document_reference: NText,
  memo: NText,
  account: Type.Optional(Type.Object({}, { additionalProperties: true })),
});

export const EntryView = strict({
  id: Type.Integer(),
  client_account_id: Type.Integer(),
  series: NText,
  fiscal_year: NInt,
  sequence_number: nullable(Type.Integer({ description: 'Gapless in the series and year; null for a draft' })),
  entry_date: NText,
  period: NInt,
  memo: Type.String(),
  source: Type.String(),
  is_draft: Type.Boolean(),
  cancelled: nullable(Type.Enum(['CANCELLED', 'CANCELLATION'])),
  cancelled_by_id: NInt,
  cancellation_entry_id: NInt,
  cancels_entry_id: NInt,
  cancellation_reason: NText,
  voucher_id: NInt,
  relation_type: NText,
  relation_id: NInt,
  document_reference: NText,
  vat_term: nullable(Type.String({ description: 'Late entry: a day of the earlier VAT term that its VAT belongs to' })),
  total: Type.String(),
  problems: Type.Optional(Type.Array(strict({ path: Type.String(), problem: Type.String() }))),
  posted_at: NText,
  created_at: Type.String(),
  created_by_id: NInt,
  updated_at: Type.String(),
  updated_by_id: NInt,
  lines: Type.Array(LineView),
});
export type EntryView = Type.Static<typeof EntryView>;
export type LineView = Type.Static<typeof LineView>;

/** The view of a freshly posted entry, built from the written data. */
export function viewOf(entry: NumberedEntry): EntryView {
  const at = isoSeconds(entry.postedAt);
  return {
    id: entry.id,
    client_account_id: entry.clientAccountId,
    series: entry.series,
    fiscal_year: entry.fiscalYear,
    sequence_number: entry.sequenceNumber,
    entry_date: entry.entryDate,
    period: entry.period,
    memo: entry.memo,
    source: entry.source,
    is_draft: false,
    cancelled: entry.cancelsEntryId === null ? null : 'CANCELLATION',
    cancelled_by_id: null,
    cancellation_entry_id: null,
    cancels_entry_id: entry.cancelsEntryId,
    cancellation_reason: entry.cancellationReason,
    voucher_id: entry.voucherId,
    relation_type: entry.relationType,
    relation_id: entry.relationId,
    document_reference: entry.documentReference,
    vat_term: entry.vatTerm,
    total: formatAmount(entry.total),
    posted_at: at,
    created_at: at,
    created_by_id: entry.userId,
    updated_at: at,
    updated_by_id: entry.userId,
    lines: entry.lines.map(lineViewOf),
  };
}

export function lineViewOf(line: PreparedLine): LineView {
  return {
    id: line.lineNo,
    account_code: line.account,
    debit: formatAmount(line.debit),
    credit: formatAmount(line.credit),
    tax_code: line.taxCode,
    tax_rate: rateText(line.taxRate),
    tax_amount: line.taxAmount === null ? null : formatAmount(line.taxAmount),
    base_line_number: line.baseLineNo,
    dimensions: dimensionsView(line.dimensionKey),
    business_partner_id: line.businessPartnerId,
    currency_code: line.currencyCode,
    currency_amount: line.currencyAmount,
    exchange_rate: line.exchangeRate,
    due_date: line.dueDate,
    payment_reference: line.paymentReference,
    document_reference: line.documentReference,
    memo: line.memo,
  };
}

/** "25.0000" → "25.00"; four decimals only where they are significant. */
export function rateText(rate: string | null): string | null {
  return rate?.replace(/(\.\d\d)0{1,2}$/, '$1') ?? null;
}

/** Dimensions of a set key; the business partner has its own field. */
export function dimensionsView(key: string): { type: string; id: number }[] {
  if (key === '') return [];
  return key
    .split(',')
    .map((member) => ({
      type: member.slice(0, member.indexOf(':')),
      id: Number(member.slice(member.indexOf(':') + 1)),
    }))
    .filter(({ type }) => type !== 'business_partner');
}
