import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { fetchFrom, sendRound } from '../src/bank-delivery/index.ts';
import { isWorkingDay } from '../src/kernel/working-days.ts';
import { ColumnKeys } from '../src/platform/encryption/column-keys.ts';
import { SubmissionSender } from '../src/vat-return/index.ts';
import { apiOf } from './support/http/domain-api.ts';
import { credit, debit, openBooks, testPlatform, testServer } from './support/books/books.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { accountNumber, addBill, addSupplier, openAccount } from './support/bank/payments.ts';
import { connect, MovingClock, testSandbox } from './support/outside/sandbox.ts';
import { withFiles } from './support/http/upload.ts';
import { vatReturnRoutes } from '../src/vat-return/index.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;
const PASSWORD = 'et langt nok passord';

const nb = {
  locale: 'nb-NO',
  altinn: 'Koble til Altinn',
  systemUser: 'Systembruker og dialoger for klientkontoen',
  ask: 'Be om tilgang',
  approveAtAltinn: 'Godkjenn i Altinn',
  dialogs: 'Se dialogene i Dialogporten',
  banks: 'Banker som er tilkoblet',
  switchOn: 'Slå på',
  remains: 'Dette gjenstår',
  live: 'Slått på og tilkoblet',
  payments: 'Betalinger',
  prepare: 'Lag betalingsordre',
  approve: 'Godkjenn',
  accepted: 'godtatt av banken',
  settled: 'betalt',
  vat: 'Mva-meldinger',
  settle: 'Gjør opp terminen',
  send: 'Send til Skatteetaten',
  login: 'Logg inn med ID-porten',
  received: 'Mottatt av Skatteetaten',
  receipt: 'Kvittering',
  connections: 'Tilkoblinger',
};
const en: typeof nb = {
  locale: 'en-GB',
  altinn: 'Connect Altinn',
  systemUser: 'System user and dialogs of the client account',
  ask: 'Ask for access',
  approveAtAltinn: 'Approve in Altinn',
  dialogs: 'See the dialogs in Dialogporten',
  banks: 'Banks that are connected',
  switchOn: 'Switch on',
  remains: 'What remains',
  live: 'On and connected',
  payments: 'Payments',
  prepare: 'Prepare a payment order',
  approve: 'Approve',
  accepted: 'accepted by the bank',
  settled: 'paid',
  vat: 'VAT returns',
  settle: 'Settle the term',
  send: 'Send to Skatteetaten',
  login: 'Log in through ID-porten',
  received: 'Received by Skatteetaten',
  receipt: 'Receipt',
  connections: 'Connections',
};

