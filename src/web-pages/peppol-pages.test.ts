import { expect, test } from 'vitest';
import { type Books, openBooks, testDatabase, testPlatform, testServer } from '../../test/support/books/books.ts';
import { syntheticNumber } from '../../test/support/outside/peppol.ts';
import { connect, MovingClock, testSandbox } from '../../test/support/outside/sandbox.ts';

const clock = new MovingClock();
const sandbox = await testSandbox(clock);
const { outside } = await connect(sandbox, clock, { database: testDatabase() });
const server = await testServer({ ...testPlatform(clock), outside });

const send = (method: 'GET' | 'POST', books: Books, form?: Record<string, string>, language = 'nb') =>
  server.inject({
    method,
    url: `/client-accounts/${books.clientAccountId}/integrations/peppol`,
    headers: {
      'accept-language': language,
      authorization: `Bearer ${books.token}`,
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(form ? { payload: new URLSearchParams(form).toString() } : {}),
  });

test.each([
  ['nb', 'Slå på', 'Slått på, ikke synlig', 'Slått på og synlig', 'Slått av'],
  ['en', 'Switch on', 'On, not seen', 'On, and seen', 'Off'],
])('from off to on and off again, in %s', async (language, on, waits, live, off) => {
  const books = await openBooks({ clock, organizationNumber: syntheticNumber() });
  const seen = async () => (await send('GET', books, undefined, language)).body;
  expect(await seen()).toContain(on);
  await sandbox.act('peppol_smp', 'hold');
  expect((await send('POST', books, { is_active: '1' }, language)).statusCode).toBe(303);
  expect(await seen()).toContain(waits);
  await sandbox.act('peppol_smp', 'release');
  await send('POST', books, { is_active: '1' }, language);
  expect(await seen()).toContain(live);
  await send('POST', books, { is_active: '0' }, language);
  expect(await seen()).toContain(`>${off}<`);
});

test('with another provider: it says so, and asks for the migration key', async () => {
  const organizationNumber = syntheticNumber();
  const books = await openBooks({ clock, organizationNumber });
  await sandbox.act('peppol_smp', 'elsewhere', { organizationNumber });
  const refused = await send('POST', books, { is_active: '1' });
  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain('hos en annen leverandør');
  expect(refused.body).toContain('name="migration_key"');
  const key = await sandbox.act('peppol_smp', 'migrationKey', { organizationNumber });
  expect((await send('POST', books, { is_active: '1', migration_key: String(key) })).statusCode).toBe(303);
});
