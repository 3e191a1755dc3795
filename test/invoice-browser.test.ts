import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAdmin } from '../sandbox/admin.ts';
import { allRoutes } from '../src/app.ts';
import { fetchFrom, sendRound } from '../src/bank-delivery/index.ts';
import { createDemo, openDemoBank, payDemoBill } from '../src/demo/index.ts';
import { PAYING_ACCOUNT } from '../src/demo/pay-bill.ts';
import { mailRound } from '../src/integrations/mail-inbox/mail-round.ts';
import { peppolInboxRound } from '../src/integrations/peppol/peppol-inbox.ts';
import { isWorkingDay } from '../src/kernel/working-days.ts';
import { Database } from '../src/platform/database/pool.ts';
import { ColumnKeys } from '../src/platform/encryption/column-keys.ts';
import { MailDelivery } from '../src/platform/mail.ts';
import { findings } from './support/bank/bank-findings.ts';
import { type Books, testPlatform, testServer } from './support/books/books.ts';
import { CHROMIUM, hasBrowser, openBrowser } from './support/pages/browser.ts';
import { ownDatabase } from './support/server/demo.ts';
import { apiOf } from './support/http/domain-api.ts';
import { accountNumber } from './support/bank/payments.ts';
import { connect, MovingClock, testSandbox } from './support/outside/sandbox.ts';
import { withFiles } from './support/http/upload.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

const WORKSHOP = 'Lerkefjell Innredning AS';
const BUYER = 'Stjernebråten Borettslag';
const BANK = 'SPAVNOBB';

const nb = {
  locale: 'nb-NO',
  send: 'Send',
  sent: /Peppol – sendt – 0192:\d{9}/,
  came: 'Peppol',
  account: 'Konto, linje 1',
  prepareBill: 'Klargjør',
  approveBill: 'Godkjenn og bokfør',
  approved: 'godkjent og bokført',
  prepareOrder: 'Lag betalingsordre',
  approve: 'Godkjenn',
  settled: 'betalt',
};
const en: typeof nb = {
  locale: 'en-GB',
  send: 'Send by e-mail',
  sent: /e-mail – sent – faktura\+[a-z2-9]{12}@sandbox\.example/,
  came: 'e-mail',
  account: 'Account, line 1',
  prepareBill: 'Prepare',
  approveBill: 'Approve and post',
  approved: 'approved and posted',
  prepareOrder: 'Prepare a payment order',
  approve: 'Approve',
  settled: 'paid',
};

