import sql from 'sql-template-tag';
import { afterAll, describe, expect, it } from 'vitest';
import { People } from '../../../test/support/books/people.ts';
import type { Role } from '../../platform/caller.ts';
import { authenticate } from './authenticate.ts';
import { forgetCallers } from './caller-cache.ts';
import { callerOfUser, roleAtClient } from './caller-load.ts';
import { openSession } from '../sign-in/session.ts';

const now = new Date('2025-06-15T10:00:00Z');
const people = new People({ now: () => now });
const callerOf = authenticate(people.platform);
afterAll(() => people.close());

const site = (headers: Record<string, string>, method = 'GET', protocol: 'http' | 'https' = 'http') => ({
  headers,
  method,
  protocol,
  host: 'books.example.test',
});
const bearer = (token: string) => site({ authorization: `Bearer ${token}` });

describe('bearer tokens', () => {
  it('are known by their hash, with their scopes', async () => {
    const { id } = await people.user();
    const token = await people.token(id, ['read:profile']);
    const caller = await callerOf(bearer(token));
    expect(caller?.userId).toBe(id);
    expect([...caller!.scopes]).toEqual(['read:profile']);
    const stored = await people.platform.database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.rows<{ text: string }>(sql`select t::text as text from access_tokens t where user_id = ${id}`),
    );
    expect(stored).toHaveLength(1);
    expect(stored[0]!.text).not.toContain(token);
  });

  it.each([
    ['unknown', () => Promise.resolve('hb_unknown')],
    ['empty', () => Promise.resolve('')],
    ['expired', async () => people.token((await people.user()).id, undefined, new Date('2025-06-15T09:59:59Z'))],
    [
      'of an inactive user',
      async () => {
        const { id } = await people.user();
        await people.platform.database.transaction({ clientAccounts: [], mode: 'write', userId: id }, (tx) =>
          tx.execute(sql`update users set is_active = false where id = ${id}`),
        );
        return people.token(id);
      },
    ],
  ])('%s: nobody', async (_, make) => {
    expect(await callerOf(bearer(await make()))).toBeNull();
  });

  it('with a wrong Authorization header the cookie is not looked at', async () => {
    const { id } = await people.user();
    const secret = await session(id);
    expect(await callerOf(site({ cookie: `hovedbok=${secret}` }))).toMatchObject({ userId: id });
    expect(await callerOf(site({ cookie: `hovedbok=${secret}`, authorization: 'Basic eDp5' }))).toBeNull();
  });

  it('are forgotten at once where something changed', async () => {
    const { id } = await people.user();
    const token = await people.token(id);
    expect(await callerOf(bearer(token))).not.toBeNull();
    await people.platform.database.transaction({ clientAccounts: [], mode: 'write', userId: id }, (tx) =>
      tx.execute(sql`update access_tokens set revoked_at = now() where user_id = ${id}`),
    );
    forgetCallers(people.platform.database);
    expect(await callerOf(bearer(token))).toBeNull();
  });
});

function session(userId: number): Promise<string> {
  return people.platform.database.transaction({ clientAccounts: [], mode: 'write', userId }, (tx) =>
    openSession(tx, userId, now),
  );
}

describe('the session cookie', () => {
  it.each([
    ['GET', {}, true],
    ['POST', { 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { 'sec-fetch-site': 'same-site', origin: 'http://books.example.test' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site' }, false],
    ['DELETE', { 'sec-fetch-site': 'none' }, false],
    ['POST', { origin: 'http://books.example.test' }, true],
    ['POST', { origin: 'https://books.example.test' }, false],
    ['POST', { origin: 'http://evil.test' }, false],
    ['POST', { origin: 'null' }, false],
    ['PATCH', {}, false],
  ])('%s %o: accepted %s', async (method, headers, accepted) => {
    const { id } = await people.user();
    const request = site({ cookie: `hovedbok=${await session(id)}`, ...headers }, method);
    if (accepted) expect(await callerOf(request)).toMatchObject({ userId: id, via: 'session' });
    else await expect(callerOf(request)).rejects.toMatchObject({ code: 'tenancy.cross_site' });
  });

  it('has another name over https', async () => {
    const { id } = await people.user();
    const secret = await session(id);
    expect(await callerOf(site({ cookie: `hovedbok=${secret}` }, 'GET', 'https'))).toBeNull();
    expect(await callerOf(site({ cookie: `__Host-hovedbok=${secret}` }, 'GET', 'https'))).toMatchObject({ userId: id });
  });
});

describe('roles through a contract', () => {
  it.each<['ACCOUNTANT' | 'AUDITOR', Role, Role | null]>([
    ['ACCOUNTANT', 'AA', 'AA'],
    ['ACCOUNTANT', 'BK', 'BK'],
    ['ACCOUNTANT', 'CA', 'AA'],
    ['ACCOUNTANT', 'US', null],
    ['ACCOUNTANT', 'EM', null],
    ['AUDITOR', 'AA', 'US'],
    ['AUDITOR', 'BK', 'US'],
    ['AUDITOR', 'CA', 'US'],
    ['AUDITOR', 'US', null],
    ['AUDITOR', 'EM', null],
  ])('%s firm, %s → %s', (provider, role, expected) => {
    expect(roleAtClient(provider, role)).toBe(expected);
  });

  it.each([
    ['APPROVED', null, null, true],
    ['APPROVED', '2025-06-15', '2025-06-15', true],
    ['APPROVED', '2025-06-16', null, false],
    ['APPROVED', null, '2025-06-14', false],
    ['PENDING', null, null, false],
    ['REJECTED', null, null, false],
  ] as const)('%s from %s to %s: access %s', async (status, from, to, access) => {
    const [owner, accountant] = [await people.user(), await people.user()];
    const client = await people.clientAccount(owner.id);
    const firm = await people.clientAccount(owner.id, { isProvider: true });
    await people.role(firm, accountant.id, 'AA');
    await people.contract(client, firm, status, from, to);
    const caller = await callerOfUser(people.platform.database, accountant.id, undefined, now);
    expect([...(caller!.roles.get(client) ?? [])]).toEqual(access ? ['AA'] : []);
    expect([...caller!.roles.get(firm)!]).toEqual(['AA']);
  });
});
