import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { connect, type Connected, MovingClock, testSandbox } from '../../../test/support/outside/sandbox.ts';
import type { Platform } from '../../platform/operation.ts';
import { systemUserRoutes } from '../altinn/system-users/system-users.routes.ts';
import { dialogportenRoutes } from './dialogporten.routes.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const platform: Platform = { ...testPlatform(clock), publicUrl: 'http://127.0.0.1:8080' };
const api = apiOf([...dialogportenRoutes, ...systemUserRoutes], platform);
const CUSTOMER = '310049573';
/** An organisation with three pages. */
const BUSY = '312974436';
const WITHOUT_RIGHTS = '310904473';

let connected: Connected;
beforeEach(async () => {
  sandbox.reset();
  await sandbox.act('dialogporten', 'forget');
  connected = await connect(sandbox, clock);
  platform.outside = connected.outside;
});

const SYSTEM_USERS = '/integrations/altinn/system-users';

/** Books of an organisation that has approved our system user. */
async function approved(organizationNumber = CUSTOMER): Promise<{ books: Books; id: string }> {
  const books = await openBooks({ clock, organizationNumber });
  const { body } = await api('POST', SYSTEM_USERS, books.token, { client_account_id: books.clientAccountId });
  await sandbox.act('altinn', 'decide', { id: body.id, decision: 'approve', person: '28818698897' });
  expect((await api('GET', `${SYSTEM_USERS}/${body.id}`, books.token)).body.status).toBe('Active');
  sandbox.journal.clear();
  return { books, id: body.id };
}

const search = (books: Books, more = '') =>
  api('GET', `/integrations/dialogporten/dialogs?client_account_id=${books.clientAccountId}${more}`, books.token);
const queries = () => sandbox.journal.requests('dialogporten').map(({ query }) => new URLSearchParams(query));

