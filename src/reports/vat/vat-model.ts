import { formatPercent, type Ore, type Percent } from '../../kernel/money.ts';
import { trimZeros } from '../../kernel/trim.ts';
import type { Language, Text } from '../../platform/errors.ts';
import { NO_FILTER } from '../foundations/report-filter.ts';
import { linesPage } from '../foundations/report-links.ts';
import type { Cell, ReportColumn, ReportModel, ReportRow } from '../foundations/report-model.ts';
import { amountText, dateText } from '../foundations/report-numbers.ts';
import type { ReportSubject } from '../foundations/report-subject.ts';
import { groupOf, type VatGroup } from './vat-codes.ts';
import { discrepancyNote, entryLabel } from './vat-discrepancies.ts';
import type { VatReport } from './vat-get.ts';
import { closingCheck } from './vat-json.ts';
import { entryPage, transactionsLink } from './vat-links.ts';
import { isVatAccount, type Sides, type VatAccount, type VatRow } from './vat-report.ts';
import { LARGEST_NOTES, type VatNote } from './vat-sums.ts';

const TEXTS = {
  title: { nb: 'Merverdiavgift', en: 'Value added tax' },
  code: { nb: 'Mva-kode', en: 'VAT code' },
  rate: { nb: 'Sats %', en: 'Rate %' },
  base: { nb: 'Grunnlag', en: 'Base' },
  tax: { nb: 'Beregnet mva', en: 'Calculated VAT' },
  posted: { nb: 'Bokført mva', en: 'Posted VAT' },
  reconciliation: { nb: 'Oppgjør og annet', en: 'Settlement and other' },
  reportable: { nb: 'Utgående mva eller fradrag', en: 'Output VAT or deduction' },
  acquisition: { nb: 'Utgående mva på kjøp', en: 'Output VAT on purchases' },
  payable: { nb: 'Mva å betale', en: 'VAT payable' },
  refund: { nb: 'Mva til gode', en: 'VAT to be refunded' },
  accounts: { nb: 'Mva-kontoer', en: 'VAT accounts' },
  moved: { nb: 'Bevegelse på konto', en: 'Movement of account' },
  movement: { nb: 'Bevegelse på kontoene 2700–2739', en: 'Movement of the accounts 2700–2739' },
  differences: {
    nb: 'Bilag der bokført mva avviker fra grunnlag × sats',
    en: 'Entries whose posted VAT differs from base × rate',
  },
  loose: { nb: 'Ført direkte på mva-konto', en: 'Posted directly on a VAT account' },
  late: {
    nb: 'Bilag datert i en annen periode enn mva hører til',
    en: 'Entries dated in another period than their VAT',
  },
  signs: {
    nb: 'Utgående mva er positiv, fradrag negativt; grunnlag er positivt ved salg og ved kjøp. Oppgjør og annet er det som ellers er ført på mva-kontoene: terminoppgjør, åpning, korreksjoner. Utgående mva på kjøp er mva som kjøperen beregner ved innførsel og omvendt avgiftsplikt. Summen av de to siste kolonnene er mva å betale, slik den står i mva-meldingen før øre kuttes.',
    en: 'Output VAT is positive, deduction negative; bases are positive for sales and for purchases. Settlement and other is what else was posted on the VAT accounts: settlements of terms, opening, corrections. Output VAT on purchases is the VAT that the buyer calculates on import and reverse charge. The sum of the last two columns is the VAT payable, as in the VAT return before øre are cut.',
  },
  more: {
    nb: `Det finnes flere avvikende bilag enn de ${LARGEST_NOTES} som er tatt med.`,
    en: `There are more differing entries than the ${LARGEST_NOTES} that are shown.`,
  },
} satisfies Record<string, Text>;

const GROUPS: Record<VatGroup, Text> = {
  sales: { nb: 'Salg og uttak', en: 'Sales and withdrawals' },
  exempt: { nb: 'Fritatt, utførsel og utenfor loven', en: 'Zero-rated, export and outside the Act' },
  import: { nb: 'Innførsel av varer', en: 'Import of goods' },
  services: { nb: 'Tjenester fra utlandet', en: 'Services from abroad' },
  domestic_reverse: { nb: 'Klimakvoter og gull', en: 'Climate quotas and gold' },
  purchases: { nb: 'Kjøp innenlands', en: 'Domestic purchases' },
  other: { nb: 'Andre koder', en: 'Other codes' },
};

