import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, describe, expect, test } from 'vitest';
import type { ReportHeader, ReportModel, ReportRow, ReportStream } from '../../foundations/report-model.ts';
import { excelCells } from '../../../../test/support/files/excel-cells.ts';
import { type ExcelOptions, excelReport } from './excel-report.ts';

const HEAD: ReportHeader = {
  title: 'Prøve & rapport',
  language: 'nb',
  subject: { name: 'Fjord & Fjell <AS>', organizationNumber: '987654321' },
  from: '2025-01-01',
  to: '2025-12-31',
  printedAt: new Date('2026-03-15T10:00:00Z'),
  knownAt: null,
  includesDrafts: false,
  filters: [],
  firstColumn: 'Konto',
  columns: [
    { key: 'date', label: 'Dato', kind: 'date' },
    { key: 'text', label: 'Tekst', kind: 'text', width: 20 },
    { key: 'rate', label: 'Sats', kind: 'number' },
    { key: 'amount', label: 'Beløp', kind: 'amount' },
    { key: 'balance', label: 'Saldo', kind: 'amount' },
  ],
  notes: ['Saldo er debet minus kredit.'],
};

const EMPTY = { id: null, level: 1, within: [], code: null, link: null, folded: false } as const;
type Amounts = readonly (bigint | null)[];
const cells = (amounts: Amounts) => [
  null,
  null,
  null,
  ...amounts.map((amount) => (amount === null ? null : { amount })),
];

function row(kind: ReportRow['kind'], label: string, amounts: Amounts, more: Partial<ReportRow> = {}): ReportRow {
  return { ...EMPTY, kind, label, cells: cells(amounts), ...more };
}

const below = { of: 'below' } as const;

/** Every kind of row, sums of sums, and values that spreadsheets often get wrong. */
const ROWS: ReportRow[] = [
  row('group', 'Eiendeler', [160_00n, 160_00n], { id: 'g1', sum: below }),
  row('group', 'Fordringer', [110_00n, 110_00n], { id: 'g15', level: 2, within: ['g1'], sum: below, folded: true }),
  row('account', 'Kunder', [110_00n, 110_00n], {
    id: 'a1500',
    level: 3,
    within: ['g1', 'g15'],
    code: '1500',
    sum: below,
    link: '/client-accounts/1/accounts/1500',
  }),
  row('part', '=1+1', [100_10n, 100_10n], { level: 4, within: ['g1', 'g15', 'a1500'] }),
  row('part', '_x0041_ \u0007bjelle', [9_90n, 9_90n], { level: 4, within: ['g1', 'g15', 'a1500'] }),
  row('account', 'Bank', [50_00n, 50_00n], { level: 3, within: ['g1'], code: '1920' }),
  row('group', 'Gjeld', [-60_00n, -60_00n], { id: 'g2', sum: below }),
  {
    ...row('account', 'Leverandører', [], { level: 2, within: ['g2'], code: '2400' }),
    cells: [
      { date: '2025-02-28' },
      { text: '@SUM(A1)', link: '/journal-entries/7' },
      { number: '11.11' },
      { amount: -60_00n },
      { amount: -60_00n },
    ],
  },
  {
    ...row('line', 'Gammel', [], { level: 1 }),
    cells: [
      { date: '1899-12-31' },
      { text: 'linje 1\nlinje 2' },
      { number: '25' },
      null,
      { amount: 9_007_199_254_740_991n },
    ],
  },
  row('computed', 'Ingen steder ført', [-1n, -1n], { id: 'c' }),
  row('total', 'Sum', [99_99n, 1n], {
    sum: {
      of: 'rows',
      terms: [
        { id: 'g1', factor: 1 },
        { id: 'g2', factor: 1 },
        { id: 'c', factor: 1 },
      ],
    },
  }),
  row('total', 'Forskjell', [220_00n, 220_00n], {
    sum: {
      of: 'rows',
      terms: [
        { id: 'g1', factor: 1 },
        { id: 'g2', factor: -1 },
      ],
    },
  }),
];

const model = (more: Partial<ReportModel> = {}): ReportModel => ({ ...HEAD, rows: ROWS, ...more });

async function written(report: ReportModel | ReportStream, options: ExcelOptions = {}): Promise<Buffer> {
  return buffer(excelReport(report, options));
}

const golden = (name: string) => join(import.meta.dirname, '../../../../test/golden/excel', name);

describe('cell by cell', () => {
  test('a report with every kind of row', async () => {
    const file = await written(model({ includesDrafts: true, filters: ['Avdeling: Nord'] }), {
      publicUrl: 'https://regnskap.example',
    });
    await expect(await excelCells(file)).toMatchFileSnapshot(golden('report-nb.txt'));
  });

  test('in English, of one day, over several sheets', async () => {
    const file = await written(model({ language: 'en', title: 'Trial/report', from: null }), { sheetRows: 12 });
    await expect(await excelCells(file)).toMatchFileSnapshot(golden('report-en-sheets.txt'));
  });

  test('a report without rows has its head and its notes', async () => {
    const { sheets } = await readXlsx(await written(model({ rows: [] })));
    expect(sheets[0]!.rows.flat().filter((cell) => cell !== null && cell !== '')).toEqual([
      'Prøve & rapport',
      'Fjord & Fjell <AS>, org.nr. 987\u00a0654\u00a0321',
      'Periode: 01.01.2025 – 31.12.2025   Skrevet ut: 15.03.2026 kl.\u00a011:00',
      'Konto',
      ...HEAD.columns.map(({ label }) => label),
      'Saldo er debet minus kredit.',
    ]);
  });

  test('the same report gives the same bytes', async () => {
    expect(await written(model())).toEqual(await written(model()));
  });

  test('amounts are exact to the øre', async () => {
    const amounts = [1n, -1n, 10n, 99n, 100n, 123_456_789_012_34n, -(2n ** 46n) * 100n + 1n];
    const rows = amounts.map((amount) => row('line', 'x', [amount, null]));
    const { sheets } = await readXlsx(await written(model({ rows })));
    const read = sheets[0]!.rows.map((cell) => cell[4]).filter((value) => typeof value === 'number');
    expect(read.map((value) => BigInt(Math.round(value * 100)))).toEqual(amounts);
  });
});

