import sql from 'sql-template-tag';
import { onItsOwn } from '../../platform/database/one-transaction.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Effect } from '../../../sandbox/faults.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { connect, type Connected, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import { integrationRoutes } from '../../integrations/index.ts';
import type { Platform } from '../../platform/operation.ts';
import { assetsRoutes } from '../index.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock) };
const api = apiOf([...assetsRoutes, ...integrationRoutes], platform);
const english = { 'accept-language': 'en' };

let connected: Connected;
beforeEach(async () => {
  sandbox.reset();
  connected = await connect(sandbox, clock);
  platform.outside = connected.outside;
});

const OWNER = '310049573';
const EXAMPLE = { external_id: '3817404-31/139/0/0', external_source: 'skatteetaten', tax_year: 2025 };

async function assetOf(
  organizationNumber: string | undefined = OWNER,
  assetClass: string | null = 'COMMERCIAL_BUILDINGS',
): Promise<{ books: Books; id: number }> {
  const books = await openBooks({ clock, ...(organizationNumber ? { organizationNumber } : {}) });
  const made = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Kontorbygning Sentrum',
    asset_class: assetClass,
    acquisition_date: '2020-06-01',
  });
  expect(made.status).toBe(201);
  return { books, id: made.body.id };
}

async function attached(organizationNumber: string, externalId: string, taxYear = 2025) {
  const { books, id } = await assetOf(organizationNumber);
  const body = { external_id: externalId, tax_year: taxYear };
  const answer = await api('POST', `/assets/${id}/property`, books.token, body, english);
  expect([answer.status, answer.body.error]).toEqual([201, undefined]);
  return { books, id, property: answer.body.property };
}

const stored = async ({ books, id }: { books: Books; id: number }) =>
  (await api('GET', `/assets/${id}?with=property`, books.token)).body;

