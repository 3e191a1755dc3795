import { afterAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { tenancyRoutes } from '../index.ts';

const people = new People({ now: () => new Date('2026-05-10T10:00:00Z') });
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

async function person() {
  const user = await people.user();
  return { ...user, api: api.as(await people.token(user.id)) };
}

/** A client with its owner and bookkeeper; a firm with its owner, an accountant and a bookkeeper; a stranger. */
async function cast() {
  const roles = {
    clientOwner: await person(),
    clientBookkeeper: await person(),
    firmOwner: await person(),
    accountant: await person(),
    firmBookkeeper: await person(),
    stranger: await person(),
  };
  const client = await people.clientAccount(roles.clientOwner.id, { displayName: 'Kunde' });
  const firm = await people.clientAccount(roles.firmOwner.id, { displayName: 'Byrå', isProvider: true });
  await people.role(client, roles.clientBookkeeper.id, 'BK');
  await people.role(firm, roles.accountant.id, 'AA');
  await people.role(firm, roles.firmBookkeeper.id, 'BK');
  return { ...roles, client, firm };
}
type Cast = Awaited<ReturnType<typeof cast>>;
type Member = 'clientOwner' | 'clientBookkeeper' | 'firmOwner' | 'accountant' | 'firmBookkeeper' | 'stranger';

const request = (c: Cast, by: Member, more: object = {}) =>
  c[by].api.post('/contracts', { client_account_id: c.client, provider_client_account_id: c.firm, ...more });

describe('asking for a contract', () => {
  it.each<[Member, number]>([
    ['clientOwner', 201],
    ['clientBookkeeper', 403],
    ['firmOwner', 201],
    ['accountant', 201],
    ['firmBookkeeper', 403],
    ['stranger', 403],
  ])('%s: %s', async (by, status) => {
    const c = await cast();
    const answer = await request(c, by);
    expect(answer.status).toBe(status);
    if (status === 201) expect(answer.body.approval_status).toBe('PENDING');
  });

  it.each([
    ['one that waits already', {}, 409],
    ['with an end before its start', { start_date: '2026-02-01', end_date: '2026-01-31' }, 400],
    ['on a day that does not exist', { start_date: '2026-02-30' }, 400],
    ['with a status of one’s own', { approval_status: 'APPROVED' }, 400],
  ])('%s is refused', async (_, more, status) => {
    const c = await cast();
    if (status === 409) await request(c, 'accountant');
    expect((await request(c, 'accountant', more)).status).toBe(status);
  });

  it('with an account that is no firm is refused', async () => {
    const c = await cast();
    const other = await people.clientAccount(c.clientOwner.id);
    const answer = await c.clientOwner.api.post('/contracts', {
      client_account_id: c.client,
      provider_client_account_id: other,
    });
    expect([answer.status, answer.body.details.code]).toEqual([400, 'tenancy.not_a_provider']);
  });
});

describe('deciding', () => {
  it.each<[asked: Member, decides: Member, status: number]>([
    ['accountant', 'clientOwner', 200],
    ['accountant', 'clientBookkeeper', 403],
    ['accountant', 'accountant', 403],
    ['accountant', 'firmOwner', 403],
    ['accountant', 'stranger', 403],
    ['clientOwner', 'firmOwner', 200],
    ['clientOwner', 'accountant', 200],
    ['clientOwner', 'firmBookkeeper', 403],
    ['clientOwner', 'clientOwner', 403],
  ])('asked by %s, approved by %s: %s', async (asked, decides, status) => {
    const c = await cast();
    const { id } = (await request(c, asked)).body;
    expect((await c.accountant.api.get(`/client-accounts/${c.client}`)).status).toBe(403);
    const answer = await c[decides].api.patch(`/contracts/${id}`, { approval_status: 'APPROVED' });
    expect(answer.status).toBe(status);
    expect((await c.accountant.api.get(`/client-accounts/${c.client}`)).status).toBe(status === 200 ? 200 : 403);
  });

  it.each<[by: Member, changes: object, status: number]>([
    ['clientOwner', { approval_status: 'REJECTED' }, 200],
    ['accountant', { approval_status: 'REJECTED' }, 200],
    ['clientOwner', { end_date: '2026-05-09' }, 200],
    ['accountant', { end_date: '2026-05-09' }, 200],
    ['clientOwner', { end_date: '2030-12-31' }, 200],
    ['accountant', { end_date: '2030-12-31' }, 403],
    ['accountant', { end_date: null }, 403],
    ['accountant', { start_date: '2020-01-01' }, 409],
    ['clientOwner', { service_provided: 'Alt' }, 409],
    ['clientOwner', { approval_status: 'PENDING' }, 409],
    ['stranger', { end_date: '2026-05-09' }, 403],
  ])('of an approved contract, %s %o: %s', async (by, changes, status) => {
    const c = await cast();
    const id = await people.contract(c.client, c.firm, 'APPROVED', '2026-01-01', '2026-12-31');
    expect((await c.accountant.api.get(`/client-accounts/${c.client}`)).status).toBe(200);
    expect((await c[by].api.patch(`/contracts/${id}`, changes)).status).toBe(status);
    const ended =
      'approval_status' in changes ? status === 200 : 'end_date' in changes && changes.end_date === '2026-05-09';
    expect((await c.accountant.api.get(`/client-accounts/${c.client}`)).status).toBe(
      ended && status === 200 ? 403 : 200,
    );
  });

  it('a rejected contract stays so; terms of a request are its maker’s', async () => {
    const c = await cast();
    const { id } = (await request(c, 'accountant')).body;
    const change = (by: Member, changes: object) =>
      c[by].api.patch(`/contracts/${id}`, changes).then(({ status }) => status);
    expect(await change('clientOwner', { end_date: '2027-01-01' })).toBe(403);
    expect(await change('accountant', { end_date: '2027-01-01' })).toBe(200);
    expect(await change('clientOwner', { approval_status: 'REJECTED' })).toBe(200);
    expect(await change('clientOwner', { approval_status: 'APPROVED' })).toBe(409);
  });

  it('a contract of others is no access (403), one that does not exist is not found (404)', async () => {
    const c = await cast();
    const { id } = (await request(c, 'accountant')).body;
    const [theirs, none] = [
      await c.stranger.api.patch(`/contracts/${id}`, {}),
      await c.stranger.api.patch('/contracts/999999999', {}),
    ];
    expect([theirs.status, none.status]).toEqual([403, 404]);
  });

  it('an accountant of a firm’s firm does not speak for the firm', async () => {
    const c = await cast();
    const outer = await person();
    const outerFirm = await people.clientAccount(outer.id, { isProvider: true });
    await people.contract(c.firm, outerFirm);
    expect((await outer.api.get(`/client-accounts/${c.firm}`)).status).toBe(200);
    expect((await request(c, 'clientOwner')).status).toBe(201);
    const answer = await outer.api.post('/contracts', {
      client_account_id: c.client,
      provider_client_account_id: c.firm,
    });
    expect(answer.status).toBe(403);
    expect((await outer.api.get(`/contracts?provider_client_account_id=${c.firm}`)).status).toBe(403);
  });
});

describe('listing contracts', () => {
  it('by client, firm and status, with both parties where the client has taken part', async () => {
    const c = await cast();
    const { id } = (await request(c, 'accountant')).body;
    const list = async (by: Member, query: string) => (await c[by].api.get(`/contracts?${query}`)).body;
    const mine = await list(
      'accountant',
      `provider_client_account_id=${c.firm}&with=client_account,provider_client_account`,
    );
    expect(mine.data).toMatchObject([{ id, client_account: null, provider_client_account: { display_name: 'Byrå' } }]);
    const theirs = await list(
      'clientOwner',
      `client_account_id=${c.client}&with=client_account,provider_client_account`,
    );
    expect(theirs.data).toMatchObject([
      { id, client_account: { id: c.client }, provider_client_account: { id: c.firm } },
    ]);
    expect((await list('clientOwner', 'approval_status=APPROVED')).data).toEqual([]);
    expect((await list('stranger', '')).data).toEqual([]);
    expect((await c.stranger.api.get(`/contracts?client_account_id=${c.client}`)).status).toBe(403);
    expect((await c.clientOwner.api.get(`/contracts?client_account_id=${c.client};x`)).status).toBe(400);
    expect((await c.clientOwner.api.get(`/contracts?client_account_id=${c.client}%20,${c.client}`)).status).toBe(200);
  });
});

describe('client engagements', () => {
  it('open the account, the contract and the owner’s invitation together', async () => {
    const c = await cast();
    const made = await c.accountant.api.post('/client-engagements', {
      client_account: { display_name: 'Ny kunde AS', settings: { vat_liable: true } },
      provider_client_account_id: c.firm,
      contract: { service_provided: 'Regnskap', start_date: '2026-05-01' },
      owner_invitation: { email: `eier${Date.now()}@example.test` },
    });
    expect(made.status).toBe(201);
    const id = made.body.client_account.id as number;
    expect(made.body).toMatchObject({
      contract: { approval_status: 'APPROVED', client_account_id: id, provider_client_account_id: c.firm },
      owner_invitation: { role_id: 3, status: 'PENDING' },
    });
    expect((await c.accountant.api.get(`/client-accounts/${id}?with=users`)).body.users).toEqual([]);
    expect((await c.firmBookkeeper.api.get(`/client-accounts/${id}/settings/current`)).body.vat_liable).toBe(true);
    expect((await c.accountant.api.delete(`/client-accounts/${id}`)).status).toBe(403);
  });

  it.each<[Member, object, number]>([
    ['firmBookkeeper', {}, 403],
    ['clientOwner', {}, 403],
    ['accountant', { owner_invitation: { email: 'nei' } }, 400],
    ['accountant', { contract: { start_date: '2026-02-01', end_date: '2026-01-01' } }, 400],
    ['accountant', { client_account: { display_name: 'X', organization_number: '123456789' } }, 400],
  ])('%s, %o: %s, and nothing is left behind', async (by, more, status) => {
    const c = await cast();
    const name = `Ingen ${c.firm}`;
    const answer = await c[by].api.post('/client-engagements', {
      client_account: { display_name: name },
      provider_client_account_id: c.firm,
      ...more,
    });
    expect(answer.status).toBe(status);
    expect((await asOwner('select from client_accounts where display_name = $1', [name])).rowCount).toBe(0);
  });
});
