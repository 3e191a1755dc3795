import sql from 'sql-template-tag';
import { beforeEach, expect, test } from 'vitest';
import { makeKid } from '../../src/kernel/kid.ts';
import { write } from '../support/bank/bank.ts';
import type { Provider } from '../support/bank/bank-mailbox.ts';
import { MovingClock } from '../support/outside/sandbox.ts';
import { mandateFile } from '../../sandbox/bank/claims.ts';
import { consumerInvoicingRoutes, followClaims, mandateImportJob } from '../../src/consumer-invoicing/index.ts';
import { jobRoutes } from '../../src/platform/jobs/jobs.routes.ts';
import { Api } from '../support/http/api.ts';
import { openJobs } from '../support/server/jobs.ts';
import { claimWorld } from './claim-world.ts';

// A Monday, ten o'clock in Norway.
const clock = new MovingClock('2026-03-16T09:00:00Z');
const world = await claimWorld(clock);
beforeEach(async () => {
  world.sandbox.reset();
  await world.act('reset');
  clock.pass((Date.parse('2026-03-16T09:00:00Z') - clock.now().getTime()) / 1000);
});

async function claimed(amount = 100, { provider = 'tietoevry' }: { provider?: Provider } = {}) {
  const company = await world.company({ provider });
  const { partner, mandateKid } = await company.customer();
  await company.mandates([{ kid: mandateKid }]);
  const invoice = await company.invoice(partner, amount);
  const claim = await company.claim(invoice.id);
  expect(claim.status, JSON.stringify(claim.body)).toBe(201);
  return { company, partner, mandateKid, invoice, claim: claim.body };
}

/** Moves the clock from the day of the test to ten o'clock of another. */
const toDay = (day: string) => clock.pass((Date.parse(`${day}T09:00:00Z`) - clock.now().getTime()) / 1000);

test.each(['tietoevry', 'zdata'] as const)('%s: from the invoice to the payment by OCR giro', async (provider) => {
  const { company, invoice, claim } = await claimed(100, { provider });
  expect(claim).toMatchObject({
    document_id: invoice.id,
    account_number: company.account,
    kid: invoice.payment_reference,
    amount: '125.00',
    due_date: '2026-04-15',
    notice: 'bank',
    status: 'WAITING',
    send_by: '2026-03-31',
    stop_by: '2026-04-14',
  });
  expect((await company.claim(invoice.id)).body.id).toBe(claim.id);
  expect(await company.prepare()).toBe(1);
  expect(await company.prepare()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({
    status: 'IN_FILE',
    transmission_number: expect.stringMatching(/^\d{7}$/),
  });
  expect(await company.send()).toBe(1);
  expect(await company.send()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'SENT' });
  expect(company.received()).toHaveLength(1);
  toDay('2026-04-15');
  await company.closeDay();
  toDay('2026-04-16');
  await company.closeDay();
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'PAID', paid_on: '2026-04-15' });
});

test('killed between: the same file again, under the same transmission number', async () => {
  const { company, claim } = await claimed();
  await company.prepare();
  const { transmission_number: number } = await company.claimOf(claim.id);
  await world.act('loseAnswers', { times: 1 });
  expect(await company.send()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'IN_FILE', transmission_number: number });
  expect(await company.send()).toBe(1);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'SENT', transmission_number: number });
  const name = `avtalegiro-00010200-${number}`;
  expect(company.received()).toEqual([`${name} taken`, `${name} duplicate`]);
});

test('two nodes at once make one file, and send it once', async () => {
  const { company } = await claimed();
  const made = await Promise.all([company.prepare(), company.prepare(), company.prepare()]);
  expect(made.reduce((sum, each) => sum + each, 0)).toBe(1);
  await company.send();
  expect(company.received()).toHaveLength(1);
});

test('stopped: at once while it waits, by a cancellation while before its deadline, too late after it', async () => {
  const waiting = await claimed();
  expect((await waiting.company.stop(waiting.claim.id)).body).toMatchObject({
    status: 'STOPPED',
    reason: { code: 'stopped_by_user' },
  });
  expect(await waiting.company.prepare()).toBe(0);

  const { company, claim } = await claimed();
  await company.prepare();
  expect((await company.stop(claim.id)).body).toMatchObject({ status: 'STOPPING' });
  // Not before the claim itself has left.
  expect(await company.prepare()).toBe(0);
  await company.send();
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'STOPPING' });
  expect(await company.prepare()).toBe(1);
  await company.send();
  expect(await company.claimOf(claim.id)).toMatchObject({
    status: 'STOPPED',
    cancellation_transmission_number: expect.stringMatching(/^\d{7}$/),
  });
  expect((await company.stop(claim.id)).body.status).toBe('STOPPED');
  toDay('2026-04-16');
  await company.closeDay();
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'STOPPED' });

  clock.pass((Date.parse('2026-03-16T09:00:00Z') - clock.now().getTime()) / 1000);
  const late = await claimed();
  await late.company.prepare();
  await late.company.send();
  toDay('2026-04-14');
  clock.pass(4 * 3600);
  expect((await late.company.stop(late.claim.id)).body.details).toMatchObject({
    code: 'consumer_invoicing.claim_stop_late',
    stop_by: '2026-04-14',
  });
});