describe('row 11: attaching', () => {
  test('the request of the specification gives the property of the specification', async () => {
    const { books, id } = await assetOf();
    const { status, body } = await api('POST', `/assets/${id}/property`, books.token, EXAMPLE);
    expect(status).toBe(201);
    expect(body).toEqual({
      id,
      name: 'Kontorbygning Sentrum',
      client_account_id: books.clientAccountId,
      sequence_number: 1,
      is_active: true,
      asset_class: 'COMMERCIAL_BUILDINGS',
      acquisition_date: '2020-06-01',
      retirement_date: null,
      auto_depreciate: true,
      autonomy_level: null,
      external_source: 'skatteetaten',
      external_id: '3817404-31/139/0/0',
      created_at: '2026-03-15T10:00:00Z',
      updated_at: '2026-03-15T10:00:00Z',
      created_by_id: books.userId,
      updated_by_id: books.userId,
      property: {
        id: body.property.id,
        asset_id: id,
        municipality_code: '4601',
        municipality_name: 'Bergen',
        land_number: '31',
        title_number: '139',
        lease_number: null,
        section_number: null,
        cooperative_org_number: null,
        share_number: null,
        country_code: 'NO',
        street_address: 'Strandgaten 18',
        postal_code: '5013',
        postal_area: 'Bergen',
        additional_addresses: null,
        cadastral_number: '4601-31/139/0/0',
        established_date: '2005-08-15',
        is_historical: false,
        building_type: 'COMMERCIAL_BUILDING',
        construction_year: 1985,
        ownership_type: 'SELF_OWNED',
        rental_status: 'NOT_RENTED',
        usable_area_m2: 420,
        bra_internal_m2: null,
        bra_external_m2: null,
        bra_enclosed_balcony_m2: null,
        gross_area_m2: null,
        primary_area_m2: null,
        secondary_area_m2: null,
        ownership_share: '1.000',
        documented_market_value: null,
        created_at: '2026-03-15T10:00:00Z',
        created_by_id: books.userId,
        updated_at: '2026-03-15T10:00:00Z',
        updated_by_id: books.userId,
      },
    });
    expect(await stored({ books, id })).toEqual(body);
    const audit = (await auditOf(books, id)).at(-1);
    expect(audit).toMatchObject({
      operation: 'asset.attach-property',
      before: { external_id: null, property: null },
      after: body,
    });
  });

  // prettier-ignore
  test.each<[owner: string, externalId: string, taxYear: number, found: object]>([
    ['311180959', '4600101-61/402/0/0', 2025, { building_type: 'DETACHED_HOUSE', construction_year: 2000, usable_area_m2: 150, ownership_type: 'SELF_OWNED', rental_status: null }],
    ['311180959', '4600101-61/402/0/0', 2021, { building_type: 'DETACHED_HOUSE', construction_year: 2000, usable_area_m2: 150, ownership_share: '1.000' }],
    ['311688480', '4600102', 2024, { building_type: 'ROW_HOUSE', ownership_share: '0.500', street_address: 'Tjernsvingen 14B', municipality_name: 'Oslo', land_number: '88', is_historical: false }],
    ['311688480', '4600102', 2023, { building_type: 'ROW_HOUSE', ownership_share: '0.500' }],
    ['312805243', '4600103-164/902/0/3', 2025, { building_type: 'APARTMENT', section_number: '3', lease_number: null, documented_market_value: '3900000.00',
      additional_addresses: [{ street_address: 'Kalvedalsslipen 5A', postal_code: '5018', postal_area: 'Bergen' }], cadastral_number: '4601-164/902/0/3' }],
    ['311180959', '4600104-59/1/49/0', 2022, { building_type: 'DETACHED_HOUSE', lease_number: '49', ownership_type: 'LEASED_SITE' }],
    ['311688480', '4600110-313771539/12', 2025, { building_type: 'APARTMENT', ownership_type: 'HOUSING_COOPERATIVE', cooperative_org_number: '313771539', share_number: '12', established_date: '1964-01-10' }],
    ['311688480', '4600111-310976830/4', 2023, { building_type: 'APARTMENT', ownership_type: 'SHARE_HOUSING', share_number: '4' }],
    ['314173546', '4600200-70/214/0/0', 2025, { building_type: 'MULTI_UNIT_BUILDING', usable_area_m2: 800, construction_year: 2016 }],
    ['314173546', '4600200-70/214/0/0', 2020, { building_type: 'MULTI_UNIT_BUILDING', usable_area_m2: 800, construction_year: 2016 }],
    ['312974436', '4600300', 2023, { building_type: 'COMMERCIAL_BUILDING', rental_status: 'NOT_RENTED', usable_area_m2: 250, street_address: null, postal_code: null }],
    ['312169053', '4600301', 2025, { building_type: 'COMMERCIAL_BUILDING', rental_status: 'FULLY_RENTED' }],
    ['312869179', '4600400', 2025, { building_type: 'CABIN', ownership_type: 'LEASED_SITE', postal_area: 'Berg i Østfold' }],
    ['313191796', '4600500', 2025, { building_type: 'AGRICULTURAL_BUILDING' }],
    ['312915103', '4600501', 2019, { building_type: 'OTHER', municipality_name: 'Sør-Varanger', established_date: '2019-06-17' }],
    ['310459402', '4600502', 2025, { building_type: 'OTHER', is_historical: true }],
    // Another owner's property: the registry returns less.
    ['310049573', '4600101', 2025, { building_type: null, usable_area_m2: null, ownership_share: null, ownership_type: 'SELF_OWNED' }],
  ])('%s attaches %s in %i', async (owner, externalId, taxYear, found) => {
    expect((await attached(owner, externalId, taxYear)).property).toMatchObject(found);
  });

  test.each<[string, object, number, string, object?]>([
    ['no body fields', {}, 400, 'request.invalid', { fields: [{ path: 'external_id' }, { path: 'tax_year' }] }],
    ['empty external_id', { ...EXAMPLE, external_id: '' }, 400, 'request.invalid'],
    ['tax_year as text', { ...EXAMPLE, tax_year: '2025' }, 400, 'request.invalid'],
    [
      'another source',
      { ...EXAMPLE, external_source: 'kartverket' },
      400,
      'request.invalid',
      { fields: [{ path: 'external_source' }] },
    ],
    ['an unknown field', { ...EXAMPLE, building_type: 'CABIN' }, 400, 'request.invalid'],
    [
      'an external_id of another form',
      { ...EXAMPLE, external_id: '4601-31/139/0/0/0/0' },
      400,
      'assets.malformed_external_id',
    ],
    ['a path as external_id', { ...EXAMPLE, external_id: '../soek/2025' }, 400, 'assets.malformed_external_id'],
    ['a tail of another property', { ...EXAMPLE, external_id: '3817404-31/140/0/0' }, 400, 'assets.other_property'],
    ['a property that does not exist', { ...EXAMPLE, external_id: '999999999' }, 400, 'skatteetaten.eiendom_014'],
    ['an expired one', { ...EXAMPLE, external_id: '4600701' }, 400, 'skatteetaten.eiendom_015'],
    ['an ambiguous one', { ...EXAMPLE, external_id: '4600700' }, 400, 'skatteetaten.eiendom_013'],
    ['one without basis', { ...EXAMPLE, external_id: '4600702' }, 400, 'skatteetaten.eiendom_019'],
    [
      'a housing company (ukjentEiendomINorge)',
      { ...EXAMPLE, external_id: '4600600' },
      400,
      'skatteetaten.unknown_property',
    ],
    [
      'a divided one, before 2024',
      { ...EXAMPLE, external_id: '4600602', tax_year: 2022 },
      400,
      'skatteetaten.unknown_property',
    ],
    ['a year that is not supported', { ...EXAMPLE, tax_year: 2018 }, 400, 'skatteetaten.eiendom_050'],
    ['a year to come', { ...EXAMPLE, tax_year: 2027 }, 400, 'skatteetaten.eiendom_050'],
  ])('is refused: %s', async (_, body, status, code, details = {}) => {
    const asset = await assetOf();
    const before = await stored(asset);
    const answer = await api('POST', `/assets/${asset.id}/property`, asset.books.token, body, english);
    expect([answer.status, answer.body.details.code]).toEqual([status, code]);
    expect(answer.body.details).toMatchObject(details);
    expect(await stored(asset)).toEqual(before);
  });

  test.each<[string, { owner?: string | undefined; assetClass?: string | null }, number, string]>([
    ['a class without real estate', { assetClass: 'OFFICE_EQUIPMENT' }, 400, 'assets.class_has_no_property'],
    ['no class', { assetClass: null }, 400, 'assets.class_has_no_property'],
    ['a client account without organisation number', { owner: undefined }, 400, 'integrations.no_organization_number'],
    ['no approved system user', { owner: '311012940' }, 400, 'system_users.none'],
    ['a system user without the right', { owner: '310904473' }, 400, 'skatteetaten.no_right'],
  ])('is refused for %s', async (_, { owner = OWNER, assetClass = 'LAND', ...rest }, status, code) => {
    const without = 'owner' in { ...rest, ...(code === 'integrations.no_organization_number' ? { owner } : {}) };
    const books = await openBooks({ clock, ...(without ? {} : { organizationNumber: owner }) });
    const fields = { client_account_id: books.clientAccountId, name: 'X', asset_class: assetClass };
    const { body: asset } = await api('POST', '/assets', books.token, fields);
    const answer = await api('POST', `/assets/${asset.id}/property`, books.token, EXAMPLE, english);
    expect([answer.status, answer.body.details.code]).toEqual([status, code]);
    expect(await stored({ books, id: asset.id })).toMatchObject({ external_id: null, property: null });
  });

  test('what is wrong here is refused before anybody outside is asked', async () => {
    const { books, id } = await assetOf(OWNER, 'OFFICE_EQUIPMENT');
    await api('POST', `/assets/${id}/property`, books.token, EXAMPLE);
    expect(connected.calls).toEqual([]);
    const nowhere = await api('POST', `/assets/${id + 500}/property`, books.token, EXAMPLE);
    const other = await openBooks();
    const foreign = await api('POST', `/assets/${id}/property`, other.token, EXAMPLE);
    const unchecked = await api('POST', `/assets/${id}/property`, other.token, {});
    expect([nowhere.status, foreign.status, unchecked.status]).toEqual([404, 403, 403]);
  });

  test('without a connection it says so', async () => {
    platform.outside = {};
    const { books, id } = await assetOf();
    const answer = await api('POST', `/assets/${id}/property`, books.token, EXAMPLE, english);
    expect([answer.status, answer.body.error]).toEqual([
      503,
      'No connection to Skatteetaten is configured on this installation',
    ]);
  });

  test('the same property again is a new sync: registry anew, what people set stays, empty fields are filled', async () => {
    const { books, id } = await attached('312805243', '4600103-164/902/0/3');
    await api('PATCH', `/assets/${id}/property`, books.token, {
      building_type: 'STUDIO',
      usable_area_m2: 75,
      construction_year: null,
      bra_internal_m2: 71,
    });
    await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`update asset_properties set municipality_name = 'Gammel', street_address = null
        where client_account_id = ${books.clientAccountId}`),
    );
    clock.pass(60);
    const again = await api('POST', `/assets/${id}/property`, books.token, {
      external_id: '4600103-164/902/0/3',
      tax_year: 2023,
    });
    expect(again.status).toBe(201);
    expect(again.body.property).toMatchObject({
      building_type: 'STUDIO',
      usable_area_m2: 75,
      construction_year: 1953,
      bra_internal_m2: 71,
      documented_market_value: '3900000.00',
      municipality_name: 'Bergen',
      street_address: 'Kalvedalsslipen 3',
    });
    expect(again.body.property.updated_at > again.body.property.created_at).toBe(true);
  });

  test('another property is refused until the first is detached', async () => {
    const { books, id } = await attached('311180959', '4600101');
    const calls = connected.calls.length;
    const other = { external_id: '4600104', tax_year: 2025 };
    const refused = await api('POST', `/assets/${id}/property`, books.token, other, english);
    expect([refused.status, refused.body.error]).toEqual([
      400,
      'The asset is already linked to the property 4600101; detach it first',
    ]);
    expect(connected.calls.length).toBe(calls);
    await api('DELETE', `/assets/${id}/property`, books.token);
    expect((await api('POST', `/assets/${id}/property`, books.token, other)).status).toBe(201);
  });

  test('a repeated request under its key gives the stored answer and asks nobody', async () => {
    const { books, id } = await assetOf();
    const key = { 'idempotency-key': 'attach-1' };
    const first = await api('POST', `/assets/${id}/property`, books.token, EXAMPLE, key);
    const calls = connected.calls.length;
    const second = await api('POST', `/assets/${id}/property`, books.token, EXAMPLE, key);
    expect([second.status, second.body, second.headers['idempotent-replayed']]).toEqual([201, first.body, 'true']);
    expect(connected.calls.length).toBe(calls);
    const other = await api('POST', `/assets/${id}/property`, books.token, { ...EXAMPLE, tax_year: 2024 }, key);
    expect(other.status).toBe(409);
  });
});

