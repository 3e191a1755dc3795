import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, strict, Type } from '../../platform/http/schema.ts';
import { createBankStatement, NewBankStatement } from './bank-statement-create.ts';
import { getBankStatement, listBankStatements } from './bank-statement-list.ts';
import { BANK_STATEMENT_RELATIONS, BankStatementView } from './bank-statement.ts';
import { bankStatementsByPeriod, INTERVALS, StatementPeriod } from './statements-by-period.ts';

const tag = 'Bank statements';

/** The same under both names of the API. */
const under = (base: '/bank-statements' | '/banking/bank-statements'): Route[] => [
  route({
    method: 'GET',
    path: base,
    tag,
    summary: 'List bank statements',
    operation: listBankStatements,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      bank_account_id: Type.Optional(Id),
      from_date: Type.Optional({ ...DateText, description: 'Statements that end on this day or later' }),
      to_date: Type.Optional({ ...DateText, description: 'Statements that begin on this day or earlier' }),
      order_by: Type.Optional(Type.String({ maxLength: 200 })),
      ...pageQuery(50),
    }),
    response: listOf(BankStatementView),
    input: ({ query }) => ({
      ...pageOf(query, 50),
      bankAccountId: query.bank_account_id ?? null,
      from: query.from_date ?? null,
      to: query.to_date ?? null,
      orderBy: query.order_by,
    }),
  }),
  route({
    method: 'POST',
    path: base,
    tag,
    summary: 'Enter a bank statement with its balances and transactions',
    operation: createBankStatement,
    client: 'body',
    status: 201,
    body: NewBankStatement,
    response: BankStatementView,
    input: ({ body: { client_account_id: _, ...statement } }) => statement,
  }),
  route({
    method: 'GET',
    path: `${base}/{id}`,
    tag,
    summary: 'A bank statement',
    operation: getBankStatement,
    client: 'record',
    recordIn: 'bank_statements',
    params: strict({ id: Id }),
    query: strict(WithQuery),
    response: BankStatementView,
    input: ({ params: { id }, query }) => ({ id, with: relations(query.with, BANK_STATEMENT_RELATIONS) }),
  }),
  route({
    method: 'GET',
    path: `${base}/by-period`,
    tag,
    summary: 'Balances and reconciliation of a bank account, period by period',
    operation: bankStatementsByPeriod,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      bank_account_id: Id,
      from_date: DateText,
      to_date: Type.Optional({ ...DateText, description: 'Default today' }),
      interval: Type.Optional(
        Type.Enum([...INTERVALS], { description: 'Default day up to 31 days, month up to 366, else year' }),
      ),
    }),
    response: strict({ data: Type.Array(StatementPeriod) }),
    input: ({ query }) => ({
      bankAccountId: query.bank_account_id,
      from: query.from_date,
      to: query.to_date ?? null,
      interval: query.interval ?? null,
    }),
  }),
];

export const bankStatementRoutes: Route[] = [...under('/bank-statements'), ...under('/banking/bank-statements')];