test('a claim that is not to leave any more: paid otherwise, mandate ended, deadline over', async () => {
  const ended = await claimed();
  await ended.company.mandates([{ kid: ended.mandateKid, registration: 2 }]);
  expect(await ended.company.prepare()).toBe(0);
  expect(await ended.company.claimOf(ended.claim.id)).toMatchObject({
    status: 'STOPPED',
    reason: { code: 'mandate_ended' },
  });
  const missed = await claimed();
  toDay('2026-04-01');
  expect(await missed.company.prepare()).toBe(0);
  expect(await missed.company.claimOf(missed.claim.id)).toMatchObject({
    status: 'MISSED',
    reason: { code: 'too_late', en: 'the deadline for sending the claim has passed' },
  });
});

test('a prepared file that the mailbox takes after a deadline does not leave: the late claim is missed, the other goes next', async () => {
  const { company, partner, claim } = await claimed();
  const later = await company.invoice(partner, 200, { due_date: '2026-05-20' });
  const { body: other } = await company.claim(later.id);
  const { body: own } = await company.claim((await company.invoice(partner, 300)).id, { notice: 'payee' });
  expect(await company.prepare()).toBe(1);
  expect((await company.stop(own.id)).body).toMatchObject({ status: 'STOPPING' });
  toDay('2026-04-01');
  expect(await company.send()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({
    status: 'MISSED',
    reason: { code: 'too_late' },
    transmission_number: null,
  });
  expect(await company.claimOf(own.id)).toMatchObject({ status: 'STOPPED', reason: { code: 'stopped_by_user' } });
  expect(await company.claimOf(other.id)).toMatchObject({ status: 'WAITING', reason: null });
  expect(company.received()).toEqual([]);
  expect([await company.prepare(), await company.send()]).toEqual([1, 1]);
  expect(await company.claimOf(other.id)).toMatchObject({ status: 'SENT' });
  expect(company.received()).toHaveLength(1);
});

test('a file that was tried before its deadline is not tried after it: it may have arrived, and nothing is claimed twice', async () => {
  const { company, claim, invoice } = await claimed();
  await company.prepare();
  await world.act('loseAnswers', { times: 1 });
  expect(await company.send()).toBe(0);
  toDay('2026-04-01');
  expect(await company.send()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'SENT', reason: { code: 'perhaps_sent' } });
  const again = await company.claim(invoice.id, { notice: 'payee' });
  expect(again.body, JSON.stringify(again.body)).toMatchObject({ id: claim.id });
  expect([await company.prepare(), await company.send()]).toEqual([0, 0]);
  expect(company.received()).toHaveLength(1);
  // A claim that may have arrived can still be stopped.
  await company.stop(claim.id);
  expect([await company.prepare(), await company.send()]).toEqual([1, 1]);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'STOPPED' });
});

test('cancellations that the mailbox takes too late stop nothing', async () => {
  const { company, claim } = await claimed();
  expect([await company.prepare(), await company.send()]).toEqual([1, 1]);
  await company.stop(claim.id);
  expect(await company.prepare()).toBe(1);
  toDay('2026-04-15');
  expect(await company.send()).toBe(0);
  expect(await company.claimOf(claim.id)).toMatchObject({
    status: 'SENT',
    reason: { code: 'stopped_too_late' },
    cancellation_transmission_number: null,
  });
});

test('no payment some bank days after the due date: unpaid; one that comes later still pays it', async () => {
  const { company, claim, invoice } = await claimed();
  await world.act('doNotPay', { kid: invoice.payment_reference });
  await company.prepare();
  await company.send();
  toDay('2026-04-20');
  await followClaims(world.platform, company.id);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'SENT' });
  toDay('2026-04-21');
  await followClaims(world.platform, company.id);
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'UNPAID', reason: { code: 'no_payment' } });
  expect((await company.stop(claim.id)).body.details).toMatchObject({ code: 'consumer_invoicing.claim_over' });
  await world.act('expect', { account: company.account, amount: '125.00', kid: invoice.payment_reference });
  await company.closeDay();
  toDay('2026-04-22');
  await company.closeDay();
  expect(await company.claimOf(claim.id)).toMatchObject({ status: 'PAID' });
});

