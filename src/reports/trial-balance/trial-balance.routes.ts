import { strict } from '../../platform/http/schema.ts';
import type { Route } from '../../platform/http/route.ts';
import {
  AccountCodesQuery,
  DateRangeQuery,
  reportOptions,
  ReportQuery,
  reportQueryFaults,
} from '../foundations/report-query.ts';
import { reportRoute } from '../foundations/report-route.ts';
import { getTrialBalance } from './trial-balance-get.ts';
import { trialBalanceView, TrialBalanceView } from './trial-balance-json.ts';
import { printableTrialBalance } from './trial-balance-print.ts';

export const trialBalanceRoutes: Route[] = [
  reportRoute({
    path: '/reports/trial-balance',
    summary: 'Trial balance: opening balance, debit, credit and closing balance per account and related entity',
    query: strict({ ...ReportQuery, ...DateRangeQuery, ...AccountCodesQuery }),
    faults: reportQueryFaults,
    question: (query) => ({
      range: { from: query.date_from, to: query.date_to },
      ...reportOptions(query),
      withSubject: false,
    }),
    read: getTrialBalance,
    view: trialBalanceView,
    response: TrialBalanceView,
    print: printableTrialBalance,
  }),
];
