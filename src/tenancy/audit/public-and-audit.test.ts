import { afterAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { forgetCallers, tenancyRoutes } from '../index.ts';

const people = new People();
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

async function person() {
  const user = await people.user();
  return { ...user, api: api.as(await people.token(user.id)) };
}

describe('/organizations, open to all', () => {
  it('finds by number and by the beginning of the name', async () => {
    const { id } = await people.user();
    await people.clientAccount(id, {
      organizationNumber: '914778271',
      displayName: 'Kontonavn',
      organization: { name: 'Zeta Æresord AS', city: 'Bodø' },
    });
    const find = (query: string) => api.call('GET', `/api/v2/organizations?${query}`);
    const expected = [{ organization_number: '914778271', name: 'Zeta Æresord AS', city: 'Bodø', country_code: 'NO' }];
    expect((await find('organization_number=914778271')).body.data).toMatchObject(expected);
    expect((await find(`name=${encodeURIComponent('zeta ær')}`)).body.data).toMatchObject(expected);
    expect((await find('name=resord')).body.data).toEqual([]);
    expect((await api.call('GET', '/api/v2/organizations/914778271')).body).toMatchObject(expected[0]!);
    expect((await api.call('GET', '/api/v2/organizations/319988777')).status).toBe(404);
  });

  it.each(['', 'name=ab', 'organization_number=914778272', 'organization_number=91477827', 'unknown=1'])(
    'refuses the query "%s"',
    async (query) => {
      expect((await api.call('GET', `/api/v2/organizations?${query}`)).status).toBe(400);
    },
  );
});

describe('/audit-log', () => {
  it('says who changed what, from what to what, and filters', async () => {
    const owner = await person();
    const member = await person();
    const id = await people.clientAccount(owner.id);
    await people.role(id, member.id, 'US');
    forgetCallers(people.platform.database);
    const change = { role_id: 4 };
    await owner.api.patch(`/client-accounts/${id}/users/${member.id}`, change, { 'x-request-id': 'sak-1' });
    await owner.api.post(`/client-accounts/${id}/settings`, { vat_liable: true });
    const log = async (query = '') => (await owner.api.get(`/audit-log?client_account_id=${id}${query}`)).body;
    expect((await log()).data.map((row: { operation: string }) => row.operation)).toEqual([
      'client_account_settings.save',
      'client_account_users.change',
    ]);
    expect((await log('&record_type=client_account_user')).data).toMatchObject([
      { user_id: owner.id, request_id: 'sak-1', before: { role: { name: 'US' } }, after: { role: { name: 'BK' } } },
    ]);
    expect((await log(`&user_id=${member.id}`)).data).toEqual([]);
    expect((await member.api.get(`/audit-log?client_account_id=${id}`)).status).toBe(403);
  });

  it('a change that was refused leaves no record', async () => {
    const owner = await person();
    const id = await people.clientAccount(owner.id);
    await owner.api.patch(`/client-accounts/${id}/users/${owner.id}`, { role_id: 1 });
    expect((await asOwner('select from audit_log where client_account_id = $1', [id])).rowCount).toBe(0);
  });
});

describe('one key for a repeated request', () => {
  it('is each caller’s own', async () => {
    const [one, two] = [await person(), await person()];
    const open = (by: typeof one) =>
      by.api.post('/client-accounts', { display_name: 'Nøkkel' }, { 'idempotency-key': 'felles' });
    const [first, second] = [await open(one), await open(two)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.id).not.toBe(first.body.id);
  });
});
