import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../src/platform/errors.ts';
import type { SoapOperation } from '../../src/consumer-invoicing/soap/soap-types.ts';
import { writeSoapTime } from '../../src/consumer-invoicing/soap/soap-time.ts';
import { statusText, unexpectedText } from '../../src/consumer-invoicing/soap/status-text.ts';
import { Random } from '../crash/random.ts';
import type { Answer } from '../support/api.ts';
import { asOwner } from '../support/people.ts';
import { type SoapWorld, soapWorld } from './soap-world.ts';

let world: SoapWorld;
beforeAll(async () => {
  world = await soapWorld();
});
afterAll(() => world.close());

type Company = Awaited<ReturnType<SoapWorld['company']>> & { vendorKey: { id: number; key: string } };

async function company(role?: 'US'): Promise<Company> {
  const made = await world.company({ organizationNumber: '313367002', ...(role ? { role } : {}) });
  if (role) return { ...made, vendorKey: { id: 0, key: '' } };
  const { body } = await made.as.post('/consumer-invoicing/api-keys', {
    kind: 'vendor',
    name: 'Program',
    client_account_id: made.id,
  });
  return { ...made, vendorKey: body };
}

const STATUS = { nb: '', en: '', status: 400 } as const;

/** SOAP's text for a REST response: that of its error, or of its success. */
function textOf(operation: SoapOperation, { status, body }: Answer, success: string): string {
  if (status < 300) return success;
  const { code, ...facts } = body.details;
  return statusText(operation, new AppError(code, STATUS, facts)) ?? unexpectedText(operation);
}

const consumerOut = (one: any) => ({
  state: one.status,
  name: one.name,
  phone: one.phone,
  email: one.email,
  reference_nr: one.reference_number,
  customer_nr: one.customer_number,
});

/**
 * One step of a random walk, done to one company over SOAP and to its twin over REST. Gives what came of it on either side, in
 * the words of SOAP.
 */
