import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../src/platform/errors.ts';
import type { SoapOperation } from '../../src/consumer-invoicing/soap/soap-types.ts';
import { writeSoapTime } from '../../src/consumer-invoicing/soap/soap-time.ts';
import { statusText, unexpectedText } from '../../src/consumer-invoicing/soap/status-text.ts';
import { Random } from '../crash/random.ts';
import type { Answer } from '../support/http/api.ts';
import { asOwner } from '../support/books/people.ts';
import { EMPTY_QUERY } from './envelope.ts';
import { type SoapWorld, soapWorld } from './soap-world.ts';

let world: SoapWorld;
beforeAll(async () => {
  world = await soapWorld();
});
afterAll(() => world.close());

interface VendorKey {
  id: number;
  key: string;
}

type Company = Awaited<ReturnType<SoapWorld['company']>> & { vendorKey: VendorKey | null };

async function company(role?: 'US'): Promise<Company> {
  const made = await world.company({ organizationNumber: '313367002', ...(role ? { role } : {}) });
  if (role) return { ...made, vendorKey: null };
  const { body } = await made.as.post('/consumer-invoicing/api-keys', {
    kind: 'vendor',
    name: 'Program',
    client_account_id: made.id,
  });
  // REST requests do not name the software: both companies are linked to their software from the start.
  await serve(body, made);
  return { ...made, vendorKey: body };
}

const serve = ({ id }: VendorKey, company: { id: number }) =>
  world.platform.database.transaction({ clientAccounts: [company.id], mode: 'write' }, (tx) =>
    tx.execute(sql`
      insert into consumer_invoicing_vendor_companies values (${id}, ${company.id}, now()) on conflict do nothing`),
  );

const leave = ({ id }: VendorKey, company: { id: number }) =>
  world.platform.database.transaction({ clientAccounts: [company.id], mode: 'write' }, (tx) =>
    tx.execute(sql`
      delete from consumer_invoicing_vendor_companies where vendor_key_id = ${id} and company_id = ${company.id}`),
  );

/** Company ids as the protocol knows them. */
async function servedBy({ id }: VendorKey): Promise<string[]> {
  const { rows } = await asOwner(
    `select c.uuid from consumer_invoicing_vendor_companies v join client_accounts c on c.id = v.company_id
     where v.vendor_key_id = $1 order by 1`,
    [id],
  );
  return rows.map(({ uuid }) => uuid);
}

/** Another vendor, and a company with consumers that either vendor may come to serve. */
interface Others {
  vendorKey: VendorKey;
  customer: Company;
}

async function others(): Promise<Others> {
  const [vendor, customer] = [await company(), await company()];
  for (const number of ['100', '900'])
    await customer.as.post(`/consumer-invoicing/consumers?client_account_id=${customer.id}`, {
      reference_number: number,
      name: 'Åse Øverås',
    });
  return { vendorKey: vendor.vendorKey!, customer };
}

const named = ({ keys }: Company, uuid: string) => (uuid === keys.company_uuid ? 'own' : uuid);

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

