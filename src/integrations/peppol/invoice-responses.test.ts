import sql from 'sql-template-tag';
import { beforeEach, describe, expect, test } from 'vitest';
import { peppolApi, trader, type Trader } from '../../../test/support/outside/peppol.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { testPlatform } from '../../../test/support/books/books.ts';
import { MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import {
  type InvoiceResponse,
  readResponse,
  RESPONSE_CUSTOMIZATION,
  RESPONSE_PROFILE,
  writeResponse,
} from '../../ehf/index.ts';
import { clientAccountsWithResponsesDue, followResponses, invoiceRoutes } from '../../invoices/index.ts';
import { peppolInboxRound } from './peppol-inbox.ts';
import { isResponse } from './received-kind.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const world = await peppolApi(sandbox, clock);
const { platform } = world;
beforeEach(async () => {
  await sandbox.resetAll();
  clock.pass(31);
});

const smp = (action: string, input?: Record<string, unknown>) => sandbox.act('peppol_smp', action, input);
const point = (action: string, input?: Record<string, unknown>) => sandbox.act('peppol_access_point', action, input);
const signal = new AbortController().signal;
const inbox = () => peppolInboxRound(platform, signal);
const responsesSent = async () =>
  ((await point('deliveries')) as { id: string; kind: string }[]).filter(({ kind }) => kind === 'InvoiceResponse');

/** Two participants, and an invoice that one has sent and the other received. */
async function sentInvoice(more: object = {}) {
  const seller = await trader(world, clock);
  const buyer = await trader(world, clock);
  await seller.turn(true);
  await buyer.turn(true);
  const document = await seller.invoice(await seller.customer(buyer.number), more);
  await seller.send(document, { channel: 'PEPPOL' });
  await inbox();
  const list = await buyer.call('GET', `/received-invoices?client_account_id=${buyer.books.clientAccountId}`);
  const { id: received } = list.body.data[0];
  const { document_number: number } = (await seller.call('GET', `/documents/${document}`)).body;
  const respond = (status_code: string, body: object = {}) =>
    buyer.call('POST', `/received-invoices/${received}/responses`, { status_code, ...body });
  const standing = async () => (await seller.call('GET', `/documents/${document}/deliveries`)).body.data[0].response;
  const answers = async () => (await seller.call('GET', `/documents/${document}/responses`)).body.data;
  return { seller, buyer, document, number, received, respond, standing, answers };
}

const reasons = [{ code: 'REF', text: 'Bestillingsnummeret mangler' }];

describe('from the buyer to the seller', () => {
  test('an answer, with its reasons in both languages, is told where the invoice was sent', async () => {
    const { seller, buyer, document, received, respond, standing, answers } = await sentInvoice();
    expect(await standing()).toBeNull();
    const given = await respond('UQ', { reasons, actions: [{ code: 'PIN' }], note: 'Ring Kari' });
    expect(given).toMatchObject({
      status: 200,
      body: {
        received_invoice_id: received,
        status_code: 'UQ',
        status_nb: 'Satt på vent med spørsmål',
        status_en: 'Under query',
        reasons: [{ code: 'REF', nb: 'Feil eller manglende referanser', text: 'Bestillingsnummeret mangler' }],
        actions: [{ code: 'PIN', en: 'Provide information', text: null }],
        recipient: `0192:${seller.number}`,
        status: 'SENT',
        attempts: 1,
      },
    });
    expect(await inbox()).toEqual({ taken: 1, left: 0 });
    expect(await answers()).toMatchObject([
      { status: 'TAKEN', document_id: document, sender: `0192:${buyer.number}`, status_code: 'UQ', findings: [] },
    ]);
    expect(await standing()).toMatchObject({
      status_code: 'UQ',
      status_nb: 'Satt på vent med spørsmål',
      reasons: [{ code: 'REF', en: 'References incorrect', text: 'Bestillingsnummeret mangler' }],
      actions: [{ code: 'PIN', nb: 'Gi opplysningene som mangler' }],
      note: 'Ring Kari',
    });
    const one = (await answers())[0];
    expect((await seller.call('GET', `/document-responses/${one.id}`)).body).toEqual(one);
    const list = `/received-invoices/${received}/responses`;
    expect((await buyer.call('GET', list)).body.data).toEqual([given.body]);
    expect(await events(seller, 'document.answered')).toEqual([String(document)]);
    expect(await events(buyer, 'received_invoice.answered')).toEqual([String(received)]);
  });

  test('a credit note is answered as one', async () => {
    const { respond, standing } = await sentInvoice({ document_type: 'ARCRN' });
    expect((await respond('AP')).body).toMatchObject({ status: 'SENT' });
    await inbox();
    expect(await standing()).toMatchObject({ status_code: 'AP', status_nb: 'Godkjent' });
  });

  test('the status only advances', async () => {
    const { respond, standing } = await sentInvoice();
    const respondWith = async (status: string, more: object = {}) => {
      const { status: code, body } = await respond(status, more);
      return code === 200 ? body.status : body.details.code.replace('invoice_responses.', '');
    };
    expect(await respondWith('AB')).toBe('SENT');
    expect(await respondWith('IP')).toBe('SENT');
    expect(await respondWith('UQ', { reasons })).toBe('SENT');
    expect(await respondWith('UQ', { reasons: [{ code: 'DEL' }] })).toBe('SENT');
    expect(await respondWith('IP', { note: 'igjen' })).toBe('out_of_order');
    expect(await respondWith('AP')).toBe('SENT');
    expect(await respondWith('RE', { reasons })).toBe('out_of_order');
    expect(await respondWith('PD', { reasons: [{ code: 'PPD', text: 'Halvparten' }] })).toBe('SENT');
    expect(await respondWith('PD')).toBe('SENT');
    expect(await respondWith('PD', { note: 'mer' })).toBe('out_of_order');
    while ((await inbox()).taken > 0);
    expect(await standing()).toMatchObject({ status_code: 'PD', reasons: [] });
  });

  test('nothing follows a rejection', async () => {
    const { respond } = await sentInvoice();
    await respond('RE', { reasons });
    expect((await respond('AP')).body).toMatchObject({
      message: expect.stringContaining('RE (Avvist)'),
      details: { code: 'invoice_responses.out_of_order', standing: 'RE', status_code: 'AP' },
    });
  });
});

describe('once', () => {
  test('the same answer again, and at once, is the one that was given', async () => {
    const { respond } = await sentInvoice();
    const given = await Promise.all([respond('AB'), respond('AB'), respond('AB')]);
    expect(given.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(given.map(({ body }) => body.id)).size).toBe(1);
    expect((await respond('AB')).body).toMatchObject({ id: given[0].body.id, status: 'SENT' });
    expect(await responsesSent()).toHaveLength(1);
  });

  test('an answer whose taking is not heard of is found again', async () => {
    const { buyer, received, respond } = await sentInvoice();
    sandbox.fault({ party: 'peppol_access_point', method: 'PUT', path: 'deliveries', effect: { kind: 'reset' } });
    expect((await respond('AB')).body).toMatchObject({ status: 'QUEUED', attempts: 1 });
    expect((await respond('IP')).body).toMatchObject({ status: 'QUEUED', attempts: 1 });
    sandbox.reset();
    clock.pass(61);
    expect(await clientAccountsWithResponsesDue(platform)).toContain(buyer.books.clientAccountId);
    await followResponses(platform, buyer.books.clientAccountId, signal);
    const { data } = (await buyer.call('GET', `/received-invoices/${received}/responses`)).body;
    expect(data).toMatchObject([
      { status_code: 'IP', status: 'SENT', attempts: 2 },
      { status_code: 'AB', status: 'SENT', attempts: 2 },
    ]);
    expect(await responsesSent()).toHaveLength(2);
    expect(await clientAccountsWithResponsesDue(platform)).not.toContain(buyer.books.clientAccountId);
  });

  test('an answer waits behind the one before it', async () => {
    const { buyer, received, respond } = await sentInvoice();
    sandbox.fault({ party: 'peppol_access_point', path: 'deliveries', effect: { kind: 'status', status: 401 } });
    expect((await respond('AB')).body).toMatchObject({ status: 'QUEUED', attempts: 1 });
    expect((await respond('IP')).body).toMatchObject({ status: 'QUEUED', attempts: 0 });
    sandbox.reset();
    clock.pass(241);
    await followResponses(platform, buyer.books.clientAccountId, signal);
    const { data } = (await buyer.call('GET', `/received-invoices/${received}/responses`)).body;
    expect(data.map(({ status }: { status: string }) => status)).toEqual(['SENT', 'SENT']);
    expect((await responsesSent()).length).toBe(2);
  });

  test('what the network has refused is told, and may be given anew', async () => {
    const { buyer, received, respond } = await sentInvoice();
    await point('reject', { rule: 'PEPPOL-T111-R003' });
    expect((await respond('AB')).body).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/^PEPPOL-T111-R003/),
    });
    expect(await events(buyer, 'received_invoice.answer_failed')).toEqual([String(received)]);
    expect((await respond('AB')).body).toMatchObject({ status: 'SENT' });
  });

  test('delivered again, under the same instance and another: taken in once', async () => {
    const { seller, respond, answers } = await sentInvoice();
    await respond('AB');
    expect(await inbox()).toEqual({ taken: 1, left: 0 });
    await point('redeliver');
    const content = await lastResponse(seller);
    const kind = 'InvoiceResponse';
    await point('lay', { organizationNumber: seller.number, document: content, instanceId: 'another', kind });
    expect(await inbox()).toEqual({ taken: 2, left: 0 });
    expect(await answers()).toHaveLength(1);
    const [{ instance_id }] = await answers();
    const other = content.replace('>AB<', '>IP<');
    await point('lay', { organizationNumber: seller.number, document: other, instanceId: instance_id, kind });
    expect(await inbox()).toEqual({ taken: 0, left: 1 });
    expect(await answers()).toHaveLength(1);
  });
});

