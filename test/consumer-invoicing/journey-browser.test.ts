import type { AddressInfo } from 'node:net';
import sql from 'sql-template-tag';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookConsumersUp, settleIssuerOrder } from '../../src/consumer-invoicing/index.ts';
import { read } from '../support/bank/bank.ts';
import { findings } from '../support/bank/bank-findings.ts';
import { testServer } from '../support/books/books.ts';
import { CHROMIUM, hasBrowser, openBrowser } from '../support/pages/browser.ts';
import { MovingClock } from '../support/outside/sandbox.ts';
import { claimWorld } from './claim-world.ts';

const missing = hasBrowser ? '' : ` (skipped: no browser at ${CHROMIUM})`;

describe.skipIf(missing)(`from the agreement to the money${missing}`, { timeout: 120_000 }, () => {
  const clock = new MovingClock('2026-03-16T09:00:00Z');
  let world: Awaited<ReturnType<typeof claimWorld>>;
  let browser: Browser;

  beforeAll(async () => {
    world = await claimWorld(clock);
    const server = await testServer(world.platform);
    await server.listen({ port: 0, host: '127.0.0.1' });
    world.platform.publicUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  /** The page of the link in the mail, on a phone; the signer accepts. */
  async function acceptOnPhone(link: string): Promise<void> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: 'nb-NO',
      isMobile: true,
    });
    try {
      const page = await context.newPage();
      await page.goto(link);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.locator('h1').textContent()).toBe('Avtale om eFaktura');
      await page.getByRole('button', { name: 'Godta avtalen' }).click();
      await page.getByText('Avtalen er godtatt').first().waitFor();
    } finally {
      await context.close();
    }
  }

  test('order, mail, acceptance, consumer, mandate, claim, payment by OCR giro, reconciled', async () => {
    const company = await world.company();
    const { id, books, call, mine } = company;
    const agreement = mine('/consumer-invoicing/issuer-agreement');

    // The company orders, the signer gets a mail and accepts, the operator confirms.
    const signer = { signer_name: 'Kari Nordmann', signer_email: `kari-${id}@kraftlag.example` };
    expect((await call('POST', agreement, signer)).status).toBe(202);
    const mail = await read(books, (tx) =>
      tx.one<{ text_body: string }>(sql`select text_body from mail_outbox where recipient = ${signer.signer_email}`),
    );
    await acceptOnPhone(/https?:\/\/\S+/.exec(mail.text_body)![0]);
    await settleIssuerOrder(world.platform, id);
    expect((await call('GET', agreement)).body).toMatchObject({ state: 'CONFIRMED' });

    // A consumer who accepts eFaktura, and whose bank sends her mandate.
    const { partner, code, mandateKid } = await company.customer();
    await call('POST', mine('/consumer-invoicing/consumers'), { reference_number: code, phone: '+4740000001' });
    await lookConsumersUp(world.platform, id);
    expect((await call('GET', mine(`/consumer-invoicing/consumers/${code}`))).body).toMatchObject({ status: 'ACTIVE' });
    await company.mandates([{ kid: mandateKid }]);
    expect((await call('GET', mine('/consumer-invoicing/avtalegiro/mandates'))).body.data).toMatchObject([
      { kid: mandateKid, status: 'ACTIVE' },
    ]);

    // The invoice is sent as eFaktura, and its claim to the operator.
    const invoice = await company.invoice(partner, 100);
    const { body: delivery } = await company.sendInvoice(invoice.id);
    expect(delivery).toMatchObject({ channel: 'EFAKTURA', status: 'SENT', claim_id: expect.any(Number) });
    expect(await company.prepare()).toBe(1);
    expect(await company.send()).toBe(1);
    expect(await company.claimOf(delivery.claim_id)).toMatchObject({ status: 'SENT', amount: '125.00' });

    // On the due date the payment arrives, reported by OCR giro, and pays the claim and the invoice.
    clock.pass((Date.parse('2026-04-15T09:00:00Z') - clock.now().getTime()) / 1000);
    await company.closeDay();
    clock.pass(86_400);
    await company.closeDay();
    expect(await company.claimOf(delivery.claim_id)).toMatchObject({ status: 'PAID', paid_on: '2026-04-15' });
    expect((await call('POST', '/banking/matches/automatic', { client_account_id: id })).body).toMatchObject({
      matches: 1,
      waiting: 0,
    });
    expect((await call('GET', `/documents/${invoice.id}`)).body).toMatchObject({ payment_status: 'PAID' });
    const signed = { client_account_id: id, bank_account_id: company.bankAccountId, date: '2026-04-15' };
    const reconciled = await call('POST', '/banking/reconciliations', signed);
    expect(reconciled.status, JSON.stringify(reconciled.body)).toBe(201);
    expect(await findings(books)).toEqual([]);
  });
});
