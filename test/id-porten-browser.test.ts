import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { ColumnKeys } from '../src/platform/encryption/column-keys.ts';
import type { Platform } from '../src/platform/operation.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { testPlatform, testServer } from './support/books/books.ts';
import { People } from './support/books/people.ts';
import { connect, MovingClock, testSandbox } from './support/outside/sandbox.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;
const PASSWORD = 'et langt nok passord';

describe.skipIf(missing)(`ID-porten in a browser${missing}`, { timeout: 240_000 }, () => {
  const clock = new MovingClock();
  const columnKeys = new ColumnKeys([{ id: 'test', key: randomBytes(32) }]);
  const platform: Platform = { ...testPlatform(clock), columnKeys };
  const people = new People(clock);
  let sandbox: Sandbox;
  let browser: Browser;
  let site: string;

  beforeAll(async () => {
    sandbox = await testSandbox(clock);
    const server = await testServer(platform);
    await server.listen({ port: 0, host: '127.0.0.1' });
    site = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    platform.publicUrl = site;
    platform.outside = (await connect(sandbox, clock, { publicUrl: site })).outside;
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await people.close();
  });

  /** A signed-in user with two client accounts. */
  async function signedIn(options: { width?: number; dark?: boolean; locale?: string } = {}) {
    const user = await people.user(undefined, PASSWORD);
    const accounts = [
      await people.clientAccount(user.id, { displayName: 'Fjell AS' }),
      await people.clientAccount(user.id, { displayName: 'Fjord AS' }),
    ];
    for (const id of accounts) await people.role(id, user.id, 'CA');
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 800 },
      colorScheme: options.dark ? 'dark' : 'light',
      locale: options.locale ?? 'nb-NO',
    });
    const page = await context.newPage();
    await page.goto(`${site}/login`);
    await page.locator('#email').fill(user.email);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('button').click();
    await page.waitForURL(`${site}/`);
    return { context, page, accounts };
  }

  /** No violations of axe, and no horizontal overflow of the window. */
  async function isSound(page: Page, name: string): Promise<void> {
    await page.evaluate(axe);
    const faults = await page.evaluate(`axe.run().then((found) => found.violations.map(({ id }) => id))`);
    const wider = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
    expect([name, faults, wider]).toEqual([name, [], 0]);
  }

  const refusedIn = (context: BrowserContext) => {
    const refused: string[] = [];
    context.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text());
    });
    return refused;
  };

  test.each([
    [
      'on a screen',
      {},
      { connect: 'Koble til Altinn', disconnect: 'Koble fra Altinn', on: 'Tilkoblet', off: 'Du er koblet fra.' },
    ],
    [
      'on a phone, in the dark, in English',
      { width: 360, dark: true, locale: 'en-GB' },
      { connect: 'Connect Altinn', disconnect: 'Disconnect Altinn', on: 'Connected', off: 'You are disconnected.' },
    ],
  ])('connects, shows whom one may represent, and ends it there and here: %s', async (_, options, words) => {
    const { context, page, accounts } = await signedIn(options);
    const refused = refusedIn(context);
    const at = `${site}/integrations?client_account_id=${accounts[0]}`;
    await page.goto(at);
    await isSound(page, 'not connected');
    await page.getByRole('button', { name: words.connect }).click();
    await page.getByText('Rydig Regnskapsfører').click();
    await page.getByRole('button', { name: 'Logg inn', exact: true }).click();
    await page.waitForURL(`${at}&news=came`);
    expect(await page.getByText(words.on, { exact: true }).count()).toBe(2);
    expect(await page.getByText('UNDERENHETEN SKOLE').isVisible()).toBe(true);
    expect(await page.content()).not.toContain('06891548603');
    await isSound(page, 'connected');
    await page.getByRole('button', { name: words.disconnect }).click();
    await page.waitForURL(`${at}&news=left`);
    expect(await page.getByText(words.off).isVisible()).toBe(true);
    expect(refused).toEqual([]);
    await context.close();
  });

  test('two tabs from two client accounts come back right, and a cancelled login says so', async () => {
    const { context, page, accounts } = await signedIn();
    const second = await context.newPage();
    const tabs = [page, second];
    for (const [i, tab] of tabs.entries()) {
      await tab.goto(`${site}/integrations?client_account_id=${accounts[i]}`);
      await tab.getByRole('button', { name: 'Koble til ID-porten' }).click();
    }
    await second.getByRole('button', { name: 'Logg inn', exact: true }).click();
    await second.waitForURL(`${site}/integrations?client_account_id=${accounts[1]}&news=came`);
    await page.getByRole('button', { name: 'Avbryt' }).click();
    await page.getByText('Innloggingen ble avbrutt i ID-porten').waitFor();
    await isSound(page, 'cancelled');
    await page.getByRole('link', { name: 'Tilbake til tilkoblingene' }).click();
    await page.waitForURL(`${site}/integrations?client_account_id=${accounts[0]}`);
    // The tabs share the user: the login of the other tab is the user's.
    expect(await page.getByRole('button', { name: 'Koble fra ID-porten' }).isVisible()).toBe(true);
    await context.close();
  });

  test('a party that is down is named on the page, and its rest stays usable', async () => {
    const { context, page } = await signedIn();
    await page.goto(`${site}/integrations`);
    await page.getByRole('button', { name: 'Koble til Altinn' }).click();
    await page.getByRole('button', { name: 'Logg inn', exact: true }).click();
    await page.waitForURL(/news=came/);
    sandbox.fault({ party: 'altinn', path: 'authorizedparties', effect: { kind: 'status', status: 500 } });
    await page.goto(`${site}/integrations`);
    expect(await page.getByRole('alert').textContent()).toContain('Altinn');
    expect(await page.getByRole('button', { name: 'Koble fra Altinn' }).isVisible()).toBe(true);
    sandbox.reset();
    await context.close();
  });
});
