import sql from 'sql-template-tag';
import { afterAll, expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { onItsOwn } from './one-transaction.ts';
import { Database } from './pool.ts';

const database = new Database({ ...testOwnerConnection(), max: 2 });
const other = new Database({ ...testOwnerConnection(), max: 2 });
afterAll(() => Promise.all([database.close(), other.close()]));

const one = (from: Database) =>
  from.transaction({ clientAccounts: [], mode: 'read' }, (tx) => tx.one<{ one: number }>(sql`select 1 as one`));
const piped = (from: Database) => from.pipelined([], (tx) => tx.named('one', 'select 1 as one', []));

test.each([
  ['a transaction', one],
  ['a pipelined one', piped],
])('%s inside a transaction is refused, however deep', async (_, nested) => {
  const deep = async () => {
    await Promise.resolve();
    return nested(database);
  };
  for (const outer of [
    () => database.transaction({ clientAccounts: [], mode: 'read' }, deep),
    () => database.pipelined([], deep),
    () => database.pipelined([], deep, { lasting: true }),
  ])
    await expect(outer()).rejects.toMatchObject({ name: 'NestedTransaction' });
});

test('one after another, of another database, or of work that goes on by itself is none inside', async () => {
  await one(database);
  expect(await one(database)).toEqual({ one: 1 });
  let ownWork: Promise<unknown> | undefined;
  const inner = await database.transaction({ clientAccounts: [], mode: 'read' }, async () => {
    ownWork = onItsOwn(() => piped(database));
    return one(other);
  });
  expect(inner).toEqual({ one: 1 });
  expect(await ownWork).toEqual([{ one: 1 }]);
});

test('back from another database it is still inside the first', async () => {
  const work = database.transaction({ clientAccounts: [], mode: 'read' }, () =>
    other.transaction({ clientAccounts: [], mode: 'read' }, () => one(database)),
  );
  await expect(work).rejects.toMatchObject({ name: 'NestedTransaction' });
});

test('an import alone may take a short one beside its own', async () => {
  const short = () =>
    database.transaction({ clientAccounts: [], mode: 'write', besideLasting: true }, (tx) => tx.one(sql`select 1`));
  await database.pipelined([], short, { lasting: true });
  await expect(database.pipelined([], short)).rejects.toMatchObject({ name: 'NestedTransaction' });
});
