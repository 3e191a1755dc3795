import type { Ore } from '../../kernel/money.ts';
import type { Text } from '../../platform/errors.ts';
import { readKnownAt } from '../figures/known-at.ts';
import type { PrintableReport } from '../printed/printable-report.ts';
import type { Cell, ReportRow, ReportStream } from '../foundations/report-model.ts';
import { FROM_TO_DATE, requireRange } from '../foundations/report-range.ts';
import { rateText } from './vat-model.ts';
import { readVatReport, readVatSubject } from './vat-get.ts';
import { numberOf } from './vat-discrepancies.ts';
import { entryPage } from './vat-links.ts';
import type { VatCode } from './vat-codes.ts';
import { readVatTransactions, type TransactionKey, type VatTransaction } from './vat-transactions.ts';
import type { TransactionsQuestion } from './vat-transactions-get.ts';

const TEXTS = {
  title: { nb: 'Mva-spesifikasjon', en: 'VAT specification' },
  entry: { nb: 'Bilag', en: 'Entry' },
  date: { nb: 'Dato', en: 'Date' },
  vatDate: { nb: 'Termindato', en: 'VAT date' },
  account: { nb: 'Konto', en: 'Account' },
  rate: { nb: 'Sats %', en: 'Rate %' },
  base: { nb: 'Grunnlag', en: 'Base' },
  tax: { nb: 'Beregnet mva', en: 'Calculated VAT' },
  acquisition: { nb: 'Utgående mva på kjøp', en: 'Output VAT on purchases' },
  posted: { nb: 'Bokført mva', en: 'Posted VAT' },
  sum: { nb: 'Sum', en: 'Total' },
  code: { nb: 'Mva-kode', en: 'VAT code' },
  signs: {
    nb: 'Beløp er kredit minus debet: salg og utgående mva er positive, kjøp og fradrag negative.',
    en: 'Amounts are credit minus debit: sales and output VAT are positive, purchases and deductions negative.',
  },
} satisfies Record<string, Text>;

const BATCH = 1_000;

/** The transactions of each code with base and VAT, and their sums (bokføringsforskriften § 3-1). */
export const printableVatTransactions: PrintableReport<TransactionsQuestion> = {
  name: 'vat-transactions',
  long: true,
  check: ({ range }) => requireRange(range, FROM_TO_DATE),
  async open(context, question): Promise<ReportStream> {
    const { tx, clientAccountId, language, now } = context;
    const { range, asOf, taxCode } = question;
    const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
    const report = await readVatReport(context, question);
    const known = await readKnownAt(tx, clientAccountId, asOf, now);
    const rows = report.rows.filter(({ code }) => taxCode === null || code.code === taxCode);
    const codes = [...new Set(rows.map(({ code }) => code))];
    const read = (code: VatCode, after: TransactionKey | null) =>
      readVatTransactions(tx, { clientAccountId, range, taxCode: code.code, after, size: BATCH, known });
    return {
      title: say('title'),
      language,
      subject: await readVatSubject(context, question),
      from: range.from,
      to: range.to,
      printedAt: now,
      knownAt: asOf,
      includesDrafts: false,
      filters: taxCode === null ? [] : [`${say('code')} ${taxCode}`],
      firstColumn: say('entry'),
      columns: [
        { key: 'date', label: say('date'), kind: 'date' },
        { key: 'vat_date', label: say('vatDate'), kind: 'date' },
        { key: 'account', label: say('account'), kind: 'text', width: 8 },
        { key: 'rate', label: say('rate'), kind: 'number', width: 6 },
        ...(['base', 'tax', 'acquisition', 'posted'] as const).map((key) => ({
          key,
          label: say(key),
          kind: 'amount' as const,
        })),
      ],
      notes: [say('signs')],
      rowCount: rows.reduce((sum, row) => sum + row.baseLines, 0) + codes.length * 2,
      async *rows() {
        for (const code of codes) {
          const id = `c${code.code}`;
          yield [headingRow(id, code, `${say('code')} ${code.code} – ${code.name[language]}`)];
          const sums: [Ore, Ore, Ore, Ore] = [0n, 0n, 0n, 0n];
          let after: TransactionKey | null = null;
          do {
            const batch: VatTransaction[] = await read(code, after);
            for (const line of batch) amountsOf(line).forEach((amount, i) => (sums[i as 0] += amount));
            if (batch.length > 0) yield batch.map((line) => lineRow(line, id));
            after = batch.length === BATCH ? batch.at(-1)! : null;
          } while (after);
          yield [sumRow(id, `${say('sum')} ${code.code}`, sums)];
        }
      },
    };
  },
};

const NO_DETAIL: Cell[] = [null, null, null, null];

function headingRow(id: string, _code: VatCode, label: string): ReportRow {
  const cells = [...NO_DETAIL, null, null, null, null];
  return { kind: 'group', id, level: 1, within: [], code: null, label, cells, link: null, folded: false };
}

function lineRow(line: VatTransaction, within: string): ReportRow {
  return {
    kind: 'line',
    id: null,
    level: 2,
    within: [within],
    code: numberOf(line),
    label: line.memo,
    cells: [
      { date: line.date },
      line.vatDate === line.date ? null : { date: line.vatDate },
      { text: line.account },
      line.rate === null ? null : { number: rateText(line.rate) },
      ...amountsOf(line).map((amount) => ({ amount })),
    ],
    link: entryPage(line.entryId),
    folded: false,
  };
}

function sumRow(of: string, label: string, sums: readonly Ore[]): ReportRow {
  const cells = [...NO_DETAIL, ...sums.map((amount) => ({ amount }))];
  return { kind: 'subtotal', id: null, level: 1, within: [of], code: null, label, cells, link: null, folded: false };
}

function amountsOf(line: VatTransaction): [Ore, Ore, Ore, Ore] {
  return [line.base, line.calculated, line.calculatedAcquisition, line.posted ?? 0n];
}