describe.skipIf(missing)(`an accountant’s three days in a browser${missing}`, { timeout: 400_000 }, () => {
  // A Monday, ten o'clock in Norway.
  const clock = new MovingClock('2026-03-16T09:00:00Z');
  const columnKeys = new ColumnKeys([{ id: 'test', key: randomBytes(32) }]);
  const platform = { ...withFiles(testPlatform(clock)), columnKeys };
  const never = new AbortController().signal;
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
  afterAll(() => browser?.close());

  const mailbox = () => platform.outside!.bankMailboxes!.find(({ provider }) => provider === 'tietoevry')!;
  /** Runs the scheduled tasks of the bank, some minutes later. */
  async function bankRound(): Promise<void> {
    await sendRound(platform, mailbox(), never);
    clock.pass(360);
    await fetchFrom(platform, mailbox(), never);
  }

  /** Ten o'clock of the next banking day, with the files that the bank delivered in the night. */
  async function nextMorning(): Promise<void> {
    const today = () => clock.now().toISOString().slice(0, 10);
    do clock.pass(86_400);
    while (!isWorkingDay(today()));
    clock.pass((Date.parse(`${today()}T09:00:00Z`) - clock.now().getTime()) / 1000);
    await fetchFrom(platform, mailbox(), never);
  }

  /** No violations of axe, and no horizontal overflow of the window. */
  async function isSound(page: Page, name: string): Promise<void> {
    await page.evaluate(axe);
    const faults = await page.evaluate(`axe.run().then((found) => found.violations.map(({ id }) => id))`);
    const wider = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
    expect([name, faults, wider]).toEqual([name, [], 0]);
  }

  test.each([
    ['on a screen', nb, { width: 1280, height: 800 }, '310049573'],
    ['on a phone, in English', en, { width: 390, height: 844 }, '312974436'],
  ])(
    'logs in, is given access, is told by the bank, pays, and sends a VAT return: %s',
    async (_, words, viewport, organizationNumber) => {
      const books = await openBooks({ clock, name: 'Fjellheim Verksted AS', organizationNumber, password: PASSWORD });
      const account = accountNumber();
      await openAccount(books, account);
      await sandbox.act('bank', 'open', {
        account,
        bic: 'SPAVNOBB',
        owner: 'Fjellheim Verksted AS',
        balance: '100000.00',
      });
      await addBill(books, await addSupplier(books), 1250.5, { document_number: 'F-2026-77', due_date: '2026-03-17' });
      await books.post('2026-01-15', [debit('1920', 1250), credit('3000', 1000, { tax_code: '3' })]);
      const context = await browser.newContext({ viewport, locale: words.locale, bypassCSP: true });
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      const start = {
        id: books.clientAccountId,
        href: (path: string) => `a[href="/client-accounts/${books.clientAccountId}/${path}"]`,
      };

      async function signIn(): Promise<void> {
        await page.goto(`${site}/login`);
        await page.locator('#email').fill(books.email);
        await page.locator('#password').fill(PASSWORD);
        await page.locator('button').click();
        await page.waitForURL(`${site}/`);
      }
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const follow = (name: string) => page.getByRole('link', { name, exact: true }).click();
      const sees = (text: string) => page.getByText(text, { exact: true }).first().waitFor();

      async function logInAtIdPorten(): Promise<void> {
        await press(words.altinn);
        await page.getByText('Rydig Regnskapsfører').click();
        await page.getByRole('button', { name: 'Logg inn', exact: true }).click();
        await page.waitForURL(`${site}/integrations?client_account_id=${start.id}&news=came`);
      }

      // Monday: login, a system user approved by the customer, reading of its dialogs.
      await signIn();
      await page.goto(`${site}/integrations?client_account_id=${start.id}`);
      await logInAtIdPorten();
      await follow(words.systemUser);
      await press(words.ask);
      await follow(words.approveAtAltinn);
      await page.getByLabel('Syntetisk person').selectOption({ label: 'Tilgang Styrer' });
      await page.getByRole('button', { name: 'Godkjenn' }).click();
      await follow(words.dialogs);
      expect(await page.getByRole('row').count()).toBeGreaterThan(25);

      // The bank is switched on; money comes in during the day.
      await page.goto(site);
      await page.locator(start.href('bank-transactions')).click();
      await isSound(page, 'no transactions');
      await follow(words.banks);
      await page.getByRole('button', { name: words.switchOn }).click();
      await sees(words.remains);
      await sandbox.act('bank', 'expect', { account, amount: '4321.00', name: 'Kunde & Co AS', text: 'Faktura 12' });

      // Tuesday: yesterday's transactions are in the books, and payment of the bill is ordered.
      const yesterday = String(clock.now().getUTCDate());
      await nextMorning();
      await signIn();
      await page.locator(start.href('bank-transactions')).click();
      const row = page.getByRole('row').filter({ hasText: 'Kunde & Co AS' });
      const shown = await row.textContent();
      expect([shown?.startsWith(yesterday), shown]).toEqual([
        true,
        expect.stringMatching(/Kunde & Co AS.*4[\s,]321[,.]00/),
      ]);
      await isSound(page, 'yesterday');
      await follow(words.banks);
      await sees(words.live);
      await page.goto(site);
      await page.locator(start.href('payments')).click();
      await press(words.prepare);
      const order = page.url();
      await press(words.approve);
      await bankRound();
      await page.goto(order);
      await sees(words.accepted);

      // Wednesday: paid, and the bill is settled by the entry of the bank.
      await nextMorning();
      await signIn();
      await page.goto(order);
      await sees(words.settled);
      await isSound(page, 'a settled order');
      await page.goto(site);
      await page.locator(start.href('bank-transactions')).click();
      const paid = page.getByRole('row').filter({ hasText: 'F-2026-77' });
      expect(await paid.textContent()).toMatch(/1[\s,]250[,.]50/);

      // The VAT return: settled, sent with a login of today, answered.
      await follow('Fjellheim Verksted AS');
      await follow(words.vat);
      await page.getByRole('button', { name: words.settle }).first().click();
      await page.getByRole('button', { name: words.send }).first().click();
      await follow(words.login);
      await logInAtIdPorten();
      await follow('Fjellheim Verksted AS');
      await follow(words.vat);
      await page.getByRole('button', { name: words.send }).first().click();
      const api = apiOf(vatReturnRoutes, platform);
      const { body } = await api(
        'GET',
        `/vat-return/submissions?client_account_id=${start.id}&order_by=-from_date`,
        books.token,
      );
      clock.pass(10);
      await new SubmissionSender(platform).advance({ clientAccountId: start.id, id: body.data[0].id });
      await page.reload();
      await sees(words.received);
      await isSound(page, 'an answered return');
      const receipt = await page.getByRole('link', { name: words.receipt }).getAttribute('href');
      const file = await page.request.get(`${site}${receipt}`);
      expect([file.status(), (await file.body()).subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
      await context.close();
    },
  );
});
