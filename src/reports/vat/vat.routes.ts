import type { Route } from '../../platform/http/route.ts';
import { DateText, Id, strict, Type } from '../../platform/http/schema.ts';
import { AsOfQuery, asOfFaults } from '../foundations/report-query.ts';
import { reportRoute } from '../foundations/report-route.ts';
import type { ReportFormat } from '../foundations/report-format.ts';
import { getVatReport } from './vat-get.ts';
import { vatView, VatView } from './vat-json.ts';
import { printableVat } from './vat-print.ts';
import { getVatTransactions, readTransactionKey, TransactionsView, transactionsView } from './vat-transactions-get.ts';
import { printableVatTransactions } from './vat-transactions-print.ts';

const FORMATS: readonly ReportFormat[] = ['html', 'pdf', 'json'];

const VatQuery = {
  client_account_id: Id,
  from_date: DateText,
  to_date: DateText,
  ...AsOfQuery,
  format: Type.Optional(
    Type.String({
      description: `One of ${FORMATS.join(', ')}. May be left out with Accept: application/json`,
      examples: ['json'],
    }),
  ),
};

interface RawQuery {
  from_date: string;
  to_date: string;
  as_of?: string;
}

const questionOf = ({ from_date: from, to_date: to, as_of: asOf }: RawQuery) => ({
  range: { from, to },
  asOf: asOf === undefined ? null : new Date(asOf),
});

export const vatRoutes: Route[] = [
  reportRoute({
    path: '/reports/vat',
    summary:
      'VAT: per code base, calculated and posted tax, reconciliation with the VAT accounts, what is to be reported',
    query: strict(VatQuery),
    faults: asOfFaults,
    question: questionOf,
    read: getVatReport,
    view: vatView,
    response: VatView,
    print: printableVat,
    formats: FORMATS,
  }),
  reportRoute({
    path: '/reports/vat/transactions',
    summary: 'VAT specification: the transactions of each VAT code with base and tax',
    query: strict({
      ...VatQuery,
      tax_code: Type.Optional(Type.String({ minLength: 1, maxLength: 70 })),
      after: Type.Optional(Type.String({ description: 'The `next` of the page before (JSON only)' })),
      per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    }),
    faults: (query) => [...asOfFaults(query), ...readTransactionKey(query.after).problems],
    question: (query) => ({
      ...questionOf(query),
      taxCode: query.tax_code ?? null,
      after: readTransactionKey(query.after).key,
      size: query.per_page ?? 100,
    }),
    read: getVatTransactions,
    view: transactionsView,
    response: TransactionsView,
    print: printableVatTransactions,
    formats: FORMATS,
  }),
];
