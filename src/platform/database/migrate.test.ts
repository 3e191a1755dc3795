import pg from 'pg';
import { expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database.ts';
import { migrate } from './migrate.ts';

test('a migrated database has nothing to apply, and the whole chart', async () => {
  expect(await migrate(testOwnerConnection())).toEqual([]);
  const client = new pg.Client(testOwnerConnection());
  await client.connect();
  const { rows } = await client.query(
    `select id, mandatory_dimensions, default_tax_code, group_code from gl_accounts where account_code in ('1500', '1000') order by id`,
  );
  await client.end();
  expect(rows).toEqual([
    { id: 1000, mandatory_dimensions: ['asset'], default_tax_code: '1', group_code: '1110' },
    { id: 1500, mandatory_dimensions: ['business_partner'], default_tax_code: null, group_code: expect.any(String) },
  ]);
});
