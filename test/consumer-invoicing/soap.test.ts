import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOwner } from '../support/books/people.ts';
import { EMPTY_QUERY, envelope } from './envelope.ts';
import { resultOf, type SoapWorld, soapWorld } from './soap-world.ts';

let world: SoapWorld;
beforeAll(async () => {
  world = await soapWorld();
});
afterAll(() => world.close());

type Company = Awaited<ReturnType<SoapWorld['company']>>;
let company: Company;
beforeAll(async () => {
  company = await world.company({ organizationNumber: '313367002' });
  for (const n of [1, 2])
    await company.as.post(`/consumer-invoicing/consumers?client_account_id=${company.id}`, {
      reference_number: `10000${n}`,
      customer_number: `K${n}`,
      name: n === 1 ? 'Åse Øverås' : 'Per Utenvilje',
      phone: `+474000000${n}`,
    });
});

describe('the shapes that clients send', () => {
  const typed = (args: string) =>
    '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:ns1="https://secure.maventa.com/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<SOAP-ENV:Body>${args}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;
  const keys = () =>
    `<company_uuid>${company.keys.company_uuid}</company_uuid><user_api_key>${company.keys.user_api_key}</user_api_key>`;

  it.each<[string, () => string]>([
    [
      'untyped, unset members left out',
      () =>
        typed(
          `<ns1:consumer_agreement_status><api_keys>${keys()}</api_keys><reference_nr>100001</reference_nr></ns1:consumer_agreement_status>`,
        ),
    ],
    [
      'by position, names unknown',
      () =>
        typed(
          `<ns1:consumer_agreement_status><param0>${keys()}</param0><param1>100001</param1></ns1:consumer_agreement_status>`,
        ),
    ],
    [
      'in another order',
      () =>
        typed(
          `<ns1:consumer_agreement_status><reference_nr>100001</reference_nr><api_keys>${keys()}</api_keys></ns1:consumer_agreement_status>`,
        ),
    ],
    [
      'CDATA and a comment',
      () =>
        typed(
          `<ns1:consumer_agreement_status><api_keys>${keys()}</api_keys><!-- x --><reference_nr><![CDATA[100001]]></reference_nr></ns1:consumer_agreement_status>`,
        ),
    ],
    [
      'multi-reference values of Axis',
      () =>
        typed(
          `<ns1:consumer_agreement_status><api_keys href="#id0"/><reference_nr href="#id1"/></ns1:consumer_agreement_status><multiRef id="id0">${keys()}</multiRef><multiRef id="id1" xsi:type="xsd:string">100001</multiRef>`,
        ),
    ],
    [
      'multi-reference values of .NET, before the operation',
      () =>
        typed(
          `<q1:ApiKeys xmlns:q1="urn:q" id="id1">${keys()}</q1:ApiKeys><ns1:consumer_agreement_status><api_keys href="#id1"/><reference_nr>100001</reference_nr></ns1:consumer_agreement_status>`,
        ),
    ],
    [
      'an empty header and white space',
      () =>
        typed(
          `<ns1:consumer_agreement_status>\n <api_keys>\n  ${keys()}\n </api_keys>\n <reference_nr>100001</reference_nr>\n</ns1:consumer_agreement_status>`,
        ).replace('<SOAP-ENV:Body>', '<SOAP-ENV:Header/>\n<SOAP-ENV:Body>'),
    ],
    [
      'no namespace of the operation',
      () =>
        typed(
          `<consumer_agreement_status><api_keys>${keys()}</api_keys><reference_nr>100001</reference_nr></consumer_agreement_status>`,
        ),
    ],
  ])('%s', async (_, request) => {
    const answer = await world.post(request());
    expect(answer.statusCode, answer.body).toBe(200);
    expect(resultOf(answer.body)).toBe('OK: NEW');
  });

  it.each([
    ['said by the document', '<?xml version="1.0" encoding="ISO-8859-1"?>', 'text/xml'],
    ['said by Content-Type', '<?xml version="1.0"?>', 'text/xml; charset="iso-8859-1"'],
  ])('Latin-1, %s', async (_, declaration, type) => {
    const xml = envelope('consumer_agreements_query', {
      api_keys: company.keys,
      query: { ...EMPTY_QUERY, name: 'øverås' },
    });
    const bytes = Buffer.from(xml.replace(/^<\?xml[^>]*\?>/, declaration), 'latin1');
    const answer = await world.post(bytes, { 'content-type': type });
    expect(resultOf(answer.body).agreements).toHaveLength(1);
  });

  it('answers are typed throughout, absent values nil', async () => {
    const { text, status } = await world.call('consumer_agreements_query', {
      api_keys: company.keys,
      query: { ...EMPTY_QUERY, reference_nr: '100001' },
    });
    expect(status).toBe(200);
    await expect(text).toMatchFileSnapshot('../golden/consumer-agreements-query.xml');
  });

  it.each([
    '/apis/v1.1/api',
    '/v1.1/api',
    '/v1.1/api/consumer_agreement_status',
    '/apis/v1.1/api/consumer_agreement_status',
  ])('under %s', async (url) => {
    const xml = envelope('consumer_agreement_status', { api_keys: company.keys, reference_nr: '100002' });
    expect(resultOf((await world.post(xml, {}, url)).body)).toBe('OK: NEW');
  });

  it('the description', async () => {
    const answer = await world.server.inject({ url: '/apis/v1.1/wsdl', remoteAddress: world.address });
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    await expect(answer.body).toMatchFileSnapshot('../golden/consumer-invoicing.wsdl');
  });
});