const PLAIN = { id: null, level: 1, within: [], code: null, link: null, folded: false } satisfies Partial<ReportRow>;

/** Mva-spesifikasjon: codes by group, their accounts, and the explanation of the differences between them. */
export function vatModel(report: VatReport, subject: ReportSubject, language: Language): ReportModel {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const { range } = report;
  const notes = report.rows.flatMap((row) => {
    const note = discrepancyNote(report.discrepancies, row, language);
    return note ? [`${row.code.code} (${rateText(row.rate)} %): ${note}`] : [];
  });
  for (const { row, text } of report.discrepancies) if (row === null) notes.push(text[language]);
  if (report.hasMoreNotes) notes.push(say('more'));
  return {
    title: say('title'),
    language,
    subject,
    from: range.from,
    to: range.to,
    printedAt: report.printedAt,
    knownAt: report.asOf,
    includesDrafts: false,
    filters: [],
    firstColumn: say('code'),
    columns: columns(say),
    rows: [
      ...codeRows(report, language),
      ...accountRows(report, language),
      ...differenceRows(report, language),
      ...looseRows(report, language),
      ...lateRows(report, language),
    ],
    notes: [say('signs'), ...closingNotes(report, language), ...notes],
  };
}

function columns(say: (text: keyof typeof TEXTS) => string): ReportColumn[] {
  const amounts = ['base', 'tax', 'posted', 'reconciliation', 'moved', 'reportable', 'acquisition'] as const;
  return [
    { key: 'rate', label: say('rate'), kind: 'number', width: 6 },
    ...amounts.map((key) => ({ key, label: say(key), kind: 'amount' as const, isSum: key === 'reportable' })),
  ];
}

function codeRows(report: VatReport, language: Language): ReportRow[] {
  const rows: ReportRow[] = [];
  let group: VatGroup | null = null;
  for (const row of report.rows) {
    const of = groupOf(row.code);
    if (of !== group) {
      group = of;
      rows.push({ ...PLAIN, kind: 'group', id: `g-${of}`, label: GROUPS[of][language], cells: empty() });
    }
    rows.push({
      ...PLAIN,
      kind: 'account',
      level: 2,
      within: [`g-${of}`],
      code: row.code.code,
      label: row.code.name[language],
      cells: codeCells(row),
      link: transactionsLink(report, row.code.code, 'html'),
    });
  }
  if (rows.length === 0) return [];
  const sum = (of: (row: VatRow) => Ore) => report.rows.reduce((total, row) => total + of(row), 0n);
  const [main, acquisition] = [sum((row) => row.reportable), sum((row) => row.reportableAcquisition)];
  const totals = [sum((row) => net(row.tax)), sum((row) => net(row.posted)), sum((row) => net(row.reconciliation))];
  rows.push({
    ...PLAIN,
    kind: 'subtotal',
    label: language === 'nb' ? 'Sum' : 'Total',
    cells: [null, null, ...totals.map((amount) => ({ amount })), null, { amount: main }, { amount: acquisition }],
  });
  const payable = main + acquisition;
  rows.push({
    ...PLAIN,
    kind: 'total',
    label: TEXTS[payable < 0n ? 'refund' : 'payable'][language],
    cells: [null, null, null, null, null, null, { amount: payable < 0n ? -payable : payable }, null],
  });
  return rows;
}

function codeCells(row: VatRow): Cell[] {
  const base = row.code.direction === 'sale' ? net(row.base) : -net(row.base);
  return [
    { number: rateText(row.rate) },
    ...[base, net(row.tax), net(row.posted), net(row.reconciliation)].map((amount) => ({ amount })),
    null,
    { amount: row.reportable },
    { amount: row.reportableAcquisition },
  ];
}

