import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SafTFile } from '../../../test/support/saf-t/saf-t-file.ts';
import { People } from '../../../test/support/books/people.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { foldVat, verifyBooks } from '../../ledger/index.ts';
import { importSafT } from '../../saf-t-import/import-saf-t.ts';
import { readVatReport } from './vat-get.ts';
import { vatView } from './vat-json.ts';

const example = new URL(
  '../../../../shared/reference/saf-t/examples/generated_auditfile_formatted_v_1.30.xml',
  import.meta.url,
).pathname;
const clock = fixedClock('2026-03-01T10:00:00Z');
const people = new People(clock);
const { database } = people.platform;
afterAll(() => people.close());

/** The official example, if it is available, and one of our own. */
const OWN = join(mkdtempSync(join(tmpdir(), 'hb-vat-imported-')), 'own.xml');
const files: [name: string, path: string][] = [['one of our own', OWN]];
if (existsSync(example)) files.push(['the official example', example]);
beforeAll(() => new SafTFile({ transactions: 60, seed: 11 }).write(OWN));
afterAll(() => rmSync(dirname(OWN), { recursive: true, force: true }));

test.each(files)('%s, imported: rows agree with the accounts, folded or not', async (_, path) => {
  const outcome = await importSafT(database, clock, {
    path,
    fileName: 'example.xml',
    clientAccountId: null,
    userId: (await people.user()).id,
    reachable: [],
  });
  if (outcome.status === 'refused') throw new Error('the example was refused');
  const { client_account_id: clientAccountId } = outcome.result as unknown as { client_account_id: number };
  const { rows: entries } = await (
    await import('../../../test/support/books/people.ts')
  ).asOwner(
    'select min(entry_date)::text as from, max(entry_date)::text as to from journal_entries where client_account_id = $1',
    [clientAccountId],
  );
  const range = entries[0] as { from: string; to: string };
  const read = () =>
    database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, async (tx) =>
      vatView(await readVatReport({ tx, database, clientAccountId, now: clock.now() }, { range, asOf: null }), 'nb'),
    );
  const before = await read();
  expect(before.rows.length).toBeGreaterThan(0);
  expect(before.closing_check.difference).toBe(0);
  expect(before.rows.map(({ links: _, ...row }) => row)).toMatchSnapshot();
  await database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
    foldVat(tx, clientAccountId),
  );
  expect(await read()).toEqual(before);
  expect(await verifyBooks(database, clientAccountId)).toEqual([]);
});
