import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelEntry } from '../src/ledger/index.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { addPartner, type Books, credit, debit, openBooks, testServer } from './support/books/books.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

describe.skipIf(missing)(`the pages in a browser${missing}`, { timeout: 480_000 }, () => {
  let browser: Browser;
  let site: string;
  let books: Books;
  let paths: Record<string, string>;

  beforeAll(async () => {
    const server = await testServer();
    await server.listen({ port: 0, host: '127.0.0.1' });
    site = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    books = await openBooks({ name: 'Fjellheim Verksted AS' });
    const kari = await addPartner(books, 'Kari Kunde og Sønner Entreprenørforretning AS');
    const entry = await books.post('2025-03-10', [
      debit('1500', 123_456_789.25, {
        business_partner_id: kari,
        due_date: '2025-04-10',
        payment_reference: '1234567890128',
      }),
      credit('3000', 98_765_431.4, { tax_code: '3' }),
    ]);
    await books.run(cancelEntry, { id: entry.id, reason: 'Feil', entryDate: '2025-03-11' });
    const account = `/client-accounts/${books.clientAccountId}`;
    paths = {
      start: '/',
      trial: `${account}/trial-balance?date_from=2025-01-01&date_to=2025-12-31&detail=relations`,
      lines: `${account}/accounts/1500?from=2025-01-01&to=2025-12-31`,
      entry: `/journal-entries/${entry.id}`,
      vat: `${account}/vat-return?year=2025`,
      fault: `${account}/trial-balance?date_from=2025-12-31&date_to=2025-01-01`,
      docs: '/docs',
      report: `/api/v2/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2025-01-01&date_to=2025-12-31&format=html`,
    };
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  const open = async (name: string, options: { width?: number; dark?: boolean; bypassCSP?: boolean } = {}) => {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: options.dark ? 'dark' : 'light',
      bypassCSP: options.bypassCSP ?? false,
      locale: 'nb-NO',
      extraHTTPHeaders: { authorization: `Bearer ${books.token}` },
    });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 422/.test(message.text())) refused.push(message.text());
    });
    await page.goto(`${site}${paths[name]}`);
    return { page, refused, close: () => context.close() };
  };

  test('no page breaks its own policy or is wider than a phone', async () => {
    for (const name of Object.keys(paths)) {
      const { page, refused, close } = await open(name, { width: 360 });
      const width = await page.evaluate(`document.documentElement.scrollWidth`);
      expect([name, width, refused]).toEqual([name, 360, []]);
      await close();
    }
  });

  test('axe finds no fault, in light and dark', async () => {
    for (const name of Object.keys(paths)) {
      for (const dark of [false, true]) {
        const { page, close } = await open(name, { dark, bypassCSP: true });
        await page.evaluate(axe);
        const faults = (await page.evaluate(
          `axe.run().then((found) => found.violations.map((fault) => fault.id + ' ' + fault.nodes.map((node) => node.target.join(' ')).slice(0, 3).join('; ')))`,
        )) as string[];
        expect([name, dark, faults]).toEqual([name, dark, []]);
        await close();
      }
    }
  });

  test('a group and an account fold by a click and by the keyboard, without any script', async () => {
    const { page, close } = await open('trial');
    const account = page.getByRole('link', { name: '1500', exact: true });
    const part = page.getByRole('link', { name: /^Kari Kunde/ });
    expect([await account.isVisible(), await part.isVisible()]).toEqual([true, true]);
    await page.getByRole('checkbox', { name: 'Vis detaljer for 1500 Kundefordringer' }).uncheck();
    expect([await account.isVisible(), await part.isVisible()]).toEqual([true, false]);
    await page.getByRole('checkbox', { name: 'Eiendeler' }).focus();
    await page.keyboard.press('Space');
    expect([await account.isVisible(), await page.getByRole('link', { name: '2700' }).isVisible()]).toEqual([
      false,
      true,
    ]);
    await close();
  });

  test('the head of the table stays in sight, and a figure leads down to its entry', async () => {
    const { page, close } = await open('trial');
    await page.setViewportSize({ width: 1280, height: 320 });
    await page.evaluate(`window.scrollTo(0, document.body.scrollHeight)`);
    const head = await page.getByRole('columnheader', { name: 'Utgående saldo' }).boundingBox();
    expect(head?.y).toBeLessThan(40);
    await page.getByRole('link', { name: '1500', exact: true }).click();
    await page.getByRole('link', { name: 'GL 1/2025' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Bilag GL 1/2025');
    await close();
  });

  test('a printed report numbers its pages and names the company', async () => {
    const { page, close } = await open('report');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print' });
    const head = page.locator('tr.print-head');
    expect(await head.isVisible()).toBe(true);
    expect(await head.textContent()).toContain('Fjellheim Verksted AS');
    await close();
  });
});