/** A query in the form of SOAP, and its parameters for REST. */
function randomFilter(one: <T>(...choices: T[]) => T, reference: string) {
  const minutes = one(null, 1, 5, 30);
  const since = minutes === null ? null : new Date(world.clock.now().getTime() - 60_000 * minutes);
  const query = {
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
    if (query[from] !== null) asked.set(to, query[from]);
  if (since) asked.set('changed_since', `${since.toISOString().slice(0, 19)}Z`);
  return { query: { ...query, timestamp: since && writeSoapTime(since) }, asked: `&${asked.toString()}` };
}

/**
 * One step of a random walk, applied to one company over SOAP and to its twin over REST. Returns the result of each, in the
 * words of SOAP.
 */
async function step(
  random: Random,
  soap: Company,
  rest: Company,
  other: Others,
): Promise<[what: string, soap: unknown, rest: unknown]> {
  const one = <T>(...choices: T[]): T => choices[random.below(choices.length)]!;
  const own = (path: string, query = '') => `/consumer-invoicing/${path}?client_account_id=${rest.id}${query}`;
  const keys = { ...soap.keys, vendor_api_key: one(null, soap.vendorKey?.key ?? null) };
  const call = async (operation: SoapOperation, args: object) =>
    (await world.call(operation, { api_keys: keys, ...args })).result;
  const reference = one('100', '101', '102', 'nobody');
  switch (random.below(11)) {
    case 0: {
      // Done to both outside the surfaces: changes by the operator, the consumers and the settings.
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
      const { query, asked } = randomFilter(one, reference);
      const answer = await rest.as.get(own('consumers', asked));
      const found = answer.body.data?.map(consumerOut);
      const refused = textOf(operation, answer, found?.length > 0 ? 'OK' : 'ERROR: No agreements found');
      return [
        operation,
        await call(operation, { query }),
        { status: refused, agreements: refused === 'OK' ? found : null },
      ];
    }
    case 7: {
      const operation = 'atg_agreement_configure';
      const agreement = {
        account_number: one('86011117947', '12345678901', '1'),
        kid_length: one('15', '3', '26', '10'),
        reference_position: one('1-6', '6-1', '1-15', 'x'),
        payment_type_position: one(null, '7-8', '5-7', '15-15'),
      };
      const { account_number: account, kid_length: length, ...positions } = agreement;
      const notices = one(undefined, false);
      const options = notices === undefined ? null : JSON.stringify({ notif_print: notices });
      const answer = await rest.as.put(own(`avtalegiro/agreements/${account}`), {
        kid_length: Number(length),
        ...positions,
        ...(notices === undefined ? {} : { notification_by_print: notices }),
      });
      return [operation, await call(operation, { ...agreement, options }), textOf(operation, answer, 'OK')];
    }
    case 8: {
      // Done to both outside the surfaces: the link to the company's own software and to the other vendor's.
      const change = one(serve, leave);
      const [isOther, isCustomer] = [one(true, false), one(true, false)];
      for (const company of [soap, rest]) {
        const key = isOther ? other.vendorKey : company.vendorKey;
        if (key && (isOther || isCustomer)) await change(key, isCustomer ? other.customer : company);
      }
      return ['vendors', null, null];
    }
    case 9: {
      const operation = 'vendor_consumer_agreements_query';
      const { query, asked } = one(true, false) ? { query: EMPTY_QUERY, asked: '' } : randomFilter(one, reference);
      const isOther = rest.vendorKey === null || random.below(4) === 0;
      const key = (company: Company) => (isOther ? other.vendorKey : company.vendorKey!);
      const answer = await rest.as.get(own(`vendor-keys/${key(rest).id}/consumers`, asked));
      const soapKeys = { ...soap.keys, vendor_api_key: key(soap).key };
      const { status, results } = (await world.call(operation, { api_keys: soapKeys, query })).result;
      const answered = textOf(operation, answer, 'OK');
      if (answered !== 'OK') return [operation, [status, results], [answered, null]];
      const found = answer.body.map(({ company_uuid: uuid, consumers }: any) => ({
        uuid,
        agreements: consumers.map(consumerOut),
      }));
      const served = await servedBy(key(rest));
      for (const { uuid } of found) expect(served).toContain(uuid);
      return [
        operation,
        [status, results.map(({ company_id: uuid, agreements }: any) => [named(soap, uuid), agreements])],
        [answered, found.map(({ uuid, agreements }: any) => [named(rest, uuid), agreements])],
      ];
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
  const [soap, rest, other] = [await company(role), await company(role), await others()];
  const trail: string[] = [];
  for (let n = 0; n < 150; n++) {
    const [what, left, right] = await step(random, soap, rest, other);
    trail.push(`${what}: ${JSON.stringify(left)}`);
    expect(left, trail.slice(-6).join('\n')).toEqual(right);
    world.clock.pass(30);
  }
  // Both have reached the same agreements.
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
