import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../../test/support/books/books.ts';
import { exportFilesOf, exportOf, indented, schemaFaults } from '../../test/support/saf-t/saf-t-export.ts';
import { openArchive } from '../archive/index.ts';
import { fixedClock } from '../kernel/clock.ts';
import { cancelEntry, postEntry } from '../ledger/index.ts';
import { openSafTExport } from './index.ts';

const clock = fixedClock('2026-03-15T10:00:00Z');
const server = await testServer();
const folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const YEAR = { from: '2025-01-01', to: '2025-12-31' };

function change(books: Books, query: ReturnType<typeof sql>): Promise<number> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
    tx.execute(query),
  );
}

/** A small company with most kinds of records. */
async function smallCompany(): Promise<Books> {
  const books = await openBooks({ clock, name: 'Fjord & Fjell <Test> AS', organizationNumber: '983746152' });
  const id = books.clientAccountId;
  const customer = await addPartner(books, 'Kunde "Øst" & Sønn');
  const supplier = await addPartner(books, 'Tōkyō 株式会社');
  const department = await addDimensionValue(books, 'department', 'Avdeling <1>');
  const project = await addDimensionValue(books, 'project', 'Brygga');
  await change(
    books,
    sql`update business_partners set customer_code = '10001', is_customer = true, email = 'post@kunde.example',
    address = '{"street":"Gata 1","postal_code":"0150","city":"Oslo","country":"NO"}', payment_terms_days = 14
    where client_account_id = ${id} and id = ${customer}`,
  );
  await change(
    books,
    sql`update business_partners set supplier_code = '20001', is_supplier = true, currency_code = 'JPY',
    bank_accounts = '[{"iban":"NO9386011117947","bic":"DNBANOKK"}]' where client_account_id = ${id} and id = ${supplier}`,
  );
  await change(
    books,
    sql`insert into tax_codes (client_account_id, code, id, standard_code, category, direction, tax_account_code,
      acquisition_tax_account_code, deduction_percent, compensation, description_nb, description_en)
    select client_account_id, '1-60', id + 1000000, standard_code, category, direction, tax_account_code,
      acquisition_tax_account_code, 60, compensation, 'Inngående mva, 60 % fradrag', 'x' from tax_codes where client_account_id = ${id} and code = '1'`,
  );
  await change(
    books,
    sql`insert into tax_code_rates (client_account_id, code, valid_from, rate) values (${id}, '1-60', '2005-01-01', 25)`,
  );
  await books.post('2024-12-31', [debit('1920', 50_000), credit('2050', 50_000)], {
    series: 'IB',
    memo: 'Inngående balanse',
  });
  const partner = { business_partner_id: customer };
  await books.post(
    '2025-01-20',
    [
      debit('1500', 1250, { ...partner, due_date: '2025-02-03', payment_reference: '12345674' }),
      credit('3000', 1000, {
        tax_code: '3',
        dimensions: [
          { type: 'department', id: department },
          { type: 'project', id: project },
        ],
        ...partner,
      }),
    ],
    { series: 'UTG', memo: 'Faktura 1 & 2 <haster>\t\u0007', document_reference: 'F-1' },
  );
  const wrong = await books.post('2025-02-01', [debit('6800', 100, { tax_code: '1' }), credit('1920', 125)], {
    memo: 'Feil',
  });
  await books.run(cancelEntry, { id: wrong.id, reason: 'Ført to ganger' });
  await books.post(
    '2025-02-02',
    [
      debit('6700', '715.00', {
        tax_code: '86',
        currency_code: 'JPY',
        currency_amount: 10_000,
        exchange_rate: '0.0715',
      }),
      credit('2400', '715.00', {
        business_partner_id: supplier,
        currency_code: 'JPY',
        currency_amount: 10_000,
        exchange_rate: '0.0715',
        due_date: '2025-03-02',
      }),
    ],
    { series: 'INN', memo: 'Tjeneste fra Japan' },
  );
  await books.post('2025-02-03', [debit('6800', 1000, { tax_code: '1-60' }), credit('1920', 1250)], { memo: '' });
  // Deactivated and renamed: the file contains what was used, and the name on its last day.
  await change(
    books,
    sql`update business_partners set is_active = false where client_account_id = ${id} and id = ${supplier}`,
  );
  await change(
    books,
    sql`update client_gl_accounts set is_active = false, name_nb = 'Kontorrekvisita, nytt navn', name_en = 'x' where client_account_id = ${id} and account_code = '6800'`,
  );
  await change(
    books,
    sql`insert into client_gl_account_versions (client_account_id, account_code, valid_from, name_nb, name_en, saft_category, saft_code)
    select ${id}, account_code, v.day::date, v.name, v.name, saft_category, saft_code from gl_accounts g,
      (values ('0001-01-01', 'Kontorrekvisita, gammelt navn'), ('2025-06-01', 'Kontorrekvisita, navn i 2025'), ('2026-01-01', 'Kontorrekvisita, nytt navn')) as v (day, name)
    where g.account_code = '6800'`,
  );
  return books;
}

