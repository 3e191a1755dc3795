import { afterAll, describe, expect, it } from 'vitest';
import { Api } from '../../../test/support/http/api.ts';
import { asOwner, People } from '../../../test/support/books/people.ts';
import { type Caller, type Role, SCOPES } from '../../platform/caller.ts';
import { listInvitationMails, tenancyRoutes } from '../index.ts';

let now = new Date('2026-02-01T12:00:00Z');
const people = new People({ now: () => now });
const api = new Api(people.platform, tenancyRoutes);
afterAll(async () => {
  await api.close();
  await people.close();
});

async function owner() {
  const user = await people.user();
  return { ...user, api: api.as(await people.token(user.id)) };
}

let serial = 0;
const newEmail = () => `ny${++serial}.${Date.now()}@example.test`;

async function lastMail(recipient: string) {
  const { rows } = await asOwner('select * from mail_outbox where recipient = $1 order by id desc limit 1', [
    recipient,
  ]);
  return rows[0] as { subject: string; text_body: string; html_body: string };
}

async function invited(roleId = 4, language = 'nb') {
  const from = await owner();
  const id = await people.clientAccount(from.id, { displayName: 'Hav & Land <AS>' });
  const email = newEmail();
  const made = await from.api.post(
    '/invitations',
    { email, client_account_id: id, role_id: roleId },
    { 'accept-language': language },
  );
  expect(made.status).toBe(201);
  const token = /\/invitations\/(\S+)/.exec((await lastMail(email)).text_body)![1]!;
  return { from, id, email, token, invitation: made.body };
}

const open = (token: string) => api.call('GET', `/public/v2/invitations/${token}`);
const accept = (token: string, body: object) => api.call('POST', `/public/v2/invitations/${token}/accept`, { body });
const PERSON = { first_name: 'Per', last_name: 'Ås', password: 'lang nok passordfrase' };

