import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOwner } from '../support/books/people.ts';
import { EMPTY_QUERY } from './envelope.ts';
import { type ClientCall, installNodeClients, SOAP_CLIENTS } from './soap-clients.ts';
import { type SoapWorld, soapWorld } from './soap-world.ts';

let world: SoapWorld;
let address: string;
beforeAll(async () => {
  await installNodeClients();
  world = await soapWorld();
  await world.server.listen({ host: '127.0.0.1', port: 0 });
  address = `http://127.0.0.1:${(world.server.server.address() as AddressInfo).port}`;
}, 180_000);
afterAll(() => world.close());

const UNKNOWN_KEYS = { company_uuid: null, user_api_key: 'nobody', vendor_api_key: null };

describe.each(SOAP_CLIENTS)('$name', ({ isThere, call }) => {
  const answers = (calls: ClientCall[]) => call(`${address}/apis/v1.1/wsdl`, `${address}/apis/v1.1/api`, calls);

  it.runIf(isThere)('calls all seven operations', async () => {
    const { id, as, keys } = await world.company({ organizationNumber: '313367002' });
    await as.post(`/consumer-invoicing/consumers?client_account_id=${id}`, {
      reference_number: '42',
      name: 'Åse Øverås',
    });
    const { body: vendor } = await as.post('/consumer-invoicing/api-keys', {
      kind: 'vendor',
      name: 'Client',
      client_account_id: id,
    });
    const all = { ...keys, vendor_api_key: vendor.key };
    const query = { ...EMPTY_QUERY, name: 'åse' };
    const consumer = {
      state: 'NEW',
      name: 'Åse Øverås',
      phone: null,
      email: null,
      reference_nr: '42',
      customer_nr: null,
    };
    expect(
      await answers([
        ['b2c_issuer_agreement_order', [all, 'Kari Nordmann', 'kari@example.test']],
        ['disable_b2c_issuer_agreement', [all]],
        ['consumer_agreement_status', [all, '42']],
        ['consumer_agreements_query', [all, query]],
        ['vendor_consumer_agreements_query', [all, EMPTY_QUERY]],
        ['atg_agreement_configure', [all, '86011117947', 15, '1-6', null, '{"notif_print":false}']],
        ['atg_mandate_list', [all, '20200101000000']],
      ]),
    ).toEqual([
      'OK: Email sent to kari@example.test',
      'ERROR: Cannot disable agreement. Issuer state is PENDING',
      'OK: NEW',
      { status: 'OK', agreements: [consumer] },
      { status: 'OK', results: [{ company_id: keys.company_uuid, agreements: [consumer] }] },
      'OK',
      { status: 'OK', atg_mandates: [] },
    ]);
  });

  it.runIf(isThere)('reads every refusal', async () => {
    const company = await world.company({ organizationNumber: '313367002' });
    const other = await world.company();
    const several = await world.company();
    await world.people.role(other.id, several.user.id, 'CA');
    const locked = await world.company();
    await asOwner('update client_accounts set is_active = false where id = $1', [locked.id]);
    const inactive = await world.company();
    await asOwner('update users set is_active = false where id = $1', [inactive.user.id]);
    const employee = await world.company({ role: 'US' });
    const { keys } = company;
    const answerTo = (status: string, ...more: string[]) => ({
      status,
      ...Object.fromEntries(more.map((member) => [member, null])),
    });
    const configure = (values: unknown[]): ClientCall => ['atg_agreement_configure', [keys, ...values]];
    const refusals: [ClientCall, unknown][] = [
      [['consumer_agreement_status', [UNKNOWN_KEYS, '42']], 'ERROR: USER NOT FOUND'],
      [['consumer_agreement_status', [inactive.keys, '42']], 'ERROR: USER NOT ACTIVATED'],
      [['consumer_agreement_status', [{ ...keys, vendor_api_key: 'nobody' }, '42']], 'ERROR: VENDOR API KEY DISABLED'],
      [['consumer_agreement_status', [{ ...keys, company_uuid: 'x' }, '42']], 'ERROR: COMPANY NOT FOUND'],
      [
        ['consumer_agreement_status', [{ ...several.keys, company_uuid: null }, '42']],
        'ERROR: USER BELONGS TO MULTIPLE COMPANIES, NO COMPANY ID GIVEN',
      ],
      [
        ['consumer_agreement_status', [{ ...keys, company_uuid: other.keys.company_uuid }, '42']],
        'ERROR: USER HAS NO RIGHTS TO COMPANY',
      ],
      [['consumer_agreement_status', [locked.keys, '42']], 'ERROR: COMPANY ACCOUNT IS LOCKED'],
      [['consumer_agreement_status', [keys, 'none']], 'ERROR: CONSUMER NOT FOUND'],
      [['b2c_issuer_agreement_order', [keys, 'Kari', 'kari']], 'ERROR: signer_name or signer_email missing or invalid'],
      [['b2c_issuer_agreement_order', [employee.keys, 'Kari', 'kari@example.test']], 'ERROR: NO RIGHTS'],
      [
        ['b2c_issuer_agreement_order', [other.keys, 'Kari', 'kari@example.test']],
        'ERROR: Bid check towards Nets failed',
      ],
      [['disable_b2c_issuer_agreement', [employee.keys]], 'ERROR: NO RIGHTS'],
      [['disable_b2c_issuer_agreement', [keys]], 'ERROR: Company agreement not found'],
      [['consumer_agreements_query', [UNKNOWN_KEYS, EMPTY_QUERY]], answerTo('ERROR: USER NOT FOUND', 'agreements')],
      [['consumer_agreements_query', [keys, EMPTY_QUERY]], answerTo('ERROR: No agreements found', 'agreements')],
      [
        ['consumer_agreements_query', [keys, { ...EMPTY_QUERY, timestamp: 'today' }]],
        answerTo('ERROR: Timestamp format error', 'agreements'),
      ],
      [
        ['vendor_consumer_agreements_query', [keys, EMPTY_QUERY]],
        answerTo('ERROR: No rights to vendor API key', 'results'),
      ],
      [['atg_mandate_list', [keys, 'today']], answerTo('ERROR: Timestamp format error', 'atg_mandates')],
      [
        ['atg_mandate_list', [employee.keys, '20200101000000']],
        answerTo('ERROR: No rights to settings', 'atg_mandates'),
      ],
      [configure(['86011117948', 15, '1-6', null, null]), 'ERROR: Invalid account_number'],
      [configure(['86011117947', 26, '1-6', null, null]), 'ERROR: Invalid kid_length'],
      [configure(['86011117947', 15, '6-1', null, null]), 'ERROR: Invalid reference_position'],
      [configure(['86011117947', 15, '1-6', '15-16', null]), 'ERROR: Invalid payment_type_position'],
      [configure(['86011117947', 15, '1-6', null, 'yes']), 'ERROR: OPTIONS PARAMETER FORMAT IS INVALID'],
    ];
    const found = await answers(refusals.map(([one]) => one));
    expect(found).toEqual(refusals.map(([, expected]) => expected));
  });
});
