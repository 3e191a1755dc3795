import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBooks } from '../../test/support/books/books.ts';
import { People } from '../../test/support/books/people.ts';
import { SafTFile, type SafTFileOptions, withFault } from '../../test/support/saf-t/saf-t-file.ts';
import { fixedClock } from '../kernel/clock.ts';
import { ore } from '../kernel/money.ts';
import { verifyBooks } from '../ledger/index.ts';
import { importSafT, type SafTImportOutcome, type SafTImportRequest, type SafTImportResult } from './import-saf-t.ts';

const examples = new URL('../../../shared/reference/saf-t/examples/', import.meta.url).pathname;
const clock = fixedClock('2026-03-01T10:00:00Z');
const people = new People(clock);
const { database } = people.platform;
let folder: string;
let userId: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hb-saf-t-import-'));
  userId = (await people.user()).id;
});
afterAll(async () => {
  await people.close();
  rmSync(folder, { recursive: true, force: true });
});

async function take(content: string, more: Partial<SafTImportRequest> = {}): Promise<SafTImportOutcome> {
  const path = join(folder, 'file.xml');
  await writeFile(path, content);
  return importSafT(database, clock, {
    path,
    fileName: 'file.xml',
    clientAccountId: null,
    userId,
    reachable: [],
    ...more,
  });
}

async function succeed(content: string, more: Partial<SafTImportRequest> = {}): Promise<SafTImportResult> {
  const outcome = await take(content, more);
  if (outcome.status === 'refused')
    throw new Error(outcome.errors.map((fault) => `${fault.code} ${fault.line} ${fault.found}`).join('\n'));
  return outcome.result;
}

async function refuse(content: string, more: Partial<SafTImportRequest> = {}) {
  const outcome = await take(content, more);
  if (outcome.status !== 'refused') throw new Error('the file was taken in');
  return outcome;
}

function rows<R>(clientAccountId: number, query: ReturnType<typeof sql>): Promise<R[]> {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) => tx.rows<R>(query));
}

async function balances(clientAccountId: number): Promise<Map<string, bigint>> {
  const found = await rows<{ account_code: string; balance: string }>(
    clientAccountId,
    sql`select account_code, sum(debit) - sum(credit) as balance from account_balances
      where client_account_id = ${clientAccountId} group by account_code`,
  );
  return new Map(found.map((row) => [row.account_code, ore(row.balance)]));
}

async function counts(clientAccountId: number) {
  const [row] = await rows<Record<string, number>>(
    clientAccountId,
    sql`select (select count(*) from journal_entries where client_account_id = ${clientAccountId}) as entries,
      (select count(*) from journal_entry_lines where client_account_id = ${clientAccountId}) as lines,
      (select count(*) from client_gl_accounts where client_account_id = ${clientAccountId}) as accounts,
      (select count(*) from business_partners where client_account_id = ${clientAccountId}) as partners,
      (select count(*) from saf_t_imports where client_account_id = ${clientAccountId}) as imports,
      (select next_id from client_account_heads where client_account_id = ${clientAccountId}) as next_id,
      (select masters_version from client_account_heads where client_account_id = ${clientAccountId}) as version`,
  );
  return row!;
}

