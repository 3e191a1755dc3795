import type { Language } from '../../platform/errors.ts';
import { dimensionTypeOf } from '../trail/related-entities.ts';
import { isNarrowed } from '../foundations/report-filter.ts';
import { filterTexts } from '../foundations/report-filter-text.ts';
import { linesPage } from '../foundations/report-links.ts';
import type { Cell, ReportModel, ReportRow } from '../foundations/report-model.ts';
import type { ReportSubject } from '../foundations/report-subject.ts';
import { add, type BalanceAmounts, type TrialBalanceRow, zero } from './trial-balance.ts';
import type { TrialBalanceReport } from './trial-balance-get.ts';

const TEXTS = {
  account: { nb: 'Konto', en: 'Account' },
  title: { nb: 'Saldobalanse', en: 'Trial balance' },
  incoming: { nb: 'Inngående saldo', en: 'Opening balance' },
  debit: { nb: 'Debet', en: 'Debit' },
  credit: { nb: 'Kredit', en: 'Credit' },
  outgoing: { nb: 'Utgående saldo', en: 'Closing balance' },
  rest: { nb: 'Uten tilknytning', en: 'Not related to any' },
  unappropriated: {
    nb: 'Resultat fra tidligere år, ikke overført til egenkapital',
    en: 'Result of earlier years, not transferred to equity',
  },
  total: { nb: 'Sum', en: 'Total' },
  signs: {
    nb: 'Saldo er debet minus kredit. Resultatkontoer starter hvert regnskapsår på null.',
    en: 'Balances are debit minus credit. Income and expense accounts begin every fiscal year at zero.',
  },
};

/** How far the report is expanded when first shown. */
export type TrialBalanceDetail = 'groups' | 'accounts' | 'relations';

export function trialBalanceModel(
  report: TrialBalanceReport & { subject: ReportSubject },
  language: Language,
  detail: TrialBalanceDetail = 'accounts',
): ReportModel {
  const { balance, range, filter } = report;
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const rows = balance.rows.length === 0 ? [] : groupRows(report, language, detail);
  const totals = { ...balance.totals };
  if (rows.length > 0 && !isNarrowed(filter) && balance.unappropriated !== 0n) {
    const result = { ...zero(), incoming: balance.unappropriated, outgoing: balance.unappropriated };
    rows.push({
      ...EMPTY,
      id: 'unappropriated',
      kind: 'computed',
      label: say('unappropriated'),
      cells: cellsOf(result),
    });
    add(totals, result);
  }
  if (rows.length > 0) {
    const terms = rows
      .filter(({ id, level }) => id !== null && level === 1)
      .map(({ id }) => ({ id: id!, factor: 1 as const }));
    rows.push({ ...EMPTY, kind: 'total', label: say('total'), cells: cellsOf(totals), sum: { of: 'rows', terms } });
  }
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
    columns: (['incoming', 'debit', 'credit', 'outgoing'] as const).map((key) => ({
      key,
      label: say(key),
      kind: 'amount',
    })),
    rows,
    notes: [say('signs')],
  };
}

const EMPTY = { id: null, level: 1, within: [], code: null, link: null, folded: false } satisfies Partial<ReportRow>;

function cellsOf({ incoming, debit, credit, outgoing }: BalanceAmounts, link: string | null = null): Cell[] {
  return [incoming, debit, credit, outgoing].map((amount) => (link && amount !== 0n ? { amount, link } : { amount }));
}

/** Headings with sums, the accounts below them, and below those the related entities. */
function groupRows(report: TrialBalanceReport, language: Language, detail: TrialBalanceDetail): ReportRow[] {
  const rows: ReportRow[] = [];
  const sums = new Map<ReportRow, BalanceAmounts>();
  const open: ReportRow[] = [];
  const openRow = (row: Omit<ReportRow, 'within' | 'cells' | 'level'>) => {
    const made = {
      ...row,
      level: open.length + 1,
      within: open.map(({ id }) => id!),
      cells: [],
      ...(row.id === null ? {} : { sum: { of: 'below' as const } }),
    };
    rows.push(made);
    sums.set(made, zero());
    open.push(made);
  };
  const sorted = byName(report.balance.rows);
  for (const [at, row] of sorted.entries()) {
    const { account } = row;
    for (const [level, group] of account.groups.entries()) {
      const id = `g${group.code}`;
      if (open[level]?.id === id) continue;
      open.length = Math.min(open.length, level);
      openRow({
        kind: 'group',
        id,
        code: null,
        label: group.name[language],
        link: null,
        folded: detail === 'groups' && level === 2,
      });
    }
    if (open[3]?.code !== account.code) {
      open.length = 3;
      const divided = isDivided(sorted, at);
      openRow({
        kind: 'account',
        id: divided ? `a${account.code}` : null,
        code: account.code,
        label: account.name[language],
        link: linesPage(report, account.code),
        folded: divided && detail !== 'relations',
      });
    }
    for (const above of open) add(sums.get(above)!, row);
    if (open[3]!.id !== null) rows.push(partRow(report, row, open, language));
  }
  for (const [row, sum] of sums) row.cells = cellsOf(sum, row.link);
  return rows;
}

const norwegian = new Intl.Collator('nb');

/** The related entities of an account in the order in which users look for them; the part without an entity is last. */
function byName(rows: readonly TrialBalanceRow[]): TrialBalanceRow[] {
  const places = new Map<unknown, number>();
  for (const { account } of rows) if (!places.has(account)) places.set(account, places.size);
  return rows.toSorted((a, b) => {
    if (a.account !== b.account) return places.get(a.account)! - places.get(b.account)!;
    if (!a.relation || !b.relation) return a.relation ? -1 : b.relation ? 1 : 0;
    return norwegian.compare(a.relation.name, b.relation.name);
  });
}

/** An account without amounts of related entities needs no parts. */
function isDivided(rows: readonly TrialBalanceRow[], at: number): boolean {
  const { account, relation } = rows[at]!;
  return relation !== null || rows[at + 1]?.account === account;
}

function partRow(
  report: TrialBalanceReport,
  row: TrialBalanceRow,
  open: readonly ReportRow[],
  language: Language,
): ReportRow {
  const { account, relation } = row;
  const link = relation && linesPage(report, account.code, { type: dimensionTypeOf(relation.type), id: relation.id });
  return {
    kind: 'part',
    id: null,
    level: 5,
    within: open.map(({ id }) => id!),
    code: null,
    label: relation?.name ?? TEXTS.rest[language],
    cells: cellsOf(row, link),
    link,
    folded: false,
  };
}
