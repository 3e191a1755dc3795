import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/support/books/books.ts';

test('statements with long names that begin alike are prepared apart, and found again', async () => {
  const long = 'a-statement-with-a-name-that-goes-on-for-longer-than-postgresql-keeps-it-';
  await testDatabase().transaction({ clientAccounts: [], mode: 'read' }, async (tx) => {
    for (let round = 0; round < 2; round += 1)
      for (const which of ['one', 'two'])
        expect(await tx.named(`${long}${which}`, `select '${which}' as name`, [])).toEqual([{ name: which }]);
  });
});