describe('an invitation', () => {
  it('is mailed, shown, accepted by somebody new, and opens the account', async () => {
    const { id, email, token, invitation, from } = await invited();
    expect(invitation).toMatchObject({ status: 'PENDING', email, role_id: 4, expires_at: '2026-02-08T12:00:00Z' });
    expect(JSON.stringify(invitation)).not.toContain(token);
    expect((await open(token)).body).toMatchObject({
      email,
      client_account: { id, display_name: 'Hav & Land <AS>' },
      role: { id: 4, name: 'BK' },
      invited_by: 'Kari Nordmann',
      user_exists: false,
    });
    const missing = await accept(token, { first_name: 'Per', password: 'kort' });
    expect(missing.body.details.fields.map((field: { path: string }) => field.path)).toEqual(['last_name', 'password']);
    const done = await accept(token, PERSON);
    expect([done.status, done.body]).toEqual([200, { client_account_id: id, user_id: expect.any(Number), role_id: 4 }]);
    const users = await from.api.get(`/client-accounts/${id}/users?with=role`);
    expect(users.body.find((row: { user_id: number }) => row.user_id === done.body.user_id).role.name).toBe('BK');
    const signIn = await api.call('POST', '/api/v2/sessions', { body: { email, password: PERSON.password } });
    expect(signIn.status).toBe(201);
    expect((await accept(token, PERSON)).status).toBe(404);
  });

  it.each([
    ['nb', 'Invitasjon til regnskapet til Hav & Land <AS>', 'regnskapsmedarbeider'],
    ['no', 'Invitasjon til regnskapet til Hav & Land <AS>', 'regnskapsmedarbeider'],
    ['en', 'Invitation to the books of Hav & Land <AS>', 'bookkeeper'],
  ])('Accept-Language %s: %s', async (language, subject, role) => {
    const { email } = await invited(4, language);
    const mail = await lastMail(email);
    expect(mail.subject).toBe(subject);
    expect(mail.text_body).toContain(role);
    expect(mail.html_body).toContain('Hav &amp; Land &lt;AS&gt;');
    expect(mail.html_body).not.toContain('<AS>');
  });

  it('keeps name and password of somebody who can sign in already', async () => {
    const { id, email, token } = await invited();
    await people.user(email, 'mitt eget passord');
    expect((await open(token)).body.user_exists).toBe(true);
    expect((await accept(token, PERSON)).status).toBe(200);
    const signIn = (password: string) => api.call('POST', '/api/v2/sessions', { body: { email, password } });
    expect([(await signIn(PERSON.password)).status, (await signIn('mitt eget passord')).status]).toEqual([401, 201]);
    const { rows } = await asOwner(
      'select role_id from client_account_users m join users u on u.id = m.user_id where email = $1 and client_account_id = $2',
      [email, id],
    );
    expect(rows).toEqual([{ role_id: 4 }]);
  });

  it.each<[string, (made: Awaited<ReturnType<typeof invited>>) => Promise<string>]>([
    ['unknown', async ({ token }) => token.slice(0, -3) + 'abc'],
    ['of another client account', async ({ token, id }) => token.replace(id.toString(36), (id + 1).toString(36))],
    ['malformed', async () => 'tull'],
    [
      'cancelled',
      async ({ from, invitation, token }) => {
        await from.api.delete(`/invitations/${invitation.id}`);
        return token;
      },
    ],
    [
      'replaced by a newer one',
      async ({ from, id, email, token }) => {
        await from.api.post('/invitations', { email, client_account_id: id, role_id: 1 });
        return token;
      },
    ],
  ])('that is %s looks like none', async (_, make) => {
    const token = await make(await invited());
    const answers = [await open(token), await accept(token, PERSON)];
    expect(answers.map(({ status, body }) => [status, body.details.code])).toEqual([
      [404, 'tenancy.invitation_invalid'],
      [404, 'tenancy.invitation_invalid'],
    ]);
  });

  it('ends after seven days', async () => {
    const { token, from, invitation } = await invited();
    const before = now;
    try {
      now = new Date('2026-02-08T11:59:59Z');
      expect((await open(token)).status).toBe(200);
      now = new Date('2026-02-08T12:00:00Z');
      expect((await open(token)).status).toBe(404);
      expect((await from.api.get(`/invitations/${invitation.id}`)).body.status).toBe('EXPIRED');
    } finally {
      now = before;
    }
  });

  it.each([
    ['AA outside a firm', { role_id: 2 }, 400],
    ['no such role', { role_id: 77 }, 400],
    ['no address', { email: 'kari' }, 400],
    ['two addresses', { email: 'a@example.test, b@example.test' }, 400],
    ['a header in the address', { email: 'a@example.test\r\nBcc: b@example.test' }, 400],
    ['somebody who is a user already', 'self', 409],
  ])('is refused: %s', async (_, change, status) => {
    const from = await owner();
    const id = await people.clientAccount(from.id);
    const body = { email: newEmail(), client_account_id: id, role_id: 1 };
    Object.assign(body, change === 'self' ? { email: from.email } : change);
    expect((await from.api.post('/invitations', body)).status).toBe(status);
  });

  it('is listed to those who administer the account only, and not to others', async () => {
    const { from, id, invitation } = await invited();
    const bookkeeper = await owner();
    await people.role(id, bookkeeper.id, 'BK');
    const ids = async (person: typeof from, query = '') =>
      (await person.api.get(`/invitations${query}`)).body.data?.map((row: { id: number }) => row.id);
    expect(await ids(from)).toEqual([invitation.id]);
    expect(await ids(bookkeeper)).toEqual([]);
    expect((await bookkeeper.api.get(`/invitations/${invitation.id}`)).status).toBe(403);
    expect((await bookkeeper.api.get(`/invitations?client_account_id=${id}`)).status).toBe(403);
  });
});

