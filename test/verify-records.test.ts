import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bankingRoutes } from '../src/banking/index.ts';
import { assetsRoutes } from '../src/assets/index.ts';
import { cancelEntry, ledgerRoutes } from '../src/ledger/index.ts';
import { vatReturnRoutes } from '../src/vat-return/index.ts';
import { addHouseAccount, addTransactions } from './support/bank/bank.ts';
import { findings } from './support/bank/bank-findings.ts';
import { addPartner, type Books, credit, debit, openBooks, testPlatform } from './support/books/books.ts';
import { testOwnerConnection } from './support/database/database.ts';
import { apiOf } from './support/http/domain-api.ts';

const api = apiOf([...bankingRoutes, ...assetsRoutes, ...ledgerRoutes, ...vatReturnRoutes], testPlatform());

/** The owner of the tables, not subject to row level security and grants. */
let owner: pg.Client;
beforeAll(async () => {
  owner = new pg.Client(testOwnerConnection());
  await owner.connect();
});
afterAll(() => owner?.end());

/** Makes a change that the triggers of its table would refuse, with them disabled. */
async function plant(statement: string, values: unknown[] = []): Promise<void> {
  const table = /^update (\w+) /.exec(statement)![1]!;
  await owner.query('begin');
  await owner.query(`alter table ${table} disable trigger user`);
  await owner.query(statement, values);
  await owner.query(`alter table ${table} enable trigger user`);
  await owner.query('commit');
}

interface Made {
  /** The record. */
  id: number;
  /** Its entry. */
  entry: number;
}

