import sql, { type Sql } from 'sql-template-tag';
import { isoSeconds } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { readOnly } from '../../masters/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { Id, nullable, type Static, strict, TimeText, Type, MultiLineText } from '../../platform/http/schema.ts';
import { STATEMENT_CATEGORIES, STATEMENT_CATEGORY_CODES } from './statement-category.ts';

const Category = Type.String({
  pattern: '^[A-Z_]{1,50}$',
  description: `A code of one’s own, or one of those known here. ${STATEMENT_CATEGORY_CODES.map((code) => `${code}: ${STATEMENT_CATEGORIES[code].en}`).join('. ')}`,
});

/** A person's statement about a transaction. */
export const TransactionStatement = strict({
  id: Id,
  created_at: TimeText,
  created_by_id: nullable(Id),
  client_account_id: Id,
  bank_transaction_id: Id,
  category: nullable(Category),
  business_partner_id: nullable(Id),
  voucher_id: nullable(Id),
  comment: nullable(Type.String()),
});
export type TransactionStatement = Static<typeof TransactionStatement>;

export const NewTransactionStatement = strict({
  category: Type.Optional(nullable(Category)),
  business_partner_id: Type.Optional(nullable(Id)),
  voucher_id: Type.Optional(nullable(Id)),
  comment: Type.Optional(nullable(MultiLineText({ maxLength: 4000 }))),
  ...readOnly('id', 'created_at', 'created_by_id', 'client_account_id', 'bank_transaction_id'),
});
export type NewTransactionStatement = Pick<
  Static<typeof NewTransactionStatement>,
  'category' | 'business_partner_id' | 'voucher_id' | 'comment'
>;

export async function statementRows(tx: Transaction, where: Sql): Promise<TransactionStatement[]> {
  const rows = await tx.rows<Omit<TransactionStatement, 'created_at'> & { created_at: Date }>(sql`
    select id, created_at, created_by_id, client_account_id, bank_transaction_id, category, business_partner_id,
      voucher_id, comment
    from bank_transaction_statements where ${where} order by id`);
  return rows.map((row) => ({ ...row, created_at: isoSeconds(row.created_at) }));
}

/** The statements on these transactions, by transaction. */
export async function statementsOf(tx: Transaction, clientAccountId: number, ids: readonly number[]) {
  const rows = await statementRows(
    tx,
    sql`client_account_id = ${clientAccountId} and bank_transaction_id = any(${[...ids]}::bigint[])`,
  );
  return groupBy(rows, (row) => row.bank_transaction_id);
}