describe('who sent it', () => {
  it('loses the right to it: the invitation ends, and says so', async () => {
    const { from, id, token } = await invited();
    const second = await owner();
    await people.role(id, second.id, 'CA');
    await people.role(id, from.id, 'US');
    for (const answer of [await open(token), await accept(token, PERSON)])
      expect([answer.status, answer.body.details.code]).toEqual([409, 'tenancy.invitation_sender_lost']);
    await people.role(id, from.id, 'AA');
    expect((await open(token)).status).toBe(200);
    await asOwner('update users set is_active = false where id = $1', [from.id]);
    expect((await open(token)).status).toBe(409);
  });

  it('was an owner and is an accountant now: no owner comes in by it', async () => {
    const { from, id, token } = await invited(3);
    const second = await owner();
    await people.role(id, second.id, 'CA');
    await people.role(id, from.id, 'AA');
    expect((await accept(token, PERSON)).body.details.code).toBe('tenancy.invitation_sender_lost');
  });
});

describe('the invitations that no server mails', () => {
  const shown = async (userId: number, clientAccounts: [number, Role][], via: 'session' | 'access_token') => {
    const caller: Caller = {
      userId,
      scopes: new Set(SCOPES),
      roles: new Map(clientAccounts.map(([id, role]) => [id, new Set([role])])),
      language: 'nb',
      via,
    };
    const { value } = await listInvitationMails.call(people.platform, { caller, clientAccountId: null }, undefined);
    return value && value.map(({ recipient }) => recipient);
  };

  it('are shown in a session, to who may send them', async () => {
    const { from, id, email } = await invited();
    const ofOwner = await invited(3);
    await people.role(ofOwner.id, from.id, 'AA');
    const accounts: [number, Role][] = [
      [id, 'CA'],
      [ofOwner.id, 'AA'],
    ];
    expect(await shown(from.id, accounts, 'session')).toEqual([email]);
    expect(await shown(from.id, accounts, 'access_token')).toBeNull();
    expect(await shown(from.id, [[id, 'BK']], 'session')).toBeNull();
    expect(await shown(ofOwner.from.id, [[ofOwner.id, 'CA']], 'session')).toEqual([ofOwner.email]);
  });

  it('leave the list once accepted or cancelled', async () => {
    const { from, id, token } = await invited();
    expect(await shown(from.id, [[id, 'CA']], 'session')).toHaveLength(1);
    await accept(token, PERSON);
    expect(await shown(from.id, [[id, 'CA']], 'session')).toEqual([]);
  });
});

describe('ten at once', () => {
  const ten = <T>(make: (i: number) => Promise<T>) => Promise.all(Array.from({ length: 10 }, (_, i) => make(i)));
  const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

  it('equal acceptances bring in one', async () => {
    const { id, token } = await invited();
    const answers = await ten(() => accept(token, PERSON));
    expect(statuses(answers)).toEqual([200, ...Array<number>(9).fill(404)]);
    const { rows } = await asOwner('select count(*)::int as n from client_account_users where client_account_id = $1', [
      id,
    ]);
    expect(rows[0].n).toBe(2);
  });

  it('acceptances and cancellations end in one of them', async () => {
    const { from, token, invitation } = await invited();
    const answers = await ten((i) =>
      i % 2 ? accept(token, PERSON) : from.api.delete(`/invitations/${invitation.id}`),
    );
    expect(statuses(answers).filter((status) => status === 200)).toHaveLength(1);
    expect(statuses(answers).every((status) => [200, 404, 409].includes(status))).toBe(true);
  });

  it('invitations to one person leave one open', async () => {
    const from = await owner();
    const id = await people.clientAccount(from.id);
    const email = newEmail();
    const answers = await ten(() => from.api.post('/invitations', { email, client_account_id: id, role_id: 4 }));
    expect(statuses(answers)).toEqual(Array<number>(10).fill(201));
    const list = (await from.api.get(`/invitations?client_account_id=${id}`)).body.data as { status: string }[];
    expect(list.filter(({ status }) => status === 'PENDING')).toHaveLength(1);
  });
});
