import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { readXlsx } from 'hucre/xlsx';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Language } from '../../src/platform/errors.ts';
import { importSafT } from '../../src/saf-t-import/index.ts';
import { SafTFile } from '../support/saf-t/saf-t-file.ts';
import { schemaFaults } from '../support/saf-t/saf-t-export.ts';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../support/books/books.ts';
import { hasBrowser, openBrowser, pictureOf } from '../support/pages/browser.ts';
import { expectSamePicture } from '../support/pages/picture.ts';
import { testDemo } from '../support/server/demo.ts';
import { excelCells } from '../support/files/excel-cells.ts';
import { expectPicture, hasPdfTools, pageTexts, pdfObjects } from '../support/files/pdf-tools.ts';
import { unzipped } from '../support/files/unzipped.ts';

/** All six reports in all their formats: their content, that other programs open them, and their appearance. */

const golden = (name: string) => new URL(`../golden/reports/${name}`, import.meta.url);
const plain = (text: string) => text.replace(/\s+/g, ' ');

const REPORTS: Record<string, { days: readonly string[]; excel: boolean; title: Record<Language, string> }> = {
  'balance-sheet': { days: ['report_date'], excel: true, title: { nb: 'Balanse', en: 'Balance sheet' } },
  'income-statement': {
    days: ['date_from', 'date_to'],
    excel: true,
    title: { nb: 'Resultatregnskap', en: 'Income statement' },
  },
  vat: { days: ['from_date', 'to_date'], excel: false, title: { nb: 'Merverdiavgift', en: 'Value added tax' } },
  'trial-balance': { days: ['date_from', 'date_to'], excel: true, title: { nb: 'Saldobalanse', en: 'Trial balance' } },
  'general-ledger': { days: ['start_date', 'end_date'], excel: true, title: { nb: 'Hovedbok', en: 'General ledger' } },
};
const NAMES = Object.keys(REPORTS);
const LANGUAGES: Language[] = ['nb', 'en'];

interface Company {
  clientAccountId: number;
  token: string;
  name: string;
  number: string;
  printed: Record<Language, string>;
}

/** Requests as a browser does; the days under the report's own names. */
async function ask(
  server: FastifyInstance,
  company: { clientAccountId: number; token: string },
  report: string,
  format: string,
  language: Language,
  [from, to]: readonly [string, string],
) {
  const days = REPORTS[report]?.days ?? ['start_date', 'end_date'];
  const range = days.length === 1 ? { [days[0]!]: to } : { [days[0]!]: from, [days[1]!]: to };
  const answer = await server.inject({
    method: 'GET',
    url: `/api/v2/reports/${report}`,
    query: {
      client_account_id: String(company.clientAccountId),
      ...range,
      ...(REPORTS[report] ? { format } : {}),
    },
    headers: { authorization: `Bearer ${company.token}`, 'accept-language': language },
  });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  return answer;
}

const YEAR = ['2025-01-01', '2025-12-31'] as const;
/** Of the general ledger, which is long. */
const QUARTER = ['2025-01-01', '2025-03-31'] as const;
const PERIOD = { nb: '01.01.2025 – 31.12.2025', en: '1 Jan 2025 – 31 Dec 2025' };
const FIRST_QUARTER = { nb: '01.01.2025 – 31.03.2025', en: '1 Jan 2025 – 31 Mar 2025' };
const LAST_DAY = { nb: '31.12.2025', en: '31 Dec 2025' };
const PAGE = {
  nb: (at: number, of: number) => `Side ${at} av ${of}`,
  en: (at: number, of: number) => `Page ${at} of ${of}`,
};
const EXAMPLE = new URL(
  '../../../shared/reference/saf-t/examples/generated_auditfile_formatted_v_1.30.xml',
  import.meta.url,
).pathname;
const soffice = spawnSync('soffice', ['--version']).status === 0;