describe.skipIf(!existsSync(examples))('the official example', () => {
  it.each(['1.30', '1.40'])(
    '%s imports; every account closes as the file declares; the books verify',
    async (version) => {
      const path = join(examples, `generated_auditfile_formatted_v_${version}.xml`);
      const outcome = await importSafT(database, clock, {
        path,
        fileName: 'e.xml',
        clientAccountId: null,
        userId,
        reachable: [],
      });
      if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors));
      const { result } = outcome;
      expect(result).toMatchObject({
        version,
        debit: '37500.00',
        credit: '37500.00',
        counts: { accounts: 7, entries: 3, lines: 8, business_partners: 3, dimension_values: 1 },
      });
      const declared = { 1500: 12500, 1920: -12500, 2400: 0, 2700: -2500, 2710: 2500, 3000: -10000, 4000: 10000 };
      const closing = result.accounts.map((account) => [
        account.account_code,
        Number(account.declared_closing_balance),
      ]);
      expect(Object.fromEntries(closing)).toEqual(declared);
      expect(result.accounts.every((account) => account.difference === '0.00')).toBe(true);
      const booked = await balances(result.client_account_id);
      for (const [account, kroner] of Object.entries(declared))
        expect([account, booked.get(account) ?? 0n]).toEqual([account, BigInt(kroner * 100)]);
      expect(result.warnings.map((warning) => warning.code)).toContain('loose-account');
      expect(await verifyBooks(database, result.client_account_id)).toEqual([]);
    },
  );

  it('keeps what the file says of a voucher, and links its VAT', async () => {
    const path = join(examples, 'generated_auditfile_formatted_v_1.40.xml');
    const outcome = await importSafT(database, clock, {
      path,
      fileName: 'e.xml',
      clientAccountId: null,
      userId,
      reachable: [],
    });
    if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors));
    const id = outcome.result.client_account_id;
    const entries = await rows(
      id,
      sql`
      select series, fiscal_year, sequence_number, entry_date, period, memo, source, origin from journal_entries
      where client_account_id = ${id} order by id`,
    );
    expect(entries[0]).toEqual({
      series: 'A001',
      fiscal_year: 2025,
      sequence_number: 1,
      entry_date: '2025-09-27',
      period: 9,
      memo: 'Transaction A1001',
      source: 'saf-t',
      origin: {
        transaction_id: 'A1001',
        journal_id: 'A001',
        source_id: 'EMP002',
        voucher_type: 'PI',
        voucher_description: 'Purchase-invoice',
        transaction_type: 'Normal',
        batch_id: '717',
        modification_date: '2025-10-01',
        system_id: '6690',
      },
    });
    const lines = await rows<Record<string, unknown>>(
      id,
      sql`
      select l.line_no, l.account_code, l.tax_code, l.tax_rate, l.tax_amount, l.base_line_no, l.due_date, l.document_reference,
        l.payment_reference, l.memo, p.supplier_code, l.origin
      from journal_entry_lines l left join business_partners p on p.client_account_id = l.client_account_id and p.id = l.business_partner_id
      where l.client_account_id = ${id} order by l.entry_id, l.line_no`,
    );
    expect(lines[0]).toMatchObject({
      account_code: '4000',
      tax_code: '10',
      tax_rate: '25.0000',
      tax_amount: 250000,
      base_line_no: null,
      due_date: '2025-10-11',
      document_reference: '50841525',
      memo: 'Purchase of goods',
    });
    expect(lines[0]!['origin']).toMatchObject({
      system_entry_time: '2025-09-27T16:28:59',
      tax: [
        {
          declaration_period: '5',
          currency: { code: 'EUR', amount: '1000', rate: '8.123' },
          nok: { side: 'debit', amount: '2500.00' },
        },
      ],
      analysis: [{ type: 'P', id: '2000', side: 'debit', amount: '10000.00' }],
    });
    expect(lines[1]).toMatchObject({ account_code: '2710', tax_code: '10', tax_amount: null, base_line_no: 1 });
    expect(lines[2]).toMatchObject({ account_code: '2400', supplier_code: '24000' });
    expect(lines[6]).toMatchObject({ payment_reference: '4869033', origin: { cross_reference: 'A1001' } });
  });
});

