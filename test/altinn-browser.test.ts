import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Platform } from '../src/platform/operation.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { type Books, openBooks, testPlatform, testServer } from './support/books/books.ts';
import { connect, MovingClock, testSandbox } from './support/outside/sandbox.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

describe.skipIf(missing)(`a system user in a browser${missing}`, { timeout: 240_000 }, () => {
  const clock = new MovingClock();
  const platform: Platform = { ...testPlatform(clock) };
  let browser: Browser;
  let site: string;

  beforeAll(async () => {
    const sandbox = await testSandbox(clock);
    const server = await testServer(platform);
    await server.listen({ port: 0, host: '127.0.0.1' });
    site = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    platform.publicUrl = site;
    platform.outside = (await connect(sandbox, clock)).outside;
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  async function open(books: Books, options: { width?: number; dark?: boolean } = {}) {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: options.dark ? 'dark' : 'light',
      bypassCSP: true,
      locale: 'nb-NO',
      extraHTTPHeaders: { authorization: `Bearer ${books.token}` },
    });
    const page = await context.newPage();
    return { page, close: () => context.close() };
  }

  /** No violations of axe, and no horizontal overflow of the window. */
  async function isSound(page: Page, name: string): Promise<void> {
    await page.evaluate(axe);
    const faults = await page.evaluate(`axe.run().then((found) => found.violations.map(({ id }) => id))`);
    const wider = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
    expect([name, faults, wider]).toEqual([name, [], 0]);
  }

  test.each([
    ['on a screen', {}],
    ['on a phone, in the dark', { width: 360, dark: true }],
  ])('is asked for, approved at Altinn, and leads to the dialogs: %s', async (_, options) => {
    const books = await openBooks({ clock, name: 'Fjellheim Verksted AS', organizationNumber: '310049573' });
    const { page, close } = await open(books, options);
    await page.goto(`${site}/client-accounts/${books.clientAccountId}/integrations/dialogs`);
    await isSound(page, 'dialogs without a system user');
    await page.getByRole('link', { name: 'Til systembrukeren' }).click();
    await isSound(page, 'none');
    await page.getByRole('button', { name: 'Be om tilgang' }).click();
    expect(await page.getByText('Venter på kunden').isVisible()).toBe(true);
    await isSound(page, 'waiting');
    await page.getByRole('link', { name: 'Godkjenn i Altinn' }).click();
    await page.getByLabel('Syntetisk person').selectOption({ label: 'Tilgang Styrer' });
    await page.getByRole('button', { name: 'Godkjenn' }).click();
    expect(await page.getByText('Aktiv', { exact: true }).isVisible()).toBe(true);
    await isSound(page, 'active');
    await page.getByRole('link', { name: 'Se dialogene i Dialogporten' }).click();
    expect(await page.getByRole('row').count()).toBe(26);
    await isSound(page, 'dialogs');
    await page.getByLabel('Status').selectOption({ label: 'Fullført' });
    await page.getByRole('button', { name: 'Vis' }).click();
    expect(await page.getByRole('row').count()).toBe(5);
    await close();
  });
});