async function demoCompany() {
  const { platform, clientAccountId, token } = await testDemo();
  const printed = { nb: '21.11.2026 kl. 11:00', en: '21 Nov 2026, 11:00' };
  const company = { clientAccountId, token, name: 'Lerkefjell Innredning AS', number: '310 576 158', printed };
  return { platform, company };
}

/** The official example, taken in as the first books of a user. */
const importedExample = () => importedFile(EXAMPLE);

/** A synthetic file, used if the official one is not available. */
async function importedOwn() {
  const path = join(mkdtempSync(join(tmpdir(), 'hb-own-')), 'own.xml');
  await new SafTFile({ transactions: 40, seed: 3, companyName: 'Test Company' }).write(path);
  return importedFile(path);
}

async function importedFile(path: string) {
  const books = await openBooks();
  const { platform, userId } = books;
  const { database, clock } = platform;
  const file = { path, fileName: 'example.xml', clientAccountId: null, userId, reachable: [] };
  const outcome = await importSafT(database, clock, file);
  if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors.slice(0, 3)));
  const printed = { nb: '15.03.2026 kl. 11:00', en: '15 Mar 2026, 11:00' };
  const clientAccountId = outcome.result.client_account_id;
  const company = { clientAccountId, token: books.token, name: 'Test Company', number: '', printed };
  return { platform, company };
}