/** Without the parts that differ between runs. */
const settled = (xml: string) =>
  indented(xml)
    .replace(/[0-9a-f-]{36}@test\.example/g, 'owner@test.example')
    .replace(/bruker-\d+/g, 'bruker-1');

describe('a small company', () => {
  test.each(['1.30', '1.40'] as const)('in version %s is valid and what it was', async (version) => {
    const books = await smallCompany();
    const xml = await exportOf(books.platform.database, books.clientAccountId, { ...YEAR, version });
    expect(schemaFaults(xml)).toBe('');
    await expect(settled(xml)).toMatchFileSnapshot(`../../test/golden/saf-t/small-company-${version}.xml`);
  });

  test('divided: each file is valid, states the totals of the set, and holds whole transactions', async () => {
    const books = await smallCompany();
    const { database } = books.platform;
    const whole = await exportOf(database, books.clientAccountId, YEAR);
    for (const maxFileBytes of [28_500, 30_000, 34_000, 1_000_000]) {
      const files = await exportFilesOf(database, books.clientAccountId, { ...YEAR, maxFileBytes });
      expect(files.map(({ name }) => name)).toEqual(
        files.map((_, i) => `SAF-T Financial_983746152_20260315110000_${i + 1}_${files.length}.xml`),
      );
      for (const { xml } of files) {
        expect(Buffer.byteLength(xml)).toBeLessThanOrEqual(maxFileBytes);
        expect(schemaFaults(xml)).toBe('');
        expect(xml).toContain('<NumberOfEntries>5</NumberOfEntries>');
      }
      const transactions = (xml: string) => xml.match(/<Transaction>.*?<\/Transaction>/gs) ?? [];
      expect(files.flatMap(({ xml }) => transactions(xml))).toEqual(transactions(whole));
    }
    const limits = [28_500, 30_000].map((maxFileBytes) =>
      exportFilesOf(database, books.clientAccountId, { ...YEAR, maxFileBytes }),
    );
    expect((await Promise.all(limits)).map((files) => files.length > 1)).toContain(true);
    await expect(
      exportFilesOf(database, books.clientAccountId, { ...YEAR, maxFileBytes: 10_000 }),
    ).rejects.toMatchObject({
      code: 'saf_t_export.file_limit_too_small',
    });
  });

  test('a range before, after and within the books', async () => {
    const books = await smallCompany();
    const { database } = books.platform;
    for (const range of [
      { from: '2010-01-01', to: '2010-12-31' },
      { from: '2030-01-01', to: '2030-12-31' },
    ]) {
      const xml = await exportOf(database, books.clientAccountId, range);
      expect(schemaFaults(xml)).toBe('');
      expect(xml).toContain('<NumberOfEntries>0</NumberOfEntries><TotalDebit>0.00</TotalDebit>');
    }
    expect(await exportOf(database, books.clientAccountId, { from: '2030-01-01', to: '2030-12-31' })).toContain(
      '<AuditFileVersion>1.40',
    );
    const within = await exportOf(database, books.clientAccountId, { from: '2025-02-02', to: '2025-02-02' });
    expect(schemaFaults(within)).toBe('');
    // Result accounts open with the movement since the year began.
    expect(within).toMatch(/<AccountID>3000<.*?<OpeningCreditBalance>1000.00<.*?<ClosingCreditBalance>1000.00</);
    expect(within).toMatch(/<AccountID>6700<.*?<OpeningDebitBalance>0.00<.*?<ClosingDebitBalance>715.00</);
  });
});