describe('a generated file', () => {
  it.each(['1.20', '1.30', '1.40'] as const)(
    'of version %s gives the same balances to the øre, and books that verify',
    async (version) => {
      const file = new SafTFile({ transactions: 200, version, seed: 21, customers: 8 });
      const result = await succeed(file.toString());
      expect(result.counts).toMatchObject({
        entries: 201,
        lines: file.lineCount + openingLines(file),
        entries_already_present: 0,
        business_partners: 11,
      });
      const booked = await balances(result.client_account_id);
      for (const [account, closing] of file.closing)
        expect([account, booked.get(account) ?? 0n]).toEqual([account, closing]);
      expect(await verifyBooks(database, result.client_account_id)).toEqual([]);
      expect(result.warnings).toEqual([]);
    },
  );

  it('opens with one entry on the day before, per partner', async () => {
    const file = new SafTFile({ transactions: 4, customers: 3 });
    const { client_account_id: id } = await succeed(file.toString());
    const opening = await rows<Record<string, unknown>>(
      id,
      sql`
      select e.entry_date, e.source, e.series, l.account_code, l.debit, l.credit, p.customer_code
      from journal_entries e join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
        left join business_partners p on p.client_account_id = l.client_account_id and p.id = l.business_partner_id
      where e.client_account_id = ${id} and e.source = 'saf-t-opening' and l.account_code = '1500' order by l.line_no`,
    );
    expect(opening).toEqual([
      {
        entry_date: '2024-12-31',
        source: 'saf-t-opening',
        series: 'SAF-T-IB',
        account_code: '1500',
        debit: 10000,
        credit: 0,
        customer_code: '10001',
      },
      {
        entry_date: '2024-12-31',
        source: 'saf-t-opening',
        series: 'SAF-T-IB',
        account_code: '1500',
        debit: 20000,
        credit: 0,
        customer_code: '10002',
      },
    ]);
  });

  it('places accounts: national ones keep their place, others stand beside their like', async () => {
    const { client_account_id: id } = await succeed(new SafTFile({ transactions: 4, version: '1.20' }).toString());
    const accounts = await rows<Record<string, unknown>>(
      id,
      sql`
      select c.account_code, c.is_own, c.name_nb, coalesce(c.account_type, g.account_type) as type, c.group_code, c.saft_code, c.flags
      from client_gl_accounts c left join gl_accounts g on g.account_code = c.account_code
      where c.client_account_id = ${id} and c.account_code in ('1500', '15010', '1920') order by 1`,
    );
    expect(accounts[0]).toMatchObject({ account_code: '1500', is_own: false, type: 'asset' });
    expect(accounts[1]).toMatchObject({
      account_code: '15010',
      is_own: true,
      name_nb: 'Kundefordringer utland',
      type: 'asset',
      group_code: '1420',
      saft_code: '1500',
    });
    expect(accounts[2]).toMatchObject({ account_code: '1920', is_own: false, name_nb: 'Driftskonto' });
  });

  it('makes VAT codes with standard code, rate and accounts, and links each VAT line to its base', async () => {
    const { client_account_id: id } = await succeed(new SafTFile({ transactions: 120, seed: 4 }).toString());
    const codes = await rows(
      id,
      sql`
      select t.code, t.standard_code, t.direction, t.tax_account_code, t.deduction_percent, r.rate
      from tax_codes t join tax_code_rates r on r.client_account_id = t.client_account_id and r.code = t.code
      where t.client_account_id = ${id} and t.origin is not null order by t.code`,
    );
    expect(codes).toEqual([
      {
        code: '10',
        standard_code: '1',
        direction: 'purchase',
        tax_account_code: null,
        deduction_percent: '100.0000',
        rate: '25.0000',
      },
      {
        code: '30',
        standard_code: '3',
        direction: 'sale',
        tax_account_code: '2700',
        deduction_percent: '100.0000',
        rate: '25.0000',
      },
    ]);
    const [links] = await rows<{ vat: number; linked: number; wrong: number }>(
      id,
      sql`
      select count(*) filter (where l.account_code in ('2700', '2706', '2710', '2716')) as vat,
        count(*) filter (where l.base_line_no is not null) as linked,
        count(*) filter (where l.base_line_no is not null and b.tax_amount <> l.debit + l.credit) as wrong
      from journal_entry_lines l join journal_entries e on e.client_account_id = l.client_account_id and e.id = l.entry_id and e.source = 'saf-t'
        left join journal_entry_lines b on b.client_account_id = l.client_account_id and b.entry_id = l.entry_id and b.line_no = l.base_line_no
      where l.client_account_id = ${id}`,
    );
    expect(links!.vat).toBeGreaterThan(60);
    expect(links).toMatchObject({ linked: links!.vat, wrong: 0 });
  });

  it('gives project and department their own types, in the sets of lines and balances', async () => {
    const { client_account_id: id } = await succeed(new SafTFile({ transactions: 60 }).toString());
    const values = await rows(
      id,
      sql`
      select dimension_type, code, name, sequence_number from dimension_values where client_account_id = ${id} order by id`,
    );
    expect(values).toEqual([
      { dimension_type: 'department', code: '10', name: 'Avdeling 10', sequence_number: 1 },
      { dimension_type: 'department', code: '20', name: 'Avdeling 20', sequence_number: 2 },
      { dimension_type: 'project', code: 'P100', name: 'Prosjekt P100', sequence_number: 1 },
      { dimension_type: 'project', code: 'P200', name: 'Prosjekt P200', sequence_number: 2 },
      { dimension_type: 'project', code: 'P300', name: 'Prosjekt P300', sequence_number: 3 },
    ]);
  });

  it('names a difference of the opening balances and puts it on an account of its own', async () => {
    const opening = new Map([
      ['1920', 100_00n],
      ['2000', -90_00n],
    ]);
    const file = new SafTFile({ transactions: 4, opening });
    const result = await succeed(file.toString());
    expect(result.warnings.map((warning) => warning.code)).toContain('opening-sum');
    expect((await balances(result.client_account_id)).get('IB-DIFF')).toBe(-10_00n);
    expect(await verifyBooks(database, result.client_account_id)).toEqual([]);
  });
});

