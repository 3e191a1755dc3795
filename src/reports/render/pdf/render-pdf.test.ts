import { describe, expect, test } from 'vitest';
import {
  expectPicture,
  hasPdfTools,
  hasPreflight,
  pageTexts,
  pdfObjects,
  preflightFindings,
  rawText,
  xmpOf,
} from '../../../../test/support/files/pdf-tools.ts';
import { sampleHead, sampleLedger, sampleStatement } from '../../../../test/support/pages/sample-reports.ts';
import type { ReportModel, ReportRow, ReportStream } from '../../foundations/report-model.ts';
import { type PdfOptions, renderPdf } from './render-pdf.ts';

async function pdfOf(report: ReportModel | ReportStream, options?: PdfOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of renderPdf(report, options)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const golden = (name: string) => new URL(`../../../../test/golden/pdf/${name}`, import.meta.url);

const ROW = { id: null, level: 1, within: [], code: null, link: null, folded: false } satisfies Partial<ReportRow>;

function accounts(labels: readonly string[], amount = 123456n): ReportModel {
  return {
    ...sampleHead('Saldoliste'),
    columns: [{ key: 'amount', label: 'Beløp', kind: 'amount' }],
    rows: labels.map((label, at) => ({
      ...ROW,
      kind: 'account',
      code: String(1000 + at),
      label,
      cells: [{ amount }],
    })),
  };
}

describe.skipIf(!hasPdfTools)('a statement by month', () => {
  test('looks as it should', async () => {
    const pdf = await pdfOf(sampleStatement());
    for (const page of [1, 2]) expectPicture(pdf, page, golden(`statement-${page}.png`));
    await expect(pageTexts(pdf).join('\f')).toMatchFileSnapshot(golden('statement.txt').pathname);
  });

  test('has twelve months, total and comparison across the page, and few upright', async () => {
    const widths = async (months: number) => {
      const { all } = pdfObjects(await pdfOf(sampleStatement(months)));
      return all.filter(({ value }) => value?.['/Type'] === '/Page').map(({ value }) => value['/MediaBox']);
    };
    expect(new Set((await widths(12)).map(String))).toEqual(new Set(['0,0,841.89,595.28']));
    expect(new Set((await widths(2)).map(String))).toEqual(new Set(['0,0,595.28,841.89']));
  });

  test('says on every page whose it is, what, when, printed when, which page, and the names of the columns', async () => {
    const pages = pageTexts(await pdfOf({ ...sampleStatement(), includesDrafts: true }));
    expect(pages.length).toBeGreaterThan(1);
    for (const [at, page] of pages.entries()) {
      for (const text of ['Lerkefjell Innredning AS', '987 654 325', 'Resultatregnskap', '01.01.2025 – 31.12.2025']) {
        expect(page).toContain(text);
      }
      expect(page).toMatch(/Skrevet ut\s+15\.03\.2026 kl\. 11:00/);
      expect(page).toContain(`Side ${at + 1} av ${pages.length}`);
      expect(page).toContain('Med utkast – ikke en oppstilling av regnskapet');
      expect(page).toMatch(/Konto\s+Jan 2025\s+Feb 2025/);
    }
  });

  test('in English', async () => {
    const report = { ...sampleStatement(2, 'en'), includesDrafts: true, filters: ['Department: Oslo'] };
    const pdf = await pdfOf(report);
    expectPicture(pdf, 1, golden('drafts-en-1.png'));
    const [first] = pageTexts(pdf);
    expect(first).toContain('1 Jan 2025 – 31 Dec 2025');
    expect(first).toMatch(/Page 1 of \d/);
    expect(first).toContain('Department: Oslo');
    expect(first).toMatch(/−?\d{1,3},\d{3}\.\d\d/);
  });
});

describe.skipIf(!hasPdfTools)('a general ledger', () => {
  test('looks as it should, with contents', async () => {
    const pdf = await pdfOf(sampleLedger(300, 12));
    for (const page of [1, 2]) expectPicture(pdf, page, golden(`ledger-${page}.png`));
    await expect(pageTexts(pdf).slice(0, 4).join('\f')).toMatchFileSnapshot(golden('ledger.txt').pathname);
  });

  test('leads from the contents to the pages of the accounts', async () => {
    const pdf = await pdfOf(sampleLedger(300, 12));
    const pages = pageTexts(pdf);
    const entries = [...pages[0]!.matchAll(/^(\d{4} \S+) [ .]+(\d+)$/gm)].map(([, title, page]) => ({ title, page }));
    expect(entries).toHaveLength(12);
    for (const { title, page } of entries) expect(pages[Number(page) - 1]).toMatch(new RegExp(`^\\s*${title}$`, 'm'));
    const { all, root, follow } = pdfObjects(pdf);
    const destinations = follow(follow(follow(root['/Names']))['/Dests'])['/Names'] as unknown[];
    expect(destinations).toHaveLength(24);
    const targets = all.filter(({ value }) => value?.['/Subtype'] === '/Link').map(({ value }) => value['/Dest']);
    expect(targets).toEqual(destinations.filter((_, at) => at % 2 === 0));
    expect(follow(root['/Outlines'])).toMatchObject({ '/Count': 12 });
  });

  test('carries the balance from page to page', async () => {
    const pages = pageTexts(await pdfOf(sampleLedger(300, 3)));
    const out = pages.map((page) => /Overføres til side (\d+)\s+(\S.*)/.exec(page));
    const into = pages.map((page) => /overført fra side (\d+)\s+(\S.*)/.exec(page));
    expect(out.filter((found) => found !== null).length).toBeGreaterThan(5);
    for (const [at, found] of out.entries()) {
      expect(into[at + 1]?.[2]).toBe(found?.[2]);
      if (found) expect([found[1], into[at + 1]![1]]).toEqual([String(at + 2), String(at + 1)]);
    }
  });

  test('carries nothing where no column is a running balance', async () => {
    const ledger = sampleLedger(300, 3);
    const wrong = async function* () {
      for await (const batch of ledger.rows()) {
        yield batch.map((row) =>
          row.kind === 'closing' ? { ...row, cells: [...row.cells.slice(0, 6), { amount: 1n }] } : row,
        );
      }
    };
    const text = pageTexts(await pdfOf({ ...ledger, rows: wrong })).join('\n');
    expect(text).toContain('1500 Kundefordringer (forts.)');
    expect(text).not.toContain('verført fra');
    expect(text).not.toContain('Overføres');
  });

  test('has links only where they lead somewhere', async () => {
    const links = async (options?: PdfOptions) => {
      const { all } = pdfObjects(await pdfOf(sampleLedger(12, 3), options));
      return all.flatMap(({ value }) => {
        const action = value?.['/A'] as { '/URI'?: string } | undefined;
        return action?.['/URI'] ?? [];
      });
    };
    expect(await links()).toEqual([]);
    const whole = await links({ baseUrl: 'https://regnskap.example.no/' });
    expect(whole).toHaveLength(12);
    expect(whole[0]).toBe('u:https://regnskap.example.no/journal-entries/1');
  });

  test('is given away while it is made, and widens for figures far down', { timeout: 240_000 }, async () => {
    const ledger = sampleLedger(4_800, 3);
    let read = 0;
    const rows = async function* () {
      read = 0;
      for await (const batch of ledger.rows()) {
        read += batch.length;
        // Beyond the rows that the column widths are measured by.
        const isFar = read > 4_200;
        const document = { text: isFar ? '2025-10001' : '2025-9999' };
        const amount = isFar ? { amount: -9_007_199_254_740_991n } : { amount: 1n };
        yield batch.map((row) =>
          row.kind === 'line' ? { ...row, cells: [...row.cells.slice(0, 4), document, amount, row.cells[6]!] } : row,
        );
      }
    };
    const pieces: Uint8Array[] = [];
    for await (const piece of renderPdf({ ...ledger, rowCount: 20_001, rows })) {
      if (pieces.length === 0) expect(read).toBeLessThan(2_000);
      pieces.push(piece);
    }
    expect(pieces.length).toBeGreaterThan(100);
    const last = pageTexts(Buffer.concat(pieces)).at(-1)!;
    expect(last).toMatch(/ 2025-10001 +−90 071 992 547 409,91 {2,}/);
  });
});

describe.skipIf(!hasPdfTools)('kept for years', () => {
  const tagged = () => pdfOf(sampleStatement(3), { baseUrl: 'https://regnskap.example.no/' });
  const untagged = () => pdfOf({ ...sampleLedger(60, 3), rowCount: 20_001 });

  test.runIf(hasPreflight)('PDFBox finds nothing but what PDF/A-2 changed', { timeout: 240_000 }, async () => {
    for (const pdf of [await tagged(), await pdfOf(sampleLedger(300, 12)), await untagged()]) {
      const changed = /part must be 1|CIDSet entry is missing/;
      expect(preflightFindings(pdf).filter((finding) => !changed.test(finding))).toEqual([]);
    }
  });

  test('PDF/A-2a: metadata, profile, fonts, structure, nothing transparent', async () => {
    const pdf = await tagged();
    expect(pdf.subarray(0, 8).toString()).toBe('%PDF-1.7');
    const { all, root, follow } = pdfObjects(pdf);
    expect(root).toMatchObject({ '/Lang': 'u:nb-NO' });
    expect(follow(root['/MarkInfo'])).toEqual({ '/Marked': true });
    expect(follow(root['/ViewerPreferences'])).toEqual({ '/DisplayDocTitle': true });
    const [intent] = root['/OutputIntents'] as unknown[];
    expect(follow(intent)).toMatchObject({ '/S': '/GTS_PDFA1' });
    const xmp = xmpOf(pdf);
    for (const text of [
      '<pdfaid:part>2</pdfaid:part>',
      '<pdfaid:conformance>A</pdfaid:conformance>',
      'Resultatregnskap 01.01.2025 – 31.12.2025',
      '<xmp:CreateDate>2026-03-15T10:00:00Z</xmp:CreateDate>',
    ]) {
      expect(xmp).toContain(text);
    }
    const descriptors = all.filter(({ value }) => value?.['/Type'] === '/FontDescriptor');
    expect(descriptors).toHaveLength(2);
    for (const { value } of descriptors) expect(value).toHaveProperty('/FontFile2');
    for (const { value } of all) {
      for (const key of ['/SMask', '/ca', '/CA', '/JS', '/AA', '/EmbeddedFiles'])
        expect(value ?? {}).not.toHaveProperty(key);
      if (value?.['/Subtype'] === '/Link') expect(value['/F']).toBe(4);
    }
  });

  test('the structure is a table whose rows and cells have their headings', async () => {
    const report = sampleStatement(3);
    const { all, root, follow } = pdfObjects(await pdfOf(report));
    const elements = all.map(({ value }) => value).filter((value) => value?.['/Type'] === '/StructElem');
    const count = (type: string) => elements.filter((element) => element['/S'] === type).length;
    expect([count('/H1'), count('/Table'), count('/THead'), count('/TBody')]).toEqual([1, 1, 1, 1]);
    expect(count('/TR')).toBe(report.rows.length + 1);
    expect(count('/TD')).toBe(report.rows.length * 5);
    expect(count('/TH')).toBe(report.rows.length + 6);
    const scopes = elements.filter((element) => element['/S'] === '/TH').map((element) => element['/A']);
    for (const scope of scopes.slice(0, 6)) expect(scope).toEqual({ '/O': '/Table', '/Scope': '/Column' });
    expect(scopes[6]).toEqual({ '/O': '/Table', '/Scope': '/Row' });
    const [document] = follow(root['/StructTreeRoot'])['/K'] as unknown[];
    expect(follow(document)['/S']).toBe('/Document');
  });

  test('very long ones are PDF/A-2b, without structure', async () => {
    const pdf = await untagged();
    expect(xmpOf(pdf)).toContain('<pdfaid:conformance>B</pdfaid:conformance>');
    const { root } = pdfObjects(pdf);
    expect(root).not.toHaveProperty('/StructTreeRoot');
    expect(root).toMatchObject({ '/Lang': 'u:nb-NO' });
  });

  test('the same report gives the same bytes', async () => {
    const [one, other] = [await pdfOf(sampleLedger(300, 12)), await pdfOf(sampleLedger(300, 12))];
    expect(one.equals(other)).toBe(true);
  });

  test('is read in its order', async () => {
    const report = accounts(['Første', 'Andre', 'Tredje']);
    const text = rawText(await pdfOf({ ...report, notes: ['Til slutt.'] })).replaceAll('\n', ' ');
    expect(text).toMatch(
      /Saldoliste .*Lerkefjell.*Konto Beløp 1000 Første 1 234,56 1001 Andre .*Tredje 1 234,56 Til slutt\./,
    );
  });
});

test('every offset of the cross-reference table leads to its object', async () => {
  const file = (await pdfOf(sampleStatement())).toString('latin1');
  const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)![1]);
  const [head, ...entries] = file.slice(table).split(/\n(?=\d{10} )/);
  expect(head).toBe(`xref\n0 ${entries.length}`);
  const places = entries.slice(1).map((entry, at) => ({ id: at + 1, offset: Number(entry.slice(0, 10)) }));
  expect(places.length).toBeGreaterThan(100);
  for (const { id, offset } of places) expect(file.slice(offset)).toMatch(new RegExp(`^${id} 0 obj\n`));
});

