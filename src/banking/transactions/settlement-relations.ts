import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';

const NText = nullable(Type.String());

/** The part of a claim that the transaction settled: of one line of the receivables ledger. */
export const ReceivablePayment = strict({
  id: Id,
  client_account_id: Id,
  bank_transaction_id: Id,
  bank_transaction_detail_id: nullable(Id),
  document_id: nullable(Id),
  business_partner_id: nullable(Id),
  journal_entry_id: Id,
  line_no: Type.Integer(),
  amount: Type.String({ description: 'In the accounting currency; negative where money went back' }),
  payment_date: DateText,
  payment_reference: NText,
});
export type ReceivablePayment = Static<typeof ReceivablePayment>;

/** A document that the transaction has settled, entirely or in part. */
export const ReconciledDocument = strict({
  id: Id,
  client_account_id: Id,
  document_type: Type.String(),
  document_status: Type.String(),
  document_number: NText,
  document_date: DateText,
  due_date: nullable(DateText),
  business_partner_id: nullable(Id),
  payment_reference: NText,
  currency_code: Type.String(),
  gross_amount: Type.String(),
  reconciled_amount: Type.String({ description: 'Of it by this transaction, in the accounting currency' }),
});
export type ReconciledDocument = Static<typeof ReconciledDocument>;

/** Settlements of lines on receivables accounts, by transaction. Excludes the line of the payment itself. */
export async function receivablePaymentsOf(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
): Promise<Map<number, ReceivablePayment[]>> {
  const rows = await tx.rows<Omit<ReceivablePayment, 'amount'> & { amount: number }>(sql`
    select s.id, s.client_account_id, s.bank_transaction_id, s.detail_id as bank_transaction_detail_id, s.document_id,
      l.business_partner_id, s.entry_id as journal_entry_id, s.line_no, s.amount, s.settled_on as payment_date,
      l.payment_reference
    from item_settlements s
    join journal_entry_lines l on l.client_account_id = s.client_account_id and l.entry_id = s.entry_id and l.line_no = s.line_no
    left join client_gl_accounts c on c.client_account_id = l.client_account_id and c.account_code = l.account_code
    left join gl_accounts g on g.account_code = l.account_code
    where s.client_account_id = ${clientAccountId} and s.bank_transaction_id = any(${[...ids]}::bigint[]) and s.is_active
      and 'customer' = any(coalesce(c.flags, g.flags))
    order by s.id`);
  return byTransaction(rows.map((row) => ({ ...row, amount: formatAmount(ore(row.amount)) })));
}

/** Documents settled in part or entirely by these transactions, by transaction. */
export async function reconciledDocumentsOf(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
): Promise<Map<number, ReconciledDocument[]>> {
  const rows = await tx.rows<
    Omit<ReconciledDocument, 'gross_amount' | 'reconciled_amount'> & {
      bank_transaction_id: number;
      gross_amount: number;
      reconciled_amount: string;
    }
  >(sql`
    select s.bank_transaction_id, d.id, d.client_account_id, d.document_type, d.document_status, d.document_number,
      d.document_date, d.due_date, d.business_partner_id, d.payment_reference, d.currency_code, d.gross_amount,
      s.amount as reconciled_amount
    from (
      select s.bank_transaction_id, s.document_id, abs(sum(s.amount)) as amount
      from item_settlements s
      where s.client_account_id = ${clientAccountId} and s.bank_transaction_id = any(${[...ids]}::bigint[])
        and s.is_active and s.document_id is not null
      group by 1, 2
    ) s
    join documents d on d.client_account_id = ${clientAccountId} and d.id = s.document_id
    order by d.document_date, d.id`);
  return new Map(
    [...byTransaction(rows)].map(([id, documents]) => [
      id,
      documents.map(({ bank_transaction_id: _, ...row }) => ({
        ...row,
        gross_amount: formatAmount(ore(row.gross_amount)),
        reconciled_amount: formatAmount(ore(row.reconciled_amount)),
      })),
    ]),
  );
}

function byTransaction<T extends { bank_transaction_id: number }>(rows: readonly T[]): Map<number, T[]> {
  return groupBy(rows, (row) => row.bank_transaction_id);
}
