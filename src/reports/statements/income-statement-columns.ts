import { monthOf, yearOf } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportColumn } from '../foundations/report-model.ts';
import { fiscalYearText } from '../foundations/report-numbers.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import { total } from './income-statement-json.ts';
import type { IncomeStatementReport } from './income-statement-get.ts';
import { INCOME_STATEMENT_TEXTS } from './income-statement-texts.ts';

/** The terms of a column in the printed statement: indexes of the periods, of the range or of the previous year. */
interface ColumnPart {
  column: ReportColumn;
  range: ReportRange;
  sum(row: { amounts: readonly Ore[]; compared: readonly Ore[] | null }): Ore;
}

/** More months than this are printed by year. */
const MOST_MONTHS = 13;

const MONTHS: Record<Language, string[]> = {
  nb: ['jan', 'feb', 'mar', 'apr', 'mai', 'jun', 'jul', 'aug', 'sep', 'okt', 'nov', 'des'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};

/** One column per month, or per fiscal year if there are many months; the total; the range a year earlier. */
export function statementColumns(report: IncomeStatementReport, language: Language): ColumnPart[] {
  const { periods, range, compared, fiscalYears } = report;
  const say = (text: 'total' | 'compared') => INCOME_STATEMENT_TEXTS[text][language];
  const amount = (key: string, label: string): ReportColumn => ({ key, label, kind: 'amount' });
  const columns: ColumnPart[] = [];
  const byMonth = periods.length <= MOST_MONTHS;
  const crosses = yearOf(range.from) !== yearOf(range.to);
  for (const [at, period] of periods.entries()) {
    const year = String(yearOf(period.month)).padStart(4, '0');
    const fiscalYear = fiscalYears.find(({ to }) => period.to <= to)!;
    const yearKey = String(fiscalYear.name).padStart(4, '0');
    const last = columns.at(-1);
    if (!byMonth && last?.column.key === yearKey) {
      last.range = { from: last.range.from, to: period.to };
      const before = last.sum;
      last.sum = (row) => before(row) + row.amounts[at]!;
      continue;
    }
    const month = MONTHS[language][monthOf(period.month) - 1]!;
    const label = byMonth ? (crosses ? `${month} ${year.slice(2)}` : month) : fiscalYearText(fiscalYear);
    columns.push({
      column: amount(byMonth ? period.key : yearKey, label),
      range: { from: period.from, to: period.to },
      sum: (row) => row.amounts[at]!,
    });
  }
  const whole: ColumnPart = {
    column: { ...amount('total', say('total')), isSum: true },
    range,
    sum: (row) => total(row.amounts),
  };
  const shown = columns.length === 1 ? [whole] : [...columns, whole];
  if (compared)
    shown.push({
      column: amount('compared', say('compared')),
      range: compared.range,
      sum: (row) => total(row.compared ?? []),
    });
  return shown;
}
