import sql, { type Sql } from 'sql-template-tag';
import { DocumentLineInput } from '../../banking/index.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { addMonths, type LocalDate } from '../../kernel/local-date.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';

const Text = (max: number) => Type.Optional(nullable(Type.String({ maxLength: max })));

/** The content of each draft. Its dates follow from the day, its number is assigned on posting. */
export const RecurringDocument = strict({
  document_type: Type.Enum(['ARINV', 'ARCIN', 'ARPIN']),
  business_partner_id: Id,
  buyer_reference: Text(100),
  order_number: Text(100),
  payment_terms: Text(500),
  language: Type.Optional(nullable(Type.Enum(['nb', 'en']))),
  note: Text(2000),
  memo: Text(500),
  bank_account_id: Type.Optional(nullable(Id)),
  lines: Type.Array(DocumentLineInput, { minItems: 1, maxItems: 1000 }),
});
export type RecurringDocument = Static<typeof RecurringDocument>;

export const RecurringInvoiceView = strict({
  id: Id,
  client_account_id: Id,
  name: Type.String(),
  document: RecurringDocument,
  starts_on: DateText,
  interval_months: Type.Integer(),
  ends_on: nullable(DateText),
  runs: Type.Integer({ description: 'Drafts made so far' }),
  next_on: nullable(DateText),
  last_error: nullable(strict({ code: Type.String(), message: Type.String(), message_en: Type.String() })),
  is_active: Type.Boolean(),
  created_at: TimeText,
  created_by_id: Id,
  updated_at: TimeText,
  updated_by_id: nullable(Id),
});
export type RecurringInvoiceView = Static<typeof RecurringInvoiceView>;

export async function recurringInvoices(
  tx: Transaction,
  clientAccountId: number,
  tail: Sql,
): Promise<RecurringInvoiceView[]> {
  const rows = await tx.rows<
    Omit<RecurringInvoiceView, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date }
  >(sql`
    select id, client_account_id, name, document, starts_on, interval_months, ends_on, runs, next_on, last_error, is_active,
      created_at, created_by_id, updated_at, updated_by_id
    from recurring_invoices where client_account_id = ${clientAccountId} ${tail}`);
  return rows.map((row) => ({
    ...row,
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  }));
}

export async function findRecurring(
  tx: Transaction,
  clientAccountId: number,
  id: number,
): Promise<RecurringInvoiceView> {
  const [found] = await recurringInvoices(tx, clientAccountId, sql`and id = ${id}`);
  if (!found) throw requestErrors.not_found({ what: 'Recurring invoice' });
  return found;
}

/**
 * The day of draft number `runs` + 1; null if it is after the end. Computed from the first day, so that the 31st is kept.
 */
export function dayOfRun(
  { starts_on, interval_months, ends_on }: Pick<RecurringInvoiceView, 'starts_on' | 'interval_months' | 'ends_on'>,
  runs: number,
): LocalDate | null {
  const day = addMonths(starts_on, interval_months * runs);
  return ends_on !== null && day > ends_on ? null : day;
}
