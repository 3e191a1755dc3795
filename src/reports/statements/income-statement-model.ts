import type { Language } from '../../platform/errors.ts';
import { filterTexts } from '../foundations/report-filter-text.ts';
import { linesPage } from '../foundations/report-links.ts';
import type { ReportModel, ReportRow } from '../foundations/report-model.ts';
import type { ReportSubject } from '../foundations/report-subject.ts';
import {
  APPROPRIATION,
  COSTS,
  FINANCIAL,
  INCOME,
  type IncomeStatementRow,
  type ResultKey,
  sumOf,
  TAX,
} from './income-statement.ts';
import { statementColumns } from './income-statement-columns.ts';
import type { IncomeStatementReport } from './income-statement-get.ts';
import { INCOME_STATEMENT_TEXTS } from './income-statement-texts.ts';
import { groupId, sumRow, type SumTerm, treeRows, type TreeLine } from './statement-tree.ts';

/** Finanskostnader: costs among the financial items, positive in their own group. */
const FINANCIAL_COSTS = '8300';

/** In the order and with the sums of regnskapsloven § 6-1. */
export function incomeStatementModel(
  report: IncomeStatementReport & { subject: ReportSubject; names: ReadonlyMap<number, string> },
  language: Language,
): ReportModel {
  const { range, filter } = report;
  const say = (text: keyof typeof INCOME_STATEMENT_TEXTS) => INCOME_STATEMENT_TEXTS[text][language];
  return {
    title: say('title'),
    language,
    subject: report.subject,
    from: range.from,
    to: range.to,
    printedAt: report.printedAt,
    knownAt: report.asOf,
    includesDrafts: report.includeDrafts,
    filters: filterTexts(filter, language, report.names),
    firstColumn: say('account'),
    columns: statementColumns(report, language).map(({ column }) => column),
    rows: report.statement.rows.length === 0 ? [] : statementRows(report, language),
    notes: [say('signs')],
  };
}

/** The parts of the statement: a group, the sum after it, and the result below both. */
const PARTS: { group: string; sum: ResultKey; result: ResultKey | null }[] = [
  { group: INCOME, sum: 'operating_income', result: null },
  { group: COSTS, sum: 'operating_expenses', result: 'operating_result' },
  { group: FINANCIAL, sum: 'financial_items', result: 'result_before_tax' },
  { group: TAX, sum: 'tax', result: 'result_for_the_year' },
  { group: APPROPRIATION, sum: 'appropriated', result: null },
];

function statementRows(report: IncomeStatementReport, language: Language): ReportRow[] {
  const columns = statementColumns(report, language);
  const results = new Map(report.statement.results.map((result) => [result.key, result]));
  const rows: ReportRow[] = [];
  const sum = (kind: 'subtotal' | 'computed' | 'total', key: ResultKey, of: readonly SumTerm[]) => {
    const amounts = columns.map((column) => column.sum(results.get(key)!));
    rows.push(sumRow({ kind, id: key, label: labelOf(key, report, language), amounts, of }, rows));
  };
  for (const { group, sum: key, result } of PARTS) {
    const shown = report.statement.rows.filter(({ account }) => account.groups[0].code === group);
    if (shown.length > 0) {
      rows.push(
        ...treeRows(
          shown.map((row) => lineOf(row, report, columns, language)),
          language,
        ),
      );
      const inner = [...new Set(shown.map(({ account }) => account.groups[1].code))];
      sum(
        'subtotal',
        key,
        inner.map((code) => [groupId(code), code === FINANCIAL_COSTS ? -1 : 1]),
      );
    }
    if (result === 'operating_result')
      sum('computed', result, [
        ['operating_income', 1],
        ['operating_expenses', -1],
      ]);
    if (result === 'result_before_tax')
      sum('computed', result, [
        ['operating_result', 1],
        ['financial_items', 1],
      ]);
    if (result === 'result_for_the_year')
      sum('total', result, [
        ['result_before_tax', 1],
        ['tax', -1],
      ]);
  }
  return rows;
}

/** It is the year's result only for a whole fiscal year. */
function labelOf(key: ResultKey, { range, fiscalYears }: IncomeStatementReport, language: Language): string {
  const [first, ...others] = fiscalYears;
  const years = others.length === 0 && range.from === first!.from && range.to === first!.to;
  return INCOME_STATEMENT_TEXTS[key === 'result_for_the_year' && !years ? 'result_of_the_range' : key][language];
}

function lineOf(
  row: IncomeStatementRow,
  report: IncomeStatementReport,
  columns: ReturnType<typeof statementColumns>,
  language: Language,
): TreeLine {
  const { account } = row;
  const page = (range: IncomeStatementReport['range']) => linesPage({ ...report, range }, account.code);
  // A cost among incomes, or an income among costs, is subtracted from its group.
  const sign = (account.type === 'revenue') === isIncomeGroup(row) ? 1n : -1n;
  return {
    groups: account.groups,
    code: account.code,
    label: account.name[language],
    amounts: columns.map((column) => sign * column.sum(row)),
    link: page(report.range),
    links: columns.map((column) => page(column.range)),
  };
}

function isIncomeGroup({ account }: IncomeStatementRow): boolean {
  const sum = sumOf(account);
  return sum === 'operating_income' || (sum === 'financial_items' && account.groups[1].code !== FINANCIAL_COSTS);
}