async function call(books: Books, path: string, body: object) {
  const answer = await api('POST', path, books.token, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

const kinds: { kind: string; source: string; table: string; column: string; make(books: Books): Promise<Made> }[] = [
  {
    kind: 'document',
    source: 'document',
    table: 'documents',
    column: 'journal_entry_id',
    async make(books) {
      const made = await call(books, '/documents', {
        client_account_id: books.clientAccountId,
        document_type: 'ARINV',
        document_date: '2025-03-01',
        business_partner_id: await addPartner(books),
        lines: [{ account_code: '3000', amount: 100, tax_code: '3' }],
      });
      return { id: made.id, entry: made.journal_entry_id };
    },
  },
  {
    kind: 'bank match',
    source: 'bank',
    table: 'bank_match_entries',
    column: 'entry_id',
    async make(books) {
      const bank = await addHouseAccount(books);
      const [paid] = await addTransactions(books, bank, [{ amount: -100_00 }]);
      const { data } = await call(books, '/banking/matches', {
        client_account_id: books.clientAccountId,
        matches: [
          {
            transactions: [{ bank_transaction_id: paid!.id }],
            postings: [{ account_code: '7770', amount: '-100.00' }],
          },
        ],
      });
      return { id: data[0].id, entry: data[0].entries[0].journal_entry_id };
    },
  },
  {
    kind: 'disposal',
    source: 'disposal',
    table: 'asset_disposals',
    column: 'entry_id',
    async make(books) {
      const id = await software(books);
      const made = await call(books, `/assets/${id}/disposal`, { kind: 'scrap', disposed_on: '2025-03-02' });
      return { id: made.id, entry: made.journal_entry_id };
    },
  },
  {
    kind: 'depreciation run',
    source: 'depreciation',
    table: 'depreciation_runs',
    column: 'entry_id',
    async make(books) {
      await software(books);
      const made = await call(books, '/depreciation-runs', {
        client_account_id: books.clientAccountId,
        month: '2025-02',
      });
      return { id: made.id, entry: made.journal_entry_id };
    },
  },
  {
    kind: 'VAT settlement',
    source: 'vat-settlement',
    table: 'vat_settlements',
    column: 'journal_entry_id',
    async make(books) {
      await books.post('2025-02-01', [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
      const made = await call(books, '/vat-return/settlements', {
        client_account_id: books.clientAccountId,
        from_date: '2025-01-01',
        to_date: '2025-02-28',
      });
      return { id: made.id, entry: made.settlement_journal_entry_id };
    },
  },
];

/** The change, and the expected report about the record. */
const faults: Record<string, [statement: string, message: string][]> = {
  document: [
    ["update documents set document_status = 'CANCELLED' where id = $id", 'is taken back, but its entry $entry stands'],
  ],
  'bank match': [
    [
      "update bank_matches set undone_at = now(), undo_reason = 'x' where id = $id",
      'is taken back, but its entry $entry stands',
    ],
  ],
  disposal: [
    [
      "update asset_disposals set disposed_on = '2025-03-03' where id = $id",
      'its entry $entry is dated 2025-03-02, not 2025-03-03',
    ],
  ],
  'depreciation run': [
    [
      'update depreciation_run_assets set amount = amount + 100 where run_id = $id',
      'its entry $entry is of 2000.00, not 2001.00',
    ],
    [
      "update depreciation_runs set entry_date = '2025-02-27' where id = $id",
      'its entry $entry is dated 2025-02-28, not 2025-02-27',
    ],
  ],
  'VAT settlement': [
    [
      `update vat_settlements set entry = '{"2700": "2600", "2740": "-2600"}' where id = $id`,
      'its entry $entry is of 25.00, not 26.00',
    ],
    ['update vat_settlements set journal_entry_id = null where id = $id', 'its entry is missing'],
  ],
};

async function software(books: Books): Promise<number> {
  const { id } = await call(books, '/assets', {
    client_account_id: books.clientAccountId,
    name: 'Lagersystem',
    asset_class: 'SOFTWARE',
    acquisition_date: '2025-01-10',
  });
  const dimensions = [{ type: 'asset', id }];
  await books.post('2025-01-10', [debit('1060', 36_000, { dimensions }), credit('1920', 36_000)]);
  return id;
}

describe.each(kinds)('$kind', ({ kind, source, table, column, make }) => {
  test('its entry and it are found for each other; another entry of its kind is found', async () => {
    const books = await openBooks();
    const { id, entry } = await make(books);
    expect(await findings(books)).toEqual([]);
    const other = await books.post('2025-03-01', [debit('1920', 1), credit('2050', 1)]);
    await plant(`update journal_entries set source = $2 where id = $1`, [other.id, source]);
    expect(await findings(books)).toEqual([`entry ${other.id}: posted by a ${source}, but there is no record of it`]);
    await plant(`update journal_entries set source = 'manual' where id = $1`, [other.id]);
    await plant(`update ${table} set ${column} = $2 where client_account_id = $1 and ${column} = $3`, [
      books.clientAccountId,
      other.id,
      entry,
    ]);
    const found = await findings(books);
    expect(found).toContain(`entry ${entry}: posted by a ${source}, but there is no record of it`);
    if (kind !== 'document') expect(found).toContain(`${kind} ${id}: its entry ${other.id} is missing`);
  });

  test.each(faults[kind]!)('%s', async (statement, message) => {
    const books = await openBooks();
    const { id, entry } = await make(books);
    await plant(statement.replaceAll('$id', String(id)).replaceAll('$owner', String(books.clientAccountId)));
    expect(await findings(books)).toContain(`${kind} ${id}: ${message.replace('$entry', String(entry))}`);
  });
});

test('a counter-entry that is dated before its entry', async () => {
  const books = await openBooks();
  const { id } = await books.post('2025-03-01', [debit('1920', 1), credit('2050', 1)]);
  const counter = await books.run(cancelEntry, { id, reason: 'feil' });
  for (const table of ['journal_entries', 'journal_entry_lines'])
    await plant(
      `update ${table} set entry_date = '2025-02-28' where ${table === 'journal_entries' ? 'id' : 'entry_id'} = $1`,
      [counter.id],
    );
  expect(await findings(books)).toContain(
    `entry ${counter.id} of 2025-02-28 cancels entry ${id}, which is dated 2025-03-01`,
  );
});