describe('errors', () => {
  test('400: what the rules ask for, all at once', async () => {
    const { respond } = await sentInvoice();
    const fields = async (status: string, body: object = {}) =>
      ((await respond(status, body)).body.details.fields as { path: string }[]).map(({ path }) => path);
    expect(await fields('RE')).toEqual(['reasons']);
    expect(await fields('CA', { actions: [] })).toEqual(['reasons']);
    expect(
      await fields('AP', { reasons: [{ code: 'OTH' }, { code: 'PPD', text: 'x' }], actions: [{ code: 'OTH' }] }),
    ).toEqual(['reasons[0].text', 'reasons[1].code', 'actions[0].text']);
    expect(await fields('PD', { reasons: [{ code: 'PPD' }] })).toEqual(['reasons[0].text']);
    expect(await fields('XX')).toEqual(['status_code']);
    expect(await fields('UQ', { reasons: [{ code: 'NIN' }] })).toEqual(['reasons[0].code']);
  });

  test('409: it did not come over the network, or does not tell whom it is from', async () => {
    const { buyer, received, respond } = await sentInvoice();
    const { books } = buyer;
    const write = (work: ReturnType<typeof sql>) =>
      books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
        tx.execute(work),
      );
    const mine = sql`where client_account_id = ${books.clientAccountId} and id = ${received}`;
    await write(sql`update received_invoices set channel = 'UPLOAD' ${mine}`);
    expect((await respond('AB')).body.details).toMatchObject({
      code: 'invoice_responses.not_by_peppol',
      channel: 'UPLOAD',
    });
    await point('lay', { organizationNumber: buyer.number, document: '<Invoice>', instanceId: 'not readable' });
    await inbox();
    const list = await buyer.call('GET', `/received-invoices?client_account_id=${books.clientAccountId}`);
    const unreadable = list.body.data[0].id;
    const answer = await buyer.call('POST', `/received-invoices/${unreadable}/responses`, { status_code: 'AB' });
    expect(answer.body.details).toMatchObject({ code: 'invoice_responses.supplier_unknown' });
  });

  test('the supplier takes none, is not registered any more, or nobody can tell; Peppol is off, or not there', async () => {
    const { seller, buyer, received, respond } = await sentInvoice();
    const code = async () => {
      const { status, body } = await respond('AB');
      return `${status} ${body.details.code}`;
    };
    const organizationNumber = seller.number;
    await smp('withoutResponses', { organizationNumber });
    expect(await code()).toBe('409 invoice_responses.cannot_take');
    await smp('dns', { mode: 'fails' });
    expect(await code()).toBe('503 invoice_responses.cannot_tell');
    await smp('dns', { mode: 'answers' });
    await smp('forget', { organizationNumber });
    expect(await code()).toBe('409 invoice_responses.not_registered');
    await buyer.turn(false);
    expect(await code()).toBe('409 invoice_responses.sender_inactive');
    const bare = apiOf(invoiceRoutes, withFiles(testPlatform(clock)));
    const path = `/received-invoices/${received}/responses`;
    const { body } = await bare('POST', path, buyer.books.token, { status_code: 'AB' });
    expect(body.details).toMatchObject({ code: 'invoice_responses.sender_inactive' });
    expect((await buyer.call('GET', path)).body.data).toEqual([]);
  });
});