describe('overlapping changes', () => {
  const slowly = (path: string) =>
    sandbox.fault({ party: 'skatteetaten', path, times: 1, effect: { kind: 'delay', ms: 250 } });

  test.each<[string, (books: Books, id: number) => Promise<{ status: number }>]>([
    ['the asset', (books, id) => api('PUT', `/assets/${id}`, books.token, { name: 'Nytt navn' })],
    ['its class', (books, id) => api('PUT', `/assets/${id}`, books.token, { asset_class: 'SOFTWARE' })],
    ['another attach of it', (books, id) => api('POST', `/assets/${id}/property`, books.token, EXAMPLE)],
  ])('while Skatteetaten is asked %s changes: 409, nothing lost', async (_, change) => {
    const asset = await assetOf();
    slowly('formuesgrunnlag');
    const attaching = api('POST', `/assets/${asset.id}/property`, asset.books.token, EXAMPLE);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const changed = await change(asset.books, asset.id);
    expect(changed.status).toBeLessThan(300);
    const between = await stored(asset);
    expect([(await attaching).status, (await attaching).body.details?.code]).toEqual([
      409,
      'request.concurrent_change',
    ]);
    expect(await stored(asset)).toEqual(between);
  });

  test('two attaches at once: one is in, the other refused', async () => {
    const { books, id } = await assetOf();
    // The service called first waits, so both calls are under way.
    slowly('formuesgrunnlag');
    const both = await Promise.all([1, 2].map(() => api('POST', `/assets/${id}/property`, books.token, EXAMPLE)));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 409]));
  });

  test('two at once under one key: both get the one answer', async () => {
    const { books, id } = await assetOf();
    const key = { 'idempotency-key': 'one' };
    const both = await Promise.all([1, 2].map(() => api('POST', `/assets/${id}/property`, books.token, EXAMPLE, key)));
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]!.body).toEqual(both[1]!.body);
  });

  test('a change of the property waits for nobody: 409', async () => {
    const { books, id } = await attached(OWNER, '3817404');
    await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, async (tx) => {
      await tx.execute(
        sql`select 1 from dimension_values where client_account_id = ${books.clientAccountId} for update`,
      );
      const [patch, remove] = await onItsOwn(() =>
        Promise.all([
          api('PATCH', `/assets/${id}/property`, books.token, { gross_area_m2: 1 }),
          api('DELETE', `/assets/${id}/property`, books.token),
        ]),
      );
      expect([patch.status, remove.status]).toEqual([409, 409]);
    });
  });

  test('nobody outside is asked within a transaction', async () => {
    let open = 0;
    const { database } = platform;
    const watched = Object.assign(Object.create(database) as typeof database, {
      transaction: async (...args: Parameters<typeof database.transaction>) => {
        open++;
        return database.transaction(...args).finally(() => open--);
      },
    });
    const during: number[] = [];
    connected.outside.outbound.onCall(() => during.push(open));
    const { books, id } = await assetOf();
    const mine = { ...platform, database: watched };
    const { attachProperty } = await import('./property-attach.ts');
    const { valueProperty } = await import('./property-valuation.ts');
    await attachProperty.call(mine, books.call(), { id, externalId: '3817404', taxYear: 2025 });
    await valueProperty.call(mine, books.call(), { id, taxYear: 2025, language: 'nb', overrides: {} });
    expect(during.length).toBeGreaterThanOrEqual(5);
    expect(new Set(during)).toEqual(new Set([0]));
  });
});

