import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportAccount } from '../printed/report-chart.ts';
import type { Cell, ReportRow } from '../foundations/report-model.ts';

/** A line of a statement below its groups: an account, or a calculated figure. */
export interface TreeLine {
  groups: ReportAccount['groups'];
  /** Null for a calculated figure. */
  code: string | null;
  label: string;
  /** Per column, with the sign that readers expect. */
  amounts: readonly Ore[];
  link: string | null;
  /** Per column: the link of the amount. */
  links: readonly (string | null)[];
}

/** The rows of the statement: headings of the outer groups, headings with sums of the two inner ones, and their lines. */
export function treeRows(lines: readonly TreeLine[], language: Language): ReportRow[] {
  const rows: ReportRow[] = [];
  const sums = new Map<ReportRow, Ore[]>();
  const open: ReportRow[] = [];
  for (const line of lines) {
    for (const [level, group] of line.groups.entries()) {
      const id = groupId(group.code);
      if (open[level]?.id === id) continue;
      open.length = Math.min(open.length, level);
      const row: ReportRow = {
        kind: 'group',
        id,
        level: level + 1,
        within: open.map((above) => above.id!),
        code: null,
        label: group.name[language],
        cells: [],
        link: null,
        folded: false,
        ...(level === 0 ? {} : { sum: { of: 'below' } }),
      };
      rows.push(row);
      open.push(row);
      if (level > 0)
        sums.set(
          row,
          line.amounts.map(() => 0n),
        );
    }
    for (const above of open) sums.get(above)?.forEach((sum, at, all) => (all[at] = sum + line.amounts[at]!));
    rows.push({
      kind: line.code === null ? 'computed' : 'account',
      id: null,
      level: 4,
      within: open.map((above) => above.id!),
      code: line.code,
      label: line.label,
      cells: line.amounts.map((amount, at) => cellOf(amount, line.links[at])),
      link: line.link,
      folded: false,
    });
  }
  for (const [row, amounts] of sums) row.cells = amounts.map((amount) => ({ amount }));
  // A heading without sums: its rows are summed after it.
  for (const row of rows) if (row.kind === 'group' && row.level === 1) row.cells = lines[0]!.amounts.map(() => null);
  return rows;
}

function cellOf(amount: Ore, link: string | null | undefined): Cell {
  return link && amount !== 0n ? { amount, link } : { amount };
}

export function groupId(code: string): string {
  return `g${code}`;
}

export type SumTerm = readonly [id: string, factor: 1 | -1];

interface SumRow {
  kind: 'subtotal' | 'computed' | 'total';
  id: string;
  level?: number;
  label: string;
  amounts: readonly Ore[];
  /** Ids of its terms with their factors; those not in the report are left out. */
  of: readonly SumTerm[];
}

/** A row that is the sum of others, after them. */
export function sumRow({ kind, id, level = 1, label, amounts, of }: SumRow, rows: readonly ReportRow[]): ReportRow {
  const known = new Set(rows.map((row) => row.id));
  return {
    kind,
    id,
    level,
    within: [],
    code: null,
    label,
    cells: amounts.map((amount) => ({ amount })),
    link: null,
    folded: false,
    sum: {
      of: 'rows',
      terms: of.filter(([term]) => known.has(term)).map(([term, factor]) => ({ id: term, factor })),
    },
  };
}
