import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { Language } from '../../platform/errors.ts';
import { filterTexts } from '../foundations/report-filter-text.ts';
import { linesPage } from '../foundations/report-links.ts';
import type { Cell, ReportRow, ReportStream, RowSum } from '../foundations/report-model.ts';
import type { ReportSubject } from '../foundations/report-subject.ts';
import { entryNumberText } from './general-ledger-json.ts';
import type { GeneralLedgerQuestion, OpenGeneralLedger } from './general-ledger-read.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { LedgerRow } from './ledger-rows.ts';
import type { Section } from './sections.ts';

const TEXTS = {
  title: { nb: 'Hovedbok', en: 'General ledger' },
  first: { nb: 'Konto / bilag', en: 'Account / entry' },
  date: { nb: 'Dato', en: 'Date' },
  vatCode: { nb: 'Mva-kode', en: 'VAT code' },
  vat: { nb: 'Mva', en: 'VAT' },
  partner: { nb: 'Motpart', en: 'Counterparty' },
  dimensions: { nb: 'Dimensjoner', en: 'Dimensions' },
  document: { nb: 'Dokument', en: 'Document' },
  debit: { nb: 'Debet', en: 'Debit' },
  credit: { nb: 'Kredit', en: 'Credit' },
  balance: { nb: 'Saldo', en: 'Balance' },
  opening: { nb: 'Inngående saldo', en: 'Opening balance' },
  closing: { nb: 'Utgående saldo', en: 'Closing balance' },
  total: { nb: 'Sum for perioden', en: 'Total of the period' },
  all: { nb: 'Sum', en: 'Total' },
  draft: { nb: 'Utkast', en: 'Draft' },
  voucher: { nb: 'Vedlegg', en: 'Attachment' },
  signs: {
    nb: 'Saldo er debet minus kredit. Resultatkontoer starter hvert regnskapsår på null.',
    en: 'Balances are debit minus credit. Income and expense accounts begin every fiscal year at zero.',
  },
  vatNote: {
    nb: 'Mva er merverdiavgiften som linjen ga opphav til; den er ført på egne linjer.',
    en: 'VAT is the tax that the line caused; it is posted on lines of its own.',
  },
} satisfies Record<string, Record<Language, string>>;

/** A formula with more terms exceeds a spreadsheet's limit. */
const MOST_TERMS = 1_000;

/**
 * Rows read from the database at once: enough to be fast, few enough that they are gone with the young generation of a
 * rendering thread. 4,000 outlive it, and its heap grows by 50 MB before they are collected.
 */
const BATCH = 1_000;

export interface GeneralLedgerSource extends GeneralLedgerQuestion, OpenGeneralLedger {
  clientAccountId: number;
  subject: ReportSubject;
  /** Names of the dimensions in its filter. */
  filterNames: ReadonlyMap<number, string>;
  printedAt: Date;
}

/** The printed general ledger. Its rows are read each time they are requested. */
export function generalLedgerStream(source: GeneralLedgerSource, language: Language): ReportStream {
  const { range, filter, ledger } = source;
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const push = rowMaker(source, language);
  return {
    title: say('title'),
    language,
    subject: source.subject,
    from: range.from,
    to: range.to,
    printedAt: source.printedAt,
    knownAt: source.asOf,
    includesDrafts: source.includeDrafts,
    filters: filterTexts(filter, language, source.filterNames),
    firstColumn: say('first'),
    columns: [
      { key: 'date', label: say('date'), kind: 'date', width: 10 },
      { key: 'tax_code', label: say('vatCode'), kind: 'text', width: 8 },
      { key: 'tax_amount', label: say('vat'), kind: 'amount', width: 11 },
      { key: 'partner', label: say('partner'), kind: 'text', width: 20 },
      { key: 'dimensions', label: say('dimensions'), kind: 'text', width: 18 },
      { key: 'document', label: say('document'), kind: 'text', width: 11 },
      { key: 'debit', label: say('debit'), kind: 'amount', width: 13 },
      { key: 'credit', label: say('credit'), kind: 'amount', width: 13 },
      { key: 'balance', label: say('balance'), kind: 'amount', width: 14 },
    ],
    notes: [say('signs'), say('vatNote')],
    // Includes a heading for each account, and the grand total.
    rowCount: ledger.accounts === 0 ? 0 : ledger.rows + ledger.accounts + 1,
    async *rows() {
      if (ledger.accounts === 0) return;
      for await (const batch of source.reader(BATCH).rows(ledger.sections, 0, ledger.rows)) {
        const rows: ReportRow[] = [];
        for (const row of batch) push(rows, row);
        yield rows;
      }
      const { debit, credit, closing } = ledger.totals;
      const sum = ledger.accounts > MOST_TERMS ? {} : { sum: sumOfRows(lastRowIds(ledger.sections)) };
      yield [
        {
          ...BARE,
          kind: 'total',
          level: 1,
          label: say('all'),
          cells: balanceCells(null, debit, credit, closing),
          ...sum,
        },
      ];
    },
  };
}