describe.each([
  ['the demo company', demoCompany, true, QUARTER],
  ['the imported official example', importedExample, existsSync(EXAMPLE), YEAR],
  ['the imported books of our own', importedOwn, !existsSync(EXAMPLE), YEAR],
] as const)('%s', (_, open, isThere, ledgerRange) => {
  describe.skipIf(!isThere)('in every format', { timeout: 240_000 }, () => {
    let server: FastifyInstance;
    let company: Company;
    const folder = mkdtempSync(join(tmpdir(), 'hb-formats-'));
    beforeAll(async () => {
      const opened = await open();
      company = { ...opened.company };
      server = await testServer(opened.platform);
      const client = await server.inject({
        url: `/api/v2/client-accounts/${company.clientAccountId}`,
        headers: { authorization: `Bearer ${company.token}` },
      });
      const { display_name: name, organization_number: number } = client.json<Record<string, string>>();
      company.name = name!;
      company.number = number!.replace(/(\d{3})(?=\d)/g, '$1 ');
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const periodOf = (report: string, language: Language) =>
      (report === 'general-ledger' && ledgerRange === QUARTER
        ? FIRST_QUARTER
        : REPORTS[report]!.days.length === 1
          ? LAST_DAY
          : PERIOD)[language];
    const rangeOf = (report: string) => (report === 'general-ledger' ? ledgerRange : YEAR);

    test.each(NAMES)('%s as JSON', async (report) => {
      for (const language of LANGUAGES) {
        const answer = await ask(server, company, report, 'json', language, rangeOf(report));
        expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
        expect(answer.json<{ rows: unknown[] }>().rows.length).toBeGreaterThan(1);
      }
    });

    test.each(NAMES)('%s as HTML', async (report) => {
      for (const language of LANGUAGES) {
        const answer = await ask(server, company, report, 'html', language, rangeOf(report));
        expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
        const { body } = answer;
        expect(body).toMatch(new RegExp(`^<!doctype html><html lang="${language}"`, 'i'));
        expect(body.trimEnd().endsWith('</html>')).toBe(true);
        const text = plain(body.replace(/<(style|script)[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' '));
        for (const said of [company.name, company.number, periodOf(report, language), company.printed[language]])
          expect(text).toContain(said);
        expect(text).toContain(REPORTS[report]!.title[language]);
      }
    });

    test.skipIf(!hasPdfTools).each(NAMES)('%s as PDF', async (report) => {
      for (const language of LANGUAGES) {
        const answer = await ask(server, company, report, 'pdf', language, rangeOf(report));
        expect(answer.headers['content-type']).toBe('application/pdf');
        const pdf = answer.rawPayload;
        const path = join(folder, `${report}.${language}.pdf`);
        writeFileSync(path, pdf);
        const info = execFileSync('pdfinfo', [path], { encoding: 'utf8' });
        expect(info).toMatch(/^Title: +\S/m);
        expect(info).toMatch(/^Tagged: +yes/m);
        const pages = pageTexts(pdf).map(plain);
        expect(Number(/^Pages: +(\d+)/m.exec(info)![1])).toBe(pages.length);
        for (const [at, page] of pages.entries()) {
          for (const said of [company.name, periodOf(report, language), company.printed[language]])
            expect(page, `page ${at + 1}`).toContain(said);
          expect(page).toContain(PAGE[language](at + 1, pages.length));
        }
        expect(pages[0]).toContain(company.number);
        expect(pages[0]).toContain(REPORTS[report]!.title[language]);
        if (pages.length < 30) expect(JSON.stringify(pdfObjects(pdf).root['/Lang'])).toContain(language);
      }
    });

    const workbooks = NAMES.filter((report) => REPORTS[report]!.excel);
    test.each(workbooks)('%s as Excel', async (report) => {
      for (const language of LANGUAGES) {
        const answer = await ask(server, company, report, 'excel', language, rangeOf(report));
        expect(answer.headers['content-type']).toMatch(/spreadsheetml\.sheet$/);
        const { sheets, properties } = await readXlsx(answer.rawPayload);
        writeFileSync(join(folder, `${report}.${language}.xlsx`), answer.rawPayload);
        expect(properties?.company).toBe(company.name);
        const [sheet] = sheets;
        const said = plain(sheet!.rows.slice(0, 5).flat().join(' '));
        const { oddHeader = '', oddFooter = '' } = sheet!.headerFooter ?? {};
        const around = plain(`${oddHeader} ${oddFooter}`);
        for (const text of [said, around])
          for (const fact of [company.name, company.number, periodOf(report, language), company.printed[language]])
            expect(text.replaceAll('&&', '&')).toContain(fact);
        expect(oddFooter).toContain('&P');
        expect(oddFooter).toContain('&N');
      }
    });

    test.skipIf(!soffice)('LibreOffice opens every workbook without repair', () => {
      const files = readdirSync(folder).filter((name) => name.endsWith('.nb.xlsx'));
      expect(files).toHaveLength(workbooks.length);
      const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
      execFileSync(
        'soffice',
        [profile, '--headless', '--convert-to', 'csv', '--outdir', folder, ...files.map((name) => join(folder, name))],
        { stdio: 'ignore', timeout: 80_000 },
      );
      expect(readdirSync(folder).filter((name) => name.endsWith('.csv'))).toHaveLength(files.length);
    });

    test('SAF-T as a ZIP of XML that the schema accepts', async () => {
      const answer = await ask(server, company, 'saf-t-financial', '', 'nb', YEAR);
      expect(answer.headers['content-type']).toBe('application/zip');
      const files = await unzipped(answer.rawPayload);
      expect(files).toHaveLength(1);
      const [{ name, content }] = files as [{ name: string; content: Buffer }];
      const number = company.number.replaceAll(' ', '');
      expect(name).toMatch(new RegExp(`^SAF-T Financial_${number}_\\d{14}_1_1\\.xml$`));
      const xml = content.toString();
      for (const said of [
        number,
        '<SelectionStartDate>2025-01-01<',
        '<SelectionEndDate>2025-12-31<',
        'AuditFileDateCreated',
      ])
        expect(xml).toContain(said);
      expect(schemaFaults(xml)).toBe('');
    });
  });
});

/** Small, with most features of a report: groups, partners, VAT, a department, a year before, a loss. */
async function smallCompany(): Promise<Books> {
  const books = await openBooks({ name: 'Fjell & Fjord <AS>', organizationNumber: '999888011' });
  const kari = await addPartner(books, 'Kari Kunde');
  const nord = await addPartner(books, 'Nord Engros AS');
  const shop = await addDimensionValue(books, 'department', 'Butikken');
  const inShop = { dimensions: [{ type: 'department', id: shop }] };
  await books.post('2024-06-01', [debit('1920', 300_000), credit('2000', 300_000)], { memo: 'Innbetalt aksjekapital' });
  await books.post('2024-11-20', [debit('1920', 1_250), credit('3000', 1_000, { tax_code: '3' })], {
    memo: 'Kontantsalg',
  });
  const due = { business_partner_id: kari, due_date: '2025-02-24', payment_reference: '1234567890128' };
  await books.post('2025-02-10', [debit('1500', 12_500, due), credit('3000', 10_000, { tax_code: '3', ...inShop })], {
    memo: 'Faktura 1001',
  });
  await books.post(
    '2025-02-12',
    [debit('6800', 2_400.5, { tax_code: '1', ...inShop }), credit('2400', 3_000.63, { business_partner_id: nord })],
    {
      memo: 'Kontorrekvisita',
    },
  );
  await books.post('2025-02-24', [debit('1920', 12_500), credit('1500', 12_500, { business_partner_id: kari })], {
    memo: 'Innbetaling',
  });
  await books.post('2025-03-03', [debit('5000', 45_000), credit('1920', 45_000)], { memo: 'Lønn februar' });
  await books.post('2025-03-31', [debit('6700', 8_000, { tax_code: '86' }), credit('1920', 8_000)], {
    memo: 'Rådgivning, Sverige',
  });
  return books;
}

describe('golden files of a small company', { timeout: 240_000 }, () => {
  let server: FastifyInstance;
  let books: Books;
  let browser: Browser | undefined;
  beforeAll(async () => {
    books = await smallCompany();
    server = await testServer(books.platform);
    if (hasBrowser) browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  const CASES = NAMES.flatMap((report) => LANGUAGES.map((language) => [report, language] as const));

  test.each(CASES)('%s %s as JSON, byte by byte', async (report, language) => {
    const { body } = await ask(server, books, report, 'json', language, QUARTER);
    await expect(`${withoutIds(body, books)}\n`).toMatchFileSnapshot(golden(`${report}/${language}.json`).pathname);
  });

  test.skipIf(!hasPdfTools).each(CASES)('%s %s as PDF, as a picture', async (report, language) => {
    const { rawPayload } = await ask(server, books, report, 'pdf', language, QUARTER);
    expect(rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
    expectPicture(rawPayload, 1, golden(`${report}/${language}.pdf.png`));
  });

  test.skipIf(!hasBrowser).each(CASES)('%s %s as HTML, as a picture', async (report, language) => {
    const { body } = await ask(server, books, report, 'html', language, QUARTER);
    expect(body).toContain('</html>');
    const wide = { width: 1100, height: 900, dark: language === 'en' };
    expectSamePicture(await pictureOf(browser!, body, wide), golden(`${report}/${language}.html.png`));
    if (language === 'nb')
      expectSamePicture(
        await pictureOf(browser!, body, { width: 360, height: 700 }),
        golden(`${report}/phone.html.png`),
      );
  });

  test.each(CASES.filter(([report]) => REPORTS[report]!.excel))(
    '%s %s as Excel, cell by cell',
    async (report, language) => {
      const { rawPayload } = await ask(server, books, report, 'excel', language, QUARTER);
      const cells = withoutIds(await excelCells(rawPayload), books);
      await expect(cells).toMatchFileSnapshot(golden(`${report}/${language}.excel.txt`).pathname);
    },
  );
});

/** Ids are numbered over the whole run: `CA` for the client account, `#12` for ids within it. */
function withoutIds(text: string, { clientAccountId }: Books): string {
  const first = clientAccountId * 2 ** 31;
  return text
    .replaceAll(/(?<!\d)\d{10,16}(?!\d)/g, (digits) => {
      const id = Number(digits) - first;
      return id > 0 && id < 2 ** 31 ? `"#${id}"` : digits;
    })
    .replaceAll(`client_account_id=${clientAccountId}&`, 'client_account_id=CA&')
    .replaceAll(`/client-accounts/${clientAccountId}/`, '/client-accounts/CA/');
}
