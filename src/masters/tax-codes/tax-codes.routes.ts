import { relations, WithQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { asBooleanOrAll, DateText, Id, QueryBooleanOrAll, strict, Type } from '../../platform/http/schema.ts';
import { requireSameClientAccount } from '../read-only.ts';
import { TaxCodeView } from './tax-code.ts';
import { createTaxCode, NewTaxCode } from './tax-code-create.ts';
import { getTaxCode } from './tax-code-get.ts';
import { listTaxCodes, TAX_CODE_RELATIONS } from './tax-code-list.ts';
import { TaxCodeChanges, updateTaxCode } from './tax-code-update.ts';

const tag = 'Tax codes';
const one = {
  tag,
  path: '/tax-codes/{id}',
  client: 'record',
  recordIn: 'tax_codes',
  params: strict({ id: Id }),
  response: TaxCodeView,
} as const;

/** This list is documented with `with[]=a&with[]=b`. */
const With = { ...WithQuery, 'with[]': WithQuery.with };
const asked = (query: { with?: string | string[]; 'with[]'?: string | string[] }) =>
  relations([query.with ?? [], query['with[]'] ?? []].flat(), TAX_CODE_RELATIONS);

export const taxCodeRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/tax-codes',
    tag,
    summary: 'List VAT codes with the rate of a day',
    operation: listTaxCodes,
    client: 'query',
    query: strict({
      client_account_id: Id,
      date: Type.Optional(DateText),
      is_active: Type.Optional(QueryBooleanOrAll),
      ...With,
    }),
    response: Type.Array(TaxCodeView),
    input: ({ query, language }) => ({
      date: query.date,
      isActive: query.is_active === undefined ? null : asBooleanOrAll(query.is_active, true),
      with: asked(query),
      language,
    }),
  }),
  route({
    method: 'POST',
    path: '/tax-codes',
    tag,
    summary: 'Create a VAT code of the client account’s own under a standard code',
    operation: createTaxCode,
    client: 'body',
    status: 201,
    body: NewTaxCode,
    response: TaxCodeView,
    input: ({ body, language }) => ({ ...body, language }),
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A VAT code',
    operation: getTaxCode,
    query: strict({ date: Type.Optional(DateText), ...With }),
    input: ({ params, query, language }) => ({ id: params.id, date: query.date, with: asked(query), language }),
  }),
  route({
    ...one,
    method: 'PUT',
    summary: 'Change a VAT code; fields left out stay',
    operation: updateTaxCode,
    body: TaxCodeChanges,
    input: ({ params: { id }, body, language }) => {
      requireSameClientAccount(id, body.client_account_id);
      return { id, changes: body, language };
    },
  }),
];
