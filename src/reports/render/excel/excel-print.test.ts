import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { sampleLedger, sampleStatement } from '../../../../test/support/pages/sample-reports.ts';
import { unzipped } from '../../../../test/support/files/unzipped.ts';
import type { ReportModel, ReportRow, ReportStream } from '../../foundations/report-model.ts';
import { excelReport } from './excel-report.ts';

async function sheetOf(report: ReportModel | ReportStream) {
  const files = await unzipped(await buffer(excelReport(report)));
  const content = (name: string) => files.find((file) => file.name === name)!.content.toString();
  const sheet = content('xl/worksheets/sheet1.xml');
  const formats = [
    ...content('xl/styles.xml')
      .split('<cellXfs')[1]!
      .matchAll(/<xf [^>]*?(?:\/>|>.*?<\/xf>)/g),
  ];
  const widths = [...sheet.matchAll(/<col min="(\d+)"[^>]* width="([\d.]+)"/g)].map(([, , width]) => Number(width));
  const styleOf = (cell: string) => formats[Number(new RegExp(`<c r="${cell}" s="(\\d+)"`).exec(sheet)?.[1])]?.[0];
  return { sheet, widths, styleOf, orientation: /orientation="(\w+)"/.exec(sheet)![1] };
}

/** `INV-2025-0030` must never print as `INV-2025-003`. */
const REFERENCES = ['INV-2025-0030', 'INV-2025-0031-KREDIT', 'KID 000012345678901234567890123456789012345'];

test('no reference is cut: columns are as wide as what they hold, what is longer is made smaller', async () => {
  const line = (text: string): ReportRow => ({
    kind: 'line',
    id: null,
    level: 1,
    within: [],
    code: 'GL 1/2025',
    label: 'Faktura '.repeat(12),
    cells: [{ text }, { amount: 9_999_999_999_99n }, { amount: -9_999_999_999_99n }],
    link: null,
    folded: false,
  });
  const { sheet, widths, styleOf } = await sheetOf({
    ...sampleStatement(1),
    columns: [
      { key: 'document', label: 'Dokument', kind: 'text', width: 11 },
      { key: 'debit', label: 'Debet', kind: 'amount', width: 9 },
      { key: 'balance', label: 'Saldo', kind: 'amount', width: 9 },
    ],
    rows: REFERENCES.map(line),
  });
  const [, label, document, debit] = widths;
  expect(document).toBeGreaterThanOrEqual('INV-2025-0031-KREDIT'.length + 2);
  expect(debit).toBeGreaterThanOrEqual('-9 999 999 999,99'.length - 2);
  const first = /<row r="(\d+)" ht="([\d.]+)" customHeight="1"><c r="A\d+"[^>]*><is><t>GL/.exec(sheet)!;
  for (const column of ['C', 'D', 'E']) expect(styleOf(`${column}${first[1]}`)).toContain('shrinkToFit="1"');
  expect(styleOf(`B${first[1]}`)).toContain('wrapText="1"');
  expect(Number(first[2])).toBe(13.5 * Math.ceil((12 * 8 + 1) / (1.1 * label!)));
});

test('bands and lines begin in column A', async () => {
  const { sheet, styleOf } = await sheetOf(sampleStatement(3));
  const rowsWith = (text: string) => [
    ...sheet.matchAll(new RegExp(`<row r="(\\d+)"[^>]*>(?:(?!</row>).)*>${text}<`, 'g')),
  ];
  for (const text of ['Driftsinntekter', 'Sum driftsinntekter', 'Årsresultat']) {
    const [, number] = rowsWith(text)[0]!;
    const [a, b] = [styleOf(`A${number}`), styleOf(`B${number}`)];
    const look = (style: string | undefined) => /fillId="(\d+)" borderId="(\d+)"/.exec(style ?? '')?.slice(1);
    expect(look(a), text).toEqual(look(b));
  }
});

test.each([
  ['a statement by month', (language: 'nb' | 'en') => sampleStatement(12, language), 'landscape'],
  ['a statement of a month', (language: 'nb' | 'en') => sampleStatement(1, language), 'portrait'],
] as const)('%s lies the same in both languages', async (_, report, expected) => {
  for (const language of ['nb', 'en'] as const) {
    const longer = report(language);
    const rows = longer.rows.map((row) => ({ ...row, label: language === 'en' ? row.label.repeat(2) : row.label }));
    expect((await sheetOf({ ...longer, rows })).orientation).toBe(expected);
  }
});

test('the general ledger lies across and fits the width of its paper', async () => {
  const { sheet, orientation } = await sheetOf(sampleLedger(40, 2));
  expect(orientation).toBe('landscape');
  expect(sheet).toContain('fitToWidth="1" fitToHeight="0"');
});