describe('changing and detaching', () => {
  test('the given fields change; what the registry decides is passed over', async () => {
    const { books, id, property } = await attached(OWNER, '3817404');
    const { status, body } = await api('PATCH', `/assets/${id}/property`, books.token, {
      ...property,
      municipality_name: 'Oslo',
      cadastral_number: null,
      street_address: 17,
      building_type: 'COMMERCIAL_BUILDING',
      usable_area_m2: 450,
      ownership_share: 0.25,
      documented_market_value: '8500000.00',
      rental_status: 'PARTIALLY_RENTED',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, external_id: '3817404' });
    expect(body.property).toEqual({
      ...property,
      usable_area_m2: 450,
      ownership_share: '0.250',
      documented_market_value: '8500000.00',
      rental_status: 'PARTIALLY_RENTED',
      updated_at: body.property.updated_at,
    });
    expect((await auditOf(books, id)).at(-1)).toMatchObject({
      operation: 'asset.update-property',
      before: { property },
    });
  });

  test.each<[string, object | undefined, string]>([
    ['no body', undefined, 'body'],
    ['an unknown building type', { building_type: 'CASTLE' }, 'building_type'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['a year before there were houses', { construction_year: 1250 }, 'construction_year'],
    ['an area that is no whole number', { gross_area_m2: 10.5 }, 'gross_area_m2'],
    ['a share above one', { ownership_share: '1.5' }, 'ownership_share'],
    ['a share of nothing', { ownership_share: 0 }, 'ownership_share'],
    ['a value of nothing', { documented_market_value: '0' }, 'documented_market_value'],
    ['a value that is no amount', { documented_market_value: 'mye' }, 'documented_market_value'],
  ])('%s is refused', async (_, body, path) => {
    const { books, id, property } = await attached(OWNER, '3817404');
    const answer = await api('PATCH', `/assets/${id}/property`, books.token, body, english);
    expect([answer.status, answer.body.details.fields[0].path]).toEqual([400, path]);
    expect((await stored({ books, id })).property).toEqual(property);
  });

  test('detaching takes the property away; without one both are 400', async () => {
    const { books, id } = await attached(OWNER, '3817404');
    const { status, body } = await api('DELETE', `/assets/${id}/property`, books.token);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ external_source: null, external_id: null, property: null }),
    ]);
    const rows = await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
      tx.rows(sql`select id from asset_properties where client_account_id = ${books.clientAccountId}`),
    );
    expect(rows).toEqual([]);
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await api(
        method,
        `/assets/${id}/property`,
        books.token,
        method === 'PATCH' ? {} : undefined,
        english,
      );
      expect([answer.status, answer.body.error]).toEqual([400, 'The asset has no linked property']);
      expect(
        (await api(method, `/assets/${id + 99}/property`, books.token, method === 'PATCH' ? {} : undefined)).status,
      ).toBe(404);
      const other = await openBooks();
      expect(
        (await api(method, `/assets/${id}/property`, other.token, method === 'PATCH' ? {} : undefined)).status,
      ).toBe(403);
    }
  });
});

