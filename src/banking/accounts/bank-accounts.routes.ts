import { requireSameClientAccount } from '../../masters/index.ts';
import { listOf, pageOf, pageQuery, relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, Id, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { createBankAccount } from './bank-account-create.ts';
import { getBankAccount, listBankAccounts } from './bank-account-list.ts';
import { deactivateBankAccount, updateBankAccount } from './bank-account-update.ts';
import { BANK_ACCOUNT_RELATIONS, BankAccountChanges, BankAccountView, NewBankAccount } from './bank-account.ts';

const tag = 'Bank accounts';
const one = {
  tag,
  path: '/bank-accounts/{id}',
  client: 'record',
  recordIn: 'bank_accounts',
  params: strict({ id: Id }),
  response: BankAccountView,
} as const;

export const bankAccountRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/bank-accounts',
    tag,
    summary: 'List bank accounts: our own and those of business partners',
    operation: listBankAccounts,
    client: 'query',
    query: strict({
      client_account_id: Type.Optional(Id),
      business_partner_id: Type.Optional(Id),
      is_active: Type.Optional(QueryBooleanOrAll),
      order_by: Type.Optional(Type.String({ maxLength: 200 })),
      ...pageQuery(100),
      ...WithQuery,
    }),
    response: listOf(BankAccountView),
    input: ({ query }) => ({
      ...pageOf(query, 100),
      businessPartnerId: query.business_partner_id ?? null,
      isActive: asBooleanOrAll(query.is_active, true),
      orderBy: query.order_by,
      with: relations(query.with, BANK_ACCOUNT_RELATIONS),
    }),
  }),
  route({
    method: 'POST',
    path: '/bank-accounts',
    tag,
    summary: 'Register a bank account',
    operation: createBankAccount,
    client: 'body',
    status: 201,
    body: NewBankAccount,
    response: BankAccountView,
    input: ({ body: { client_account_id: _, ...account } }) => account,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A bank account',
    operation: getBankAccount,
    query: strict(WithQuery),
    input: ({ params, query }) => ({ id: params.id, with: relations(query.with, BANK_ACCOUNT_RELATIONS) }),
  }),
  ...(['POST', 'PUT'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change a bank account',
      operation: updateBankAccount,
      body: BankAccountChanges,
      input: ({ params: { id }, body }) => {
        requireSameClientAccount(id, body.client_account_id);
        return { id, changes: body };
      },
    }),
  ),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Deactivate a bank account',
    operation: deactivateBankAccount,
    input: ({ params }) => ({ id: params.id }),
  }),
];