describe('what is no call', () => {
  const good = () => envelope('consumer_agreement_status', { api_keys: company.keys, reference_nr: '100001' });
  const changed = (from: string, to: string) => () => good().replace(from, to);
  const CLIENT = 'env:Client';

  it.each<[string, () => string | Buffer, number, string, Record<string, string>?]>([
    ['no XML', () => 'hello', 500, CLIENT],
    ['nothing', () => '', 500, CLIENT],
    ['half of it', () => good().slice(0, 300), 500, CLIENT],
    ['bytes that are no UTF-8', () => Buffer.from(good().replace('100001', 'å'), 'latin1'), 500, CLIENT],
    [
      'a document type',
      changed('<e:Envelope', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><e:Envelope'),
      500,
      CLIENT,
    ],
    ['an undeclared entity', changed('100001', '&x;'), 500, CLIENT],
    ['elements in elements', changed('100001', `${'<a>'.repeat(40)}x${'</a>'.repeat(40)}`), 500, CLIENT],
    ['thousands of elements', changed('100001', '<a/>'.repeat(3_000)), 500, CLIENT],
    ['a struct for a text', changed('100001', '<a>1</a>'), 500, CLIENT],
    ['too much', changed('100001', 'x'.repeat(300_000)), 413, CLIENT],
    [
      'SOAP 1.2',
      changed('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
      500,
      'env:VersionMismatch',
    ],
    ['the media type of SOAP 1.2', good, 415, 'env:VersionMismatch', { 'content-type': 'application/soap+xml' }],
    ['JSON', () => '{}', 415, CLIENT, { 'content-type': 'application/json' }],
    ['an unknown operation', () => envelope('drop_tables', {}), 500, CLIENT],
    ['an empty Body', () => good().replace(/<m:.*<\/m:[a-z_]+>/, ''), 500, CLIENT],
    ['no Body', () => '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>', 500, CLIENT],
    [
      'a header that must be understood',
      changed('<e:Body>', '<e:Header><w:Security xmlns:w="urn:w" e:mustUnderstand="1"/></e:Header><e:Body>'),
      500,
      'env:MustUnderstand',
    ],
    [
      'a reference to nothing',
      changed('<reference_nr xsi:type="xsd:string">100001</reference_nr>', '<reference_nr href="#nowhere"/>'),
      500,
      CLIENT,
    ],
    [
      'references in a ring',
      changed(
        '</m:consumer_agreement_status>',
        '<x href="#a"/></m:consumer_agreement_status><y id="a"><z href="#a"/></y>',
      ),
      500,
      CLIENT,
    ],
    ['another operation in SOAPAction', good, 500, CLIENT, { soapaction: '"/v1.1/api/atg_mandate_list"' }],
  ])('%s', async (_, request, status, code, headers) => {
    const answer = await world.post(request(), headers);
    expect(answer.statusCode, answer.body).toBe(status);
    expect(answer.body).toContain(`<faultcode>${code}</faultcode>`);
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(answer.body).not.toMatch(/\bat .*\.ts|node_modules|root:/);
  });

  it('a header for another actor is not ours to understand', async () => {
    const header =
      '<e:Header><w:Security xmlns:w="urn:w" e:mustUnderstand="1" e:actor="urn:other"/></e:Header><e:Body>';
    expect((await world.post(changed('<e:Body>', header)())).statusCode).toBe(200);
  });

  it.each([
    ['GET', '/apis/v1.1/api', 'POST'],
    ['PUT', '/apis/v1.1/api', 'POST'],
    ['POST', '/apis/v1.1/wsdl', 'GET'],
  ] as const)('%s %s is 405', async (method, url, allow) => {
    const answer = await world.server.inject({ method, url, remoteAddress: world.address });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
  });
});

describe('the keys, in their order', () => {
  it.each<[string, () => Record<string, string | null>, string]>([
    ['no user key', () => ({ user_api_key: null }), 'ERROR: USER NOT FOUND'],
    ['an empty user key', () => ({ user_api_key: '' }), 'ERROR: USER NOT FOUND'],
    ['an unknown user key', () => ({ user_api_key: 'a0000000-0000-4000-8000-000000000000' }), 'ERROR: USER NOT FOUND'],
    ['a user key with a blank', () => ({ user_api_key: `${company.keys.user_api_key} ` }), 'ERROR: USER NOT FOUND'],
    ['an unknown vendor key', () => ({ vendor_api_key: 'nobody' }), 'ERROR: VENDOR API KEY DISABLED'],
    [
      'unknown vendor and company',
      () => ({ vendor_api_key: 'nobody', company_uuid: 'x' }),
      'ERROR: VENDOR API KEY DISABLED',
    ],
    ['a company that is no UUID', () => ({ company_uuid: 'x' }), 'ERROR: COMPANY NOT FOUND'],
    [
      'an unknown company',
      () => ({ company_uuid: 'a0000000-0000-4000-8000-000000000000' }),
      'ERROR: COMPANY NOT FOUND',
    ],
    ['no company, and only one', () => ({ company_uuid: null }), 'OK: NEW'],
    ['an empty company, and only one', () => ({ company_uuid: '' }), 'OK: NEW'],
  ])('%s', async (_, changes, expected) => {
    const api_keys = { ...company.keys, ...changes() };
    const { status, result } = await world.call('consumer_agreement_status', { api_keys, reference_nr: '100001' });
    expect([status, result]).toEqual([200, expected]);
  });

  it('another company, several companies, a closed company, an inactive user, a revoked key', async () => {
    const other = await world.company();
    const second = await world.company();
    const ask = async (keys: object) =>
      (
        await world.call('consumer_agreement_status', {
          api_keys: { ...company.keys, ...keys },
          reference_nr: '100001',
        })
      ).result;
    expect(await ask({ company_uuid: other.keys.company_uuid })).toBe('ERROR: USER HAS NO RIGHTS TO COMPANY');
    await world.people.role(other.id, second.user.id, 'CA');
    const multiple = { company_uuid: null, user_api_key: second.keys.user_api_key };
    expect(await ask(multiple)).toBe('ERROR: USER BELONGS TO MULTIPLE COMPANIES, NO COMPANY ID GIVEN');
    await asOwner('update client_accounts set is_active = false where id = $1', [second.id]);
    expect(await ask(second.keys)).toBe('ERROR: COMPANY ACCOUNT IS LOCKED');
    await asOwner('update users set is_active = false where id = $1', [other.user.id]);
    expect(await ask(other.keys)).toBe('ERROR: USER NOT ACTIVATED');
    const made = await company.as.post('/consumer-invoicing/api-keys', { kind: 'user' });
    expect(await ask({ user_api_key: made.body.key })).toBe('OK: NEW');
    await company.as.delete(`/consumer-invoicing/api-keys/${made.body.id}`);
    expect(await ask({ user_api_key: made.body.key })).toBe('ERROR: USER NOT FOUND');
  });
});

describe('atg_agreement_configure', () => {
  const good = {
    account_number: '86011117947',
    kid_length: '15',
    reference_position: '1-6',
    payment_type_position: null,
    options: null,
  };
  it.each<[object, string]>([
    [{}, 'OK'],
    [{ options: '{"notif_print":false}', payment_type_position: '7-8' }, 'OK'],
    [{ account_number: null }, 'ERROR: Invalid account_number'],
    [{ account_number: '86011117948' }, 'ERROR: Invalid account_number'],
    [{ account_number: '8601111794' }, 'ERROR: Invalid account_number'],
    [{ account_number: 'abcdefghijk' }, 'ERROR: Invalid account_number'],
    ...['abc', '', '3', '26', '-1', '1.5'].map(
      (kid_length) => [{ kid_length }, 'ERROR: Invalid kid_length'] as [object, string],
    ),
    [{ kid_length: null }, 'ERROR: Invalid kid_length'],
    ...['6-1', '0-3', '1-', '1-15', ' 1-6 ', 'a-b', ''].map(
      (reference_position) => [{ reference_position }, 'ERROR: Invalid reference_position'] as [object, string],
    ),
    ...['6-1', '1-15', '6-7'].map(
      (payment_type_position) =>
        [{ payment_type_position }, 'ERROR: Invalid payment_type_position'] as [object, string],
    ),
    ...['[]', '"x"', '{"notif_print":"no"}', '{', 'null', '1'].map(
      (options) => [{ options }, 'ERROR: OPTIONS PARAMETER FORMAT IS INVALID'] as [object, string],
    ),
    [{ options: '[]', kid_length: '3' }, 'ERROR: Invalid kid_length'],
  ])('%j: %s', async (changes, expected) => {
    const { result } = await world.call('atg_agreement_configure', { api_keys: company.keys, ...good, ...changes });
    expect(result).toBe(expected);
  });

  it('what is not an admin’s: the text of unexpected ones', async () => {
    const user = await world.company({ role: 'US' });
    const { result } = await world.call('atg_agreement_configure', { api_keys: user.keys, ...good });
    expect(result).toBe('ERROR: UNKNOWN ERROR');
  });
});

describe('queries', () => {
  it.each<[string, object, string[] | string]>([
    ['all', {}, ['100001', '100002']],
    ['part of a name in any case', { name: 'utenV' }, ['100002']],
    ['reference and state', { reference_nr: '100001', state: 'NEW' }, ['100001']],
    ['customer', { customer_nr: 'K2' }, ['100002']],
    ['phone', { phone: '+4740000001' }, ['100001']],
    ['a wildcard is a character', { name: '%' }, 'ERROR: No agreements found'],
    ['an unknown state', { state: 'SLEEPING' }, 'ERROR: No agreements found'],
    ['changed at or after', { timestamp: '20260315120000' }, ['100001', '100002']],
    ['changed later', { timestamp: '20260315120001' }, 'ERROR: No agreements found'],
    ...['2018-04-01', '2026031512000', '20261301000000', '20260230000000', '20260315240000', '202603151200000'].map(
      (timestamp) => [timestamp, { timestamp }, 'ERROR: Timestamp format error'] as [string, object, string],
    ),
  ])('%s', async (_, changes, expected) => {
    const { result } = await world.call('consumer_agreements_query', {
      api_keys: company.keys,
      query: { ...EMPTY_QUERY, ...changes },
    });
    if (typeof expected === 'string') expect(result).toEqual({ status: expected, agreements: null });
    else expect(result.agreements.map((one: { reference_nr: string }) => one.reference_nr)).toEqual(expected);
  });

  it.each(['<query xsi:nil="true"/>', '<query></query>', ''])('query given as %s: all', async (query) => {
    const xml = envelope('consumer_agreements_query', { api_keys: company.keys }).replace('</m:', `${query}</m:`);
    expect(resultOf((await world.post(xml)).body).agreements).toHaveLength(2);
  });

  it('a status of nobody, and of another company’s consumer', async () => {
    const other = await world.company();
    const { result } = await world.call('consumer_agreement_status', { api_keys: other.keys, reference_nr: '100001' });
    expect(result).toBe('ERROR: CONSUMER NOT FOUND');
    const none = await world.call('consumer_agreement_status', { api_keys: company.keys, reference_nr: null });
    expect(none.result).toBe('ERROR: CONSUMER NOT FOUND');
  });

  it('mandates: none is OK; only for admins', async () => {
    const { result } = await world.call('atg_mandate_list', { api_keys: company.keys, timestamp: '20200101000000' });
    expect(result).toEqual({ status: 'OK', atg_mandates: [] });
    const bad = await world.call('atg_mandate_list', { api_keys: company.keys, timestamp: 'today' });
    expect(bad.result).toEqual({ status: 'ERROR: Timestamp format error', atg_mandates: null });
    const user = await world.company({ role: 'US' });
    const refused = await world.call('atg_mandate_list', { api_keys: user.keys, timestamp: '20200101000000' });
    expect(refused.result).toEqual({ status: 'ERROR: No rights to settings', atg_mandates: null });
  });
});

it('an AvtaleGiro agreement that is told, or told differently, is an event; told again as it is, none', async () => {
  const one = await world.company();
  const tell = (length: number) =>
    one.as.put(`/consumer-invoicing/avtalegiro/agreements/86011117947?client_account_id=${one.id}`, {
      kid_length: length,
      reference_position: '1-6',
    });
  for (const length of [15, 15, 12]) expect((await tell(length)).status).toBe(200);
  const { rows } = await asOwner(
    `select kind, resource_id from new_events where client_account_id = $1
     union all select kind, resource_id from events where client_account_id = $1`,
    [one.id],
  );
  const event = { kind: 'avtalegiro_agreement.configured', resource_id: '86011117947' };
  expect(rows).toEqual([event, event]);
});

describe('the vendor query', () => {
  it('sees the companies that its software serves, and no others', async () => {
    const partner = await world.company();
    const customer = await world.company({ organizationNumber: '310332224' });
    const stranger = await world.company();
    for (const one of [customer, stranger])
      await one.as.post(`/consumer-invoicing/consumers?client_account_id=${one.id}`, { reference_number: '7' });
    const { body } = await partner.as.post('/consumer-invoicing/api-keys', {
      kind: 'vendor',
      name: 'Fakturaprogram',
      client_account_id: partner.id,
    });
    const vendor = { vendor_api_key: body.key as string };
    const ask = async (keys: object) =>
      (
        await world.call('vendor_consumer_agreements_query', {
          api_keys: { ...partner.keys, ...keys },
          query: EMPTY_QUERY,
        })
      ).result;
    expect(await ask(vendor)).toEqual({ status: 'OK', results: [] });
    // Reading with the key gives the software no access; configuration by an administrator with the key does.
    await world.call('consumer_agreement_status', { api_keys: { ...customer.keys, ...vendor }, reference_nr: '7' });
    expect(await ask(vendor)).toEqual({ status: 'OK', results: [] });
    const configure = {
      account_number: '86011117947',
      kid_length: '10',
      reference_position: '1-6',
      payment_type_position: null,
      options: null,
    };
    await world.call('atg_agreement_configure', { api_keys: { ...customer.keys, ...vendor }, ...configure });
    const seen = await ask(vendor);
    expect(seen.results.map((one: { company_id: string }) => one.company_id)).toEqual([customer.keys.company_uuid]);
    expect(await ask({ vendor_api_key: null })).toEqual({
      status: 'ERROR: No rights to vendor API key',
      results: null,
    });
    expect(await ask({ ...customer.keys, ...vendor })).toEqual({
      status: 'ERROR: No rights to vendor API key',
      results: null,
    });
  });
});

describe('the issuer agreement', () => {
  const order = (keys: object, more: object = {}) =>
    world.call('b2c_issuer_agreement_order', {
      api_keys: keys as Record<string, string>,
      signer_name: 'Kari Signerer',
      signer_email: 'kari@example.test',
      ...more,
    });
  const links = async (recipient: string) => {
    const { rows } = await asOwner('select text_body from mail_outbox where recipient = $1 order by id', [recipient]);
    return rows.map(({ text_body: text }) => /https:\/\/regnskap\.example\.test(\/\S+)/.exec(text as string)![1]!);
  };
  const disable = async (keys: object) =>
    (await world.call('disable_b2c_issuer_agreement', { api_keys: keys as Record<string, string> })).result;

  it.each<[object]>([
    [{ signer_name: '' }],
    [{ signer_name: '  ' }],
    [{ signer_email: 'kari' }],
    [{ signer_email: null }],
  ])('a signer like %j', async (more) => {
    expect((await order(company.keys, more)).result).toBe('ERROR: signer_name or signer_email missing or invalid');
  });

  it.each([
    [
      { ocr_account_number: '123', ocr_kid_length: '12', ocr_reference_position: '1-5' },
      'ERROR: ocr_account_number is invalid',
    ],
    [
      { ocr_account_number: '86011117947', ocr_kid_length: 'x', ocr_reference_position: '1-5' },
      'ERROR: ocr_kid_length is invalid',
    ],
    [
      { ocr_account_number: '86011117947', ocr_kid_length: '12', ocr_reference_position: '5' },
      'ERROR: ocr_reference_position syntax is invalid',
    ],
  ])('agreement capture like %j', async (settings, expected) => {
    const one = await world.company({ organizationNumber: '313367002' });
    await one.as.put(`/consumer-invoicing/settings?client_account_id=${one.id}`, settings);
    expect((await order(one.keys)).result).toBe(expected);
  });

  it('only an admin; only a company that can have one', async () => {
    const user = await world.company({ role: 'US', organizationNumber: '313367002' });
    expect((await order(user.keys)).result).toBe('ERROR: NO RIGHTS');
    expect(await disable(user.keys)).toBe('ERROR: NO RIGHTS');
    const elsewhere = await world.company({ organizationNumber: '310904473' });
    expect((await order(elsewhere.keys)).result).toBe('ERROR: Bid check towards Nets failed');
    const nameless = await world.company();
    expect((await order(nameless.keys)).result).toBe('ERROR: Bid check towards Nets failed');
  });

  it.each([
    ['down', { kind: 'status', status: 503 }],
    ['a page', { kind: 'html' }],
    ['nonsense', { kind: 'nonsense' }],
  ] as const)('the operator is %s: nothing is ordered', async (_, effect) => {
    const one = await world.company({ organizationNumber: '310332224' });
    world.sandbox.fault({ party: 'efaktura', effect });
    expect((await order(one.keys)).result).toBe('ERROR: Bid check towards Nets failed');
    world.sandbox.reset();
    world.clock.pass(60);
    expect(await disable(one.keys)).toBe('ERROR: Company agreement not found');
  });

  it('ordered, ordered anew, accepted on the page, confirmed, disabled', async () => {
    const { settleIssuerOrder } = await import('../../src/consumer-invoicing/index.ts');
    const one = await world.company({ organizationNumber: '313367002' });
    const email = `signer-${one.id}@example.test`;
    expect((await order(one.keys, { signer_email: email })).result).toBe(`OK: Email sent to ${email}`);
    expect(await disable(one.keys)).toBe('ERROR: Cannot disable agreement. Issuer state is PENDING');
    await order(one.keys, { signer_email: email });
    const [old, link] = await links(email);
    const get = (url: string) => world.server.inject({ url, remoteAddress: world.address });
    expect((await get(old!)).statusCode).toBe(404);
    const page = await get(link!);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Kraftlag AS');
    expect(page.body).toContain('313367002');
    const accept = () =>
      world.server.inject({
        method: 'POST',
        url: link!,
        remoteAddress: world.address,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
        payload: 'decision=accept',
      });
    const answers = await Promise.all([accept(), accept(), accept()]);
    expect(answers.map(({ statusCode }) => statusCode).sort((a, b) => a - b)).toEqual([200, 404, 404]);
    expect((await order(one.keys, { signer_email: email })).result).toBe('ERROR: Unexpected error');
    await settleIssuerOrder(world.platform, one.id);
    const state = async () =>
      (await one.as.get(`/consumer-invoicing/issuer-agreement?client_account_id=${one.id}`)).body.state;
    expect(await state()).toBe('CONFIRMED');
    expect(await disable(one.keys)).toBe('OK');
    expect(await disable(one.keys)).toBe('ERROR: Cannot disable agreement. Issuer state is DISABLED');
    expect((await order(one.keys, { signer_email: email })).result).toBe(`OK: Email sent to ${email}`);
  });

  it('a link that was let lie expires', async () => {
    const one = await world.company({ organizationNumber: '313367002' });
    const email = `late-${one.id}@example.test`;
    await order(one.keys, { signer_email: email });
    const [link] = await links(email);
    world.clock.pass(31 * 86_400);
    expect((await world.server.inject({ url: link!, remoteAddress: world.address })).statusCode).toBe(404);
    expect(await disable(one.keys)).toBe('ERROR: Cannot disable agreement. Issuer state is EXPIRED');
    expect((await order(one.keys, { signer_email: email })).result).toBe(`OK: Email sent to ${email}`);
  });
});
