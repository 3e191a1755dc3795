import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testOwnerConnection } from '../../test/support/database/database.ts';
import { asOwner } from '../../test/support/books/people.ts';
import { unzipped } from '../../test/support/files/unzipped.ts';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../../test/support/books/books.ts';
import { foldBalances } from '../ledger/balances-fold.ts';
import { sealNextBlock } from '../ledger/proof/chain-seal.ts';
import { cancelEntry } from '../ledger/index.ts';
import { Database } from '../platform/database/pool.ts';
import { readConfig } from '../platform/config.ts';
import { type FileStore, openFileStore } from '../platform/files/file-store.ts';
import { storageKey } from '../platform/files/file-storage.ts';
import { forgetCallers } from '../tenancy/index.ts';
import { openArchive } from './archive.ts';
import { getArchive } from './archive-get.ts';
import { LEFT_OUT } from './archive-tables.ts';

let folder: string;
let files: FileStore;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hb-archive-'));
  files = openFileStore(readConfig({}), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Contents = Map<string, Buffer>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = Record<string, any>;

/** Every file of a ZIP by its path. */
async function unzip(zip: Buffer): Promise<Contents> {
  return new Map((await unzipped(zip)).map(({ name, content }) => [name, content]));
}

const lines = (contents: Contents, table: string): Json[] =>
  contents
    .get(`tables/${table}.jsonl`)!
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** The text of an entry as the README describes it, built from the archive alone. */
function sealedText(entry: Json, entryLines: Json[]): string {
  const quoted = (value: string | number | null): string => {
    if (value === null) return 'NULL';
    const text = String(value).replaceAll("'", "''");
    return text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\')}'` : `'${text}'`;
  };
  const of = (record: Json, names: string) => names.split(' ').map((name) => quoted(record[name]));
  const head = of(
    { ...entry, posted_at: entry.posted_at.replace('Z', '') },
    'client_account_id id posting_no series fiscal_year sequence_number entry_date period memo source voucher_id relation_type relation_id document_reference cancels_entry_id cancellation_reason debit_total credit_total line_count posted_at created_by_id origin',
  );
  const rest = entryLines.map(
    (line) =>
      `\n${of(line, 'line_no account_code entry_date debit credit dimension_set_id business_partner_id tax_code tax_rate tax_deduction tax_amount base_line_no currency_code currency_amount exchange_rate due_date payment_reference document_reference memo origin').join(' ')}`,
  );
  return `form 1 ${head.join(' ')}${rest.join('')}`;
}

async function keepFile(books: Books, content: string): Promise<{ id: number; hash: string }> {
  const staged = await files.stage(Readable.from([Buffer.from(content)]));
  const hash = sha256(content);
  const key = storageKey(books.clientAccountId, hash);
  await files.storage.put(key, staged);
  const { rows } = await asOwner(
    `with taken as (update client_account_heads set next_id = next_id + 1 where client_account_id = $1 returning next_id - 1 as n)
     insert into files (client_account_id, id, sha256, size_bytes, content_type, name, storage_key)
     select $1, $1::bigint * 2147483648 + n, decode($2, 'hex'), $3, 'text/plain', 'kvittering.txt', $4 from taken returning id`,
    [books.clientAccountId, hash, content.length, key],
  );
  const id = Number(rows[0].id);
  await asOwner('insert into vouchers (client_account_id, id) values ($1, $2)', [books.clientAccountId, id]);
  return { id, hash };
}

/** Books with some of everything, partly sealed and partly folded. */
async function fullBooks() {
  const books = await openBooks({ name: "D'Arc & \\Sønn AS" });
  const { clientAccountId } = books;
  const customer = await addPartner(books, 'Kunde; "Ås" AS');
  const project = await addDimensionValue(books, 'project', 'Prosjekt');
  const file = await keepFile(books, 'Kvittering for kaffe');
  const sale = await books.post(
    '2026-01-10',
    [
      debit('1500', '125.00', { business_partner_id: customer, due_date: '2026-01-24', payment_reference: '0012345' }),
      credit('3000', '100.00', { tax_code: '3', dimensions: [{ type: 'project', id: project }], memo: "it's \\ true" }),
    ],
    { memo: '=1+1;"x"\nlinje', voucher_id: file.id },
  );
  await books.post('2026-01-11', [
    debit('1920', '105.50', { currency_code: 'USD', currency_amount: '10.00', exchange_rate: '10.55' }),
    credit('3000', '105.50'),
  ]);
  const inBooks = { clientAccounts: [clientAccountId], mode: 'write' as const };
  const { database } = books.platform;
  await database.transaction(inBooks, (tx) => sealNextBlock(tx, clientAccountId));
  await database.transaction(inBooks, (tx) => foldBalances(tx, clientAccountId));
  await books.run(cancelEntry, { id: sale.id, reason: 'feil kunde' });
  await database.transaction(inBooks, (tx) => sealNextBlock(tx, clientAccountId));
  await books.post('2026-02-01', [debit('1920', '0.01'), credit('3000', '0.01')]);
  return { books, file, sale };
}

describe('the archive of a deactivated client account', () => {
  let made: Awaited<ReturnType<typeof fullBooks>>;
  let contents: Contents;
  let disposition: string;
  beforeAll(async () => {
    made = await fullBooks();
    await asOwner('update client_accounts set is_active = false where id = $1', [made.books.clientAccountId]);
    const server = await testServer({ ...made.books.platform, files });
    const reply = await server.inject({
      url: `/api/v2/client-accounts/${made.books.clientAccountId}/archive`,
      headers: { authorization: `Bearer ${made.books.token}` },
    });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['content-type']).toBe('application/zip');
    disposition = String(reply.headers['content-disposition']);
    contents = await unzip(reply.rawPayload);
  });

  test('says what it is, and lists what it holds', () => {
    expect(disposition).toMatch(/^attachment; filename="arkiv-test-[\w-]+-2026-03-15\.zip"$/);
    const text = contents.get('README.txt')!.toString();
    expect(text).toContain("Arkiv av regnskapet til D'Arc & \\Sønn AS, laget 2026-03-15");
    expect(text).toContain("Archive of the books of D'Arc & \\Sønn AS, made 2026-03-15");
    const manifest = JSON.parse(contents.get('manifest.json')!.toString());
    expect(manifest).toMatchObject({ format: 'hovedbok-archive-1', last_posting_no: 4, faults: [] });
    expect([...contents.keys()].filter((path) => path !== 'manifest.json')).toEqual(
      manifest.parts.map((part: { path: string }) => part.path),
    );
    for (const part of manifest.parts) {
      expect({
        path: part.path,
        bytes: contents.get(part.path)!.length,
        sha256: sha256(contents.get(part.path)!),
      }).toEqual(part);
    }
  });

  test('holds every table of the client account', async () => {
    const { rows } = await asOwner(
      `select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = 'public' and table_type = 'BASE TABLE' and column_name = 'client_account_id'`,
    );
    const missing = rows
      .map(({ table_name: name }) => name as string)
      .filter((name) => !contents.has(`tables/${name}.jsonl`) && !(name in LEFT_OUT));
    expect(missing).toEqual([]);
    expect(lines(contents, 'client_accounts')).toMatchObject([{ id: made.books.clientAccountId, is_active: false }]);
    expect(lines(contents, 'users')).toMatchObject([{ id: made.books.userId, first_name: 'Kari' }]);
    expect(lines(contents, 'tax_codes')).toHaveLength(30);
    expect(lines(contents, 'business_partners')).toMatchObject([{ name: 'Kunde; "Ås" AS' }]);
    expect(lines(contents, 'audit_log').map((row) => row.operation)).toEqual(
      expect.arrayContaining(['journal-entry.post', 'journal-entry.cancel']),
    );
  });

  test('keeps no key to anything', () => {
    const tables = [...contents].filter(([path]) => path.startsWith('tables/'));
    const keys = tables.flatMap(([, content]) => content.toString().match(/"\w*(token|secret|password)\w*":/g) ?? []);
    expect(keys).toEqual([]);
  });

  test('its lines add up to its balances, account by account and to nothing in all', () => {
    const sums = (rows: Json[], month: (row: Json) => string) => {
      const total = new Map<string, number>();
      for (const row of rows) {
        const key = `${row.account_code} ${month(row)} ${row.dimension_set_id ?? 0}`;
        total.set(key, (total.get(key) ?? 0) + row.debit - row.credit);
      }
      return new Map([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
    };
    const fromLines = sums(lines(contents, 'journal_entry_lines'), (row) => `${row.entry_date.slice(0, 7)}-01`);
    const balances = lines(contents, 'balances');
    expect(sums(balances, (row) => row.month)).toEqual(fromLines);
    expect(balances.reduce((sum, row) => sum + row.debit - row.credit, 0)).toBe(0);
    expect(lines(contents, 'journal_entries').map((row) => row.sequence_number)).toEqual([1, 2, 3, 4]);
  });

  test('its hash chain proves its entries, recomputed from the archive alone', () => {
    const entries = lines(contents, 'journal_entries');
    const entryLines = lines(contents, 'journal_entry_lines');
    const blocks = lines(contents, 'chain_blocks');
    expect(blocks).toHaveLength(2);
    let previous = '00'.repeat(32);
    for (const block of blocks) {
      expect(block.previous_hash).toBe(previous);
      const hashes = block.entry_hashes;
      expect(sha256(Buffer.from(previous + hashes.join(''), 'hex'))).toBe(block.hash);
      hashes.forEach((hash: string, i: number) => {
        const entry = entries.find((row) => row.posting_no === block.first_posting_no + i)!;
        const own = entryLines.filter((line) => line.entry_id === entry.id);
        expect(sha256(sealedText(entry, own))).toBe(hash);
      });
      previous = block.hash;
    }
    expect(blocks.at(-1)).toMatchObject({ last_posting_no: 3 });
  });

  test('holds every document under its hash, named by the entry it stands behind', () => {
    const { file, sale } = made;
    expect(contents.get(`files/${file.hash}`)!.toString()).toBe('Kvittering for kaffe');
    expect(sha256(contents.get(`files/${file.hash}`)!)).toBe(file.hash);
    expect(lines(contents, 'files')).toMatchObject([{ id: file.id, sha256: file.hash, name: 'kvittering.txt' }]);
    expect(lines(contents, 'journal_entries')[0]).toMatchObject({ id: sale.id, voucher_id: file.id });
    expect(contents.get('csv/journal-entries.csv')!.toString()).toContain(file.hash);
  });

  test('opens in a spreadsheet: marks, separators, comma, no formulas', () => {
    const csv = contents.get('csv/journal-entry-lines.csv')!.toString();
    expect(csv.startsWith('\uFEFFseries;fiscal_year;number;')).toBe(true);
    expect(csv).toContain('GL;2026;1;1;2026-01-10;1500;Kundefordringer;125,00;0,00;');
    expect(csv).toContain(';"Kunde; ""Ås"" AS";');
    expect(csv).toContain(';USD;10;10,55;');
    expect(contents.get('csv/journal-entries.csv')!.toString()).toContain(`;"'=1+1;""x""\nlinje";`);
    expect(contents.get('csv/balances.csv')!.toString()).toContain(
      '2026-02;1920;Driftskonto i bank;0,01;0,00;0,01\r\n',
    );
    expect(contents.get('csv/journal-entries.csv')!.toString()).toContain(';GL 2026-1;feil kunde;');
  });
});

describe('the archive', () => {
  test('tells which documents are missing or changed, and holds the rest', async () => {
    const { books, file } = await fullBooks();
    const changed = await keepFile(books, 'Opprinnelig');
    await asOwner('update files set sha256 = $2 where id = $1', [changed.id, Buffer.alloc(32, 1)]);
    await files.storage.remove(storageKey(books.clientAccountId, file.hash));
    const { database, clock } = books.platform;
    const archive = (await openArchive({
      database,
      storage: files.storage,
      clientAccountId: books.clientAccountId,
      now: clock.now(),
    }))!;
    const contents = await unzip(await buffer(archive.stream));
    const faults = await archive.faults;
    expect(faults).toEqual([
      expect.stringContaining(`file ${file.id} (${file.hash}) cannot be read`),
      expect.stringContaining(`file ${changed.id} was ${'01'.repeat(32)} and is now ${changed.hash}`),
    ]);
    expect(JSON.parse(contents.get('manifest.json')!.toString()).faults).toEqual(faults);
    expect(lines(contents, 'journal_entries')).toHaveLength(4);
  });

  test('leaves nothing open when its reader goes away', async () => {
    const { books } = await fullBooks();
    const { database, clock } = books.platform;
    const source = { database, storage: undefined, clientAccountId: books.clientAccountId, now: clock.now() };
    const archive = (await openArchive(source))!;
    const reading = archive.stream[Symbol.asyncIterator]();
    await reading.next();
    archive.stream.destroy();
    await expect(archive.faults).rejects.toThrow('went away');
    const { load } = database;
    expect(load.waiting).toBe(0);
    expect(load.idle).toBe(load.total);
  });

  test('is for owners and accountants of the client account', async () => {
    const books = await openBooks();
    const other = await openBooks();
    const server = await testServer({ ...books.platform, files });
    const get = (clientAccountId: number, token: string) =>
      server.inject({
        url: `/api/v2/client-accounts/${clientAccountId}/archive`,
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await get(books.clientAccountId, other.token)).statusCode).toBe(403);
    expect((await get(books.clientAccountId, 'x')).statusCode).toBe(401);
    await books.platform.database.transaction({ clientAccounts: [other.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`update client_account_users set role_id = (select id from roles where code = 'BK')
        where client_account_id = ${other.clientAccountId}`),
    );
    forgetCallers(books.platform.database);
    expect((await get(other.clientAccountId, other.token)).statusCode).toBe(403);
  });

  test('is read by two at once; the next waits until one is done or gone', async () => {
    const { books } = await fullBooks();
    const database = new Database({ ...testOwnerConnection(), max: 4 });
    try {
      const open = async () => (await getArchive.call({ ...books.platform, database, files }, books.call(), {})).value;
      const [first, second] = [await open(), await open()];
      await expect(open()).rejects.toMatchObject({ code: 'request.too_many' });
      await buffer(first.stream);
      await first.faults;
      const third = await open();
      await expect(open()).rejects.toMatchObject({ code: 'request.too_many' });
      for (const { stream } of [second, third]) stream.destroy();
      await Promise.allSettled([second.faults, third.faults]);
      expect(lines(await unzip(await buffer((await open()).stream)), 'journal_entries')).toHaveLength(4);
    } finally {
      await database.close();
    }
  });

  test('of a client account that does not exist is none', async () => {
    const { database, clock } = (await openBooks()).platform;
    expect(
      await openArchive({ database, storage: undefined, clientAccountId: 4_194_303, now: clock.now() }),
    ).toBeUndefined();
  });
});
