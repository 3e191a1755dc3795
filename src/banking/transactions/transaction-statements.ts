import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS, READERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation, writeOperation } from '../../platform/operation.ts';
import { type BankTransactionView, findBankTransaction, TransactionFields } from './bank-transaction.ts';
import { type NewTransactionStatement, statementRows, TransactionStatement } from './transaction-statement.ts';

export const STATEMENT_RELATIONS = ['bank_transaction', 'business_partner', 'voucher'] as const;

const Partner = strict({
  id: Id,
  name: Type.String(),
  organization_number: nullable(Type.String()),
  is_customer: Type.Boolean(),
  is_supplier: Type.Boolean(),
  is_employee: Type.Boolean(),
});
const Voucher = strict({
  id: Id,
  name: Type.String(),
  content_type: Type.String(),
  size_bytes: Type.Integer(),
});

export const StatementWithRelations = strict({
  ...TransactionStatement.properties,
  bank_transaction: Type.Optional(strict(TransactionFields)),
  business_partner: Type.Optional(nullable(Partner)),
  voucher: Type.Optional(nullable(Voucher)),
});
type StatementWithRelations = Static<typeof StatementWithRelations>;

/** The statements on a transaction, oldest first. */
export const listTransactionStatements = readOperation({
  name: 'bank-transaction-statement.list',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountId }, input: { id: number; with: ReadonlySet<string> }) {
    const transaction = await findBankTransaction(tx, clientAccountId, input.id);
    const statements: StatementWithRelations[] = await statementRows(
      tx,
      sql`client_account_id = ${clientAccountId} and bank_transaction_id = ${input.id}`,
    );
    await attach(tx, clientAccountId, transaction, statements, input.with);
    return statements;
  },
});

async function attach(
  tx: Transaction,
  clientAccountId: number,
  transaction: BankTransactionView,
  statements: StatementWithRelations[],
  asked: ReadonlySet<string>,
): Promise<void> {
  if (asked.has('bank_transaction')) for (const statement of statements) statement.bank_transaction = transaction;
  if (asked.has('business_partner')) {
    const ids = statements.map((statement) => statement.business_partner_id).filter((id) => id !== null);
    const partners = await tx.rows<Static<typeof Partner>>(sql`
      select id, name, organization_number, is_customer, is_supplier, is_employee from business_partners
      where client_account_id = ${clientAccountId} and id = any(${ids}::bigint[])`);
    for (const statement of statements)
      statement.business_partner = partners.find(({ id }) => id === statement.business_partner_id) ?? null;
  }
  if (asked.has('voucher')) {
    const ids = statements.map((statement) => statement.voucher_id).filter((id) => id !== null);
    const vouchers = await tx.rows<Static<typeof Voucher>>(sql`
      select id, name, content_type, size_bytes from files
      where client_account_id = ${clientAccountId} and id = any(${ids}::bigint[])`);
    for (const statement of statements)
      statement.voucher = vouchers.find(({ id }) => id === statement.voucher_id) ?? null;
  }
}

/** States what a transaction is; its open questions for a statement or a file are closed by it. Throws 400, 404. */
export const createTransactionStatement = writeOperation({
  name: 'bank-transaction-statement.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(
    { tx, clientAccountId, caller, now, audit },
    input: { id: number; statement: NewTransactionStatement },
  ): Promise<TransactionStatementView> {
    const { category, business_partner_id: partnerId, voucher_id: voucherId, comment } = input.statement;
    await findBankTransaction(tx, clientAccountId, input.id);
    const problems: FieldProblem[] = [];
    if (partnerId != null && !(await exists(tx, clientAccountId, 'business_partners', partnerId)))
      problems.push(problem('business_partner_id', 'no such business partner', 'ingen slik forretningspartner'));
    if (voucherId != null && !(await exists(tx, clientAccountId, 'vouchers', voucherId)))
      problems.push(problem('voucher_id', 'no such voucher', 'intet slikt bilag'));
    if (problems.length > 0) throw invalid(problems);
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into bank_transaction_statements ${insertion({
        client_account_id: clientAccountId,
        id,
        bank_transaction_id: input.id,
        category,
        business_partner_id: partnerId,
        voucher_id: voucherId,
        comment,
        created_at: now,
        created_by_id: caller.userId,
      })}`);
    const closed = await tx.rows<{ id: number }>(sql`
      update questions set question_status = 'CLOSED'
      where client_account_id = ${clientAccountId} and bank_transaction_id = ${input.id} and question_status = 'OPEN'
        and type in ('ATTACH_FILE', 'STATEMENT')
      returning id`);
    const [made] = await statementRows(tx, sql`client_account_id = ${clientAccountId} and id = ${id}`);
    audit({ recordType: 'bank_transaction_statement', recordId: id, after: made! });
    if (closed.length > 0)
      audit({
        recordType: 'question',
        recordIds: closed.map((question) => question.id),
        after: { question_status: 'CLOSED', closed_by_statement: id },
      });
    return made!;
  },
});
type TransactionStatementView = Static<typeof TransactionStatement>;

async function exists(
  tx: Transaction,
  clientAccountId: number,
  table: 'business_partners' | 'vouchers',
  id: number,
): Promise<boolean> {
  const found =
    table === 'vouchers'
      ? await tx.maybe(sql`select 1 from vouchers where client_account_id = ${clientAccountId} and id = ${id}`)
      : await tx.maybe(
          sql`select 1 from business_partners where client_account_id = ${clientAccountId} and id = ${id}`,
        );
  return found !== undefined;
}