describe('what cannot be placed is kept and told, and changes nothing', () => {
  /** An answer that was not written by this program. */
  async function laid(
    change: (own: InvoiceResponse) => InvoiceResponse,
    written = (xml: string) => xml,
    from?: string,
  ) {
    const sent = await sentInvoice();
    const { seller, buyer, number } = sent;
    const sender = `0192:${buyer.number}`;
    const response = change({
      customizationId: RESPONSE_CUSTOMIZATION,
      profileId: RESPONSE_PROFILE,
      id: 'theirs-1',
      issueDate: '2026-03-15',
      issueTime: '12:00:00',
      note: null,
      sender: { endpoint: { scheme: '0192', value: buyer.number }, name: 'Kjøperen' },
      receiver: { endpoint: { scheme: '0192', value: seller.number }, name: 'Selgeren' },
      status: 'AP',
      effectiveDate: null,
      reasons: [],
      actions: [],
      document: { number, issueDate: '2026-03-01', typeCode: '380' },
    });
    await point('lay', {
      organizationNumber: seller.number,
      document: written(writeResponse(response)),
      instanceId: `laid-${seller.number}`,
      kind: 'InvoiceResponse',
      sender: from ?? sender,
    });
    expect(await inbox()).toEqual({ taken: 1, left: 0 });
    const list = await seller.call('GET', `/document-responses?client_account_id=${seller.books.clientAccountId}`);
    expect(list.body.data).toHaveLength(1);
    return { ...sent, one: list.body.data[0], standing: await sent.standing() };
  }

  test('one that is right is taken', async () => {
    const { one, standing } = await laid((own) => own);
    expect(one).toMatchObject({ status: 'TAKEN', sender_name: 'Kjøperen', issue_date: '2026-03-15' });
    expect(standing).toMatchObject({ id: one.id, status_code: 'AP' });
  });

  const same = (own: InvoiceResponse) => own;
  test.each<[string, string, (own: InvoiceResponse) => InvoiceResponse, ((xml: string) => string)?, string?]>([
    ['half a file', 'XML', same, (xml) => xml.slice(0, 600)],
    ['a document type', 'XML', same, (xml) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')],
    ['another document', 'UBL', same, () => '<?xml version="1.0"?><Order/>'],
    ['another profile', 'T111', (own) => ({ ...own, profileId: 'urn:peppol:edec:mls' })],
    ['another specification', 'PEPPOL-T111-R003', (own) => ({ ...own, customizationId: 'urn:peppol:edec:mls:1.0' })],
    ['an unknown number', 'DOCUMENT', (own) => ({ ...own, document: { ...own.document, number: '999999' } })],
    ['a credit note’s number', 'DOCUMENT', (own) => ({ ...own, document: { ...own.document, typeCode: '381' } })],
    ['another day', 'DOCUMENT', (own) => ({ ...own, document: { ...own.document, issueDate: '2026-02-28' } })],
    [
      'somebody else’s invoice',
      'DOCUMENT',
      (own) => ({ ...own, sender: { ...own.sender, endpoint: { scheme: '0192', value: '310904473' } } }),
      undefined,
      '0192:310904473',
    ],
    ['another sender than the envelope', 'ENVELOPE', same, undefined, '0192:310904473'],
    [
      'for another receiver',
      'ENVELOPE',
      (own) => ({ ...own, receiver: { ...own.receiver, endpoint: { scheme: '0192', value: '310904473' } } }),
    ],
  ])('%s', async (_, rule, change, written, from) => {
    const { seller, one, standing } = await laid(change, written, from);
    expect(one.status).toBe('QUESTIONED');
    expect(one.findings.map((finding: { rule: string }) => finding.rule)).toContain(rule);
    for (const { nb, en } of one.findings) expect([nb, en]).not.toContain('');
    expect(standing).toBeNull();
    expect(await events(seller, 'document_response.questioned')).toEqual([String(one.id)]);
    const questioned = `/document-responses?client_account_id=${seller.books.clientAccountId}&status=QUESTIONED`;
    expect((await seller.call('GET', questioned)).body.meta.records).toBe(1);
  });

  test('a status that cannot follow is shown beside the one that stands', async () => {
    const { seller, buyer, standing, answers, respond } = await sentInvoice();
    await respond('RE', { reasons });
    await inbox();
    const later = (await lastResponse(seller)).replace('>RE<', '>AP<');
    await point('lay', { organizationNumber: seller.number, document: later, sender: `0192:${buyer.number}` });
    await inbox();
    expect(await standing()).toMatchObject({ status_code: 'RE' });
    expect((await answers())[0]).toMatchObject({
      status: 'QUESTIONED',
      status_code: 'AP',
      findings: [{ rule: 'OP-BR111-R012', severity: 'warning' }],
    });
  });

  test('nobody else’s books see it', async () => {
    const { one } = await laid((own) => own);
    const stranger = await trader(world, clock);
    expect((await stranger.call('GET', `/document-responses/${one.id}`)).status).toBe(403);
  });
});

test('registered with invoice and credit note; one that takes no answers is connected all the same', async () => {
  const one = await trader(world, clock);
  await one.turn(true);
  const participant = `0192:${one.number}`;
  expect(await smp('accessPointOf', { participant, kind: 'InvoiceResponse' })).toBe('POP000001');
  await smp('withoutResponses', { organizationNumber: one.number });
  expect((await one.turn(true)).body).toEqual({ is_active: true, connected: true });
  expect(await smp('accessPointOf', { participant, kind: 'InvoiceResponse' })).toBe('POP000001');
});

test.each<[string, string | null, boolean]>([
  ['<?xml version="1.0"?><!-- <Invoice> --><ApplicationResponse/>', null, true],
  ['<u:ApplicationResponse xmlns:u="x">', null, true],
  ['<Invoice>', 'x::ApplicationResponse##y', false],
  ['nothing', 'urn:…-2::ApplicationResponse##urn', true],
  ['nothing', null, false],
  ['<!-- never ends <ApplicationResponse>', null, false],
])('%s of type %s is an answer: %s', (text, type, is) => {
  expect(isResponse(Buffer.from(text), type)).toBe(is);
});

/** The XML that arrived last. */
async function lastResponse({ books }: Trader): Promise<string> {
  const { storage_key } = await books.platform.database.transaction(
    { clientAccounts: [books.clientAccountId], mode: 'read' },
    (tx) =>
      tx.one<{ storage_key: string }>(sql`
        select f.storage_key from document_responses r join files f on f.client_account_id = r.client_account_id and f.id = r.file_id
        where r.client_account_id = ${books.clientAccountId} order by r.id desc limit 1`),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of await platform.files.storage.read(storage_key)) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  expect(readResponse(Buffer.from(text)).findings).toEqual([]);
  return text;
}

async function events({ books }: Trader, kind: string): Promise<string[]> {
  const rows = await books.platform.database.transaction(
    { clientAccounts: [books.clientAccountId], mode: 'read' },
    (tx) =>
      tx.rows<{ resource_id: string }>(sql`
        select resource_id from new_events where client_account_id = ${books.clientAccountId} and kind = ${kind} order by id`),
  );
  return rows.map(({ resource_id }) => resource_id);
}