test('what cannot be claimed says why', async () => {
  const company = await world.company();
  const { partner, mandateKid } = await company.customer();
  const why = async (more: object = {}, request: object = {}) => {
    const { id } = await company.invoice(partner, 100, more);
    const { status, body } = await company.claim(id, request);
    return status === 201 ? 'claimed' : body.details.reason;
  };
  expect(await why()).toBe('no_mandate');
  await company.mandates([{ kid: mandateKid }]);
  expect(await why()).toBe('claimed');
  expect(await why({ document_status: 'DRAFT' })).toBe('not_posted');
  expect(await why({ payment_reference: makeKid('100', 'MOD10') })).toBe('no_kid');
  expect(await why({ due_date: '2027-03-17' })).toBe('too_early');
  expect(await why({ due_date: '2026-03-24' })).toBe('too_late');
  expect(await why({ due_date: '2026-03-26' }, { notice: 'bank' })).toBe('too_late');
  expect(await why({ due_date: '2026-03-26' }, { notice: 'payee' })).toBe('claimed');
  expect((await company.claim(99)).body.details.fields).toMatchObject([{ path: 'document_id' }]);
  const { id } = await company.invoice(partner, 100);
  await company.mandates([{ kid: mandateKid, registration: 2 }]);
  expect((await company.claim(id)).body.message).toContain('betaleren har ingen aktiv fullmakt');
});

test('mandates come by the mailbox, each client account its own; before the agreement is told they wait', async () => {
  const company = await world.company({ isConfigured: false });
  const { mandateKid } = await company.customer();
  const mandatesOf = async () =>
    (await company.call('GET', company.mine('/consumer-invoicing/avtalegiro/mandates'))).body.data;
  await company.mandates([{ kid: mandateKid, notice: false }]);
  expect(await mandatesOf()).toEqual([]);
  const deliveries = async () =>
    (await company.call('GET', company.mine('/banking/deliveries'))).body.data.map(
      ({ kind, status, imported }: Record<string, unknown>) =>
        `${kind as string} ${status as string} ${imported as number}`,
    );
  expect(await deliveries()).toEqual(['mandates refused 0']);
  await company.tell();
  clock.pass(3600 * 3);
  await world.delivery.fetch();
  expect(await mandatesOf()).toMatchObject([{ kid: mandateKid, notification: false, status: 'ACTIVE' }]);
  expect(await deliveries()).toContain('mandates imported 1');
});

test('a claim says what is left, looked at once more before it leaves', async () => {
  const { company, claim, invoice } = await claimed();
  await write(company.books, (tx) =>
    tx.execute(
      sql`update avtalegiro_claims set amount = 99999 where client_account_id = ${company.id} and id = ${claim.id}`,
    ),
  );
  await company.prepare();
  expect(await company.claimOf(claim.id)).toMatchObject({ amount: invoice.gross_amount });
});

test('a large mandate file is taken in as a job', async () => {
  const company = await world.company();
  const platform = { ...world.platform };
  const jobs = await openJobs(platform, [mandateImportJob(platform)], { prefix: 'mandates' });
  try {
    const api = new Api(platform, [...consumerInvoicingRoutes, ...jobRoutes]);
    const kids = Array.from({ length: 3_000 }, (_, i) => makeKid(`${20_000 + i}0000`, 'MOD10'));
    const payload = mandateFile(
      1,
      company.account,
      kids.map((kid) => ({ kid, notice: true, registration: 1 as const })),
    );
    const post = (query: string) =>
      api.server.inject({
        method: 'POST',
        url: `/api/v2/consumer-invoicing/avtalegiro/mandate-imports?${query}`,
        headers: { authorization: `Bearer ${company.books.token}`, 'content-type': 'text/plain' },
        payload,
      });
    expect((await post('client_account_id=x')).statusCode).toBe(400);
    const started = await post(`client_account_id=${company.id}`);
    expect(started.statusCode, started.body).toBe(202);
    await jobs.run();
    const job = await api.as(company.books.token).get(`/jobs/${started.json().id}`);
    expect(job.body).toMatchObject({
      status: 'succeeded',
      result: { mandates: 3_000, changed: 3_000, warning_count: 0 },
    });
    await api.close();
  } finally {
    await jobs.close();
  }
});