async function step(
  random: Random,
  soap: Company,
  rest: Company,
): Promise<[what: string, soap: unknown, rest: unknown]> {
  const one = <T>(...choices: T[]): T => choices[random.below(choices.length)]!;
  const own = (path: string, query = '') => `/consumer-invoicing/${path}?client_account_id=${rest.id}${query}`;
  const keys = { ...soap.keys, vendor_api_key: one(null, soap.vendorKey.key) };
  const call = async (operation: SoapOperation, args: object) =>
    (await world.call(operation, { api_keys: keys, ...args })).result;
  const reference = one('100', '101', '102', 'nobody');
  switch (random.below(9)) {
    case 0: {
      // Neither surface alone: what the operator, the consumers and the settings bring, to both.
      const state = one('CONFIRMED', 'REJECTED');
      for (const { id } of [soap, rest])
        await asOwner(
          `update issuer_agreements set state = $2, state_at = now() where client_account_id = $1 and state = 'PENDING'`,
          [id, state],
        );
      return ['operator', null, null];
    }
    case 1: {
      const settings = {
        ocr_account_number: one(null, '86011117947', '86011117948'),
        ocr_kid_length: one(null, '15', '3'),
        ocr_reference_position: one(null, '1-6', '14-15'),
      };
      const answers = [soap, rest].map(({ id, as }) =>
        as.put(`/consumer-invoicing/settings?client_account_id=${id}`, settings),
      );
      const [left, right] = await Promise.all(answers);
      return ['settings', left!.status, right!.status];
    }
    case 2: {
      const known = {
        reference_number: reference,
        name: one('Åse Øverås', 'Per', null),
        phone: one(null, '+4740000001'),
        email: one(null, 'ase@example.test'),
        customer_number: one(null, 'K1'),
      };
      const answers = [soap, rest].map(({ id, as }) =>
        as.post(`/consumer-invoicing/consumers?client_account_id=${id}`, known),
      );
      const [left, right] = await Promise.all(answers);
      return [`consumer ${reference}`, left!.status, right!.status];
    }
    case 3: {
      const signer = { signer_name: one('Kari Nordmann', ' '), signer_email: one('kari@example.test', 'kari', 'a@b') };
      const operation = 'b2c_issuer_agreement_order';
      const answer = await rest.as.post(own('issuer-agreement'), signer);
      const said = textOf(operation, answer, `OK: Email sent to ${signer.signer_email}`);
      return [operation, await call(operation, signer), said];
    }
    case 4: {
      const operation = 'disable_b2c_issuer_agreement';
      return [
        operation,
        await call(operation, {}),
        textOf(operation, await rest.as.delete(own('issuer-agreement')), 'OK'),
      ];
    }
    case 5: {
      const operation = 'consumer_agreement_status';
      const answer = await rest.as.get(own(`consumers/${reference}`));
      return [
        operation,
        await call(operation, { reference_nr: reference }),
        textOf(operation, answer, `OK: ${answer.body.status}`),
      ];
    }
    case 6: {
      const operation = 'consumer_agreements_query';
      const since = one(null, new Date(world.clock.now().getTime() - 60_000 * random.below(30)));
      const filter = {
        name: one(null, 'øver', 'PER'),
        phone: one(null, '+4740000001'),
        email: one(null, 'ASE@example.test'),
        state: one(null, 'NEW', 'ACTIVE'),
        reference_nr: one(null, reference),
        customer_nr: one(null, 'K1', 'K2'),
      };
      const asked = new URLSearchParams();
      for (const [from, to] of [
        ['name', 'name'],
        ['phone', 'phone'],
        ['email', 'email'],
        ['state', 'status'],
        ['reference_nr', 'reference_number'],
        ['customer_nr', 'customer_number'],
      ] as const)
        if (filter[from] !== null) asked.set(to, filter[from]);
      if (since) asked.set('changed_since', `${since.toISOString().slice(0, 19)}Z`);
      const answer = await rest.as.get(own('consumers', `&${asked.toString()}`));
      const found = answer.body.data?.map(consumerOut);
      const refused = textOf(operation, answer, found?.length > 0 ? 'OK' : 'ERROR: No agreements found');
      const query = { ...filter, timestamp: since && writeSoapTime(since) };
      return [
        operation,
        await call(operation, { query }),
        { status: refused, agreements: refused === 'OK' ? found : null },
      ];
    }
    case 7: {
      const operation = 'atg_agreement_configure';
      const told = {
        account_number: one('86011117947', '12345678901', '1'),
        kid_length: one('15', '3', '26', '10'),
        reference_position: one('1-6', '6-1', '1-15', 'x'),
        payment_type_position: one(null, '7-8', '5-7', '15-15'),
      };
      const { account_number: account, kid_length: length, ...positions } = told;
      const notices = one(undefined, false);
      const options = notices === undefined ? null : JSON.stringify({ notif_print: notices });
      const answer = await rest.as.put(own(`avtalegiro/agreements/${account}`), {
        kid_length: Number(length),
        ...positions,
        ...(notices === undefined ? {} : { notification_by_print: notices }),
      });
      return [operation, await call(operation, { ...told, options }), textOf(operation, answer, 'OK')];
    }
    default: {
      const operation = 'atg_mandate_list';
      const answer = await rest.as.get(own('avtalegiro/mandates', '&changed_since=2020-01-01T00:00:00Z'));
      const found = await call(operation, { timestamp: '20200101000000' });
      const status = textOf(operation, answer, 'OK');
      return [operation, [found.status, found.atg_mandates?.length], [status, answer.body.data?.length]];
    }
  }
}

it.each([
  ['an administrator', 1, undefined],
  ['a user without rights to settings', 4, 'US' as const],
])('a random walk of %s comes to the same over SOAP and REST', { timeout: 120_000 }, async (_, seed, role) => {
  const random = new Random(seed);
  const [soap, rest] = [await company(role), await company(role)];
  const trail: string[] = [];
  for (let n = 0; n < 120; n++) {
    const [what, left, right] = await step(random, soap, rest);
    trail.push(`${what}: ${JSON.stringify(left)}`);
    expect(left, trail.slice(-6).join('\n')).toEqual(right);
    world.clock.pass(30);
  }
  // Both have come to the same agreements.
  const states = async ({ id }: Company) =>
    (
      await asOwner(
        `select 'issuer' as what, state, null as more from issuer_agreements where client_account_id = $1
         union all select reference_nr, state, name from consumer_agreements where client_account_id = $1
         union all select account_number, kid_length::text, notif_print::text from avtalegiro_agreements where client_account_id = $1
         order by 1, 2, 3`,
        [id],
      )
    ).rows;
  expect(await states(soap)).toEqual(await states(rest));
});