describe('row 12: valuation', () => {
  const value = ({ books, id }: { books: Books; id: number }, query: string) =>
    api('GET', `/assets/${id}/property/valuation?${query}`, books.token, undefined, english);
  const nested = (answer: { fastEiendom: { fastEiendomSomFormuesobjekt: object[] }[] }) =>
    answer.fastEiendom[0]!.fastEiendomSomFormuesobjekt[0]!;

  test.each<[string, string, number, string, object]>([
    [
      '311180959',
      '4600101',
      2025,
      'markedsverdi_bolig',
      { beregnetMarkedsverdiForBolig: '4206687', boligensAreal: '150', byggeaar: '2000' },
    ],
    ['314173546', '4600200', 2025, 'markedsverdi_flerbolig', { beregnetMarkedsverdiForFlerboligbygning: '29765976' }],
    [
      '312974436',
      '4600300',
      2024,
      'utleieverdi',
      { beregnetUtleieverdiForIkkeUtleidNaeringseiendomINorge: '3232059', utleieverdiFraSerg: '3232059' },
    ],
  ])('%s has %s valued in %i by %s', async (owner, externalId, taxYear, field, found) => {
    const asset = await attached(owner, externalId);
    const { status, body } = await value(asset, `tax_year=${taxYear}`);
    expect([status, body.error]).toEqual([200, undefined]);
    expect(Object.keys(body).sort()).toEqual(['external_id', 'formuesgrunnlag', field, 'tax_year'].sort());
    expect(body).toMatchObject({ tax_year: taxYear, external_id: externalId });
    expect(body.formuesgrunnlag.fastEiendom[0].sergEiendomsidentifikator).toBe(externalId);
    expect(nested(body[field])).toMatchObject(found);
  });

  test.each<[string, string, string, string, object]>([
    [
      '311180959',
      '4600101',
      'markedsverdi_bolig',
      'Bolig',
      { beregnetMarkedsverdi: '2592619', andelAvFormuesverdi: '100.00' },
    ],
    ['314173546', '4600200', 'markedsverdi_flerbolig', 'Flerboligbygning', { beregnetMarkedsverdi: '29765976' }],
    [
      '312974436',
      '4600300',
      'utleieverdi',
      'IkkeUtleidNaeringseiendomINorge',
      { beregnetUtleieverdi: '3232059', utleieverdi: '3232059' },
    ],
  ])('before 2024: %s, %s by %s', async (owner, externalId, field, list, found) => {
    const { body } = await value(await attached(owner, externalId, 2023), 'tax_year=2023');
    expect(body[field][`formuesspesifikasjonFor${list}`]).toEqual([expect.objectContaining(found)]);
    expect(body.formuesgrunnlag.fastEiendom[0].internEiendomsidentifikator).toBeTruthy();
  });

  test('every building type goes to its service, or to none', async () => {
    const asset = await attached('311180959', '4600101');
    const found: Record<string, string> = {};
    const { BUILDING_TYPES } = await import('../property.ts');
    for (const type of BUILDING_TYPES) {
      const { status, body } = await value(asset, `tax_year=2025&building_type=${type}`);
      const field = Object.keys(body).find((name) => /^(markedsverdi|utleie)/.test(name));
      found[type] =
        status === 200
          ? field
            ? `${field} ${(nested(body[field]) as any).boligtype}`
            : body.message
              ? body.code
              : '–'
          : body.details.code;
    }
    expect(found).toEqual({
      DETACHED_HOUSE: 'markedsverdi_bolig enebolig',
      DETACHED_HOUSE_WITH_UNIT: 'markedsverdi_bolig enebolig',
      SEMI_DETACHED_HOUSE: 'markedsverdi_bolig smaahus',
      ROW_HOUSE: 'markedsverdi_bolig smaahus',
      LINKED_HOUSE: 'markedsverdi_bolig smaahus',
      APARTMENT: 'markedsverdi_bolig leilighet',
      STUDIO: 'markedsverdi_bolig leilighet',
      // No units in its basis.
      MULTI_UNIT_BUILDING: 'skatteetaten.eiendom_051',
      CABIN: 'assets.no_table_value',
      HOLIDAY_APARTMENT: 'assets.no_table_value',
      // It is not stated whether it is let.
      COMMERCIAL_BUILDING: '–',
      AGRICULTURAL_BUILDING: '–',
      OUTBUILDING: '–',
      OTHER: '–',
    });
  });

  test.each([
    ['NOT_RENTED', true],
    ['PARTIALLY_RENTED', false],
    ['FULLY_RENTED', false],
  ])('commercial property, %s', async (rentalStatus, isValued) => {
    const asset = await attached(OWNER, '3817404');
    await api('PATCH', `/assets/${asset.id}/property`, asset.books.token, { rental_status: rentalStatus });
    expect('utleieverdi' in (await value(asset, 'tax_year=2025')).body).toBe(isValued);
  });

  test('a unit in a housing cooperative is valued as such', async () => {
    const { body } = await value(await attached('311688480', '4600110-313771539/12'), 'tax_year=2025');
    expect(nested(body.markedsverdi_bolig)).toMatchObject({
      eiendomstype: 'boenhetIBoligselskap',
      boligtype: 'leilighet',
    });
  });

  test('overrides hold for the one valuation; nothing of it is stored', async () => {
    const asset = await attached('311180959', '4600101');
    await api('PATCH', `/assets/${asset.id}/property`, asset.books.token, { documented_market_value: '3000000.50' });
    const before = await stored(asset);
    const plain = nested((await value(asset, 'tax_year=2025')).body.markedsverdi_bolig);
    expect(plain).toMatchObject({ dokumentertMarkedsverdiForBolig: '3000001', justertMarkedsverdi: '3000001' });
    const query =
      'tax_year=2025&usable_area_m2=100&construction_year=1980&documented_market_value=2000000&building_type=ROW_HOUSE';
    const other = nested((await value(asset, query)).body.markedsverdi_bolig);
    expect(other).toMatchObject({
      boligtype: 'smaahus',
      boligensAreal: '100',
      byggeaar: '1980',
      justertMarkedsverdi: '2000000',
    });
    // Above the maximum for a complaint: ignored.
    const high = nested((await value(asset, 'tax_year=2025&documented_market_value=99000000')).body.markedsverdi_bolig);
    expect(high).not.toHaveProperty('justertMarkedsverdi');
    expect(await stored(asset)).toEqual(before);
    const operations = (await auditOf(asset.books, asset.id)).map(({ operation }) => operation);
    expect(operations).toEqual(['asset.create', 'asset.attach-property', 'asset.update-property']);
  });

  test.each<[string, string, number, string]>([
    ['no tax_year', '', 400, 'request.invalid'],
    ['an unknown building type', 'tax_year=2025&building_type=CASTLE', 400, 'request.invalid'],
    ['an area that is no number', 'tax_year=2025&usable_area_m2=mye', 400, 'request.invalid'],
    ['a value that is no amount', 'tax_year=2025&documented_market_value=-1', 400, 'request.invalid'],
    ['an unknown parameter', 'tax_year=2025&year=2025', 400, 'request.invalid'],
    ['a year later than the income year', 'tax_year=2025&construction_year=2026', 400, 'skatteetaten.eiendom_003'],
    ['an area out of bounds', 'tax_year=2025&usable_area_m2=9', 400, 'skatteetaten.eiendom_004'],
    ['a value above 2.1 billion', 'tax_year=2025&documented_market_value=2100000001', 400, 'skatteetaten.eiendom_020'],
    ['a year that is not supported', 'tax_year=2012', 400, 'skatteetaten.eiendom_050'],
  ])('is refused: %s', async (_, query, status, code) => {
    const answer = await value(await attached('311180959', '4600101'), query);
    expect([answer.status, answer.body.details.code]).toEqual([status, code]);
  });

  test('is refused without link, property, access or asset', async () => {
    const { books, id } = await assetOf();
    const other = await openBooks();
    const codes = [
      await value({ books, id }, 'tax_year=2025'),
      await value({ books: other, id }, 'tax_year=2025'),
      await value({ books, id: id + 50 }, 'tax_year=2025'),
    ].map(({ status, body }) => [status, body.details.code]);
    expect(codes).toEqual([
      [400, 'assets.not_linked'],
      [403, 'request.no_access'],
      [404, 'request.not_found'],
    ]);
  });

  test('twelve at once are five at a time', async () => {
    const asset = await attached('311180959', '4600101');
    sandbox.fault({ party: 'skatteetaten', effect: { kind: 'delay', ms: 40 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => value(asset, 'tax_year=2025')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(sandbox.journal.entries.filter(({ note }) => note === 'more than five at once')).toEqual([]);
    expect(connected.waits).toEqual([]);
  });
});

describe('the search', () => {
  const find = (books: Books, query: string, year = 2025) =>
    api(
      'GET',
      `/integrations/skatteetaten/eiendom/soek/${year}?client_account_id=${books.clientAccountId}&query=${encodeURIComponent(query)}`,
      books.token,
      undefined,
      english,
    );

  test.each<[string, string, string[]]>([
    ['a cadastral number', '31/139', ['3817404-31/139/0/0']],
    ['one with several properties', '164/902', ['4600103-164/902/0/3', '4600601-164/902/0/0']],
    ['a road address', 'Strandgaten 18', ['3817404-31/139/0/0']],
    ['a share', '313771539/12', ['4600110-313771539/12']],
    ['nothing there', '1/1', []],
  ])('finds %s, each with what an asset is attached to', async (_, query, found) => {
    const books = await openBooks({ clock, organizationNumber: OWNER });
    const { status, body } = await find(books, query);
    expect(status).toBe(200);
    const all = [...body.eiendommer, ...body.vegadresser.flatMap((one: any) => one.eiendommer)];
    expect(all.map((one) => one.external_id)).toEqual(found);
    expect(body.resultatStorrelse).toBe(found.length);
  });

  test('is refused without access, organisation number, query or a year', async () => {
    const books = await openBooks({ clock, organizationNumber: OWNER });
    const other = await openBooks({ clock });
    const foreign = await find({ ...books, token: other.token }, '31/139');
    const none = await find(other, '31/139');
    const blank = await find(books, ' ');
    const year = await find(books, '31/139', 25);
    expect([foreign.status, none.status, blank.status, year.status]).toEqual([403, 400, 400, 400]);
  });
});

/** The timeout for a response in a test that waits for it. */
const SLOW_MS = 700;

describe('row 12: faults outside', () => {
  const ALWAYS: [string, string, Effect, number, string][] = [
    ['skatteetaten', 'status 401', { kind: 'status', status: 401 }, 502, 'outbound.credentials_refused'],
    ['skatteetaten', 'status 403', { kind: 'status', status: 403 }, 400, 'skatteetaten.no_right'],
    ['skatteetaten', 'status 404', { kind: 'status', status: 404 }, 400, 'skatteetaten.not_found'],
    ['skatteetaten', 'status 410', { kind: 'status', status: 410 }, 400, 'skatteetaten.not_found'],
    ['skatteetaten', '429', { kind: 'status', status: 429 }, 503, 'outbound.unavailable'],
    ['skatteetaten', '429, wait 1 s', { kind: 'status', status: 429, retryAfter: 1 }, 503, 'outbound.unavailable'],
    ['skatteetaten', '429, wait 90 s', { kind: 'status', status: 429, retryAfter: 90 }, 503, 'outbound.unavailable'],
    [
      'skatteetaten',
      '503 until a date',
      { kind: 'status', status: 503, retryAfter: 'date' },
      503,
      'outbound.unavailable',
    ],
    ['skatteetaten', 'status 500', { kind: 'status', status: 500 }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'status 502', { kind: 'status', status: 502 }, 503, 'outbound.unavailable'],
    ['skatteetaten', 'status 504', { kind: 'status', status: 504 }, 504, 'outbound.too_slow'],
    ['skatteetaten', 'a page', { kind: 'html' }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'a page with 403', { kind: 'html', status: 403 }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'a page with 503', { kind: 'html', status: 503 }, 503, 'outbound.unavailable'],
    ['skatteetaten', 'half of the JSON', { kind: 'half' }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'a truncated body', { kind: 'truncate' }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'nothing', { kind: 'empty' }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'other types', { kind: 'nonsense' }, 502, 'outbound.contract_broken'],
    [
      'skatteetaten',
      'another content type',
      { kind: 'content_type', type: 'application/xml' },
      502,
      'outbound.contract_broken',
    ],
    ['skatteetaten', 'a redirect', { kind: 'redirect' }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'far too much', { kind: 'big', bytes: 6_000_000 }, 502, 'outbound.contract_broken'],
    ['skatteetaten', 'no answer', { kind: 'never' }, 504, 'outbound.too_slow'],
    [
      'skatteetaten',
      'half an answer, then nothing',
      { kind: 'delay', ms: 2_000, inBody: true },
      504,
      'outbound.too_slow',
    ],
    ['skatteetaten', 'a closed connection', { kind: 'reset' }, 503, 'outbound.unavailable'],
    [
      'skatteetaten',
      'a connection closed in the middle',
      { kind: 'reset', inBody: true },
      502,
      'outbound.contract_broken',
    ],
    ['maskinporten', 'status 401', { kind: 'status', status: 401 }, 503, 'maskinporten.refused'],
    ['maskinporten', 'status 403', { kind: 'status', status: 403 }, 503, 'maskinporten.refused'],
    ['maskinporten', '429, wait 1 s', { kind: 'status', status: 429, retryAfter: 1 }, 503, 'outbound.unavailable'],
    ['maskinporten', 'status 500', { kind: 'status', status: 500 }, 502, 'outbound.contract_broken'],
    ['maskinporten', 'status 503', { kind: 'status', status: 503 }, 503, 'outbound.unavailable'],
    ['maskinporten', 'a page', { kind: 'html' }, 502, 'outbound.contract_broken'],
    ['maskinporten', 'a truncated body', { kind: 'truncate' }, 502, 'outbound.contract_broken'],
    ['maskinporten', 'other types', { kind: 'nonsense' }, 502, 'outbound.contract_broken'],
    ['maskinporten', 'no answer', { kind: 'never' }, 504, 'outbound.too_slow'],
    ['maskinporten', 'a closed connection', { kind: 'reset' }, 503, 'outbound.unavailable'],
  ];

  test.each(ALWAYS)('%s, %s: said as it is, the asset unchanged', async (party, _, effect, status, code) => {
    const asset = await assetOf();
    const before = await stored(asset);
    if (code === 'outbound.too_slow')
      platform.outside = (await connect(sandbox, clock, { timeoutMs: SLOW_MS })).outside;
    sandbox.fault({ party, path: party === 'maskinporten' ? '^/token' : 'formuesgrunnlag', effect });
    const answer = await api('POST', `/assets/${asset.id}/property`, asset.books.token, EXAMPLE, english);
    expect([answer.status, answer.body.details.code]).toEqual([status, code]);
    const service = party === 'maskinporten' ? 'Maskinporten' : 'Skatteetaten';
    expect(answer.body.error).toContain(service);
    if (status >= 500) expect(answer.body.details.service).toBe(service);
    expect(await stored(asset)).toEqual(before);
    expect(await auditOf(asset.books, asset.id)).toHaveLength(1);
    // No slot stays taken: the next call succeeds.
    sandbox.reset();
    platform.outside = (await connect(sandbox, clock)).outside;
    expect((await api('POST', `/assets/${asset.id}/property`, asset.books.token, EXAMPLE)).status).toBe(201);
  });

  test.each<[string, string]>([
    ['the search of an attach', '/soek/'],
    ['a valuation', '/markedsverdi/'],
  ])('%s may fail as well', async (_, path) => {
    const asset = path === '/soek/' ? await assetOf() : await attached('311180959', '4600101');
    for (const [effect, status] of [
      [{ kind: 'nonsense' }, 502],
      [{ kind: 'status', status: 503 }, 503],
      [{ kind: 'never' }, 504],
    ] as [Effect, number][]) {
      sandbox.reset();
      platform.outside = (await connect(sandbox, clock, status === 504 ? { timeoutMs: SLOW_MS } : {})).outside;
      sandbox.fault({ party: 'skatteetaten', path, effect });
      const before = await stored(asset);
      const answer =
        path === '/soek/'
          ? await api('POST', `/assets/${asset.id}/property`, asset.books.token, EXAMPLE)
          : await api('GET', `/assets/${asset.id}/property/valuation?tax_year=2025`, asset.books.token);
      expect(answer.status).toBe(status);
      expect(await stored(asset)).toEqual(before);
    }
  });

  test.each<[string, Effect]>([
    ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: 1 }],
    ['status 503', { kind: 'status', status: 503 }],
    ['status 500', { kind: 'status', status: 500 }],
    ['status 401', { kind: 'status', status: 401 }],
    ['a closed connection', { kind: 'reset' }],
    ['a truncated body', { kind: 'truncate' }],
    ['no answer', { kind: 'never' }],
  ])('once %s, then well: nobody notices', async (_, effect) => {
    const asset = await attached('311180959', '4600101');
    if (effect.kind === 'never') platform.outside = (await connect(sandbox, clock, { timeoutMs: SLOW_MS })).outside;
    sandbox.fault({ party: 'skatteetaten', path: 'formuesgrunnlag', times: 1, effect });
    sandbox.fault({ party: 'skatteetaten', path: 'markedsverdi', times: 1, effect });
    const { status, body } = await api(
      'GET',
      `/assets/${asset.id}/property/valuation?tax_year=2025`,
      asset.books.token,
    );
    expect([status, body.error]).toEqual([200, undefined]);
  });

  test('how long to wait is handed on', async () => {
    const { books, id } = await assetOf();
    sandbox.fault({ party: 'skatteetaten', effect: { kind: 'status', status: 429, retryAfter: 90 } });
    const { headers } = await api('POST', `/assets/${id}/property`, books.token, EXAMPLE);
    expect([headers['retry-after'], connected.waits]).toEqual(['90', []]);
  });

  test('a new signing key at Maskinporten: the old token is refused once, a new one is fetched', async () => {
    const asset = await attached('311180959', '4600101');
    await sandbox.act('maskinporten', 'rotate', { keepOld: true });
    const path = `/assets/${asset.id}/property/valuation?tax_year=2025`;
    const tokens = () => connected.calls.filter(({ call }) => call === 'token').length;
    expect([(await api('GET', path, asset.books.token)).status, tokens()]).toEqual([200, 1]);
    await sandbox.act('maskinporten', 'rotate', { keepOld: false });
    expect([(await api('GET', path, asset.books.token)).status, tokens()]).toEqual([200, 2]);
    expect(connected.calls.filter(({ outcome }) => outcome === '401')).toHaveLength(1);
  });

  test.each([-3600, -60, 60, 3600])('clocks %i seconds apart: learnt from the refusal', async (seconds) => {
    sandbox.skew('maskinporten', seconds);
    sandbox.skew('skatteetaten', seconds);
    const { books, id } = await assetOf();
    expect((await api('POST', `/assets/${id}/property`, books.token, EXAMPLE)).status).toBe(201);
  });

  test('row 15: tokens of two clients are never mixed under load', async () => {
    const assets = await Promise.all([attached('311180959', '4600101'), attached('312974436', '4600300')]);
    platform.outside = (connected = await connect(sandbox, clock)).outside;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const { books, id } = assets[i % 2]!;
        return api('GET', `/assets/${id}/property/valuation?tax_year=2025`, books.token);
      }),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(connected.calls.filter(({ call }) => call === 'token')).toHaveLength(2);
  });

  test('row 14: no secret is logged, nor whom it is about', async () => {
    const asset = await attached('311180959', '4600101');
    sandbox.fault({ party: 'maskinporten', effect: { kind: 'status', status: 401 } });
    await sandbox.act('maskinporten', 'rotate', {});
    await api('GET', `/assets/${asset.id}/property/valuation?tax_year=2025`, asset.books.token);
    const log = connected.logged.join('\n');
    expect(log).toContain('"call":"eiendom.formuesgrunnlag"');
    expect(log).toContain('no token');
    expect(log).not.toMatch(/eyJ|Bearer|assertion=|311180959|4600101/);
  });
});
