import { route, type Route } from '../platform/http/route.ts';
import { strict } from '../platform/http/schema.ts';
import { reportDocument } from './report-html.tsx';
import { readFormat } from './report-format.ts';
import { AccountCodesQuery, DateRangeQuery, reportOptions, ReportQuery, reportQueryFaults } from './report-query.ts';
import { getTrialBalance } from './trial-balance-get.ts';
import { trialBalanceView, TrialBalanceView } from './trial-balance-json.ts';
import { trialBalanceModel } from './trial-balance-model.ts';

export const trialBalanceRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/reports/trial-balance',
    tag: 'Reports',
    summary: 'Trial balance: opening balance, debit, credit and closing balance per account and related entity',
    operation: getTrialBalance,
    client: 'query',
    unknownClientAccountIs404: true,
    query: strict({ ...ReportQuery, ...DateRangeQuery, ...AccountCodesQuery }),
    response: TrialBalanceView,
    produces: ['application/json', 'text/html'],
    faults: (query, request) => reportQueryFaults(query, request),
    input: ({ query, request }) => ({
      range: { from: query.date_from, to: query.date_to },
      ...reportOptions(query),
      withSubject: readFormat(query.format, request.headers.accept).format === 'html',
    }),
    send: (report, reply, { language }) => {
      const { subject } = report;
      reply.header('vary', 'accept, accept-language');
      if (!subject) {
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(trialBalanceView(report, language)));
      }
      const { html, contentSecurityPolicy } = reportDocument(trialBalanceModel({ ...report, subject }, language));
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', contentSecurityPolicy)
        .header('x-content-type-options', 'nosniff')
        .send(html);
    },
  }),
];