/** Batches in reading order; sums are below their lines. */
function stream(accounts: number, lines: number): ReportStream {
  return {
    ...HEAD,
    title: 'Hovedbok',
    rowCount: accounts * (lines + 2),
    async *rows() {
      for (let account = 0; account < accounts; account++) {
        const id = `s${account}`;
        const own = { level: 2, within: [`a${account}`, id] };
        const amounts = Array.from({ length: lines }, (_, at) => BigInt(at + 1));
        const total = amounts.reduce((sum, amount) => sum + amount, 0n);
        yield [row('group', `Konto ${account}`, [null, null], { id: `a${account}` })];
        yield amounts.map((amount) => row('line', 'Linje', [amount, 5n], own));
        yield [row('closing', 'Utgående', [total, 7n], { id, level: 2, within: [`a${account}`], sum: below })];
      }
    },
  };
}

describe('a stream', () => {
  const formulasOf = async (file: Buffer) =>
    (await readXlsx(file, { readStyles: true })).sheets.map(({ cells = new Map() }) =>
      [...cells.values()].flatMap(({ formula }) => (formula ? [formula as string] : [])),
    );

  test('sums below their lines are formulas, where the amounts are these sums', async () => {
    expect(await formulasOf(await written(stream(2, 3)))).toEqual([['SUBTOTAL(9,E7:E9)', 'SUBTOTAL(9,E12:E14)']]);
  });

  test('a sum over two sheets is a figure', async () => {
    expect(await formulasOf(await written(stream(2, 3), { sheetRows: 14 }))).toEqual([['SUBTOTAL(9,E7:E9)'], []]);
  });

  test('a reader who leaves ends the reading', async () => {
    let ended = false;
    const endless: ReportStream = {
      ...HEAD,
      rowCount: 1e9,
      async *rows() {
        try {
          for (let at = 0; ; at++) yield [row('line', `Linje ${at} ${Math.sin(at)}`, [BigInt(at), null])];
        } finally {
          ended = true;
        }
      },
    };
    for await (const _ of excelReport(endless)) break;
    await expect.poll(() => ended).toBe(true);
  });

  test('an error of the reading is told', async () => {
    const broken: ReportStream = {
      ...HEAD,
      rowCount: 2,
      // eslint-disable-next-line require-yield
      async *rows() {
        throw new Error('the database went away');
      },
    };
    await expect(written(broken)).rejects.toThrow('the database went away');
  });
});

const soffice = spawnSync('soffice', ['--version']).status === 0;

describe.skipIf(!soffice && !process.env.CI)('LibreOffice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hb-soffice-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Converts with a profile that recalculates every formula. */
  function convert(file: Buffer, to: string, extension: string): Buffer {
    const user = join(folder, 'profile', 'user');
    mkdirSync(user, { recursive: true });
    writeFileSync(
      join(user, 'registrymodifications.xcu'),
      '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>',
    );
    const path = join(folder, 'report.xlsx');
    writeFileSync(path, file);
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    const args = [profile, '--headless', '--convert-to', to, '--outdir', join(folder, 'out'), path];
    execFileSync('soffice', args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 60_000 });
    return readFileSync(join(folder, 'out', `report.${extension}`));
  }

  test('opens it, and comes to the same sums', { timeout: 240_000 }, async () => {
    const file = await written(model());
    const cached = await readXlsx(file, { readStyles: true });
    const formulas = [...cached.sheets[0]!.cells!].filter(([, { formula }]) => formula);
    expect(formulas.length).toBeGreaterThan(10);
    const anew = await readXlsx(convert(file, 'xlsx:Calc MS Excel 2007 XML', 'xlsx'), { readStyles: true });
    for (const [place, { value }] of formulas) {
      expect(anew.sheets[0]!.cells!.get(place)?.value, place).toBeCloseTo(value as number, 6);
    }
  });

  test('prints company, period, time and page numbers on every page', { timeout: 240_000 }, async () => {
    const rows = Array.from({ length: 150 }, (_, at) =>
      row('line', `Linje ${at}`, [BigInt(at), null], { code: String(at) }),
    );
    const pdf = convert(await written(model({ rows, includesDrafts: true })), 'pdf', 'pdf');
    const path = join(folder, 'printed.pdf');
    writeFileSync(path, pdf);
    const pages = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).split('\f').slice(0, -1);
    expect(pages.length).toBeGreaterThan(2);
    for (const [at, page] of pages.entries()) {
      const text = page.replace(/\s+/g, ' ');
      expect(text).toContain('Fjord & Fjell <AS>, org.nr. 987 654 321');
      expect(text).toContain('01.01.2025 – 31.12.2025');
      expect(text).toContain('Med utkast – ikke en oppstilling');
      expect(text).toContain('Konto Tekst Dato');
      expect(text).toContain('Skrevet ut 15.03.2026 kl. 11:00');
      expect(text).toContain(`Side ${at + 1} av ${pages.length}`);
    }
  });
});
