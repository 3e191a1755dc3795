import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBoolean, DateText, Id, QueryBoolean, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import type { Language } from '../../platform/errors.ts';
import { BankTransactionView, TRANSACTION_RELATIONS } from './bank-transaction.ts';
import { NewTransactionFields } from './new-transaction.ts';
import { STATEMENT_CATEGORIES, STATEMENT_CATEGORY_CODES, StatementCategoryView } from './statement-category.ts';
import { createBankTransaction } from './transaction-create.ts';
import { getBankTransaction, listBankTransactions } from './transaction-list.ts';
import { NewTransactionStatement, TransactionStatement } from './transaction-statement.ts';
import {
  createTransactionStatement,
  listTransactionStatements,
  STATEMENT_RELATIONS,
  StatementWithRelations,
} from './transaction-statements.ts';

const tag = 'Bank transactions';
const params = strict({ id: Id });

const listStatementCategories = readOperation({
  name: 'statement-category.list',
  access: { kind: 'user', scope: 'read:accounting' },
  run: async (_, language: Language) =>
    STATEMENT_CATEGORY_CODES.map((code) => {
      const { account, ...name } = STATEMENT_CATEGORIES[code];
      return { code, name: name[language], account_code: account };
    }),
});

export const bankTransactionRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/bank-transactions',
    tag,
    summary: 'List bank transactions',
    operation: listBankTransactions,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      bank_account_id: Type.Optional(
        Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Our side of the transaction' }),
      ),
      from_date: Type.Optional({ ...DateText, description: 'From this booking date' }),
      to_date: Type.Optional({ ...DateText, description: 'To this booking date, inclusive' }),
      include_externally_reconciled: Type.Optional({
        ...QueryBoolean,
        description: 'Default true. Externally reconciled is what is wholly settled outside these books',
      }),
      order_by: Type.Optional(Type.String({ maxLength: 200, default: 'booking_date asc, amount asc' })),
      ...pageQuery(50),
      ...WithQuery,
    }),
    response: listOf(BankTransactionView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      bankAccountId: query.bank_account_id ?? null,
      from: query.from_date ?? null,
      to: query.to_date ?? null,
      includeExternal: asBoolean(query.include_externally_reconciled, true),
      orderBy: query.order_by,
      with: relations(query.with, TRANSACTION_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/bank-transactions',
    tag,
    summary: 'Enter a bank transaction that no bank file brings',
    operation: createBankTransaction,
    client: 'body',
    status: 201,
    body: strict({ client_account_id: Id, ...NewTransactionFields }),
    response: BankTransactionView,
    input: ({ body: { client_account_id: _, ...transaction } }) => transaction,
  }),
  route({
    method: 'GET',
    path: '/bank-transactions/{id}',
    tag,
    summary: 'A bank transaction',
    operation: getBankTransaction,
    client: 'record',
    recordIn: 'bank_transactions',
    params,
    query: strict(WithQuery),
    response: BankTransactionView,
    input: ({ params: { id }, query }) => ({ id, with: relations(query.with, TRANSACTION_RELATIONS) }),
  }),
  route({
    method: 'GET',
    path: '/bank-transactions/{id}/statements',
    tag,
    summary: 'What people have said that a bank transaction is',
    operation: listTransactionStatements,
    client: 'record',
    recordIn: 'bank_transactions',
    params,
    query: strict(WithQuery),
    response: Type.Array(StatementWithRelations),
    input: ({ params: { id }, query }) => ({ id, with: relations(query.with, STATEMENT_RELATIONS) }),
  }),
  route({
    method: 'POST',
    path: '/bank-transactions/{id}/statements',
    tag,
    summary: 'Say what a bank transaction is; closes open questions for a file or a statement',
    operation: createTransactionStatement,
    client: 'record',
    recordIn: 'bank_transactions',
    status: 201,
    params,
    body: NewTransactionStatement,
    response: TransactionStatement,
    input: ({ params: { id }, body }) => ({
      id,
      statement: {
        category: body.category,
        business_partner_id: body.business_partner_id,
        voucher_id: body.voucher_id,
        comment: body.comment,
      },
    }),
  }),
  route({
    method: 'GET',
    path: '/bank-transaction-statement-categories',
    tag,
    summary: 'The categories that a statement on a bank transaction can have',
    operation: listStatementCategories,
    client: 'none',
    response: Type.Array(StatementCategoryView),
    input: ({ language }) => language,
  }),
];
