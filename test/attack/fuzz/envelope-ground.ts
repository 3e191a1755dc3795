import { randomUUID } from 'node:crypto';
import { EMPTY_QUERY, envelope, type SoapArgs } from '../../consumer-invoicing/envelope.ts';
import type { Attacked } from '../support/server.ts';
import { newOwned, type Owned } from '../support/world.ts';
import { type EnvelopeResult, fuzzEnvelopes } from './envelopes.ts';

/** Two companies with consumers: the envelopes of one are mutated, data of the other must never be visible. */
export async function attackEnvelopes(
  attacked: Attacked,
  options: { count: number; seed: number; progress?: (sent: number) => void },
): Promise<EnvelopeResult> {
  const { server } = attacked;
  const [own, victim] = [await company(attacked), await company(attacked)];
  const keys = own.keys;
  const calls: [string, SoapArgs][] = [
    ['b2c_issuer_agreement_order', { api_keys: keys, signer_name: 'Kari Nordmann', signer_email: 'kari@example.test' }],
    ['disable_b2c_issuer_agreement', { api_keys: keys }],
    ['consumer_agreement_status', { api_keys: keys, reference_nr: own.reference }],
    ['consumer_agreements_query', { api_keys: keys, query: EMPTY_QUERY }],
    ['vendor_consumer_agreements_query', { api_keys: keys, query: EMPTY_QUERY }],
    ['atg_mandate_list', { api_keys: keys, timestamp: '20200101000000' }],
    [
      'atg_agreement_configure',
      {
        api_keys: keys,
        account_number: '86011117947',
        kid_length: '15',
        reference_position: '1-6',
        payment_type_position: null,
        options: '{"notif_print":false}',
      },
    ],
  ];
  const address = '203.0.113.77';
  attacked.takeErrors();
  return fuzzEnvelopes({
    ...options,
    valid: calls.map(([operation, args]) => envelope(operation, args)),
    foreign: [victim.uuid, victim.reference],
    hidden: [victim.name],
    takeErrors: () => attacked.takeErrors(),
    async post(payload) {
      const answer = await server.inject({
        method: 'POST',
        url: '/apis/v1.1/api',
        remoteAddress: address,
        headers: { 'content-type': 'text/xml' },
        payload,
      });
      return { status: answer.statusCode, text: answer.body };
    },
  });
}

async function company({ server, platform }: Attacked) {
  const owned: Owned = await newOwned(server, platform.database);
  const { owner, clientAccountId: id } = owned;
  const key = async (more: object) =>
    ((await owner.must('POST', '/consumer-invoicing/api-keys', more)) as { key: string }).key;
  const [reference, name] = [randomUUID().slice(0, 8), `Forbruker ${randomUUID()}`];
  await owner.must('POST', `/consumer-invoicing/consumers?client_account_id=${id}`, {
    reference_number: reference,
    name,
  });
  const uuid = await uuidOf(platform, id);
  const keys = {
    company_uuid: uuid,
    user_api_key: await key({ kind: 'user' }),
    vendor_api_key: await key({ kind: 'vendor', name: 'Fuzz', client_account_id: id }),
  };
  return { keys, uuid, reference, name };
}

async function uuidOf({ database }: Attacked['platform'], id: number): Promise<string> {
  const found = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
    tx.named<{ uuid: string }>('uuid-of-company', 'select uuid from client_accounts where id = $1', [id]),
  );
  return found[0]!.uuid;
}
