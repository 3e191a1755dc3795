import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, strict, Type } from '../../platform/http/schema.ts';
import { RecurringDocument, RecurringInvoiceView } from './recurring-invoice.ts';
import { createRecurring, listRecurring, updateRecurring } from './recurring-invoice-write.ts';

const tag = 'Invoices';
const Name = Type.String({ minLength: 1, maxLength: 150, pattern: '\\S' });

export const recurringRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/recurring-invoices',
    tag,
    summary: 'Invoices that come again',
    operation: listRecurring,
    client: 'query',
    query: strict({ client_account_id: Id, ...pageQuery(100) }),
    response: listOf(RecurringInvoiceView),
    input: ({ query }) => pageOf(query, 100),
  }),
  route({
    method: 'POST',
    path: '/recurring-invoices',
    tag,
    summary: 'Make a draft from this template on a day of every so many months',
    operation: createRecurring,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      name: Name,
      document: RecurringDocument,
      starts_on: DateText,
      interval_months: Type.Integer({ minimum: 1, maximum: 60 }),
      ends_on: Type.Optional(nullable(DateText)),
    }),
    response: RecurringInvoiceView,
    input: ({ body }) => ({
      name: body.name,
      document: body.document,
      starts_on: body.starts_on,
      interval_months: body.interval_months,
      ends_on: body.ends_on ?? null,
    }),
  }),
  route({
    method: 'PATCH',
    path: '/recurring-invoices/{id}',
    tag,
    summary: 'Change what the next drafts say, or end them',
    operation: updateRecurring,
    client: 'record',
    recordIn: 'recurring_invoices',
    params: strict({ id: Id }),
    body: strict({
      name: Type.Optional(Name),
      document: Type.Optional(RecurringDocument),
      ends_on: Type.Optional(nullable(DateText)),
      is_active: Type.Optional(Type.Boolean()),
    }),
    response: RecurringInvoiceView,
    input: ({ params, body }) => ({ id: params.id, changes: body }),
  }),
];
