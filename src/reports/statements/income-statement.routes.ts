import { strict, Type } from '../../platform/http/schema.ts';
import type { Route } from '../../platform/http/route.ts';
import { DateRangeQuery, reportOptions, ReportQuery, reportQueryFaults } from '../foundations/report-query.ts';
import { reportRoute } from '../foundations/report-route.ts';
import { getIncomeStatement } from './income-statement-get.ts';
import { incomeStatementView, IncomeStatementView } from './income-statement-json.ts';
import { printableIncomeStatement } from './income-statement-print.ts';

export const incomeStatementRoutes: Route[] = [
  reportRoute({
    path: '/reports/income-statement',
    summary: 'Income statement: income and costs by month, with the results',
    query: strict({
      ...ReportQuery,
      ...DateRangeQuery,
      compare: Type.Optional(Type.Enum(['previous_year'], { description: 'With the same range a year earlier' })),
    }),
    faults: reportQueryFaults,
    question: (query) => ({
      range: { from: query.date_from, to: query.date_to },
      compare: query.compare === 'previous_year',
      ...reportOptions(query),
    }),
    read: getIncomeStatement,
    view: incomeStatementView,
    response: IncomeStatementView,
    print: printableIncomeStatement,
  }),
];
