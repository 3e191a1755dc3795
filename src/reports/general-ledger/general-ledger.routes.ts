import type { Route } from '../../platform/http/route.ts';
import { pageOf, pageQuery } from '../../platform/http/paging.ts';
import { DateText, strict } from '../../platform/http/schema.ts';
import { AccountCodesQuery, reportOptions, ReportQuery, reportQueryFaults } from '../foundations/report-query.ts';
import { reportRoute } from '../foundations/report-route.ts';
import { getGeneralLedgerPage } from './general-ledger-get.ts';
import { GeneralLedgerView, generalLedgerView } from './general-ledger-json.ts';
import { printableGeneralLedger } from './general-ledger-print.ts';

const ROWS_A_PAGE = 100;
const MOST_ROWS_A_PAGE = 1000;

export const generalLedgerRoutes: Route[] = [
  reportRoute({
    path: '/reports/general-ledger',
    summary:
      'General ledger: opening balance, every line with running balance, and closing balance per account. JSON in pages, the other formats whole',
    query: strict({
      ...ReportQuery,
      start_date: DateText,
      end_date: DateText,
      ...AccountCodesQuery,
      ...pageQuery(ROWS_A_PAGE, MOST_ROWS_A_PAGE),
    }),
    faults: reportQueryFaults,
    question: (query) => ({
      range: { from: query.start_date, to: query.end_date },
      ...reportOptions(query),
      ...pageOf(query, ROWS_A_PAGE),
    }),
    read: getGeneralLedgerPage,
    view: generalLedgerView,
    response: GeneralLedgerView,
    print: printableGeneralLedger,
  }),
];
