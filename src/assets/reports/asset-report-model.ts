import type { Ore } from '../../kernel/money.ts';
import type { Language, Text } from '../../platform/errors.ts';
import type { Cell, ReportColumn, ReportModel, ReportRow } from '../../reports/index.ts';
import { assetClass } from '../asset-class.ts';
import type { AssetMovements, AssetReport, AssetReportRow } from './asset-report.ts';

type Amount = keyof AssetMovements;

/** A report over assets: its columns of movements and other columns. */
export interface AssetReportLayout {
  title: Text;
  amounts: readonly Amount[];
  /** Dates of the register before the amounts. */
  withDates: boolean;
  notes: readonly Text[];
}

const LABELS: Record<Amount, Text> = {
  costOpening: { nb: 'Anskaffelseskost ved start', en: 'Opening cost' },
  additions: { nb: 'Tilgang', en: 'Additions' },
  disposals: { nb: 'Avgang', en: 'Disposals' },
  costClosing: { nb: 'Anskaffelseskost', en: 'Cost' },
  accumulatedOpening: { nb: 'Avskrevet ved start', en: 'Depreciated at start' },
  depreciation: { nb: 'Avskrivning i perioden', en: 'Depreciation' },
  accumulatedDisposals: { nb: 'Avskrivning på avgang', en: 'Depreciation of disposals' },
  accumulatedClosing: { nb: 'Akkumulert avskrivning', en: 'Accumulated depreciation' },
  bookValue: { nb: 'Bokført verdi', en: 'Book value' },
};

const TEXTS = {
  asset: { nb: 'Eiendel', en: 'Asset' },
  acquired: { nb: 'Anskaffet', en: 'Acquired' },
  retired: { nb: 'Avgang', en: 'Retired' },
  noClass: { nb: 'Uten klasse', en: 'Without a class' },
  total: { nb: 'Sum', en: 'Total' },
} satisfies Record<string, Text>;

export const REGISTER_LAYOUT: AssetReportLayout = {
  title: { nb: 'Anleggsregister', en: 'Asset register' },
  amounts: ['costClosing', 'accumulatedClosing', 'bookValue'],
  withDates: true,
  notes: [],
};

export const DEPRECIATION_LAYOUT: AssetReportLayout = {
  title: { nb: 'Avskrivninger', en: 'Depreciation' },
  amounts: [
    'costOpening',
    'additions',
    'disposals',
    'costClosing',
    'accumulatedOpening',
    'depreciation',
    'accumulatedDisposals',
    'accumulatedClosing',
    'bookValue',
  ],
  withDates: false,
  notes: [
    {
      nb: 'Anskaffelseskost og avskrivninger er summen av linjene i regnskapet med eiendelen som dimensjon.',
      en: 'Cost and depreciation are the sums of the ledger’s lines with the asset as their dimension.',
    },
  ],
};

type Head = Pick<ReportModel, 'subject' | 'printedAt' | 'from' | 'to'>;

export function assetReportModel(
  report: AssetReport,
  layout: AssetReportLayout,
  head: Head,
  language: Language,
): ReportModel {
  const say = (text: Text) => text[language];
  const columns: ReportColumn[] = [
    ...(layout.withDates
      ? [
          { key: 'acquisition_date', label: say(TEXTS.acquired), kind: 'date' as const },
          { key: 'retirement_date', label: say(TEXTS.retired), kind: 'date' as const },
        ]
      : []),
    ...layout.amounts.map((key) => ({ key, label: say(LABELS[key]), kind: 'amount' as const })),
  ];
  return {
    title: say(layout.title),
    language,
    subject: head.subject,
    from: head.from,
    to: head.to,
    printedAt: head.printedAt,
    knownAt: null,
    includesDrafts: false,
    filters: [],
    firstColumn: say(TEXTS.asset),
    columns,
    rows: rowsOf(report.rows, layout, language),
    notes: layout.notes.map(say),
  };
}

function rowsOf(all: readonly AssetReportRow[], layout: AssetReportLayout, language: Language): ReportRow[] {
  const rows: ReportRow[] = [];
  const ids: string[] = [];
  const total = zeros(layout);
  let group: { row: ReportRow; code: string | null; sums: Ore[] } | null = null;
  for (const { asset, movements } of all) {
    if (!group || group.code !== asset.asset_class) {
      group = beginGroup(asset.asset_class, layout, language);
      rows.push(group.row);
      ids.push(group.row.id!);
    }
    const amounts = layout.amounts.map((key) => movements[key]);
    addTo(group.sums, amounts);
    addTo(total, amounts);
    group.row.cells = cells(layout, [null, null], group.sums);
    const dates = [asset.acquisition_date, asset.retirement_date];
    rows.push({
      kind: 'line',
      id: null,
      level: 2,
      within: [group.row.id!],
      code: String(asset.sequence_number),
      label: asset.name,
      cells: cells(layout, dates, amounts),
      link: null,
      folded: false,
    });
  }
  if (rows.length > 0)
    rows.push({
      kind: 'total',
      id: null,
      level: 1,
      within: [],
      code: null,
      label: TEXTS.total[language],
      cells: cells(layout, [null, null], total),
      link: null,
      folded: false,
      sum: { of: 'rows', terms: ids.map((id) => ({ id, factor: 1 })) },
    });
  return rows;
}

function beginGroup(code: string | null, layout: AssetReportLayout, language: Language) {
  const each = code === null ? undefined : assetClass(code);
  const row: ReportRow = {
    kind: 'group',
    id: `c${code ?? ''}`,
    level: 1,
    within: [],
    code: null,
    label: (each?.name ?? TEXTS.noClass)[language],
    cells: [],
    link: null,
    folded: false,
    sum: { of: 'below' },
  };
  return { row, code, sums: zeros(layout) };
}

function zeros({ amounts }: AssetReportLayout): Ore[] {
  return amounts.map(() => 0n);
}

function addTo(sums: Ore[], amounts: readonly Ore[]): void {
  for (const [at, amount] of amounts.entries()) sums[at]! += amount;
}

function cells(layout: AssetReportLayout, dates: readonly (string | null)[], amounts: readonly Ore[]): Cell[] {
  const shown = layout.withDates ? dates.map((date): Cell => (date === null ? null : { date })) : [];
  return [...shown, ...amounts.map((amount): Cell => ({ amount }))];
}
