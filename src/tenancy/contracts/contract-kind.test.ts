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

/** A client; a firm of auditors with an owner and an employed bookkeeper. */
async function cast() {
  const owner = await person();
  const firmOwner = await person();
  const bookkeeper = await person();
  const client = await people.clientAccount(owner.id, { displayName: 'Kunde' });
  const firm = await people.clientAccount(firmOwner.id, {
    displayName: 'Revisor',
    isProvider: true,
    providerType: 'AUDITOR',
  });
  await people.role(firm, bookkeeper.id, 'BK');
  return { owner, firmOwner, bookkeeper, client, firm };
}
type Cast = Awaited<ReturnType<typeof cast>>;

const request = (c: Cast, more: object = {}) =>
  c.firmOwner.api.post('/contracts', { client_account_id: c.client, provider_client_account_id: c.firm, ...more });
const approve = (c: Cast, id: number, more: object = {}) =>
  c.owner.api.patch(`/contracts/${id}`, { approval_status: 'APPROVED', ...more });
const rename = (c: Cast, by: 'firmOwner') =>
  c[by].api.patch(`/client-accounts/${c.client}`, { display_name: 'Endret av firmaet' });
const log = async (c: Cast, type: string) =>
  (await c.owner.api.get(`/audit-log?client_account_id=${c.client}&record_type=${type}`)).body.data as any[];

describe('the kind of service', () => {
  it('is the contract’s: a firm that calls itself something else may do no more at its clients', async () => {
    const c = await cast();
    await approve(c, (await request(c)).body.id);
    expect((await rename(c, 'firmOwner')).status).toBe(403);
    const became = await c.firmOwner.api.patch(`/client-accounts/${c.firm}`, { provider_type: 'ACCOUNTANT' });
    expect(became.body.provider_type).toBe('ACCOUNTANT');
    expect((await rename(c, 'firmOwner')).status).toBe(403);
  });

  it('changes by a new request that the client approves; the old contract ends with it, seen in the client’s log', async () => {
    const c = await cast();
    const first = (await request(c)).body;
    expect(first.provider_type).toBe('AUDITOR');
    await approve(c, first.id);
    await c.firmOwner.api.patch(`/client-accounts/${c.firm}`, { provider_type: 'ACCOUNTANT' });
    const second = (await request(c)).body;
    expect((await rename(c, 'firmOwner')).status).toBe(403);
    expect((await approve(c, second.id)).body).toMatchObject({ provider_type: 'ACCOUNTANT' });
    expect((await rename(c, 'firmOwner')).status).toBe(200);
    const seen = (await log(c, 'contract')).map(({ record_id, after }) => [record_id, after.approval_status]);
    expect(seen).toEqual([
      [second.id, 'APPROVED'],
      [first.id, 'REJECTED'],
      [second.id, 'PENDING'],
      [first.id, 'APPROVED'],
      [first.id, 'PENDING'],
    ]);
  });

  it('asked for by name must be the firm’s', async () => {
    const c = await cast();
    const asked = (kind: string) =>
      c.owner.api.post('/contracts', {
        client_account_id: c.client,
        provider_client_account_id: c.firm,
        provider_type: kind,
      });
    expect((await asked('ACCOUNTANT')).status).toBe(400);
    expect((await asked('AUDITOR')).status).toBe(201);
  });
});

describe('terms', () => {
  it('that were changed since cannot be approved unseen', async () => {
    const c = await cast();
    const { id } = (await request(c, { service_provided: 'Revisjon' })).body;
    await c.firmOwner.api.patch(`/contracts/${id}`, { service_provided: 'Alt' });
    for (const seen of [{}, { version: 1 }, { version: 3 }]) {
      const answer = await approve(c, id, seen);
      expect([answer.status, answer.body.details?.code]).toEqual([409, 'tenancy.contract_terms_changed']);
    }
    expect((await approve(c, id, { version: 2 })).body).toMatchObject({ approval_status: 'APPROVED', version: 2 });
  });
});

describe('who of a firm may do what at a client', () => {
  it('is in the client’s audit log when a role is changed and taken away', async () => {
    const c = await cast();
    await approve(c, (await request(c)).body.id);
    const roles = (await asOwner('select id, code from roles')).rows;
    const idOf = (code: string) => roles.find((one) => one.code === code).id;
    const member = `/client-accounts/${c.firm}/users/${c.bookkeeper.id}`;
    await c.firmOwner.api.patch(member, { role_id: idOf('US') });
    await c.firmOwner.api.patch(member, { role_id: idOf('AA') });
    await c.firmOwner.api.delete(member);
    const seen = (await log(c, 'firm_member')).map((one) => [one.user_id, one.before.role, one.after.role]);
    expect(seen).toEqual([
      [c.firmOwner.id, 'US', null],
      [c.firmOwner.id, null, 'US'],
      [c.firmOwner.id, 'US', null],
    ]);
    expect((await log(c, 'firm_member'))[0].after).toMatchObject({
      provider_client_account_id: c.firm,
      user_id: c.bookkeeper.id,
    });
  });
});

describe('ten at once', () => {
  const TEN = Array.from({ length: 10 }, (_, i) => i);
  const counts = (answers: { status: number }[]) => {
    const of = (status: number) => answers.filter((one) => one.status === status).length;
    return { 200: of(200), 201: of(201), 409: of(409), other: answers.length - of(200) - of(201) - of(409) };
  };

  it('equal requests make one', async () => {
    const c = await cast();
    expect(counts(await Promise.all(TEN.map(() => request(c))))).toEqual({ 200: 0, 201: 1, 409: 9, other: 0 });
  });

  it('equal approvals decide once', async () => {
    const c = await cast();
    const { id } = (await request(c)).body;
    expect(counts(await Promise.all(TEN.map(() => approve(c, id))))).toEqual({ 200: 1, 201: 0, 409: 9, other: 0 });
  });

  it('approvals, rejections and changes of terms: what is approved has terms of its version', async () => {
    const c = await cast();
    const { id } = (await request(c)).body;
    const answers = await Promise.all(
      TEN.map((i) =>
        i % 3 === 0
          ? c.owner.api.patch(`/contracts/${id}`, { approval_status: 'REJECTED' })
          : i % 3 === 1
            ? approve(c, id, { version: 1 })
            : c.firmOwner.api.patch(`/contracts/${id}`, { service_provided: `Nr. ${i}` }),
      ),
    );
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true);
    const approved = answers.filter(({ status, body }) => status === 200 && body.approval_status === 'APPROVED');
    expect(approved.length).toBeLessThanOrEqual(1);
    for (const { body } of approved) expect([body.version, body.service_provided]).toEqual([1, null]);
  });
});
