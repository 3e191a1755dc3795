import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, ore } from '../../kernel/money.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { requestErrors } from '../../platform/errors.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../../platform/http/schema.ts';
import {
  type BankTransactionRow,
  BankTransactionView,
  bankTransactionView,
  TRANSACTION_COLUMNS,
} from '../transactions/bank-transaction.ts';
import { attachTransactionRelations } from '../transactions/transaction-relations.ts';

export const BANK_STATEMENT_RELATIONS = ['transactions'] as const;

const NText = nullable(Type.String());

/** The bank's statement of an account for a period: its balances and transactions. */
export const BankStatementView = strict({
  id: Id,
  client_account_id: Id,
  bank_account_id: Id,
  statement_id: nullable(Type.String({ description: "The bank's own id" })),
  statement_number: NText,
  from_date: DateText,
  to_date: DateText,
  opening_balance: Type.String(),
  closing_balance: Type.String(),
  currency_code: Type.String(),
  file_id: nullable({ ...Id, description: 'The file that it came in' }),
  created_at: TimeText,
  created_by_id: nullable(Id),
  transactions: Type.Optional(Type.Array(BankTransactionView)),
});
export type BankStatementView = Static<typeof BankStatementView>;

interface BankStatementRow extends Omit<
  BankStatementView,
  'opening_balance' | 'closing_balance' | 'created_at' | 'transactions'
> {
  from_date: LocalDate;
  to_date: LocalDate;
  opening_balance: number;
  closing_balance: number;
  created_at: Date;
}

export async function bankStatementRows(tx: Transaction, where: Sql, tail: Sql): Promise<BankStatementView[]> {
  const rows = await tx.rows<BankStatementRow>(sql`
    select s.id, s.client_account_id, s.bank_account_id, s.statement_id, s.statement_number, s.from_date, s.to_date,
      s.opening_balance, s.closing_balance, s.currency_code, i.file_id, s.created_at, s.created_by_id
    from bank_statements s
    left join bank_imports i on i.client_account_id = s.client_account_id and i.id = s.import_id
    where ${where} ${tail}`);
  return rows.map((row) => ({
    ...row,
    opening_balance: formatAmount(ore(row.opening_balance)),
    closing_balance: formatAmount(ore(row.closing_balance)),
    created_at: isoSeconds(row.created_at),
  }));
}

/** One statement, with its transactions if requested. Throws 404. */
export async function findBankStatement(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  asked: ReadonlySet<string>,
): Promise<BankStatementView> {
  const [statement] = await bankStatementRows(
    tx,
    sql`s.client_account_id = ${clientAccountId} and s.id = ${id}`,
    sql``,
  );
  if (!statement) throw requestErrors.not_found({ what: 'Bank statement' });
  if (asked.has('transactions')) {
    const rows = await tx.rows<BankTransactionRow>(sql`
      select ${TRANSACTION_COLUMNS} from bank_transactions t
      where t.client_account_id = ${clientAccountId} and t.bank_account_id = ${statement.bank_account_id}
        and t.booking_date between ${statement.from_date} and ${statement.to_date} and t.statement_id = ${id}
      order by t.booking_date, t.amount, t.id`);
    statement.transactions = rows.map(bankTransactionView);
    await attachTransactionRelations(tx, statement.transactions, new Set());
  }
  return statement;
}