test('a reader who leaves in the middle leaves no connection and no copy behind', async () => {
  const books = await smallCompany();
  const { database } = books.platform;
  const before = database.load;
  const left = database.transaction(
    { clientAccounts: [books.clientAccountId], mode: 'read', streams: true },
    async (tx) => {
      const opened = await openSafTExport(tx, books.clientAccountId, { ...YEAR, userName: null }, clock.now());
      for await (const { chunks } of opened.files()) {
        let read = 0;
        for await (const _ of chunks) if (++read === 6) throw new Error('the reader left');
      }
    },
  );
  await expect(left).rejects.toThrow('the reader left');
  expect(database.load.waiting).toBe(before.waiting);
  expect(await exportOf(database, books.clientAccountId, YEAR)).toContain('</AuditFile>');
});

test('the archive of a client account has its years', async () => {
  const books = await smallCompany();
  const { database } = books.platform;
  const archive = await openArchive({
    database,
    storage: undefined,
    clientAccountId: books.clientAccountId,
    now: clock.now(),
  });
  const path = join(folder, 'archive.zip');
  await pipeline(archive!.stream, createWriteStream(path));
  const listed = spawnSync(
    'python3',
    ['-c', 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))', path],
    { encoding: 'utf8' },
  );
  expect(listed.stdout.split('\n').filter((name) => name.startsWith('saf-t/'))).toEqual([
    'saf-t/2024/SAF-T Financial_983746152_20260315110000_1_1.xml',
    'saf-t/2025/SAF-T Financial_983746152_20260315110000_1_1.xml',
  ]);
});

describe('what is wrong with the books', () => {
  test('is named, and no file is handed out: an entry whose lines changed behind the ledger’s back', async () => {
    const books = await smallCompany();
    const { testOwnerConnection } = await import('../../test/support/database/database.ts');
    const { default: pg } = await import('pg');
    const owner = new pg.Client(testOwnerConnection());
    await owner.connect();
    await owner.query(
      `update journal_entry_lines set debit = debit + 1 where client_account_id = $1 and account_code = '6700' and debit > 0`,
      [books.clientAccountId],
    );
    await owner.end();
    const answer = await ask(books, {});
    expect(answer.statusCode).toBe(422);
    const { details } = answer.json<{ details: { code: string; fields: { path: string }[] } }>();
    expect(details.code).toBe('saf_t_export.inconsistent');
    expect(details.fields.map(({ path }) => path)).toEqual([
      'Transaction INN-2025-1',
      'Account 6700',
      'GeneralLedgerEntries',
    ]);
  });

  test('an account without a valid grouping is an error, a company without number too', async () => {
    const books = await openBooks({ clock });
    const { database } = books.platform;
    await books.post('2025-02-01', [debit('6800', 100), credit('1920', 100)]);
    await expect(exportOf(database, books.clientAccountId, YEAR)).rejects.toMatchObject({
      code: 'saf_t_export.organization_number_missing',
    });
    await change(
      books,
      sql`update client_accounts set organization_number = '983746152' where id = ${books.clientAccountId}`,
    );
    await change(
      books,
      sql`update client_gl_accounts set saft_category = 'salgsinntekt', saft_code = '1920'
      where client_account_id = ${books.clientAccountId} and account_code = '6800'`,
    );
    await expect(exportOf(database, books.clientAccountId, YEAR)).rejects.toMatchObject({
      code: 'saf_t_export.inconsistent',
      fields: [{ path: 'Account 6800' }],
    });
  });
});

