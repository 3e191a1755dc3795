import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { filterTexts } from '../foundations/report-filter-text.ts';
import { incomeStatementLink, linesPage } from '../foundations/report-links.ts';
import type { ReportModel, ReportRow } from '../foundations/report-model.ts';
import type { ReportSubject } from '../foundations/report-subject.ts';
import { ASSETS, EQUITY, EQUITY_AND_LIABILITIES, RETAINED } from './balance-sheet.ts';
import type { BalanceSheetReport } from './balance-sheet-get.ts';
import { BALANCE_SHEET_TEXTS } from './balance-sheet-texts.ts';
import { groupId, sumRow, type SumTerm, treeRows, type TreeLine } from './statement-tree.ts';

/** In the order and with the sums of regnskapsloven § 6-2; assets as debit, the other side as credit. */
export function balanceSheetModel(
  report: BalanceSheetReport & { subject: ReportSubject; names: ReadonlyMap<number, string> },
  language: Language,
): ReportModel {
  const { date, filter } = report;
  const say = (text: keyof typeof BALANCE_SHEET_TEXTS) => BALANCE_SHEET_TEXTS[text][language];
  return {
    title: say('title'),
    language,
    subject: report.subject,
    from: null,
    to: date,
    printedAt: report.printedAt,
    knownAt: report.asOf,
    includesDrafts: report.includeDrafts,
    filters: filterTexts(filter, language, report.names),
    firstColumn: say('account'),
    columns: [{ key: 'balance', label: say('balance'), kind: 'amount' }],
    rows: statementRows(report, language),
    notes: [say('signs'), ...(filter.dimensions.length > 0 ? [say('narrowed')] : [])],
  };
}

function statementRows(report: BalanceSheetReport, language: Language): ReportRow[] {
  const { assets, equity, liabilities } = report.sheet;
  const say = (text: keyof typeof BALANCE_SHEET_TEXTS) => BALANCE_SHEET_TEXTS[text][language];
  const lines = treeLines(report, language);
  const left = lines.filter(({ groups }) => groups[0].code === ASSETS);
  const right = lines.filter(({ groups }) => groups[0].code !== ASSETS);
  const rows: ReportRow[] = [];
  const sum = (id: string, kind: 'subtotal' | 'computed' | 'total', amount: Ore, of: SumTerm[]) =>
    rows.push(sumRow({ kind, id, label: say(id as keyof typeof BALANCE_SHEET_TEXTS), amounts: [amount], of }, rows));
  if (left.length > 0) {
    rows.push(...treeRows(left, language));
    sum('assets', 'total', assets, [[groupId(ASSETS), 1]]);
  }
  if (right.length > 0) {
    rows.push(...treeRows(right, language));
    const debts = new Set(right.map(({ groups }) => groups[1].code).filter((code) => code !== EQUITY));
    if (debts.size > 0)
      sum(
        'liabilities',
        'subtotal',
        -liabilities,
        [...debts].map((code) => [groupId(code), 1]),
      );
    sum('both', 'total', -(equity + liabilities), [[groupId(EQUITY_AND_LIABILITIES), 1]]);
  }
  const difference = assets + equity + liabilities;
  if (difference !== 0n)
    sum('difference', 'computed', difference, [
      ['assets', 1],
      ['both', -1],
    ]);
  return rows;
}

function treeLines(report: BalanceSheetReport, language: Language): TreeLine[] {
  const { sheet, resultGroups, clientAccountId, filter, includeDrafts, date, yearStart } = report;
  const source = { clientAccountId, filter, includeDrafts, range: { from: yearStart, to: date } };
  const lines: TreeLine[] = sheet.rows.map(({ account, balance }) => {
    const link = linesPage(source, account.code);
    return {
      groups: account.groups,
      code: account.code,
      label: account.name[language],
      amounts: [account.groups[0].code === ASSETS ? balance : -balance],
      link,
      links: [link],
    };
  });
  if (sheet.unappropriated === 0n) return lines;
  const link = `${incomeStatementLink(source)}&format=html`;
  const after = sheet.rows.findLastIndex(({ account }) => account.groups[2].code <= RETAINED);
  lines.splice(after + 1, 0, {
    groups: resultGroups,
    code: null,
    label: BALANCE_SHEET_TEXTS.unappropriated[language],
    amounts: [-sheet.unappropriated],
    link,
    links: [link],
  });
  return lines;
}
