import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDemo } from '../../test/support/server/demo.ts';
import { exportOf, schemaFaults } from '../../test/support/saf-t/saf-t-export.ts';
import { fixedClock } from '../kernel/clock.ts';
import type { Database } from '../platform/database/pool.ts';
import { importSafT } from '../saf-t-import/index.ts';
import { createUser } from '../tenancy/index.ts';

const clock = fixedClock('2026-11-21T10:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-demo-'));
let database: Database;
let clients: { id: number; display_name: string }[];
let userId: number;

beforeAll(async () => {
  ({ database } = (await testDemo()).platform);
  await database.transaction({ clientAccounts: [], mode: 'write' }, async (tx) => {
    clients = await tx.rows(sql`select c.id, c.display_name from client_accounts c
      where not c.is_provider and c.display_name in ('Lerkefjell Innredning AS') or c.unique_name like '%borettslag%' order by c.id`);
    userId = await createUser(tx, { email: `${randomUUID()}@trip.example`, firstName: 'R', lastName: 'T' });
  });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function importAsNew(xml: string): Promise<{ id: number; warnings: string[] }> {
  const path = join(folder, 'file.xml');
  await writeFile(path, xml);
  const outcome = await importSafT(database, clock, {
    path,
    fileName: 'f.xml',
    clientAccountId: null,
    userId,
    reachable: [],
  });
  if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors.slice(0, 5)));
  const { result } = outcome;
  expect(result.accounts.filter((account) => account.difference !== '0.00')).toEqual([]);
  return {
    id: result.client_account_id,
    warnings: result.warnings.map((w) => `${w.code} ${w.element} ${w.found} ${w.expected}`),
  };
}

const pieces = (xml: string) => xml.split(/(?<=\n)|(?=<Line>)/);

test.each([
  { from: '2024-01-01', to: '2024-12-31' },
  { from: '2025-01-01', to: '2025-12-31' },
  { from: '2024-01-01', to: '2026-12-31' },
  { from: '2025-03-10', to: '2025-09-20' },
])(
  'the demo company $from to $to: out, in as a new company, out again: byte by byte the same',
  async (range) => {
    expect(clients.length).toBeGreaterThan(0);
    for (const client of clients) {
      const xml = await exportOf(database, client.id, range);
      expect(schemaFaults(xml)).toBe('');
      const again = await importAsNew(xml);
      expect([client.display_name, again.warnings]).toEqual([client.display_name, []]);
      const [there, back] = [pieces(xml), pieces(await exportOf(database, again.id, range))];
      expect(back.filter((piece, i) => piece !== there[i])).toEqual(there.filter((piece, i) => piece !== back[i]));
      expect(back.length).toBe(there.length);
    }
  },
  60_000,
);