/** The columns of the codes that an account has: posted and reconciliation; and their sum. */
function accountRows(report: VatReport, language: Language): ReportRow[] {
  const { accounts } = report;
  if (accounts.length === 0) return [];
  const cells = (posted: Ore, reconciliation: Ore, moved: Ore): Cell[] => [
    null,
    null,
    null,
    ...[posted, reconciliation, moved].map((amount) => ({ amount })),
    null,
    null,
  ];
  const total = (of: (account: VatAccount) => Sides) =>
    accounts.filter(({ account }) => isVatAccount(account)).reduce((sum, account) => sum + net(of(account)), 0n);
  return [
    { ...PLAIN, kind: 'group', id: 'accounts', label: TEXTS.accounts[language], cells: empty() },
    ...accounts.map(({ account, posted, reconciliation, moved }): ReportRow => ({
      ...PLAIN,
      kind: 'account',
      level: 2,
      within: ['accounts'],
      code: account,
      label: report.chart(account).name[language],
      cells: cells(net(posted), net(reconciliation), net(moved)),
      link: linesPage({ ...report, filter: NO_FILTER }, account),
    })),
    {
      ...PLAIN,
      kind: 'subtotal',
      label: TEXTS.movement[language],
      cells: cells(
        total(({ posted }) => posted),
        total(({ reconciliation }) => reconciliation),
        total(({ moved }) => moved),
      ),
    },
  ];
}

/** Every difference between base and VAT by transaction (bokføringsforskriften § 3-1 no. 7). */
function differenceRows(report: VatReport, language: Language): ReportRow[] {
  const notes = report.notes.filter(({ kind }) => kind === 'difference');
  if (notes.length === 0) return [];
  return [
    { ...PLAIN, kind: 'group', id: 'differences', label: TEXTS.differences[language], cells: empty() },
    ...notes.map((note): ReportRow => ({
      ...PLAIN,
      kind: 'line',
      level: 2,
      within: ['differences'],
      code: note.codes.join(', '),
      label: entryLabel(note, language),
      cells: [
        null,
        { amount: isSale(report, note) ? net(note.base) : -net(note.base) },
        { amount: net(note.expected) },
        { amount: net(note.posted) },
        { amount: net(note.posted) - net(note.expected) },
        null,
        null,
        null,
      ],
      link: entryPage(note.entryId),
    })),
  ];
}

/** Bases of sales and of purchases are positive, as in the rows of their codes. */
function isSale({ codes }: VatReport, note: VatNote): boolean {
  return codes.find(({ code }) => code === note.codes[0])?.direction === 'sale';
}

function looseRows(report: VatReport, language: Language): ReportRow[] {
  const notes = report.notes.filter(({ kind }) => kind === 'loose');
  if (notes.length === 0) return [];
  return [
    { ...PLAIN, kind: 'group', id: 'loose', label: TEXTS.loose[language], cells: empty() },
    ...notes.map((note): ReportRow => ({
      ...PLAIN,
      kind: 'line',
      level: 2,
      within: ['loose'],
      code: note.account,
      label: entryLabel(note, language),
      cells: [null, null, null, null, { amount: net(note.posted) }, null, null, null],
      link: entryPage(note.entryId),
    })),
  ];
}

function lateRows(report: VatReport, language: Language): ReportRow[] {
  if (report.lateEntries.length === 0) return [];
  return [
    { ...PLAIN, kind: 'group', id: 'late', label: TEXTS.late[language], cells: empty() },
    ...report.lateEntries.map((late): ReportRow => ({
      ...PLAIN,
      kind: 'line',
      level: 2,
      within: ['late'],
      label: `${entryLabel(late, language)} → ${dateText(late.vatTerm, language)}`,
      cells: empty(),
      link: entryPage(late.entryId),
    })),
  ];
}

function closingNotes(report: VatReport, language: Language): string[] {
  if (report.accounts.length === 0) return [];
  const check = closingCheck(report);
  const difference = check.posted + check.reconciliation + check.unassigned - check.outside - check.movement;
  const money = (amount: Ore) => amountText(-amount, language);
  const sentence =
    language === 'nb'
      ? `Kontroll: bokført mva ${money(check.posted)} og oppgjør og annet ${money(check.reconciliation + check.unassigned - check.outside)} er bevegelsen på kontoene 2700–2739, ${money(check.movement)}`
      : `Check: posted VAT ${money(check.posted)} and settlement and other ${money(check.reconciliation + check.unassigned - check.outside)} are the movement of the accounts 2700–2739, ${money(check.movement)}`;
  return [difference === 0n ? `${sentence}.` : `${sentence} (${money(difference)}).`];
}

function empty(): Cell[] {
  return [null, null, null, null, null, null, null, null];
}

/** credit − debit */
function net({ debit, credit }: Sides): Ore {
  return credit - debit;
}

/** `25`, `11.11` */
export function rateText(rate: Percent): string {
  return trimZeros(formatPercent(rate));
}
