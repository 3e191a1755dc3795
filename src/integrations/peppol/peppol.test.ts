import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { beforeEach, describe, expect, test } from 'vitest';
import { openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { People } from '../../../test/support/books/people.ts';
import { peppolApi, syntheticNumber, trader, type Trader } from '../../../test/support/outside/peppol.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { clientAccountsWithDeliveriesDue, followDeliveries } from '../../invoices/index.ts';
import { forgetCallers } from '../../tenancy/index.ts';
import { integrationRoutes } from '../index.ts';
import { checkPeppol, duePeppolChecks } from './peppol-check.ts';
import { peppolInboxRound } from './peppol-inbox.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const world = await peppolApi(sandbox, clock);
const { platform } = world;
beforeEach(async () => {
  await sandbox.resetAll();
  clock.pass(31);
});

const STATUS = '/integrations/peppol/status';
const on = { is_active: true, connected: true };
const off = { is_active: false, connected: false };
const pending = { is_active: true, connected: false };
const smp = (action: string, input?: Record<string, unknown>) => sandbox.act('peppol_smp', action, input);
const point = (action: string, input?: Record<string, unknown>) => sandbox.act('peppol_access_point', action, input);
const newTrader = (number?: string) => trader(world, clock, number);
const signal = new AbortController().signal;

/** Runs the scheduled task after this number of seconds. */
async function check({ books }: Trader, seconds: number): Promise<void> {
  clock.pass(seconds);
  if ((await duePeppolChecks(platform)).includes(books.clientAccountId))
    await checkPeppol(platform, books.clientAccountId);
}

describe('the switch', () => {
  test('on and off, each any number of times', async () => {
    const one = await newTrader();
    expect((await one.status()).body).toEqual(off);
    expect((await one.turn(false)).body).toEqual(off);
    for (const _ of [1, 2]) expect(await one.turn(true)).toMatchObject({ status: 200, body: on });
    expect((await one.status()).body).toEqual(on);
    for (const _ of [1, 2]) expect(await one.turn(false)).toMatchObject({ status: 200, body: off });
    expect((await one.status()).body).toEqual(off);
    expect((await one.turn(true)).body).toEqual(on);
  });

  test('all that could: those with a valid number, and nobody else’s', async () => {
    const one = await newTrader();
    await one.turn(true);
    const { books } = one;
    const more = await openBooks({ clock });
    await books.platform.database.transaction({ clientAccounts: [more.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        insert into client_account_users (client_account_id, user_id, role_id)
        values (${more.clientAccountId}, ${books.userId}, (select id from roles where code = 'CA'))`),
    );
    forgetCallers(books.platform.database);
    expect((await one.call('GET', STATUS)).body).toEqual({
      statuses: [{ client_account_id: books.clientAccountId, ...on }],
    });
    expect((await one.call('GET', `${STATUS}?client_account_id=${more.clientAccountId}`)).body).toEqual(off);
  });

  test('published later: active, and connected once the network shows it', async () => {
    const one = await newTrader();
    await smp('hold');
    expect((await one.turn(true)).body).toEqual(pending);
    await check(one, 61);
    expect((await one.status()).body).toEqual(pending);
    await smp('release');
    await check(one, 30);
    expect((await one.status()).body).toEqual(pending);
    await check(one, 31);
    expect((await one.status()).body).toEqual(on);
  });

  test('a network that does not tell changes nothing', async () => {
    const one = await newTrader();
    await one.turn(true);
    await smp('sign', { how: 'forged' });
    expect((await one.turn(true)).body).toEqual(on);
    await check(one, 86_400);
    expect((await one.status()).body).toEqual(on);
    const two = await newTrader();
    expect((await two.turn(true)).body).toEqual(pending);
    await smp('sign', { how: 'right' });
    await check(two, 61);
    expect((await two.status()).body).toEqual(on);
  });

  test('invoices alone are not enough to be connected; the next switch mends it', async () => {
    const one = await newTrader();
    await one.turn(true);
    await smp('withoutCreditNote', { organizationNumber: one.number });
    await check(one, 86_400);
    expect((await one.status()).body).toEqual(pending);
    expect((await one.turn(true)).body).toEqual(on);
  });

  test('lost to another provider at night: noticed, told, and not fought over', async () => {
    const one = await newTrader();
    await one.turn(true);
    await smp('elsewhere', { organizationNumber: one.number });
    await check(one, 3_600);
    expect((await one.status()).body).toEqual(on);
    await check(one, 86_400);
    expect((await one.status()).body).toEqual(pending);
    await check(one, 3_601);
    expect((await one.status()).body).toEqual(pending);
    expect((await one.turn(true)).body.details).toMatchObject({ code: 'peppol.taken_elsewhere' });
  });

  test('forgotten by the network: registered again', async () => {
    const one = await newTrader();
    await one.turn(true);
    await smp('forget', { organizationNumber: one.number });
    await check(one, 86_400);
    expect((await one.status()).body).toEqual(pending);
    await check(one, 3_601);
    expect((await one.status()).body).toEqual(on);
  });

  test('taken while it was on its way: switched off again', async () => {
    const one = await newTrader();
    await smp('hold');
    await one.turn(true);
    await smp('elsewhere', { organizationNumber: one.number });
    await check(one, 61);
    expect((await one.status()).body).toEqual(off);
    await check(one, 86_400);
    expect((await one.status()).body).toEqual(off);
  });

  test('switched off while the access point is down: off at once, ended later', async () => {
    const one = await newTrader();
    await one.turn(true);
    sandbox.fault({ party: 'peppol_access_point', effect: { kind: 'status', status: 503 } });
    expect((await one.turn(false)).body).toEqual({ is_active: false, connected: true });
    sandbox.reset();
    await check(one, 61);
    expect((await one.status()).body).toEqual(off);
    expect(await smp('stateOf', { organizationNumber: one.number, accessPoint: 'POP000001' })).toBe('NONE');
  });

  test('with another number than it was registered with: the old one ends, and can be ended without any', async () => {
    const one = await newTrader();
    const { clientAccountId, userId } = one.books;
    const numberIs = (number: string | null) =>
      platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write', userId }, (tx) =>
        tx.execute(sql`update client_accounts set organization_number = ${number} where id = ${clientAccountId}`),
      );
    const stateOf = (organizationNumber: string) => smp('stateOf', { organizationNumber, accessPoint: 'POP000001' });
    await one.turn(true);
    const next = syntheticNumber();
    await numberIs(next);
    expect((await one.turn(true)).body).toEqual(on);
    expect([await stateOf(one.number), await stateOf(next)]).toEqual(['NONE', 'REGISTERED']);
    await numberIs(null);
    expect((await one.turn(false)).body).toEqual(off);
    expect(await stateOf(next)).toBe('NONE');
  });

  test('the same organisation twice here: one of them; what the other left unfinished ends nothing', async () => {
    const one = await newTrader();
    const two = await newTrader(one.number);
    await one.turn(true);
    expect(await two.turn(true)).toMatchObject({ status: 400, body: { details: { code: 'peppol.taken_here' } } });
    expect((await two.status()).body).toEqual(off);
    sandbox.fault({ party: 'peppol_access_point', effect: { kind: 'status', status: 503 } });
    await one.turn(false);
    sandbox.reset();
    clock.pass(31);
    expect((await two.turn(true)).body).toEqual(on);
    await check(one, 61);
    expect((await one.status()).body).toEqual(off);
    expect((await two.turn(true)).body).toEqual(on);
  });
});

describe('errors', () => {
  test('another provider has it: nothing is switched; with its key it is taken over', async () => {
    const one = await newTrader();
    await smp('elsewhere', { organizationNumber: one.number });
    const refused = await one.turn(true);
    expect(refused).toMatchObject({
      status: 400,
      body: { details: { code: 'peppol.taken_elsewhere', organization_number: one.number } },
    });
    expect((await one.status()).body).toEqual(off);
    expect((await one.turn(true, { migration_key: 'wrong' })).body.details).toMatchObject({
      code: 'peppol.taken_elsewhere',
    });
    const key = await smp('migrationKey', { organizationNumber: one.number });
    expect((await one.turn(true, { migration_key: key })).body).toEqual(on);
  });

  test('400: no client_account_id, no is_active, and both told at once', async () => {
    const { call, books } = await newTrader();
    const none = await call('PATCH', STATUS, {});
    expect(none.status).toBe(400);
    expect(none.body.details.fields.map(({ path }: { path: string }) => path).sort()).toEqual([
      'client_account_id',
      'is_active',
    ]);
    const here = `${STATUS}?client_account_id=${books.clientAccountId}`;
    for (const body of [{}, { is_active: null }, { is_active: 'yes' }, { is_active: true, more: 1 }])
      expect((await call('PATCH', here, body)).status).toBe(400);
    expect((await call('GET', `${STATUS}?client_account_id=x`)).status).toBe(400);
  });

  test('400: without a valid organisation number', async () => {
    const books = await openBooks({ clock });
    const here = `${STATUS}?client_account_id=${books.clientAccountId}`;
    expect((await world.api('PATCH', here, books.token, { is_active: true })).body.details).toMatchObject({
      code: 'peppol.no_valid_number',
    });
    expect((await world.api('PATCH', here, books.token, { is_active: false })).body).toEqual(off);
  });

  test('400: the access point does not want it', async () => {
    const real = await newTrader('958935420');
    expect((await real.turn(true)).body).toMatchObject({
      status: 400,
      details: { code: 'peppol.refused', reason: 'not a synthetic organisation' },
    });
    expect((await real.status()).body).toEqual(off);
  });

  test('401, 403: nobody, somebody else, and who may only read', async () => {
    const { books } = await newTrader();
    const stranger = await openBooks({ clock });
    const people = new People();
    const here = `${STATUS}?client_account_id=${books.clientAccountId}`;
    expect((await world.api('GET', here, 'none')).status).toBe(401);
    for (const method of ['GET', 'PATCH'])
      expect(
        (await world.api(method, here, stranger.token, method === 'GET' ? undefined : { is_active: true })).status,
      ).toBe(403);
    const bookkeeper = await openBooks({ clock });
    await books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`
        insert into client_account_users (client_account_id, user_id, role_id)
        values (${books.clientAccountId}, ${bookkeeper.userId}, (select id from roles where code = 'BK'))`),
    );
    forgetCallers(books.platform.database);
    expect((await world.api('GET', here, bookkeeper.token)).status).toBe(200);
    expect((await world.api('PATCH', here, bookkeeper.token, { is_active: true })).status).toBe(403);
    await people.close();
  });

  test('503 where no access point is configured; 502, 503 of one that fails; 500 for a fault of our own', async () => {
    const one = await newTrader();
    const here = `${STATUS}?client_account_id=${one.books.clientAccountId}`;
    const bare = apiOf(integrationRoutes, testPlatform(clock));
    expect((await bare('PATCH', here, one.books.token, { is_active: true })).body).toMatchObject({
      status: 503,
      details: { code: 'outbound.not_configured' },
    });
    expect((await bare('PATCH', here, one.books.token, { is_active: false })).body).toEqual(off);
    expect((await bare('GET', here, one.books.token)).body).toEqual(off);
    for (const [status, ours] of [
      [503, 503],
      [401, 502],
      [418, 502],
    ] as const) {
      sandbox.fault({ party: 'peppol_access_point', effect: { kind: 'status', status } });
      expect(await one.turn(true)).toMatchObject({
        status: ours,
        body: { details: { service: 'Peppol access point' } },
      });
      sandbox.reset();
      clock.pass(31);
    }
    const peppol = { ownReach: () => Promise.reject(new TypeError('ours')) };
    const broken = apiOf(integrationRoutes, { ...platform, outside: { ...platform.outside, peppol: peppol as never } });
    const answer = await broken('PATCH', here, one.books.token, { is_active: true });
    expect(answer).toMatchObject({ status: 500, body: { details: { code: 'request.internal' } } });
    expect(JSON.stringify(answer.body)).not.toContain('ours');
    expect((await one.status()).body).toEqual(off);
  });
});

/** Two client accounts in the network; one is the customer of the other. */
async function market() {
  const seller = await newTrader();
  const buyer = await newTrader();
  await seller.turn(true);
  await buyer.turn(true);
  const customer = await seller.customer(buyer.number, 'kunde@example.no');
  const received = async () =>
    (await buyer.call('GET', `/received-invoices?client_account_id=${buyer.books.clientAccountId}`)).body.data as {
      channel: string;
      status: string;
      instance_id: string;
      gross_amount: string;
      supplier_number: string;
    }[];
  const deliveries = async () => (await point('deliveries')) as { id: string; state: string }[];
  return { seller, buyer, customer, received, deliveries };
}

/** Runs the scheduled task for a client account, this number of seconds later. */
async function carryAgain({ books }: Trader, seconds: number): Promise<void> {
  clock.pass(seconds);
  if ((await clientAccountsWithDeliveriesDue(platform)).includes(books.clientAccountId))
    await followDeliveries(platform, books.clientAccountId, signal);
}

async function lastDelivery(seller: Trader, id: number) {
  return (await seller.call('GET', `/documents/${id}/deliveries`)).body.data[0];
}

describe('documents', () => {
  test('from one client account to the other, once, and acknowledged', async () => {
    const { seller, customer, received } = await market();
    const id = await seller.invoice(customer);
    expect((await seller.send(id)).body).toMatchObject({ channel: 'PEPPOL', status: 'SENT', attempts: 1 });
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 1, left: 0 });
    expect(await received()).toMatchObject([
      { channel: 'PEPPOL', status: 'NEW', gross_amount: '125.00', supplier_number: seller.number },
    ]);
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 0, left: 0 });
    await seller.send(id);
    expect(await point('deliveries')).toHaveLength(1);
  });

  test('the same delivery again, and an acknowledgement that is lost: taken in once', async () => {
    const { seller, customer, received } = await market();
    await seller.send(await seller.invoice(customer));
    sandbox.fault({ party: 'peppol_access_point', path: 'acknowledgement', effect: { kind: 'status', status: 503 } });
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 1, left: 0 });
    sandbox.reset();
    clock.pass(31);
    await point('redeliver');
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 2, left: 0 });
    expect(await received()).toHaveLength(1);
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 0, left: 0 });
  });

  test('nothing is acknowledged that was not taken in', async () => {
    const { seller, buyer, customer, received } = await market();
    await seller.send(await seller.invoice(customer));
    sandbox.fault({ party: 'peppol_access_point', path: 'document$', effect: { kind: 'html' } });
    await point('lay', { organizationNumber: syntheticNumber(), document: '<Invoice/>' });
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 0, left: 2 });
    sandbox.reset();
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 1, left: 1 });
    expect(await received()).toHaveLength(1);
    await point('lay', { organizationNumber: buyer.number, document: '<Invoice>', instanceId: 'not readable' });
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 1, left: 1 });
    expect(await received()).toContainEqual(expect.objectContaining({ status: 'MANUAL', instance_id: 'not readable' }));
  });

  test('what comes after it was switched off is taken in as well', async () => {
    const { buyer, received } = await market();
    await buyer.turn(false);
    await point('lay', { organizationNumber: buyer.number, document: '<Invoice>', instanceId: 'late' });
    expect(await peppolInboxRound(platform, signal)).toEqual({ taken: 1, left: 0 });
    expect(await received()).toHaveLength(1);
  });

  test('an answer that is lost: found again and not sent twice', async () => {
    const { seller, customer, deliveries } = await market();
    const id = await seller.invoice(customer);
    sandbox.fault({ party: 'peppol_access_point', method: 'PUT', path: 'deliveries', effect: { kind: 'reset' } });
    expect((await seller.send(id)).body).toMatchObject({ status: 'QUEUED', attempts: 1 });
    expect(await deliveries()).toMatchObject([{ state: 'SENT' }]);
    sandbox.reset();
    clock.pass(31);
    await carryAgain(seller, 61);
    expect(await lastDelivery(seller, id)).toMatchObject({ status: 'SENT', attempts: 2 });
    expect(await point('inbox')).toHaveLength(1);
    const asked = sandbox.journal.requests('peppol_access_point', /^\/deliveries/);
    expect(asked.map(({ method }) => method)).toEqual(['GET']);
  });

  test('held by the access point: asked about until it is handed over', async () => {
    const { seller, customer } = await market();
    await point('hold');
    const id = await seller.invoice(customer);
    expect((await seller.send(id)).body).toMatchObject({ status: 'QUEUED', reason: 'Peppol: under way' });
    await carryAgain(seller, 61);
    expect(await lastDelivery(seller, id)).toMatchObject({ status: 'QUEUED', attempts: 2 });
    await point('release');
    await carryAgain(seller, 60);
    expect(await lastDelivery(seller, id)).toMatchObject({ status: 'QUEUED', attempts: 2 });
    await carryAgain(seller, 121);
    expect(await lastDelivery(seller, id)).toMatchObject({ status: 'SENT', attempts: 3 });
  });

  test.each([
    ['not delivered', 'fail', { reason: 'AS4: EBMS:0301' }, /^AS4: EBMS:0301/],
    ['refused by a rule', 'reject', { rule: 'PEPPOL-EN16931-R120' }, /^PEPPOL-EN16931-R120/],
  ])('%s: told where it was asked for by name, otherwise by e-mail', async (_, action, input, reason) => {
    const { seller, customer } = await market();
    await point(action, input);
    const asked = await seller.invoice(customer);
    const failed = { channel: 'PEPPOL', status: 'FAILED', reason: expect.stringMatching(reason) };
    expect((await seller.send(asked, { channel: 'PEPPOL' })).body).toMatchObject(failed);
    expect((await seller.send(asked, { channel: 'EMAIL' })).body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED' });
    await point(action, input);
    const free = await seller.invoice(customer);
    expect((await seller.send(free)).body).toMatchObject({ channel: 'EMAIL', status: 'QUEUED' });
    const tried = (await seller.call('GET', `/documents/${free}/deliveries`)).body.data;
    expect(tried.find(({ channel }: { channel: string }) => channel === 'PEPPOL')).toMatchObject(failed);
  });

  test('to whom the network cannot bring it, it goes by e-mail', async () => {
    const { seller, customer } = await market();
    const { id: creditNote } = {
      id: await seller.invoice(await seller.customer('311012940', 'kunde@example.no'), { document_type: 'ARCRN' }),
    };
    expect((await seller.send(creditNote)).body).toMatchObject({ channel: 'EMAIL', reason: 'Peppol: cannot-take' });
    const unknown = await seller.invoice(await seller.customer(syntheticNumber(), 'kunde@example.no'));
    expect((await seller.send(unknown)).body).toMatchObject({ channel: 'EMAIL', reason: 'Peppol: not-registered' });
    await smp('dns', { mode: 'fails' });
    expect((await seller.send(await seller.invoice(customer))).body).toMatchObject({
      channel: 'EMAIL',
      reason: 'Peppol: unknown',
    });
    await smp('dns', { mode: 'answers' });
    await seller.turn(false);
    expect((await seller.send(await seller.invoice(customer))).body).toMatchObject({
      channel: 'EMAIL',
      reason: 'Peppol: sender-inactive',
    });
  });
});

test('an access point with another interface is described in a file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hb-wire-')), 'wire.json');
  writeFileSync(
    file,
    JSON.stringify({
      register: {
        method: 'PUT',
        path: '/participants/{participant}',
        body: { document_types: '{document_types}', note: 'for {name}' },
        read: { state: 'state' },
        states: { REGISTERED: 'PENDING' },
      },
    }),
  );
  const other = await peppolApi(sandbox, clock, { environment: { PEPPOL_ACCESS_POINT_WIRE_FILE: file } });
  const one = await trader(other, clock);
  expect((await one.turn(true)).body).toEqual(on);
  writeFileSync(file, '{"sent": {}}');
  await expect(peppolApi(sandbox, clock, { environment: { PEPPOL_ACCESS_POINT_WIRE_FILE: file } })).rejects.toThrow(
    'PEPPOL_ACCESS_POINT_WIRE_FILE: unknown call sent',
  );
});
