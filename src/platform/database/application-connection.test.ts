import pg from 'pg';
import { expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { applicationConnection } from './application-connection.ts';

const owner = testOwnerConnection();

test.skipIf(owner.connectionString !== undefined)(
  'on the embedded database the application cannot become the owner',
  async () => {
    const client = new pg.Client(await applicationConnection(owner));
    await client.connect();
    try {
      expect((await client.query('select session_user, current_user')).rows).toEqual([
        { session_user: 'hovedbok_app', current_user: 'hovedbok_app' },
      ]);
      await expect(client.query('set role hovedbok_owner')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  },
);

test.skipIf(owner.connectionString === undefined)('a server of DATABASE_URL keeps its login', async () => {
  expect(await applicationConnection(owner)).toBe(owner);
});
