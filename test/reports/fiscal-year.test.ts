import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actor } from '../../src/demo/actor.ts';
import { enterBooks } from '../../src/demo/enter-books.ts';
import { demoStory } from '../../src/demo/story/story.ts';
import { fixedClock } from '../../src/kernel/clock.ts';
import { addDays } from '../../src/kernel/local-date.ts';
import { createPeriodLock, ledgerRoutes, setFiscalYear, verifyBooks } from '../../src/ledger/index.ts';
import { readConfig } from '../../src/platform/config.ts';
import { openFileStore } from '../../src/platform/files/file-store.ts';
import { reportRoutes } from '../../src/reports/index.ts';
import { importSafT } from '../../src/saf-t-import/index.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../support/books/books.ts';
import { apiOf } from '../support/http/domain-api.ts';
import { exportOf, schemaFaults } from '../support/saf-t/saf-t-export.ts';

const TODAY = '2026-11-21';
const clock = fixedClock(`${TODAY}T10:00:00Z`);
const JULY = { firstMonth: 7, validFrom: null, namedAfter: 'end' as const };
const folder = mkdtempSync(join(tmpdir(), 'hb-fiscal-year-'));

/** Transfers the result of a fiscal year to equity: the simulated history does so at the end of calendar years. */
async function closeYear(books: Books, day: string): Promise<void> {
  const query = `client_account_id=${books.clientAccountId}&date_from=${addDays(day, 1)}&date_to=${addDays(day, 1)}&format=json`;
  const { body } = await api('GET', `/reports/trial-balance?${query}`, books.token);
  const result = -body.totals.unappropriated_result;
  await books.run(createPeriodLock, { lockedUntilDate: '2024-01-01', comment: 'x' });
  const [from, to] = result > 0 ? ['8960', '2050'] : ['2050', '8960'];
  await books.post(day, [debit(from, Math.abs(result)), credit(to, Math.abs(result))]);
}

const api = apiOf([...ledgerRoutes, ...reportRoutes], testPlatform(clock));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a company of the demo whose fiscal year is July to June', () => {
  let books: Books;

  beforeAll(async () => {
    const company = demoStory('hovedbok', TODAY).toSorted((a, b) => a.entries.length - b.entries.length)[0]!;
    books = await openBooks({ clock, name: company.name, organizationNumber: company.organizationNumber });
    await books.run(setFiscalYear, JULY);
    const platform = { ...books.platform, files: openFileStore(readConfig({}), folder) };
    const keeper = await actor(platform, books.userId);
    const staff = { bookkeeper: keeper, accountant: keeper, bookkeeperId: books.userId, platform, today: TODAY };
    await enterBooks(staff, books.clientAccountId, company);
    await closeYear(books, '2025-06-30');
  }, 120_000);

  async function importAsNew(xml: string) {
    const path = join(folder, 'file.xml');
    await writeFile(path, xml);
    const request = { path, fileName: 'f.xml', clientAccountId: null, userId: books.userId, reachable: [] };
    const outcome = await importSafT(books.platform.database, clock, request);
    if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors.slice(0, 5)));
    return outcome.result;
  }

  const pieces = (xml: string) => xml.split(/(?<=\n)|(?=<Line>)/);

  test.each([
    ['a fiscal year', { from: '2025-07-01', to: '2026-06-30' }],
    ['two of them', { from: '2024-07-01', to: '2026-06-30' }],
    ['a calendar year', { from: '2025-01-01', to: '2025-12-31' }],
    ['some months', { from: '2025-05-01', to: '2025-09-30' }],
  ])('goes out as SAF-T, in as a new company, and out again the same: %s', async (_, range) => {
    const { database } = books.platform;
    const xml = await exportOf(database, books.clientAccountId, range);
    expect(schemaFaults(xml)).toBe('');
    expect(xml).toMatch(/<Period>1<\/Period><PeriodYear>2026<\/PeriodYear><TransactionDate>2025-07/);
    const result = await importAsNew(xml);
    expect([result.warnings, result.accounts.filter(({ difference }) => difference !== '0.00')]).toEqual([[], []]);
    const [there, back] = [pieces(xml), pieces(await exportOf(database, result.client_account_id, range))];
    expect(back.filter((piece, i) => piece !== there[i])).toEqual([]);
    expect(back.length).toBe(there.length);
    expect(await verifyBooks(database, result.client_account_id)).toEqual([]);
  });
});

