import { afterAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import type { Role } from '../../platform/caller.ts';
import { tenancyRoutes } from '../index.ts';

const people = new People();
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

const ROLE_ID: Record<Role, number> = { US: 1, AA: 2, CA: 3, BK: 4, EM: 5 };

async function person() {
  const user = await people.user();
  return { ...user, api: api.as(await people.token(user.id)) };
}

/** A client account (or firm) with an owner and a user with `role`, which the test changes. */
async function place(role: Role, isProvider: boolean) {
  const [owner, member] = [await person(), await person()];
  const id = await people.clientAccount(owner.id, { isProvider });
  await people.role(id, member.id, role);
  return { owner, member, id };
}

describe('changing a role', () => {
  it.each<[by: Role, at: 'client' | 'firm', from: Role, to: Role, status: number, code?: string]>([
    ['CA', 'client', 'US', 'BK', 200],
    ['CA', 'client', 'BK', 'CA', 200],
    ['CA', 'client', 'CA', 'EM', 200],
    ['CA', 'client', 'US', 'AA', 400, 'tenancy.accountant_only_at_provider'],
    ['CA', 'firm', 'US', 'AA', 200],
    ['AA', 'firm', 'US', 'BK', 200],
    ['AA', 'firm', 'US', 'CA', 403, 'tenancy.owner_only'],
    ['AA', 'firm', 'CA', 'US', 403, 'tenancy.owner_only'],
    ['BK', 'client', 'US', 'EM', 403, 'request.role_missing'],
    ['US', 'client', 'BK', 'EM', 403, 'request.role_missing'],
    ['EM', 'client', 'BK', 'US', 403, 'request.role_missing'],
  ])('%s at a %s, from %s to %s: %s', async (by, at, from, to, status, code) => {
    const { owner, member, id } = await place(from, at === 'firm');
    const actor = by === 'CA' ? owner : await person();
    if (by !== 'CA') await people.role(id, actor.id, by);
    const answer = await actor.api.patch(`/client-accounts/${id}/users/${member.id}`, { role_id: ROLE_ID[to] });
    expect([answer.status, answer.body.details?.code]).toEqual([status, code]);
    if (status === 200) expect(answer.body.role).toEqual({ id: ROLE_ID[to], name: to });
  });

  it.each<[string, (place: Awaited<ReturnType<typeof placed>>) => [string, number], number, string]>([
    ['one’s own', ({ owner, id }) => [`/client-accounts/${id}/users/${owner.id}`, 1], 403, 'tenancy.own_role'],
    ['of a stranger', ({ id }) => [`/client-accounts/${id}/users/999999999`, 1], 404, 'request.not_found'],
    ['to none', ({ member, id }) => [`/client-accounts/${id}/users/${member.id}`, 9], 400, 'request.invalid'],
  ])('%s is refused', async (_, make, status, code) => {
    const there = await placed();
    const [path, roleId] = make(there);
    const answer = await there.owner.api.patch(path, { role_id: roleId });
    expect([answer.status, answer.body.details.code]).toEqual([status, code]);
  });

  const placed = () => place('US', false);

  it('works at once for the one whose role it is', async () => {
    const { owner, member, id } = await place('BK', false);
    expect((await member.api.get(`/client-accounts/${id}/settings`)).status).toBe(200);
    await owner.api.patch(`/client-accounts/${id}/users/${member.id}`, { role_id: ROLE_ID.EM });
    expect((await member.api.get(`/client-accounts/${id}/settings`)).status).toBe(403);
    expect((await owner.api.delete(`/client-accounts/${id}/users/${member.id}`)).body.is_active).toBe(false);
    expect((await member.api.get(`/client-accounts/${id}`)).status).toBe(403);
  });
});

describe('the last owner', () => {
  it('stays, also against an accountant who could otherwise act where there is no owner', async () => {
    const { owner, id } = await place('US', true);
    const accountant = await person();
    await people.role(id, accountant.id, 'AA');
    const refused = await accountant.api.delete(`/client-accounts/${id}/users/${owner.id}`);
    expect(refused.body.details.code).toBe('tenancy.owner_only');
  });

  it('of two owners who remove each other at the same time, one stays', async () => {
    const { owner, member, id } = await place('CA', false);
    const answers = await Promise.all([
      owner.api.delete(`/client-accounts/${id}/users/${member.id}`),
      member.api.delete(`/client-accounts/${id}/users/${owner.id}`),
    ]);
    const left = await asOwner(
      'select count(*) from client_account_users where client_account_id = $1 and role_id = 3 and is_active',
      [id],
    );
    expect(answers.every(({ status }) => status === 200)).toBe(false);
    expect(Number(left.rows[0].count)).toBe(1);
  });
});

it('lists users as a bare array with what was asked for', async () => {
  const { owner, member, id } = await place('US', false);
  const bare = await member.api.get(`/client-accounts/${id}/users`);
  expect(bare.body).toHaveLength(2);
  expect(Object.keys(bare.body[0])).not.toContain('user');
  const full = await owner.api.get(`/client-accounts/${id}/users?with=user,role`);
  expect(full.body.find((row: { user_id: number }) => row.user_id === member.id)).toMatchObject({
    role: { id: 1, name: 'US' },
    user: { id: member.id, first_name: 'Kari', last_name: 'Nordmann' },
  });
  expect(JSON.stringify(full.body)).not.toContain('@example.test');
});

describe('organizational roles', () => {
  it('are added once, listed with the partner, and removed', async () => {
    const { owner, id } = await place('US', false);
    const partnerId = id * 2 ** 31 + 1_000_000;
    await asOwner(
      "insert into business_partners (client_account_id, id, sequence_number, name) values ($1, $2, 1, 'Styre Leder')",
      [id, partnerId],
    );
    const path = `/client-accounts/${id}/organizational-roles`;
    const add = () => owner.api.post(path, { business_partner_id: partnerId, role_type: 'COB' });
    const made = await add();
    expect([made.status, (await add()).status]).toEqual([201, 409]);
    const list = await owner.api.get(`${path}?with=business_partner`);
    expect(list.body.data).toMatchObject([
      { role_type: 'COB', business_partner: { id: partnerId, name: 'Styre Leder' } },
    ]);
    expect((await owner.api.post(path, { business_partner_id: 1, role_type: 'CEO' })).status).toBe(400);
    expect((await owner.api.post(path, { business_partner_id: partnerId, role_type: 'KING' })).status).toBe(400);
    expect((await owner.api.delete(`${path}/${made.body.id}`)).status).toBe(200);
    expect((await owner.api.delete(`${path}/${made.body.id}`)).status).toBe(404);
  });
});

describe('owners who remove each other at once', () => {
  it('leave one; who has been removed removes nobody', async () => {
    const owners = [await person(), await person(), await person()];
    const id = await people.clientAccount(owners[0]!.id);
    for (const { id: userId } of owners.slice(1)) await people.role(id, userId, 'CA');
    const answers = await Promise.all(
      owners.flatMap((by) =>
        owners.filter((one) => one.id !== by.id).map((one) => by.api.delete(`/client-accounts/${id}/users/${one.id}`)),
      ),
    );
    const { rows } = await asOwner(
      `select count(*)::int as n from client_account_users m join roles r on r.id = m.role_id
       where m.client_account_id = $1 and m.is_active and r.code = 'CA'`,
      [id],
    );
    expect(rows[0].n).toBe(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.every(({ status }) => [200, 403, 404, 409].includes(status))).toBe(true);
  });
});
