import sql, { type Sql } from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { QuestionView } from '../questions/question.ts';
import { decimalText } from './decimal-text.ts';
import { ReceivablePayment, ReconciledDocument } from './settlement-relations.ts';
import { TransactionDetail } from './transaction-detail.ts';
import { TransactionStatement } from './transaction-statement.ts';

export const TRANSACTION_RELATIONS = [
  'details',
  'receivable_payments',
  'questions',
  'statements',
  'reconciled_documents',
] as const;

const NText = nullable(Type.String());
const NDate = nullable(DateText);

/** The transaction itself. */
export const TransactionFields = {
  id: Id,
  client_account_id: Id,
  payee_name: NText,
  payee_bank_account_id: nullable(Id),
  payor_name: NText,
  payor_bank_account_id: nullable(Id),
  message_id: NText,
  payment_id: NText,
  instruction_id: NText,
  end_to_end_id: NText,
  booking_date: NDate,
  value_date: NDate,
  memo: NText,
  instructed_amount: NText,
  instructed_currency_code: NText,
  instructed_exchange_rate: NText,
  amount: Type.String({ description: 'Positive came in, negative went out' }),
  currency_code: Type.String(),
  exchange_rate: NText,
  bank_reference: NText,
  external_reconciled_amount: Type.String({
    description: 'What is reconciled outside these books, signed as the amount',
  }),
};

export const BankTransactionView = strict({
  ...TransactionFields,
  details: Type.Optional(Type.Array(TransactionDetail)),
  receivable_payments: Type.Optional(Type.Array(ReceivablePayment)),
  questions: Type.Optional(Type.Array(QuestionView)),
  statements: Type.Optional(Type.Array(TransactionStatement)),
  reconciled_documents: Type.Optional(Type.Array(ReconciledDocument)),
});
export type BankTransactionView = Static<typeof BankTransactionView>;

export interface BankTransactionRow extends Omit<
  BankTransactionView,
  'amount' | 'external_reconciled_amount' | 'details'
> {
  booking_date: LocalDate | null;
  value_date: LocalDate | null;
  amount: number;
  external_reconciled_amount: number;
}

export const TRANSACTION_COLUMNS = sql`t.id, t.client_account_id, t.payee_name, t.payee_bank_account_id, t.payor_name,
  t.payor_bank_account_id, t.message_id, t.payment_id, t.instruction_id, t.end_to_end_id, t.booking_date, t.value_date,
  t.memo, t.instructed_amount, t.instructed_currency_code, t.instructed_exchange_rate, t.amount, t.currency_code,
  t.exchange_rate, t.bank_reference, t.external_reconciled_amount`;

export function bankTransactionView(row: BankTransactionRow): BankTransactionView {
  const { instructed_amount: instructed, instructed_exchange_rate: instructedRate, exchange_rate: rate } = row;
  return {
    ...row,
    instructed_amount: instructed && decimalText(instructed, 2),
    instructed_exchange_rate: instructedRate && decimalText(instructedRate, 4),
    amount: formatAmount(ore(row.amount)),
    exchange_rate: rate && decimalText(rate, 4),
    external_reconciled_amount: formatAmount(ore(row.external_reconciled_amount)),
  };
}

/** One transaction without its relations. Throws 404. */
export async function findBankTransaction(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  lock: Sql = sql``,
): Promise<BankTransactionView> {
  const row = await tx.maybe<BankTransactionRow>(sql`
    select ${TRANSACTION_COLUMNS} from bank_transactions t
    where t.client_account_id = ${clientAccountId} and t.id = ${id} ${lock}`);
  if (!row) throw requestErrors.not_found({ what: 'Bank transaction' });
  return bankTransactionView(row);
}
