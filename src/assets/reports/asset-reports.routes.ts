import { addDays, type LocalDate } from '../../kernel/local-date.ts';
import { amountAsNumber } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import type { Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, type Static, strict, Type } from '../../platform/http/schema.ts';
import { readOperation } from '../../platform/operation.ts';
import { type PrintableReport, readReportSubject, reportRoute, requireRange } from '../../reports/index.ts';
import { type AssetReport, readAssetReport } from './asset-report.ts';
import { assetReportModel, DEPRECIATION_LAYOUT, REGISTER_LAYOUT } from './asset-report-model.ts';

interface Range {
  from: LocalDate;
  to: LocalDate;
}

interface ReportOfAccount extends AssetReport {
  clientAccountId: number;
}

const Amount = Type.Number();
const AssetReportView = strict({
  rows: Type.Array(
    strict({
      asset_id: Id,
      sequence_number: Type.Integer(),
      name: Type.String(),
      asset_class: nullable(Type.String()),
      acquisition_date: nullable(DateText),
      retirement_date: nullable(DateText),
      cost_opening: Amount,
      additions: Amount,
      disposals: Amount,
      cost_closing: Amount,
      accumulated_opening: Amount,
      depreciation: Amount,
      accumulated_disposals: Amount,
      accumulated_closing: Amount,
      book_value: Amount,
      links: strict({ asset: Type.String(), plan: Type.String(), lines: Type.String() }),
    }),
  ),
});

function view({ rows, from, to, clientAccountId }: ReportOfAccount): Static<typeof AssetReportView> {
  return {
    rows: rows.map(({ asset, movements }) => ({
      asset_id: asset.id,
      sequence_number: asset.sequence_number,
      name: asset.name,
      asset_class: asset.asset_class,
      acquisition_date: asset.acquisition_date,
      retirement_date: asset.retirement_date,
      cost_opening: amountAsNumber(movements.costOpening),
      additions: amountAsNumber(movements.additions),
      disposals: amountAsNumber(movements.disposals),
      cost_closing: amountAsNumber(movements.costClosing),
      accumulated_opening: amountAsNumber(movements.accumulatedOpening),
      depreciation: amountAsNumber(movements.depreciation),
      accumulated_disposals: amountAsNumber(movements.accumulatedDisposals),
      accumulated_closing: amountAsNumber(movements.accumulatedClosing),
      book_value: amountAsNumber(movements.bookValue),
      links: {
        asset: `/api/v2/assets/${asset.id}`,
        plan: `/api/v2/assets/${asset.id}/depreciation-plan`,
        lines: `/api/v2/reports/general-ledger?client_account_id=${clientAccountId}&start_date=${from}&end_date=${to}&dimensions=asset,${asset.id}&format=json`,
      },
    })),
  };
}

const access = { kind: 'client', scope: 'read:accounting', roles: READERS } as const;
const dayBefore = ({ from }: Range) => addDays(from, -1);

/** Amounts at the end of a day: every movement is in the opening balance. */
const standing = (day: LocalDate) => ({ from: day, to: day, dayBefore: day });

const readRegister = readOperation({
  name: 'report.asset-register',
  access,
  run: async ({ tx, clientAccountId }, { date }: { date: LocalDate }): Promise<ReportOfAccount> => ({
    ...(await readAssetReport(tx, clientAccountId, standing(date))),
    clientAccountId,
  }),
});

const readDepreciation = readOperation({
  name: 'report.depreciation',
  access,
  run: async ({ tx, clientAccountId }, range: Range): Promise<ReportOfAccount> => {
    requireRange(range);
    return {
      ...(await readAssetReport(tx, clientAccountId, { ...range, dayBefore: dayBefore(range) })),
      clientAccountId,
    };
  },
});

export const printableAssetRegister: PrintableReport<{ date: LocalDate }> = {
  name: 'asset-register',
  async open({ tx, clientAccountId, language, now }, { date }) {
    const report = await readAssetReport(tx, clientAccountId, standing(date));
    const subject = await readReportSubject(tx, clientAccountId, null);
    return assetReportModel(report, REGISTER_LAYOUT, { subject, printedAt: now, from: null, to: date }, language);
  },
};

export const printableDepreciation: PrintableReport<Range> = {
  name: 'depreciation',
  check: requireRange,
  async open({ tx, clientAccountId, language, now }, range) {
    const report = await readAssetReport(tx, clientAccountId, { ...range, dayBefore: dayBefore(range) });
    const subject = await readReportSubject(tx, clientAccountId, null);
    return assetReportModel(report, DEPRECIATION_LAYOUT, { subject, printedAt: now, ...range }, language);
  },
};

const FormatQuery = { client_account_id: Id, format: Type.Optional(Type.String()) };

export const assetReportRoutes: Route[] = [
  reportRoute({
    path: '/reports/asset-register',
    summary: 'Asset register: cost, accumulated depreciation and book value of each asset at the end of a day',
    query: strict({ ...FormatQuery, report_date: DateText }),
    question: (query) => ({ date: query.report_date }),
    read: readRegister,
    view,
    response: AssetReportView,
    print: printableAssetRegister,
  }),
  reportRoute({
    path: '/reports/depreciation',
    summary: 'Depreciation: cost and accumulated depreciation of each asset with what changed them in a range',
    query: strict({ ...FormatQuery, date_from: DateText, date_to: DateText }),
    question: (query) => ({ from: query.date_from, to: query.date_to }),
    read: readDepreciation,
    view,
    response: AssetReportView,
    print: printableDepreciation,
  }),
];
