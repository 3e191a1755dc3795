import { beforeEach, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform, testServer } from '../../../test/support/books/books.ts';
import { connect, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import type { Platform } from '../../platform/operation.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080' };
const server = await testServer(platform);
beforeEach(async () => {
  sandbox.reset();
  platform.outside = (await connect(sandbox, clock)).outside;
});

const CUSTOMER = '310049573';
const send = (method: 'GET' | 'POST', url: string, books: Books | null, language = 'nb') =>
  server.inject({
    method,
    url,
    headers: {
      'accept-language': language,
      ...(books ? { authorization: `Bearer ${books.token}` } : {}),
      ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
  });
const altinn = ({ clientAccountId }: Books) => `/client-accounts/${clientAccountId}/integrations/altinn`;
const dialogs = ({ clientAccountId }: Books) => `/client-accounts/${clientAccountId}/integrations/dialogs`;
/** The address of the approval page and the decision made there. */
async function decide(page: string, decision: string, person = '28818698897') {
  const url = /href="([^"]*systemuser\/request[^"]*)"/.exec(page)![1]!.replaceAll('&amp;', '&');
  const id = new URL(url).searchParams.get('id')!;
  expect(await (await fetch(url)).text()).toContain(CUSTOMER);
  const body = new URLSearchParams({ id, decision, person });
  return fetch(url.split('?')[0]!, { method: 'POST', body, redirect: 'manual' });
}

test.each([
  ['nb', 'Be om tilgang', 'Venter på kunden', 'Aktiv', 'Skatteetaten'],
  ['en', 'Ask for access', 'Awaits the customer', 'Active', 'Tax Administration'],
])('from the wish to the dialogs, in %s', async (language, ask, waits, active, agency) => {
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  expect((await send('GET', altinn(books), books, language)).body).toContain(`>${ask}</button>`);
  const asked = await send('POST', altinn(books), books, language);
  expect([asked.statusCode, asked.headers.location]).toEqual([303, altinn(books)]);
  const waiting = (await send('GET', altinn(books), books, language)).body;
  expect(waiting).toContain(waits);
  expect(waiting).not.toContain('<form method="post" action="/client-accounts');
  const decided = await decide(waiting, 'approve');
  expect(decided.status).toBe(303);
  const back = new URL(decided.headers.get('location')!);
  const returned = await send('GET', back.pathname + back.search, books, language);
  expect([returned.statusCode, returned.headers.location]).toEqual([303, altinn(books)]);
  expect((await send('GET', altinn(books), books, language)).body).toContain(active);
  const list = await send('GET', dialogs(books), books, language);
  expect([list.statusCode, list.body.match(/<tr>/g)?.length]).toEqual([200, 26]);
  expect(list.body).toContain(agency);
});

test('the approver may be nobody here: a page that says so, and the state moves all the same', async () => {
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  await send('POST', altinn(books), books);
  const page = (await send('GET', altinn(books), books)).body;
  // Without the right to decide, the user is not sent back, and nothing changes.
  expect((await decide(page, 'approve', '26899299344')).status).toBe(403);
  expect((await decide(page, 'escalate', '26899299344')).status).toBe(200);
  const decided = await decide(page, 'reject');
  const back = new URL(decided.headers.get('location')!);
  const stranger = await send('GET', back.pathname + back.search, null, 'en');
  expect([stranger.statusCode, stranger.body.includes('Thank you')]).toEqual([200, true]);
  expect((await send('GET', altinn(books), books)).body).toContain('Avslått av kunden');
  const forged = await send('GET', '/integrations/altinn/return?key=00000000-0000-4000-8000-000000000000', null, 'en');
  expect([forged.statusCode, forged.body.includes('belongs to no request')]).toEqual([200, true]);
});

test('what Altinn refuses stands on the page; strangers and others get no further', async () => {
  const books = await openBooks({ clock, organizationNumber: CUSTOMER });
  sandbox.fault({ party: 'altinn', effect: { kind: 'status', status: 503 } });
  const refused = await send('POST', altinn(books), books, 'en');
  expect([refused.statusCode, refused.body.includes('The system user request was not made')]).toEqual([400, true]);
  expect((await send('GET', dialogs(books), books, 'en')).body).toContain('No active system user');
  expect((await send('GET', altinn(await openBooks({ clock })), null)).statusCode).toBe(303);
  expect((await send('GET', altinn(await openBooks({ clock })), books)).statusCode).toBe(403);
  expect((await send('POST', altinn(await openBooks({ clock })), books)).statusCode).toBe(403);
  const without = await openBooks({ clock });
  expect((await send('GET', altinn(without), without, 'en')).body).toContain('no organisation number');
});