describe.skipIf(missing)(`the demo’s workshop and its customer in a browser${missing}`, { timeout: 400_000 }, () => {
  // A Friday, eleven o'clock in Norway.
  const clock = new MovingClock('2026-11-20T10:00:00Z');
  const never = new AbortController().signal;
  const platform = {
    ...withFiles(testPlatform(clock)),
    columnKeys: new ColumnKeys([{ id: 'test', key: randomBytes(32) }]),
  };
  let smtp: string;
  let api: ReturnType<typeof apiOf>;
  let demo: Awaited<ReturnType<typeof createDemo>>;
  let browser: Browser;
  let site: string;
  let end = async () => {};

  beforeAll(async () => {
    const database = new Database({ ...(await ownDatabase('_demo_sent')), max: 12 });
    platform.database = database;
    const sandbox = await testSandbox(clock);
    const admin = await startAdmin(sandbox);
    platform.outside = (await connect(sandbox, clock, { database })).outside;
    demo = await createDemo(platform);
    const bank = await openDemoBank(platform, admin.address);
    await payDemoBill(platform, bank);
    ({ smtp } = (await sandbox.act('mail', 'describe')) as { smtp: string });
    const server = await testServer(platform);
    await server.listen({ port: 0, host: '127.0.0.1' });
    site = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    platform.publicUrl = site;
    api = apiOf(allRoutes, platform);
    browser = await openBrowser();
    await openWorkshop();
    await openBuyer(bank);
    end = async () => {
      await browser.close();
      await admin.stop();
    };
  }, 300_000);
  afterAll(() => end());

  const call = async (method: string, path: string, body?: object) => {
    const answer = await api(method, path, demo.token, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };
  const idOf = async (name: string): Promise<number> => {
    const { id } = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.one<{ id: number }>(sql`select id from client_accounts where display_name = ${name}`),
    );
    return id;
  };
  const numberOf = async (name: string): Promise<string> => {
    const { number } = await platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.one<{ number: string }>(
        sql`select organization_number as number from client_accounts where display_name = ${name}`,
      ),
    );
    return number;
  };
  const buyerAccount = accountNumber();
  let workshop: { id: number; bankAccountId: number; customerId: number };
  let buyer: { id: number; bankAccountId: number };

  async function openWorkshop(): Promise<void> {
    const id = await idOf(WORKSHOP);
    const { data } = await call('GET', `/bank-accounts?client_account_id=${id}`);
    const bankAccountId = data.find(({ bban }: { bban: string }) => bban === PAYING_ACCOUNT).id;
    await call('PUT', `/invoice-settings?client_account_id=${id}`, {
      bank_account_id: bankAccountId,
      is_vat_registered: true,
      in_business_register: true,
      next_numbers: { ARINV: 95_001 },
      kid_rules: [{ bank_account_id: bankAccountId, modulus: 'MOD10', customer_digits: 4, invoice_digits: 6 }],
    });
    const customer = await call('POST', '/business-partners', {
      client_account_id: id,
      name: BUYER,
      is_customer: true,
      is_organization: true,
      organization_number: await numberOf(BUYER),
      address: { street: 'Stjernebråten 1', postal_code: '2317', city: 'Hamar', country: 'NO' },
    });
    workshop = { id, bankAccountId, customerId: customer.id };
  }

  /** With an account whose bank is connected, and the workshop as its supplier. */
  async function openBuyer(bank: Awaited<ReturnType<typeof openDemoBank>>): Promise<void> {
    const id = await idOf(BUYER);
    await bank.act('open', { account: buyerAccount, bic: BANK, owner: BUYER, balance: '100000.00' });
    const account = await call('POST', '/bank-accounts', {
      client_account_id: id,
      type: 'CURRENT',
      name: 'Betalingskonto',
      bban: buyerAccount,
      bic: BANK,
      bank_country: 'NO',
    });
    await call('PATCH', `/integrations/banks/${BANK}/status?client_account_id=${id}`, { is_active: true });
    await call('POST', '/business-partners', {
      client_account_id: id,
      name: WORKSHOP,
      is_supplier: true,
      is_organization: true,
      organization_number: await numberOf(WORKSHOP),
      bank_accounts: [{ account_number: PAYING_ACCOUNT }],
    });
    buyer = { id, bankAccountId: account.id };
    // Its first statement proves that the bank is connected; until then nothing is paid.
    await bank.act('closeDay', { minutesAgo: 5 });
    await fetchFrom(platform, mailbox(), never);
  }

  const mailbox = () => platform.outside!.bankMailboxes!.find(({ provider }) => provider === 'tietoevry')!;
  /** Ten o'clock of the next banking day, with the files that the banks delivered in the night. */
  async function nextMorning(): Promise<void> {
    const today = () => clock.now().toISOString().slice(0, 10);
    do clock.pass(86_400);
    while (!isWorkingDay(today()));
    clock.pass((Date.parse(`${today()}T09:00:00Z`) - clock.now().getTime()) / 1000);
    await fetchFrom(platform, mailbox(), never);
  }

  /** The carriers of invoices: the network, our mail server and theirs. */
  async function carry(): Promise<void> {
    const mails = new MailDelivery(platform.database, platform.log, { smtpUrl: smtp, from: 'regnskap@demo.example' });
    // The outbox uses the database's own clock.
    await mails.deliver(new Date(Date.now() + 60_000));
    mails.close();
    await mailRound(platform, never);
    await peppolInboxRound(platform, never);
  }

  /** No violations of axe, and no horizontal overflow of the window. */
  async function isSound(page: Page, name: string): Promise<void> {
    await page.evaluate(axe);
    const faults = await page.evaluate(`axe.run().then((found) => found.violations.map(({ id }) => id))`);
    const wider = await page.evaluate(`document.documentElement.scrollWidth - window.innerWidth`);
    expect([name, faults, wider]).toEqual([name, [], 0]);
  }

  async function signedIn(locale: string, viewport: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ viewport, locale, bypassCSP: true });
    context.setDefaultTimeout(45_000);
    const page = await context.newPage();
    await signIn(page);
    return page;
  }
  async function signIn(page: Page): Promise<void> {
    await page.goto(`${site}/login`);
    await page.locator('#email').fill(demo.email);
    await page.locator('#password').fill(demo.password);
    await page.locator('button').click();
    await page.waitForURL(`${site}/`);
  }
  const invoicesOf = (page: Page, id: number) =>
    page.goto(site).then(() => page.locator(`a[href="/client-accounts/${id}/invoices"]`).click());

  test('both join the network, and the customer gets an address for mail', async () => {
    const page = await signedIn('nb-NO', { width: 1280, height: 800 });
    for (const { id } of [workshop, buyer]) {
      await page.goto(`${site}/client-accounts/${id}/integrations/peppol`);
      await page.getByRole('button', { name: 'Slå på Peppol' }).click();
      await page.getByText('Slått på og synlig i nettverket').waitFor();
    }
    await invoicesOf(page, buyer.id);
    await isSound(page, 'no invoices');
    await page.getByRole('button', { name: 'Lag adresse' }).click();
    const address = await page.getByText(/^faktura\+/).textContent();
    expect(address).toMatch(/^faktura\+[a-z2-9]{12}@sandbox\.example$/);
    await call('PUT', `/business-partners/${workshop.customerId}`, { email: address });
    await page.context().close();
  });

  test.each([
    ['by Peppol, on a screen', nb, { width: 1280, height: 800 }],
    ['by e-mail, on a phone, in English', en, { width: 390, height: 844 }],
  ])('an invoice is sent, received, approved, paid and reconciled: %s', async (_, words, viewport) => {
    const page = await signedIn(words.locale, viewport);
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    const today = clock.now().toISOString().slice(0, 10);
    const invoice = await call('POST', '/documents', {
      client_account_id: workshop.id,
      document_type: 'ARINV',
      document_date: today,
      due_date: today,
      business_partner_id: workshop.customerId,
      buyer_reference: 'Styrerommet',
      lines: [{ account_code: '3000', description: 'Benk i eik', quantity: 4, unit_price: 2000, tax_code: '3' }],
    });

    // The workshop sends it.
    await invoicesOf(page, workshop.id);
    await isSound(page, 'invoices of the workshop');
    await page.locator(`a[href="/invoices/${invoice.id}"]`).click();
    await press(words.send);
    await carry();
    await page.reload();
    await page.getByText(words.sent).waitFor();
    await isSound(page, 'a sent invoice');

    // The customer finds it in the in-tray, and books it with VAT in the cost.
    await invoicesOf(page, buyer.id);
    const row = page.getByRole('row').filter({ hasText: invoice.document_number });
    expect(await row.textContent()).toMatch(new RegExp(`${WORKSHOP}.*10[\\s,]000[,.]00.*${words.came}`));
    await row.getByRole('link').click();
    await isSound(page, 'a received invoice');
    await page.getByLabel(words.account).fill('6600');
    await press(words.prepareBill);
    await press(words.approveBill);
    await page.getByText(words.approved).waitFor();
    await isSound(page, 'an approved invoice');
    const file = await page.request.get(
      `${site}${await page.locator('a[href^="/api/v2/files/"]').getAttribute('href')}`,
    );
    expect(file.status()).toBe(200);

    // It is paid through the bank.
    await page.goto(`${site}/client-accounts/${buyer.id}/payments`);
    await page.locator('select[name="bank_account_id"]').selectOption(String(buyer.bankAccountId));
    await page.locator('input[name="due_until"]').fill(today);
    await press(words.prepareOrder);
    await page.waitForURL(`${site}/payment-orders/*`);
    const order = page.url();
    await press(words.approve);
    await sendRound(platform, mailbox(), never);
    clock.pass(360);
    await fetchFrom(platform, mailbox(), never);
    const { status, send_problem } = await call('GET', `/payment-orders/${order.split('/').at(-1)}`);
    expect([status, send_problem]).toEqual(['ACCEPTED', null]);
    // The demo has closed the first day of its bank already: it is booked on the next day, and reported the morning after.
    for (let day = 0; day < 3; day++) await nextMorning();
    expect(await call('GET', `/payment-orders/${order.split('/').at(-1)}`)).toMatchObject({ status: 'SETTLED' });
    await signIn(page);
    await page.goto(order);
    await page.getByText(words.settled, { exact: true }).first().waitFor();

    // Both banks agree with the books.
    await call('POST', '/banking/matches/automatic', { client_account_id: workshop.id });
    await page.goto(`${site}/invoices/${invoice.id}`);
    await page.getByText(words.settled, { exact: true }).waitFor();
    await page.goto(`${site}/client-accounts/${workshop.id}/bank-transactions`);
    expect(
      await page
        .getByRole('row')
        .filter({ hasText: /10[\s,]000[,.]00/ })
        .count(),
    ).toBeGreaterThan(0);
    const now = clock.now().toISOString().slice(0, 10);
    for (const { id, bankAccountId } of [workshop, buyer]) {
      const path = `/banking/reconciliation?client_account_id=${id}&bank_account_id=${bankAccountId}&date=${now}`;
      const view = await call('GET', path);
      expect([view.not_booked, view.not_in_bank]).toEqual([[], []]);
      expect(await findings({ platform, clientAccountId: id } as unknown as Books)).toEqual([]);
    }
    await page.context().close();
  });
});
