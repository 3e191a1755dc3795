import { beforeEach, expect, test } from 'vitest';
import { followDeliveries } from '../../src/invoices/index.ts';
import { MovingClock } from '../support/outside/sandbox.ts';
import { claimWorld } from './claim-world.ts';

const START = Date.parse('2026-03-16T09:00:00Z');
const clock = new MovingClock(new Date(START).toISOString());
const world = await claimWorld(clock);
const atNetwork = (action: string, input: Record<string, unknown> = {}) => world.sandbox.act('efaktura', action, input);
beforeEach(async () => {
  world.sandbox.reset();
  await world.act('reset');
  await atNetwork('judge', { state: 'ACCEPTED' });
  clock.pass((START - clock.now().getTime()) / 1000);
});

const BY_US = { notification_by_print: true, notification_by_email: true };
const BY_BANK = { notification_by_print: false, notification_by_email: false };

interface Row {
  efaktura?: boolean;
  mandate?: 'J' | 'N';
  notices?: object;
  email?: string;
  due?: string;
  goes: string;
  because: string;
}

test.each<[string, Row]>([
  ['nothing known of the customer', { goes: 'PRINT', because: 'no other way is open' }],
  ['an address', { email: 'x@example.test', goes: 'EMAIL', because: 'the customer has an e-mail address' }],
  ['eFaktura', { efaktura: true, email: 'x@example.test', goes: 'EFAKTURA', because: 'the customer takes eFaktura' }],
  [
    'eFaktura and a mandate: the eFaktura is the notice',
    {
      efaktura: true,
      mandate: 'J',
      notices: BY_BANK,
      goes: 'EFAKTURA + payee',
      because: 'the customer takes eFaktura, and has AvtaleGiro',
    },
  ],
  [
    'a mandate without notice: nothing is sent but the claim',
    {
      mandate: 'N',
      notices: BY_US,
      email: 'x@example.test',
      goes: 'AVTALEGIRO + payee',
      because: 'the payer has AvtaleGiro and wants no notice',
    },
  ],
  [
    'a mandate, notice by e-mail',
    {
      mandate: 'J',
      notices: BY_US,
      email: 'x@example.test',
      goes: 'EMAIL + payee',
      because: 'the payer has AvtaleGiro, and is told by us by e-mail',
    },
  ],
  [
    'a mandate, notice on paper where there is no address',
    {
      mandate: 'J',
      notices: BY_US,
      goes: 'PRINT + payee',
      because: 'the payer has AvtaleGiro, and is told by us on paper',
    },
  ],
  [
    'a mandate, no notice by us: the bank tells',
    {
      mandate: 'J',
      notices: BY_BANK,
      email: 'x@example.test',
      goes: 'AVTALEGIRO + bank',
      because: 'the payer has AvtaleGiro, and is told by the bank',
    },
  ],
  [
    'too late for the bank’s notice',
    {
      mandate: 'J',
      notices: BY_BANK,
      email: 'x@example.test',
      due: '2026-03-27',
      goes: 'EMAIL',
      because: 'the customer has an e-mail address',
    },
  ],
])('%s', async (_, { efaktura, mandate, notices = BY_US, email, due = '2026-04-15', goes, because }) => {
  const company = await world.company({ notices });
  const { partner, code, mandateKid } = await company.customer(email ? { email } : {});
  if (efaktura) await company.consumer(code, '+4740000001');
  if (mandate) await company.mandates([{ kid: mandateKid, notice: mandate === 'J' }]);
  const invoice = await company.invoice(partner, 100, { due_date: due });
  const preview = (await company.call('GET', `/documents/${invoice.id}/route`)).body;
  const { status, body } = await company.sendInvoice(invoice.id);
  expect(status, JSON.stringify(body)).toBe(200);
  const claim = body.claim_id === null ? null : await company.claimOf(body.claim_id);
  expect(claim ? `${body.channel} + ${claim.notice}` : body.channel).toBe(goes);
  expect(body.route.at(-1)).toMatchObject({ channel: body.channel, taken: true, en: because });
  expect(preview).toMatchObject({ channel: body.channel, claim: claim?.notice ?? null, route: body.route });
  for (const step of body.route) expect(step.nb).not.toBe('');
  expect((await company.sendInvoice(invoice.id)).body.id).toBe(body.id);
});

async function withEfaktura(more: { mandate?: boolean } = {}) {
  const company = await world.company();
  const { partner, code, mandateKid } = await company.customer({ email: 'x@example.test' });
  await company.consumer(code, '+4740000001');
  if (more.mandate) await company.mandates([{ kid: mandateKid }]);
  return { company, invoice: await company.invoice(partner, 100), partner };
}

