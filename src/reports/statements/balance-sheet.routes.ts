import { DateText, strict } from '../../platform/http/schema.ts';
import type { Route } from '../../platform/http/route.ts';
import { reportOptions, ReportQuery, reportQueryFaults } from '../foundations/report-query.ts';
import { reportRoute } from '../foundations/report-route.ts';
import { getBalanceSheet } from './balance-sheet-get.ts';
import { balanceSheetView, BalanceSheetView } from './balance-sheet-json.ts';
import { printableBalanceSheet } from './balance-sheet-print.ts';

export const balanceSheetRoutes: Route[] = [
  reportRoute({
    path: '/reports/balance-sheet',
    summary: 'Balance sheet: assets, equity and liabilities at the end of a day',
    query: strict({ ...ReportQuery, report_date: DateText }),
    faults: reportQueryFaults,
    question: (query) => ({ date: query.report_date, ...reportOptions(query) }),
    read: getBalanceSheet,
    view: balanceSheetView,
    response: BalanceSheetView,
    print: printableBalanceSheet,
  }),
];
