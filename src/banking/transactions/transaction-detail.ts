import { hash as digest } from 'node:crypto';
import sql from 'sql-template-tag';
import { groupBy } from '../../kernel/group-by.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';

const NText = nullable(Type.String());

/** A payment within a transaction; if the bank gave no payments, the transaction itself. */
export const TransactionDetail = strict({
  id: Id,
  transaction_type: Type.Enum(['CREDIT', 'DEBIT']),
  account_name: NText,
  account_number: NText,
  account_currency_code: NText,
  archive_reference: NText,
  structured_reference: nullable(Type.String({ description: 'KID or another structured reference' })),
  bank_information: NText,
  amount: NText,
  currency_code: NText,
  description: NText,
  booking_date: nullable(DateText),
  value_date: nullable(DateText),
  invoice_number: NText,
  sender_name: NText,
  sender_account: NText,
  receiver_name: NText,
  receiver_account: NText,
  transaction_uuid: NText,
  statement_uuid: NText,
});
export type TransactionDetail = Static<typeof TransactionDetail>;

interface DetailRow extends Omit<TransactionDetail, 'amount'> {
  transaction_id: number;
  statement_id: number | null;
  amount: number | null;
}

/** The details of these transactions, by transaction, in order. */
export async function detailsOf(
  tx: Transaction,
  clientAccountId: number,
  ids: readonly number[],
): Promise<Map<number, TransactionDetail[]>> {
  const rows = await tx.rows<DetailRow>(sql`
    select d.transaction_id, t.statement_id, d.id, d.transaction_type, d.account_name, d.account_number,
      d.account_currency_code, d.archive_reference, d.structured_reference, d.bank_information, d.amount, d.currency_code,
      d.description, d.booking_date, d.value_date, d.invoice_number, d.sender_name, d.sender_account, d.receiver_name,
      d.receiver_account, d.transaction_uuid, d.statement_uuid
    from bank_transaction_details d
    join bank_transactions t on t.client_account_id = d.client_account_id and t.id = d.transaction_id
    where d.client_account_id = ${clientAccountId} and d.transaction_id = any(${[...ids]}::bigint[])
    order by d.transaction_id, d.position`);
  const groups = groupBy(rows, (row) => row.transaction_id);
  return new Map([...groups].map(([id, details]) => [id, details.map(detailView)]));
}

function detailView({ transaction_id: _, statement_id, ...row }: DetailRow): TransactionDetail {
  return {
    ...row,
    amount: row.amount === null ? null : formatAmount(ore(row.amount)),
    transaction_uuid: row.transaction_uuid ?? nameBasedUuid(`bank-transaction-detail:${row.id}`),
    statement_uuid:
      row.statement_uuid ?? (statement_id === null ? null : nameBasedUuid(`bank-statement:${statement_id}`)),
  };
}

/** For a bank without unique ids: the same for the same record, in every response (RFC 9562, version 8). */
function nameBasedUuid(name: string): string {
  const hex = digest('sha256', name, 'hex');
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