/** Parties, the remainders of their accounts, and accounts without parties that have an opening balance. */
function openingLines(file: SafTFile): number {
  const parties = [...file.partyOpening.values()].filter((amount) => amount !== 0n).length;
  const rest = [...file.opening].filter(
    ([account, amount]) => amount !== 0n && !['1500', '2400'].includes(account),
  ).length;
  return parties + rest;
}

it('an organisation number that cannot be one is told, and left out', async () => {
  const result = await succeed(new SafTFile({ transactions: 4, organizationNumber: '912345678' }).toString());
  expect(result.warnings.map((warning) => warning.code)).toEqual(['organization-number']);
});

describe('a faulty file', () => {
  it('leaves nothing behind, however late its fault comes', async () => {
    const before = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.one(sql`select count(*) as n from client_accounts where organization_number = '310870013'`),
    );
    const file = new SafTFile({ transactions: 3000, organizationNumber: '310870013' });
    const faulty = withFault(file.toString(), '</GeneralLedgerEntries>', '<Bogus/></GeneralLedgerEntries>');
    const outcome = await refuse(faulty.xml);
    expect(outcome.errors).toMatchObject([
      { code: 'element-unknown', line: faulty.line, element: 'GeneralLedgerEntries/Bogus' },
    ]);
    const after = await database.transaction({ clientAccounts: [], mode: 'read' }, (tx) =>
      tx.one(sql`select count(*) as n from client_accounts where organization_number = '310870013'`),
    );
    expect(after).toEqual(before);
  });

  it('goes on being checked after its first fault', async () => {
    const first = withFault(new SafTFile({ transactions: 40 }).toString(), '<AccountID>3000', '<AccountID>3999', 2);
    const late = /<PeriodYear>2025<.*?<GLPostingDate>2025/s.exec(first.xml)![0];
    const second = withFault(first.xml, late, late.replaceAll('2025', '2026'), 1);
    const outcome = await refuse(second.xml);
    expect(outcome.errors.map((fault) => [fault.code, fault.line])).toEqual(
      expect.arrayContaining([
        ['account-unknown', first.line - 2],
        ['date-outside-selection', expect.any(Number)],
      ]),
    );
  });
});

