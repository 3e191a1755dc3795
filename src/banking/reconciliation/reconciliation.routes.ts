import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, strict, Type, MultiLineText } from '../../platform/http/schema.ts';
import { bankReportRoutes } from './bank-report.ts';
import { ReconciliationView, SignedView } from './reconciliation-view.ts';
import {
  getReconciliation,
  listReconciliations,
  reopenReconciliation,
  signReconciliation,
} from './reconciliation-sign.ts';

const tag = 'Bank reconciliation';

export const reconciliationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/banking/reconciliation',
    tag,
    summary: 'Bank and ledger of an account on a day, with what each side lacks and how old that is',
    operation: getReconciliation,
    client: 'query',
    query: strict({ client_account_id: Id, bank_account_id: Id, date: DateText }),
    response: ReconciliationView,
    input: ({ query }) => ({ bankAccountId: query.bank_account_id, date: query.date }),
  }),
  route({
    method: 'GET',
    path: '/banking/reconciliations',
    tag,
    summary: 'List signed reconciliations, and whether what was signed still holds',
    operation: listReconciliations,
    client: 'query',
    query: strict({ client_account_id: Id, bank_account_id: Type.Optional(Id), ...pageQuery(20) }),
    response: listOf(SignedView),
    input: ({ query }) => ({ ...pageOf(query, 20), bankAccountId: query.bank_account_id ?? null }),
  }),
  route({
    method: 'POST',
    path: '/banking/reconciliations',
    tag,
    summary: 'Sign that bank and ledger agree on a day; refused unless they do, to the øre',
    operation: signReconciliation,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      bank_account_id: Id,
      date: DateText,
      comment: Type.Optional(nullable(MultiLineText({ maxLength: 2000 }))),
    }),
    response: SignedView,
    input: ({ body }) => ({ bankAccountId: body.bank_account_id, date: body.date, comment: body.comment ?? null }),
  }),
  route({
    method: 'POST',
    path: '/banking/reconciliations/{id}/reopen',
    tag,
    summary: 'Open a signed reconciliation again, with a reason',
    operation: reopenReconciliation,
    client: 'record',
    recordIn: 'bank_reconciliations',
    params: strict({ id: Id }),
    body: strict({ reason: MultiLineText({ minLength: 1, maxLength: 1000 }) }),
    response: SignedView,
    input: ({ params, body }) => ({ id: params.id, reason: body.reason }),
  }),
  ...bankReportRoutes,
];