describe('reports of a fiscal year from July to June', () => {
  let books: Books;
  const get = async (path: string) => {
    const answer = await api(
      'GET',
      `/reports/${path}&client_account_id=${books.clientAccountId}&format=json`,
      books.token,
    );
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };

  beforeAll(async () => {
    books = await openBooks({ clock });
    await books.run(setFiscalYear, JULY);
    for (const [day, amount] of [
      ['2024-11-10', 1],
      ['2025-03-10', 20],
      ['2025-06-30', 300],
      ['2025-07-01', 4_000],
      ['2025-12-31', 50_000],
      ['2026-01-10', 600_000],
      ['2026-07-10', 7_000_000],
    ] as const)
      await books.post(day, [debit('6300', amount), credit('1920', amount)]);
  });

  test.each([
    ['2025-07-01', '2026-06-30', 0, 654_000],
    ['2026-01-01', '2026-06-30', 54_000, 600_000],
    ['2026-01-05', '2026-01-20', 54_000, 600_000],
    ['2025-01-01', '2025-06-30', 1, 320],
    ['2025-12-31', '2026-07-31', 4_000, 7_650_000],
  ])('the trial balance of %s to %s: costs begin with the fiscal year', async (from, to, incoming, debits) => {
    const body = await get(`trial-balance?date_from=${from}&date_to=${to}`);
    const row = body.rows.find(({ account_code: code }: { account_code: string }) => code === '6300');
    expect([row.incoming_balance, row.debit]).toEqual([incoming, debits]);
  });

  test('the general ledger has a section for each fiscal year of a cost account', async () => {
    const body = await get('general-ledger?start_date=2025-01-01&end_date=2026-12-31&account_codes=6300');
    const ends = (body.rows as { kind: string; date: string; balance: number }[]).filter(({ kind }) => kind !== 'line');
    expect(ends.map(({ kind, date, balance }) => `${kind} ${date} ${balance}`)).toEqual([
      'opening 2025-01-01 1',
      'closing 2025-06-30 321',
      'opening 2025-07-01 0',
      'closing 2026-06-30 654000',
      'opening 2026-07-01 0',
      'closing 2026-12-31 7000000',
      'total 2026-12-31 7654321',
    ]);
  });

  test('the income statement of a fiscal year is the year’s result; many months are told by fiscal year', async () => {
    const html = async (from: string, to: string) => {
      const query = `date_from=${from}&date_to=${to}&client_account_id=${books.clientAccountId}&format=html`;
      const headers = { authorization: `Bearer ${books.token}` };
      const answer = await api.server.inject({ url: `/api/v2/reports/income-statement?${query}`, headers });
      return answer.body;
    };
    expect(await html('2025-07-01', '2026-06-30')).toContain('Årsresultat');
    expect(await html('2025-01-01', '2025-12-31')).not.toContain('Årsresultat');
    const years = await html('2024-07-01', '2026-06-30');
    expect(years).toContain('2024/25');
    expect(years).toContain('2025/26');
  });

  test('the balance sheet leads to the entries since the fiscal year began', async () => {
    const body = await get('balance-sheet?report_date=2026-03-31');
    expect(JSON.stringify(body.rows)).toContain('date_from=2025-07-01&date_to=2026-03-31');
  });
});

describe('a company whose first fiscal year is 17 months', () => {
  let books: Books;

  beforeAll(async () => {
    books = await openBooks({ clock, name: 'Nystartet AS', organizationNumber: '987654325' });
    await books.run(setFiscalYear, {
      firstMonth: 1,
      validFrom: null,
      namedAfter: 'end',
      firstYear: { from: '2025-08-01', to: '2026-12-31' },
    });
    for (const [day, amount] of [
      ['2025-08-20', 1],
      ['2025-12-31', 20],
      ['2026-01-01', 300],
      ['2026-12-31', 4_000],
      ['2027-01-01', 50_000],
    ] as const)
      await books.post(day, [debit('6300', amount), credit('1920', amount)]);
  });

  test.each([
    ['2025-08-01', '2026-12-31', 0, 4_321],
    ['2026-01-01', '2026-12-31', 21, 4_300],
    ['2027-01-01', '2027-12-31', 0, 50_000],
  ])('the trial balance of %s to %s', async (from, to, incoming, debits) => {
    const query = `date_from=${from}&date_to=${to}&client_account_id=${books.clientAccountId}&format=json`;
    const { body } = await api('GET', `/reports/trial-balance?${query}`, books.token);
    const row = body.rows.find(({ account_code: code }: { account_code: string }) => code === '6300');
    expect([row.incoming_balance, row.debit]).toEqual([incoming, debits]);
  });

  test('a lock in the middle of it closes its months, not its numbers', async () => {
    const other = await openBooks({ clock });
    await other.run(setFiscalYear, {
      firstMonth: 1,
      validFrom: null,
      namedAfter: 'end',
      firstYear: { from: '2025-08-01', to: '2026-12-31' },
    });
    await other.post('2025-12-31', [debit('6300', 1), credit('1920', 1)]);
    await other.run(createPeriodLock, { lockedUntilDate: '2025-12-31', comment: 'x' });
    await expect(other.post('2025-12-31', [debit('6300', 1), credit('1920', 1)])).rejects.toMatchObject({
      code: 'ledger.period_locked',
    });
    expect(await other.post('2026-01-01', [debit('6300', 1), credit('1920', 1)])).toMatchObject({
      fiscal_year: 2026,
      sequence_number: 2,
      period: 6,
    });
  });

  test('goes out as SAF-T, in as a new company, and out again the same', async () => {
    const range = { from: '2025-08-01', to: '2026-12-31' };
    const { database } = books.platform;
    const xml = await exportOf(database, books.clientAccountId, range);
    expect(schemaFaults(xml)).toBe('');
    expect(xml).toContain('<Period>17</Period><PeriodYear>2026</PeriodYear><TransactionDate>2026-12-31');
    const path = join(folder, 'first.xml');
    await writeFile(path, xml);
    const request = { path, fileName: 'f.xml', clientAccountId: null, userId: books.userId, reachable: [] };
    const outcome = await importSafT(database, clock, request);
    if (outcome.status === 'refused') throw new Error(JSON.stringify(outcome.errors));
    expect(outcome.result.warnings).toEqual([]);
    expect(await exportOf(database, outcome.result.client_account_id, range)).toBe(xml);
    expect(await verifyBooks(database, outcome.result.client_account_id)).toEqual([]);
    const fiscalYears = `/client-accounts/${outcome.result.client_account_id}/fiscal-years`;
    const { body } = await api('GET', fiscalYears, books.token);
    expect(body.years.slice(0, 2)).toEqual([
      { fiscal_year: 2026, date_from: '2025-08-01', date_to: '2026-12-31', months: 17 },
      { fiscal_year: 2027, date_from: '2027-01-01', date_to: '2027-12-31', months: 12 },
    ]);
  });
});