test('eFaktura is presented once, with claim and document, also when the answer is lost', async () => {
  const { company, invoice } = await withEfaktura({ mandate: true });
  world.sandbox.fault({ party: 'efaktura', path: '/invoices/', effect: { kind: 'reset', inBody: true } });
  const { body } = await company.sendInvoice(invoice.id);
  expect(body).toMatchObject({ channel: 'EFAKTURA', status: 'QUEUED', attempts: 1 });
  world.sandbox.reset();
  clock.pass(60);
  await followDeliveries(world.platform, company.id);
  const [delivery] = await company.deliveriesOf(invoice.id);
  expect(delivery).toMatchObject({ id: body.id, status: 'SENT', external_id: `ef-${company.id}-${body.id}` });
  const shown = ((await atNetwork('invoices')) as Record<string, unknown>[]).filter(
    ({ id }) => id === `${company.id}-${body.id}`,
  );
  expect(shown).toMatchObject([
    {
      paymentType: 'EFAKTURA_AND_EXTERNAL_AVTALEGIRO',
      amount: '125.00',
      number: invoice.document_number,
      state: 'ACCEPTED',
    },
  ]);
  expect(shown[0]!['pdfBytes']).toBeGreaterThan(1000);
});

test('refused at once: another way, with the reason; the claim stands', async () => {
  const { company, invoice } = await withEfaktura({ mandate: true });
  await atNetwork('judge', { state: 'REJECTED', reason: 'RECEIVER_BLOCKED' });
  const { body } = await company.sendInvoice(invoice.id);
  expect(body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED', reason: 'eFaktura: RECEIVER_BLOCKED' });
  const [after, before] = await company.deliveriesOf(invoice.id);
  expect(before).toMatchObject({ channel: 'EFAKTURA', status: 'FAILED', reason: 'RECEIVER_BLOCKED' });
  expect(after.claim_id).toBe(before.claim_id);
  expect(await company.claimOf(after.claim_id)).toMatchObject({ status: 'WAITING', notice: 'payee' });
});

/** Runs the scheduled task, some minutes later. */
const later = (clientAccountId: number) => {
  clock.pass(600);
  return followDeliveries(world.platform, clientAccountId);
};

test('decided later: taken, or another way', async () => {
  await atNetwork('judge', { state: 'IN_PROGRESS' });
  const { company, invoice, partner } = await withEfaktura();
  expect((await company.sendInvoice(invoice.id)).body).toMatchObject({
    channel: 'EFAKTURA',
    status: 'QUEUED',
    reason: null,
  });
  await later(company.id);
  expect(await company.deliveriesOf(invoice.id)).toMatchObject([{ status: 'QUEUED' }]);
  await atNetwork('decide', { state: 'ACCEPTED' });
  await later(company.id);
  expect(await company.deliveriesOf(invoice.id)).toMatchObject([{ status: 'SENT' }]);

  const other = await company.invoice(partner, 50);
  await company.sendInvoice(other.id);
  await atNetwork('decide', { state: 'STOPPED', reason: 'the consumer stopped it' });
  await later(company.id);
  expect(await company.deliveriesOf(other.id)).toMatchObject([
    { channel: 'EMAIL', status: 'QUEUED', reason: 'eFaktura: the consumer stopped it' },
    { channel: 'EFAKTURA', status: 'FAILED' },
  ]);
  await later(company.id);
  expect(await company.deliveriesOf(other.id)).toHaveLength(2);
});

test('a claim that never left: the document goes another way; one that somebody stopped is theirs to send', async () => {
  const company = await world.company({ notices: BY_BANK });
  const { partner, mandateKid } = await company.customer({ email: 'x@example.test' });
  await company.mandates([{ kid: mandateKid }]);
  const [first, second] = [await company.invoice(partner, 100), await company.invoice(partner, 200)];
  const sent = (await company.sendInvoice(first.id)).body;
  const stopped = (await company.sendInvoice(second.id)).body;
  expect(sent).toMatchObject({ channel: 'AVTALEGIRO', status: 'QUEUED' });
  await company.stop(stopped.claim_id);
  await company.mandates([{ kid: mandateKid, registration: 2 }]);
  await company.prepare();
  await followDeliveries(world.platform, company.id);
  expect(await company.deliveriesOf(first.id)).toMatchObject([
    { channel: 'EMAIL', status: 'QUEUED', reason: 'AvtaleGiro: mandate_ended' },
    { channel: 'AVTALEGIRO', status: 'FAILED', reason: 'mandate_ended' },
  ]);
  expect(await company.deliveriesOf(second.id)).toMatchObject([
    { channel: 'AVTALEGIRO', status: 'FAILED', reason: 'stopped_by_user' },
  ]);
});

test('the claim alone is sent when its file is; asked for by name, a way that is closed says why', async () => {
  const company = await world.company({ notices: BY_BANK });
  const { partner, mandateKid } = await company.customer();
  await company.mandates([{ kid: mandateKid }]);
  const invoice = await company.invoice(partner, 100);
  await company.sendInvoice(invoice.id);
  await company.prepare();
  await company.send();
  expect(await company.deliveriesOf(invoice.id)).toMatchObject([{ channel: 'AVTALEGIRO', status: 'SENT' }]);
  const other = await company.invoice(partner, 100, { due_date: '2026-03-24' });
  for (const [channel, reason] of [
    ['AVTALEGIRO', 'the deadline for sending the claim has passed'],
    ['EFAKTURA', 'the company has no confirmed issuer agreement'],
  ])
    expect((await company.sendInvoice(other.id, { channel })).body.details).toMatchObject({
      code: 'invoices.no_consumer_way',
      reason_en: reason,
    });
});
