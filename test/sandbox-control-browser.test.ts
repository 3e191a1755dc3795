import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAdmin } from '../sandbox/admin.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { MovingClock, testSandbox } from './support/outside/sandbox.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

describe.skipIf(missing)(`the sandbox’s control page in a browser${missing}`, { timeout: 240_000 }, () => {
  let browser: Browser;
  let address: string;
  let sandbox: Awaited<ReturnType<typeof testSandbox>>;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    sandbox = await testSandbox(new MovingClock());
    ({ address, stop } = await startAdmin(sandbox));
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await stop?.();
  });

  async function open({ width = 1280, dark = false, bypassCSP = false } = {}): Promise<{
    page: Page;
    refused: string[];
  }> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
      bypassCSP,
      locale: 'nb-NO',
      javaScriptEnabled: bypassCSP,
    });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && refused.push(message.text())));
    await page.goto(address);
    return { page, refused };
  }

  test('a fault is asked for, met, seen in the journal and ended, by the keyboard alone', async () => {
    const { page, refused } = await open();
    await page.locator('#faults select[name=party]').selectOption('skatteetaten');
    await page.locator('#faults input[name=path]').focus();
    await page.keyboard.type('ping');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('status').textContent()).toContain('Utført');
    const ping = () => fetch(`${sandbox.addressOf('skatteetaten')}/api/skattemelding/v2/ping`);
    expect([(await ping()).status, (await ping()).status]).toEqual([503, 200]);
    await page.goto(address);
    expect(await page.locator('#journal').textContent()).toContain('GET /api/skattemelding/v2/ping → feilstatus');
    await page.getByRole('button', { name: /^Avslutt #/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Ingen feil er bestilt.').waitFor();
    expect(sandbox.faults).toEqual([]);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  test('clock, language and reset', async () => {
    const { page } = await open();
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('button', { name: '1 day on' }).click();
    expect(sandbox.time.now().toISOString()).toBe('2026-03-16T10:00:00.000Z');
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(sandbox.time.now().toISOString()).toBe('2026-03-15T10:00:00.000Z');
    await page.context().close();
  });

  test('fits a phone; axe finds no fault, in light and dark', async () => {
    for (const dark of [false, true]) {
      const { page } = await open({ width: 360, dark, bypassCSP: true });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.evaluate(axe);
      const faults = await page.evaluate(
        `axe.run().then((found) => found.violations.map((fault) => fault.id + ' ' + fault.nodes.map((node) => node.target.join(' ')).slice(0, 3).join('; ')))`,
      );
      expect([dark, faults]).toEqual([dark, []]);
      await page.context().close();
    }
  });
});