describe('into books that are there', () => {
  async function opened(options: SafTFileOptions = {}) {
    const file = new SafTFile({ transactions: 60, seed: 31, ...options });
    const result = await succeed(file.toString());
    return { file, id: result.client_account_id };
  }

  it('the same file a second time changes nothing and says so, with and without a client account', async () => {
    const { file, id } = await opened();
    const before = await counts(id);
    const again = await succeed(file.toString(), { clientAccountId: id });
    expect(again).toMatchObject({ client_account_id: id, already_imported: true });
    const asNew = await succeed(file.toString(), { reachable: [id] });
    expect(asNew).toMatchObject({ client_account_id: id, already_imported: true });
    expect(await counts(id)).toEqual(before);
  });

  it('the same vouchers in another file change nothing either', async () => {
    const { file, id } = await opened();
    const before = await counts(id);
    const another = file.toString().replace('<AuditFileDateCreated>2026-01-15', '<AuditFileDateCreated>2026-02-20');
    expect(await succeed(another, { clientAccountId: id })).toMatchObject({
      already_imported: true,
      counts: { entries: 0, entries_already_present: 60 },
    });
    expect(await counts(id)).toEqual(before);
  });

  it('the year after goes on from the closing balances', async () => {
    const { file, id } = await opened();
    const next = followingYear(file);
    const result = await succeed(next.toString(), { clientAccountId: id });
    expect(result).toMatchObject({
      already_imported: false,
      counts: { entries: 60, accounts_created: 0, business_partners: 0 },
    });
    expect(result.accounts.every((account) => account.difference === '0.00')).toBe(true);
    expect(await verifyBooks(database, id)).toEqual([]);
  });

  it('a year that opens with other balances than the books is refused, account by account', async () => {
    const { file, id } = await opened();
    const before = await counts(id);
    const next = followingYear(file, 1_00n);
    const outcome = await refuse(next.toString(), { clientAccountId: id });
    expect(outcome.errors.map((fault) => [fault.code, fault.element])).toEqual([
      ['opening-differs', 'Account 1920'],
      ['opening-differs', 'Account 2000'],
    ]);
    expect(await counts(id)).toEqual(before);
  });

  it('a file of another organisation or currency is refused', async () => {
    const { id } = await opened();
    const stranger = new SafTFile({ transactions: 4, organizationNumber: '888888888', year: 2026 })
      .toString()
      .replace('<DefaultCurrencyCode>NOK', '<DefaultCurrencyCode>EUR');
    const outcome = await refuse(stranger, { clientAccountId: id });
    expect(outcome.errors.map((fault) => fault.code)).toEqual(
      expect.arrayContaining(['organization-differs', 'currency-differs']),
    );
  });

  it('a changed voucher is refused', async () => {
    const { file, id } = await opened();
    const text = file.toString();
    const changed = withFault(text, '<TransactionDate>2025-01-01', '<TransactionDate>2025-01-02').xml;
    const outcome = await refuse(changed, { clientAccountId: id });
    expect(outcome.errors).toMatchObject([{ code: 'transaction-present', voucher: 'S1' }]);
  });

  it('a locked period refuses', async () => {
    const { file, id } = await opened();
    await database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) =>
      tx.execute(sql`update client_account_heads set locked_until = '2026-01-31' where client_account_id = ${id}`),
    );
    const outcome = await refuse(followingYear(file).toString(), { clientAccountId: id });
    expect(outcome.errors.every((fault) => fault.code === 'period-locked')).toBe(true);
    expect(outcome.errors.length).toBeGreaterThan(1);
  });
});

/** The books of the following year: results go to equity without an entry, as in systems that never close a year. */
function followingYear(file: SafTFile, shift = 0n): SafTFile {
  const opening = new Map([...file.closing].filter(([account]) => account < '3'));
  const partyOpening = file.partyClosing;
  opening.set('1920', opening.get('1920')! + shift);
  opening.set('2000', opening.get('2000')! - shift);
  return new SafTFile({ ...file.options, opening, partyOpening, year: file.options.year + 1, seed: 99 });
}

it('says that masters changed, so that every node reads accounts and rates anew', async () => {
  const books = await openBooks();
  const version = async () => {
    const [head] = await rows<{ masters_version: number }>(
      books.clientAccountId,
      sql`select masters_version from client_account_heads where client_account_id = ${books.clientAccountId}`,
    );
    return head!.masters_version;
  };
  const before = await version();
  await succeed(new SafTFile({ transactions: 4 }).toString(), { clientAccountId: books.clientAccountId });
  expect(await version()).toBeGreaterThan(before);
});