describe('row 10: dialogs', () => {
  test('live from Dialogporten, with the fields of the specification and no others', async () => {
    const { books } = await approved();
    const { status, body } = await search(books);
    expect([status, body.items.length, body.error]).toEqual([200, 25, undefined]);
    expect(body.items[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: expect.any(String),
      extendedStatus: expect.toBeOneOf([null, expect.any(String)]),
      serviceResource: expect.stringMatching(/^urn:altinn:resource:/),
      party: `urn:altinn:organization:identifier-no:${CUSTOMER}`,
      org: expect.stringMatching(/^(skd|nav|brg|ssb)$/),
      createdAt: expect.stringMatching(/\.\d{7}Z$/),
      updatedAt: expect.stringMatching(/\.\d{7}Z$/),
    });
    // An unknown status is shown unchanged.
    expect(body.items.map(({ status }: any) => status)).toContain('UnderArkivering');
    expect(Object.fromEntries(queries()[0]!)).toEqual({
      party: `urn:altinn:organization:identifier-no:${CUSTOMER}`,
      limit: '100',
      orderBy: 'contentUpdatedAt_desc',
    });
    await search(books);
    expect(queries()).toHaveLength(2);
  });

  test('three pages are followed with the same question', async () => {
    const { books } = await approved(BUSY);
    const { body } = await search(books);
    expect([body.items.length, new Set(body.items.map(({ id }: any) => id)).size]).toEqual([250, 250]);
    expect(
      queries().map((query) => [query.get('orderBy'), query.get('party'), query.has('continuationToken')]),
    ).toEqual(
      [false, true, true].map((goesOn) => [
        'contentUpdatedAt_desc',
        `urn:altinn:organization:identifier-no:${BUSY}`,
        goesOn,
      ]),
    );
  });

  test('filters are Dialogporten’s; a resource may come without its prefix', async () => {
    const { books } = await approved();
    for (const resource of ['brg-arsregnskap', 'urn:altinn:resource:brg-arsregnskap']) {
      const { body } = await search(books, `&service_resource=${resource}&status=Completed`);
      expect(body.items.length).toBeGreaterThan(0);
      for (const item of body.items)
        expect([item.status, item.serviceResource]).toEqual(['Completed', 'urn:altinn:resource:brg-arsregnskap']);
    }
    const unknown = await search(books, '&status=Nonsense');
    expect([unknown.status, unknown.body]).toEqual([
      200,
      { items: [], error: "Dialogporten refused the search: 400 status: 'Nonsense' is not a status" },
    ]);
  });

  test('no organization number, no valid one, no system user, one that waits, no rights', async () => {
    expect((await search(await openBooks({ clock }))).body).toEqual({ items: [], error: 'No organization number' });
    const waiting = await openBooks({ clock, organizationNumber: CUSTOMER });
    expect((await search(waiting)).body).toEqual({ items: [], error: 'No active system user' });
    await api('POST', SYSTEM_USERS, waiting.token, { client_account_id: waiting.clientAccountId });
    expect((await search(waiting)).body).toEqual({ items: [], error: 'No active system user' });
    expect(queries()).toEqual([]);
    expect((await search((await approved(WITHOUT_RIGHTS)).books)).body).toEqual({ items: [] });
  });

  test('the system user was deleted: Maskinporten says so, and the state is looked up', async () => {
    const { books, id } = await approved();
    await sandbox.act('altinn', 'deleteUser', { id });
    expect((await search(books)).body).toEqual({ items: [], error: 'No active system user' });
    const { items } = (await api('GET', SYSTEM_USERS, books.token)).body;
    expect(items[0]).toMatchObject({ id, status: 'Deleted' });
  });

  test.each<[string, (books: Books) => Promise<{ status: number; body: any }>, string]>([
    ['nobody named', (books) => api('GET', '/integrations/dialogporten/dialogs', books.token), '400 request.invalid'],
    [
      'a client account that is nowhere',
      (books) => api('GET', `/integrations/dialogporten/dialogs?client_account_id=${2 ** 21}`, books.token),
      '400 dialogporten.unknown_client_account',
    ],
    [
      'somebody else’s',
      async (books) => {
        const { clientAccountId } = await openBooks({ clock, organizationNumber: CUSTOMER });
        return api('GET', `/integrations/dialogporten/dialogs?client_account_id=${clientAccountId}`, books.token);
      },
      '403 request.no_access',
    ],
    ['no credentials', (books) => search({ ...books, token: 'hb_unknown' }), '401 request.unauthenticated'],
    ['an unknown parameter', (books) => search(books, '&party=x'), '400 request.invalid'],
  ])('%s', async (_, send, expected) => {
    const { status, body } = await send(await openBooks({ clock }));
    expect(`${status} ${body.details?.code}`).toBe(expected);
  });

  test('a dialog of another party is none of ours', async () => {
    const { books } = await approved();
    const foreign = {
      id: '0198c5c0-0000-7000-8000-000000000001',
      org: 'skd',
      status: 'Draft',
      serviceResource: 'urn:altinn:resource:x',
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
      contentUpdatedAt: '2030-01-01T00:00:00Z',
    };
    const theirs = 'urn:altinn:organization:identifier-no:312974436';
    const other = await import('./dialog.ts');
    expect(() =>
      other.readDialogPage(
        { items: [{ ...foreign, party: theirs }] },
        'urn:altinn:organization:identifier-no:310049573',
      ),
    ).toThrow(/do not understand/);
    expect((await search(books)).body.items).toHaveLength(25);
  });

  test('with Altinn’s token where that is configured, and where the other is refused', async () => {
    const { books } = await approved();
    const exchanging = await connect(sandbox, clock, { environment: { DIALOGPORTEN_TOKEN_EXCHANGE: '1' } });
    platform.outside = exchanging.outside;
    expect((await search(books)).body.items).toHaveLength(25);
    expect(sandbox.journal.entries.map(({ note }) => note)).toContain('token exchanged for a system user');
    platform.outside = connected.outside;
    sandbox.fault({ party: 'dialogporten', times: 2, effect: { kind: 'status', status: 401 } });
    expect((await search(books)).body.items).toHaveLength(25);
    expect(connected.calls.map(({ call, outcome }) => `${call} ${outcome}`)).toContain('exchange.maskinporten 200');
  });

  test('keys that change, tokens that end: the next answer is good again', async () => {
    const { books } = await approved();
    await search(books);
    await sandbox.act('maskinporten', 'rotate');
    expect((await search(books)).body.items).toHaveLength(25);
    clock.pass(3600);
    expect((await search(books)).body.items).toHaveLength(25);
  });
});

test('row 15: two customers’ tokens never meet, however many ask at once', async () => {
  const [one, two] = [(await approved(CUSTOMER)).books, (await approved(BUSY)).books];
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const { body } = await search(i % 2 ? one : two, '&status=Completed');
      const parties = new Set(body.items.map(({ party }: any) => party.slice(-9)));
      expect([...parties]).toEqual([i % 2 ? CUSTOMER : BUSY]);
    }),
  );
  const notes = sandbox.journal.entries.flatMap(({ note }) => (note?.startsWith('dialogs of') ? [note] : []));
  expect(notes.length).toBeGreaterThanOrEqual(20);
  for (const note of notes) {
    const [party, customer] = [...note.matchAll(/\d{9}/g)].map(([number]) => number);
    expect(party).toBe(customer);
  }
});

const recorded = join(import.meta.dirname, '../../../../shared/reference/integrations/data/dialogporten/errors');
describe.skipIf(!existsSync(recorded))('recorded errors of the real one', () => {
  const files = existsSync(recorded) ? readdirSync(recorded) : [];
  test.each(files)('%s is told in words', async (file) => {
    const { refusalOf } = await import('./dialogporten-client.ts');
    const body = readFileSync(join(recorded, file));
    const status = Number(/-(\d{3})/.exec(file)![1]);
    const answer = { status, headers: new Headers({ 'content-type': 'application/problem+json' }), body };
    const error = refusalOf(answer);
    const [field, messages] = Object.entries(JSON.parse(body.toString()).errors as Record<string, string[]>)[0]!;
    expect([error.code, error.facts.reason]).toEqual([
      'dialogporten.refused',
      expect.stringContaining(`${status} ${field}: ${messages[0]!.slice(0, 60)}`),
    ]);
  });
});