describe.skipIf(!hasPdfTools)('names of every kind', () => {
  test.each([
    ['Áhkku ŋuvttai Čázádat đŧŋž', 'Áhkku ŋuvttai Čázádat đŧŋž'],
    ['e\u0301n skjult\u00ad bindestrek', 'én skjult bindestrek'],
    ['To \ud83c\udf89 og \ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67', 'To □ og □'],
    ['漢字 AS', '□□ AS'],
    ['linje\nskift\tog\u0000null', 'linje skift og null'],
    ['halv \ud83c sak', 'halv □ sak'],
    ['a & b <c> (d) \\e', 'a & b <c> (d) \\e'],
  ])('%j', async (name, shown) => {
    const report = accounts([name]);
    const pdf = await pdfOf({ ...report, subject: { name, organizationNumber: null } });
    const [page] = pageTexts(pdf);
    expect(page).toContain(`1000 ${shown}`.replace(' ', page!.includes(`1000 ${shown}`) ? ' ' : '  '));
    expect(page!.split('\n').some((line) => line.startsWith(shown))).toBe(true);
  });

  test('long words are divided, long texts shortened, figures never', async () => {
    const word = 'Menneskerettighetsorganisasjonsmedlemskapskontingentinnbetalingsforsinkelsesrentekostnadsføring';
    const amount = -9_007_199_254_740_991n;
    const report = accounts([word, `${word} `.repeat(30), 'kort'], amount);
    const pdf = await pdfOf({
      ...report,
      columns: Array(5).fill(report.columns[0]),
      rows: report.rows.map((row) => ({ ...row, cells: Array(5).fill(row.cells[0]) })),
    });
    const text = pageTexts(pdf).join('\n');
    expect(text.match(/−90 071 992 547 409,91/g)).toHaveLength(15);
    expect(text).toContain('…');
  });

  test('a code as long as a name, a report of one row, a report of none', async () => {
    const report = accounts(['Konto']);
    const code = 'KONTO-MED-SVÆRT-LANG-KODE-123456789';
    const [long] = pageTexts(await pdfOf({ ...report, rows: [{ ...report.rows[0]!, code }] }));
    expect(long).toContain(code);
    expect(long).toContain('Side 1 av 1');
    const empty = await pdfOf({ ...report, rows: [], notes: ['En merknad.'] });
    const [none, ...more] = pageTexts(empty);
    expect(more).toEqual([]);
    expect(none).toContain('Ingen saldo og ingen bevegelser i perioden.');
    expect(none).toContain('En merknad.');
    expectPicture(empty, 1, golden('empty-1.png'));
  });
});