type LedgerRowKind = 'opening' | 'closing' | 'total';

const BARE = { id: null, level: 2, within: [], code: null, link: null, folded: false } satisfies Partial<ReportRow>;

interface Place {
  section: Section | null;
  /** The sections of the current account so far. */
  closings: Section[];
  /** The parents of the balance rows, and of the lines. */
  account: string[];
  lines: string[];
}

/** Converts a row to its printed form; adds a heading before the first row of an account. */
function rowMaker(source: GeneralLedgerSource, language: Language): (rows: ReportRow[], row: LedgerRow) => void {
  let at: Place = { section: null, closings: [], account: [], lines: [] };
  return (rows, row) => {
    const { section } = row;
    if (at.section !== section) {
      const id = headingId(section);
      const closings = section.startsAccount ? [section] : [...at.closings, section];
      at = { section, closings, account: [id], lines: [id, closingId(section)] };
    }
    if ('line' in row) rows.push(lineRow(row.line, at.lines, language));
    else {
      if (row.kind === 'opening' && section.startsAccount) rows.push(headingRow(source, section, language));
      rows.push(balanceRow(row.kind, section, at, language));
    }
  };
}

function headingId({ account }: Section): string {
  return `a${account.code}`;
}

/** Lines belong to their closing row, so that a spreadsheet sums them there. */
function closingId({ account, from }: Section): string {
  return `c${account.code}/${from}`;
}

function totalId({ account }: Section): string {
  return `t${account.code}`;
}

/** Debit and credit of a closing row are the sums of its lines, those of a total row the sums of closing rows. */
function sumOf(kind: LedgerRowKind, section: Section, closings: readonly Section[]): Pick<ReportRow, 'id' | 'sum'> {
  if (kind === 'opening') return { id: null };
  if (kind === 'closing') return { id: closingId(section), sum: { of: 'below' } };
  return { id: totalId(section), sum: sumOfRows(closings.map(closingId)) };
}

/** The closing or total row of each account. */
function lastRowIds(sections: readonly Section[]): string[] {
  return sections.flatMap((section, at) => {
    if (section.total) return totalId(section);
    return section.startsAccount && sections[at + 1]?.account !== section.account ? closingId(section) : [];
  });
}

function sumOfRows(ids: readonly string[]): RowSum {
  return { of: 'rows', terms: ids.map((id) => ({ id, factor: 1 })) };
}

function headingRow(source: GeneralLedgerSource, section: Section, language: Language): ReportRow {
  const { account } = section;
  return {
    kind: 'group',
    id: headingId(section),
    level: 1,
    within: [],
    code: null,
    label: `${account.code} ${account.name[language]}`,
    cells: NOTHING,
    link: linesPage(source, account.code),
    folded: false,
  };
}

const NOTHING: readonly Cell[] = Array.from({ length: 9 }, () => null);

function balanceRow(
  kind: LedgerRowKind,
  section: Section,
  { account, closings }: Place,
  language: Language,
): ReportRow {
  const { debit, credit, closing } = kind === 'total' ? section.total! : section;
  return {
    ...BARE,
    kind: kind === 'total' ? 'subtotal' : kind,
    within: account,
    label: TEXTS[kind][language],
    cells:
      kind === 'opening'
        ? balanceCells(section.from, null, null, section.opening)
        : balanceCells(section.to, debit, credit, closing),
    ...sumOf(kind, section, closings),
  };
}

function balanceCells(date: LocalDate | null, debit: Ore | null, credit: Ore | null, balance: Ore): Cell[] {
  const cell = (amount: Ore | null) => (amount === null ? null : { amount });
  return [
    date === null ? null : { date },
    null,
    null,
    null,
    null,
    null,
    cell(debit),
    cell(credit),
    { amount: balance },
  ];
}

function lineRow(line: LedgerLine, within: readonly string[], language: Language): ReportRow {
  const { number, dimensions, taxAmount, partner, debit, credit } = line;
  return {
    kind: 'line',
    id: null,
    level: 2,
    within,
    code: number === null ? TEXTS.draft[language] : entryNumberText(number),
    label: line.text,
    cells: [
      { date: line.date },
      line.taxCode === null ? null : { text: line.taxCode },
      taxAmount === null ? null : { amount: taxAmount },
      partner === null ? null : { text: partner.name },
      dimensions.length === 0 ? null : { text: dimensions.map(({ name }) => name).join(', ') },
      documentCell(line, language),
      debit === 0n && credit !== 0n ? null : { amount: debit },
      credit === 0n ? null : { amount: credit },
      { amount: line.balance },
    ],
    link: `/journal-entries/${line.entryId}`,
    folded: false,
  };
}

/** The reference, with a link to the document if there is one. */
function documentCell({ documentReference, voucherId }: LedgerLine, language: Language): Cell {
  if (voucherId === null) return documentReference === null ? null : { text: documentReference };
  return {
    text: documentReference ?? TEXTS.voucher[language],
    link: `/api/v2/files/${voucherId}/download?inline=true`,
  };
}
