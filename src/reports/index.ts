import type { Route } from '../platform/http/route.ts';
import { generalLedgerRoutes } from './general-ledger/general-ledger.routes.ts';
import { balanceSheetRoutes } from './statements/balance-sheet.routes.ts';
import { incomeStatementRoutes } from './statements/income-statement.routes.ts';
import { trialBalanceRoutes } from './trial-balance/trial-balance.routes.ts';
import { vatRoutes } from './vat/vat.routes.ts';

export { type AccountLines, getAccountLines } from './trail/account-lines-get.ts';
export { entryNumberText } from './general-ledger/general-ledger-json.ts';
export type { LedgerLine } from './general-ledger/ledger-line.ts';
export type { LedgerRow } from './general-ledger/ledger-rows.ts';
export { listClientAccountOverview, type Overview, type OverviewRow } from './client-account-overview.ts';
export { type EntryLabel, type EntryTrail, getEntryTrail } from './trail/entry-trail-get.ts';
export { readKnownAt } from './figures/known-at.ts';
export { NO_FILTER, readFilter } from './foundations/report-filter.ts';
export { reportJob } from './delivery/report-job.ts';
export { type AccountType, readChart } from './printed/report-chart.ts';
export { filterTexts } from './foundations/report-filter-text.ts';
export { foldStyle, type HtmlDocument, htmlDocument, PrintHeader, ReportView } from './printed/report-html.tsx';
export type { PrintableReport } from './printed/printable-report.ts';
export type { Cell, ReportColumn, ReportModel, ReportRow } from './foundations/report-model.ts';
export {
  amountText,
  dateText,
  fiscalYearText,
  numberText,
  organizationNumberText,
  timeText,
} from './foundations/report-numbers.ts';
export type { Face } from './render/pdf/face.ts';
export { type AttachedFile, PdfFile, type Picture } from './render/pdf/pdf-file.ts';
export { INK, QUIET, type Sheet } from './render/pdf/sheet.ts';
export { textLines } from './render/pdf/text-lines.ts';
export { AsOfQuery, asOfFaults } from './foundations/report-query.ts';
export { type ReportRange, requireRange, START_END_DATE } from './foundations/report-range.ts';
export { BOX, type FormSection, type PdfForm } from './render/pdf/form/form-model.ts';
export { printForm } from './delivery/form-task.ts';
export { readReportSubject } from './foundations/report-subject.ts';
export { reportStyle } from './printed/report-style.ts';
export { getGeneralLedgerPage } from './general-ledger/general-ledger-get.ts';
export { getTrialBalance } from './trial-balance/trial-balance-get.ts';
export { type TrialBalanceDetail, trialBalanceModel } from './trial-balance/trial-balance-model.ts';
export type { VatCode } from './vat/vat-codes.ts';
export { readVatReport, type VatQuestion, type VatReport } from './vat/vat-get.ts';
export { VatRowView, vatRows } from './vat/vat-json.ts';
export type { VatRow } from './vat/vat-report.ts';
export { getVatReport } from './vat/vat-get.ts';
export { printableVat } from './vat/vat-print.ts';
export { reportRoute } from './foundations/report-route.ts';

export const reportRoutes: Route[] = [
  ...balanceSheetRoutes,
  ...incomeStatementRoutes,
  ...generalLedgerRoutes,
  ...trialBalanceRoutes,
  ...vatRoutes,
];