function ask(books: Books, query: Record<string, string>, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'GET',
    url: '/api/v2/reports/saf-t-financial',
    query: { client_account_id: String(books.clientAccountId), start_date: YEAR.from, end_date: YEAR.to, ...query },
    headers: { authorization: `Bearer ${books.token}`, ...headers },
  });
}

describe('over HTTP', () => {
  test('a ZIP with the XML, and a text of what is odd only when asked for', async () => {
    const books = await smallCompany();
    for (const warnings of ['0', '1']) {
      const answer = await ask(books, { warnings, max_file_bytes: '30000' });
      expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
      expect(answer.headers).toMatchObject({ 'content-type': 'application/zip', 'cache-control': 'private, no-store' });
      expect(answer.headers['content-disposition']).toMatch(
        /^attachment; filename="SAF-T Financial_983746152_\d{14}_1_1.zip"/,
      );
      const path = join(folder, 'export.zip');
      writeFileSync(path, answer.rawPayload);
      const checked = spawnSync(
        'python3',
        [
          '-c',
          'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print("\\n".join(z.namelist())); print(z.read(z.namelist()[-1]).decode())',
          path,
        ],
        { encoding: 'utf8' },
      );
      expect(checked.stderr).toBe('');
      expect(checked.stdout).toMatch(/^SAF-T Financial_983746152_\d{14}_1_\d.xml\n/);
      expect(checked.stdout.includes('merknader.txt')).toBe(warnings === '1');
    }
  });

  test('the books as they were known: later entries and names are not there', async () => {
    const books = await smallCompany();
    const { database } = books.platform;
    const before = await exportOf(database, books.clientAccountId, YEAR);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const at = new Date('2026-03-15T10:00:00Z');
    const later = { ...books.platform, clock: fixedClock('2026-03-16T10:00:00Z') };
    await postEntry.call(later, books.call(), {
      entry: { entry_date: '2025-05-05', lines: [debit('6800', 10), credit('1920', 10)] },
    });
    const now = new Date('2026-03-17T10:00:00Z');
    const known = await exportOf(database, books.clientAccountId, { ...YEAR, asOf: at }, now);
    const today = await exportOf(database, books.clientAccountId, YEAR, now);
    const entries = (xml: string) => xml.slice(xml.indexOf('<GeneralLedgerEntries>'));
    const balances = (xml: string) => xml.match(/<AccountID>[^<]*<|<(?:Opening|Closing)\w+Balance>[^<]*</g);
    expect(entries(known)).toBe(entries(before));
    expect(balances(known)).toEqual(balances(before));
    expect(entries(today)).not.toBe(entries(before));
    expect(schemaFaults(known)).toBe('');
  });

  test('all faults at once; no access, unknown, impossible range', async () => {
    const [mine, theirs] = [await openBooks({ clock }), await openBooks({ clock })];
    const wrong = await ask(mine, {
      start_date: '2025-02-30',
      version: '2.0',
      max_file_bytes: '5',
      as_of: 'then',
      colour: 'red',
    });
    expect(wrong.statusCode).toBe(400);
    const { details } = wrong.json<{ details: { fields: { path: string }[] } }>();
    expect(details.fields.map(({ path }) => path).sort()).toEqual([
      'as_of',
      'colour',
      'max_file_bytes',
      'start_date',
      'version',
    ]);
    expect((await ask(mine, { client_account_id: String(theirs.clientAccountId) })).statusCode).toBe(403);
    expect((await ask(mine, { client_account_id: '4000000' })).statusCode).toBe(404);
    expect((await ask(mine, { start_date: '2026-01-01' })).json()).toMatchObject({
      details: { code: 'reports.date_order' },
    });
    expect((await ask(mine, { start_date: '2015-01-01' })).json()).toMatchObject({
      details: { code: 'reports.range_too_long' },
    });
    expect((await ask(mine, {})).json()).toMatchObject({
      details: { code: 'saf_t_export.organization_number_missing' },
    });
  });
});
