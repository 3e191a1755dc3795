import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { fixedClock } from '../../kernel/clock.ts';
import { cancelEntry, foldVat, postEntries, verifyBooks } from '../../ledger/index.ts';
import { foldBalances } from '../../ledger/balances-fold.ts';
import type { LineInput } from '../../ledger/entries/entry-input.ts';
import { mastersRoutes } from '../../masters/index.ts';
import type { VatView } from './vat-json.ts';
import type { ReportRow, ReportStream } from '../foundations/report-model.ts';
import { readVatReport } from './vat-get.ts';
import { vatModel } from './vat-model.ts';
import { printableVatTransactions } from './vat-transactions-print.ts';
import { vatRoutes } from './vat.routes.ts';

const api = apiOf([...vatRoutes, ...mastersRoutes], testPlatform());

const YEAR = { from: '2025-01-01', to: '2025-12-31' };

async function vat(books: Books, { from, to } = YEAR, more = ''): Promise<VatView> {
  const query = `client_account_id=${books.clientAccountId}&from_date=${from}&to_date=${to}&format=json${more}`;
  const answer = await api('GET', `/reports/vat?${query}`, books.token);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as VatView;
}

/** `3 25: base 0/1000 tax 0/250 posted 0/250 rec 0/0 report 250 + 0` */
function rowsOf({ rows }: VatView): string[] {
  return rows.map(
    (row) =>
      `${row.tax_code.code} ${row.tax_code.tax_rate}: base ${row.base_debit_amount}/${row.base_credit_amount} tax ${row.tax_debit_amount}/${row.tax_credit_amount} posted ${row.posted_tax_debit_amount}/${row.posted_tax_credit_amount} rec ${row.reconciliation_debit_amount}/${row.reconciliation_credit_amount} report ${row.reportable_tax_amount} + ${row.reportable_acquisition_tax_amount}`,
  );
}

const bank = '1920';
const sale = (code: string, net: number, gross: number) => [
  debit(bank, gross),
  credit('3000', net, { tax_code: code }),
];
const bought = (code: string, net: number, gross: number) => [
  debit('6800', net, { tax_code: code }),
  credit(bank, gross),
];

/** The worker's fold, for one client account. */
async function fold({ platform, clientAccountId }: Books): Promise<void> {
  for (const step of [foldVat, foldBalances])
    await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'write' }, (tx) =>
      step(tx, clientAccountId),
    );
}

describe('every code group of the VAT reference, section 2', () => {
  test.each<[string, LineInput[], string[]]>([
    ['3 sale', sale('3', 1000, 1250), ['3 25: base 0/1000 tax 0/250 posted 0/250 rec 0/0 report 250 + 0']],
    ['31 food', sale('31', 1000, 1150), ['31 15: base 0/1000 tax 0/150 posted 0/150 rec 0/0 report 150 + 0']],
    [
      '32 fish',
      sale('32', 1000, 1111.1),
      ['32 11.11: base 0/1000 tax 0/111.1 posted 0/111.1 rec 0/0 report 111.1 + 0'],
    ],
    ['33 low', sale('33', 1000, 1120), ['33 12: base 0/1000 tax 0/120 posted 0/120 rec 0/0 report 120 + 0']],
    ['5 exempt', sale('5', 1000, 1000), ['5 0: base 0/1000 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['51 buyer pays', sale('51', 1000, 1000), ['51 0: base 0/1000 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['52 export', sale('52', 1000, 1000), ['52 0: base 0/1000 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['6 outside', sale('6', 1000, 1000), ['6 0: base 0/1000 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['7 no turnover', sale('7', 1000, 1000), ['7 0: base 0/1000 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['1 purchase', bought('1', 1000, 1250), ['1 25: base 1000/0 tax 250/0 posted 250/0 rec 0/0 report -250 + 0']],
    ['11 purchase', bought('11', 1000, 1150), ['11 15: base 1000/0 tax 150/0 posted 150/0 rec 0/0 report -150 + 0']],
    [
      '12 fish',
      bought('12', 1000, 1111.1),
      ['12 11.11: base 1000/0 tax 111.1/0 posted 111.1/0 rec 0/0 report -111.1 + 0'],
    ],
    ['13 purchase', bought('13', 1000, 1120), ['13 12: base 1000/0 tax 120/0 posted 120/0 rec 0/0 report -120 + 0']],
    ['0 none', bought('0', 1000, 1000), ['0 0: base 1000/0 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    ['20 none', bought('20', 1000, 1000), ['20 0: base 1000/0 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    [
      '14 paid to customs',
      [debit('2714', 250, { tax_code: '14' }), credit(bank, 250)],
      ['14 25: base 1000/0 tax 250/0 posted 250/0 rec 0/0 report -250 + 0'],
    ],
    [
      '15 paid to customs',
      [debit('2715', 150, { tax_code: '15' }), credit(bank, 150)],
      ['15 15: base 1000/0 tax 150/0 posted 150/0 rec 0/0 report -150 + 0'],
    ],
    [
      '81 calculated import',
      [debit('4300', 1000, { tax_code: '81' }), credit('4300', 1000)],
      ['81 25: base 1000/0 tax 250/250 posted 250/250 rec 0/0 report -250 + 250'],
    ],
    [
      '82 without deduction',
      [debit('4300', 1000, { tax_code: '82' }), credit('4300', 1000)],
      ['82 25: base 1000/0 tax 0/250 posted 0/250 rec 0/0 report 0 + 250'],
    ],
    [
      '83',
      [debit('4300', 1000, { tax_code: '83' }), credit('4300', 1000)],
      ['83 15: base 1000/0 tax 150/150 posted 150/150 rec 0/0 report -150 + 150'],
    ],
    [
      '84',
      [debit('4300', 1000, { tax_code: '84' }), credit('4300', 1000)],
      ['84 15: base 1000/0 tax 0/150 posted 0/150 rec 0/0 report 0 + 150'],
    ],
    ['85', bought('85', 1000, 1000), ['85 0: base 1000/0 tax 0/0 posted 0/0 rec 0/0 report 0 + 0']],
    [
      '86',
      bought('86', 10000, 10000),
      ['86 25: base 10000/0 tax 2500/2500 posted 2500/2500 rec 0/0 report -2500 + 2500'],
    ],
    ['87', bought('87', 10000, 10000), ['87 25: base 10000/0 tax 0/2500 posted 0/2500 rec 0/0 report 0 + 2500']],
    [
      '88',
      bought('88', 10000, 10000),
      ['88 12: base 10000/0 tax 1200/1200 posted 1200/1200 rec 0/0 report -1200 + 1200'],
    ],
    ['89', bought('89', 10000, 10000), ['89 12: base 10000/0 tax 0/1200 posted 0/1200 rec 0/0 report 0 + 1200']],
    [
      '91',
      bought('91', 10000, 10000),
      ['91 25: base 10000/0 tax 2500/2500 posted 2500/2500 rec 0/0 report -2500 + 2500'],
    ],
    ['92', bought('92', 10000, 10000), ['92 25: base 10000/0 tax 0/2500 posted 0/2500 rec 0/0 report 0 + 2500']],
  ])('%s', async (_, lines, rows) => {
    const books = await openBooks();
    await books.post('2025-03-10', lines);
    const report = await vat(books);
    expect(rowsOf(report)).toEqual(rows);
    expect(report.rows.map((row) => row.discrepancy_note)).toEqual([null]);
    expect(report.closing_check.difference).toBe(0);
    const [row] = report.rows;
    expect(report.totals.vat_payable).toBe(row!.reportable_tax_amount + row!.reportable_acquisition_tax_amount);
  });

  test('import with invoice marker 21, calculated 81, and 22 with 83: bases once, VAT on 81 and 83', async () => {
    const books = await openBooks();
    await books.post('2025-03-10', [
      debit('4300', 900, { tax_code: '21' }),
      credit('2400', 900, { business_partner_id: await partner(books) }),
    ]);
    await books.post('2025-03-12', [debit('4300', 1000, { tax_code: '81' }), credit('4300', 1000)]);
    expect(rowsOf(await vat(books))).toEqual([
      '21 25: base 900/0 tax 0/0 posted 0/0 rec 0/0 report 0 + 0',
      '81 25: base 1000/0 tax 250/250 posted 250/250 rec 0/0 report -250 + 250',
    ]);
  });
});

async function partner(books: Books): Promise<number> {
  const { addPartner } = await import('../../../test/support/books/books.ts');
  return addPartner(books);
}

describe('figures', () => {
  test('credit notes are the same code on the other side', async () => {
    const books = await openBooks();
    await books.post('2025-03-10', sale('3', 1000, 1250));
    await books.post('2025-03-11', [debit('3000', 400, { tax_code: '3' }), credit(bank, 500)]);
    await books.post('2025-03-12', [debit(bank, 250), credit('6800', 200, { tax_code: '1' })]);
    const report = await vat(books);
    expect(rowsOf(report)).toEqual([
      '3 25: base 400/1000 tax 100/250 posted 100/250 rec 0/0 report 150 + 0',
      '1 25: base 0/200 tax 0/50 posted 0/50 rec 0/0 report 50 + 0',
    ]);
    expect(report.rows[0]!.discrepancy_note).toBe(null);
    expect(report.rows[1]!.discrepancy_note).toMatch(/krever merknad/);
    expect(report.discrepancies.map(({ kind }) => kind)).toEqual(['sign']);
  });

  test('proportional deduction 70 %: 1000 net gives 175 deduction and 1075 cost', async () => {
    const books = await openBooks();
    const made = await api('POST', '/tax-codes', books.token, {
      client_account_id: books.clientAccountId,
      code: '1F',
      standard_code: '1',
      description_nob: 'Forholdsmessig fradrag 70 %',
      deduction_percent: '70',
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await books.post('2025-03-10', bought('1F', 1000, 1250));
    expect(rowsOf(await vat(books))).toEqual(['1F 25: base 1000/0 tax 175/0 posted 175/0 rec 0/0 report -175 + 0']);
  });

  test('a cancelled entry nets to zero on both sides (B4)', async () => {
    const books = await openBooks();
    const entry = await books.post('2025-03-10', sale('3', 1000, 1250));
    await books.run(cancelEntry, { id: entry.id, reason: 'feil' });
    const report = await vat(books);
    expect(rowsOf(report)).toEqual(['3 25: base 1000/1000 tax 250/250 posted 250/250 rec 0/0 report 0 + 0']);
    expect(report.rows[0]!.discrepancy_note).toBe(null);
  });

  test('three sales of 33.33: 24.99 posted, 25.00 calculated of the sum, no note', async () => {
    const books = await openBooks();
    for (let i = 0; i < 3; i++) await books.post('2025-03-10', sale('3', 33.33, 41.66));
    const report = await vat(books);
    expect(rowsOf(report)).toEqual(['3 25: base 0/99.99 tax 0/25 posted 0/24.99 rec 0/0 report 24.99 + 0']);
    expect(report.rows[0]!.discrepancy_note).toBe(null);
    expect(report.differences).toEqual([]);
  });

  test('a change of rate gives two rows of one code', async () => {
    const books = await openBooks();
    await books.post('2020-03-31', sale('33', 1000, 1120));
    await books.post('2020-04-01', sale('33', 1000, 1060));
    const report = await vat(books, { from: '2020-03-01', to: '2020-04-30' });
    expect(rowsOf(report)).toEqual([
      '33 12: base 0/1000 tax 0/120 posted 0/120 rec 0/0 report 120 + 0',
      '33 6: base 0/1000 tax 0/60 posted 0/60 rec 0/0 report 60 + 0',
    ]);
    expect(report.rows.map((row) => row.discrepancy_note)).toEqual([null, null]);
  });

  test('settlement of the term before is reconciliation and changes nothing posted; closing check holds', async () => {
    const books = await openBooks();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    await books.post('2025-03-05', sale('3', 2000, 2500));
    await books.post('2025-03-06', bought('1', 400, 500));
    await books.post('2025-04-10', [debit('2700', 250), credit('2740', 250)]);
    const report = await vat(books, { from: '2025-03-01', to: '2025-04-30' });
    expect(rowsOf(report)).toEqual([
      '3 25: base 0/2000 tax 0/500 posted 0/500 rec 250/0 report 500 + 0',
      '1 25: base 400/0 tax 100/0 posted 100/0 rec 0/0 report -100 + 0',
    ]);
    expect(report.rows.map((row) => row.discrepancy_note)).toEqual([null, null]);
    expect(report.totals.vat_payable).toBe(400);
    expect(report.closing_check).toEqual({
      movement: -150,
      posted: -400,
      reconciliation: 250,
      unassigned: 0,
      outside: 0,
      difference: 0,
    });
    expect(
      report.reconciling_entries.map(({ kind, account_code, debit: amount }) => [kind, account_code, amount]),
    ).toEqual([['settlement', '2700', 250]]);
  });

  test('a settlement is divided so that each code ties, of every account that codes share', async () => {
    const books = await openBooks();
    await books.post('2025-01-10', [debit('4300', 47251, { tax_code: '81' }), credit('4300', 47251)]);
    await books.post('2025-01-11', [debit('2714', 333.33, { tax_code: '14' }), credit(bank, 333.33)]);
    await books.post('2025-01-12', [debit('4300', 400, { tax_code: '82' }), credit('4300', 400)]);
    // 81: 11,812.75 on 2704 and 2714; 14: 333.33 on 2714; 82: 100.00 on 2704.
    const settlement = [debit('2704', 11912.75), credit('2714', 12146.08), debit('2740', 234), credit('7740', 0.67)];
    await books.post('2025-02-28', settlement);
    await books.post('2025-03-02', [debit('2704', 5), credit(bank, 5)]);
    for (const folded of [false, true]) {
      if (folded) await fold(books);
      const report = await vat(books);
      expect(rowsOf(report)).toEqual([
        '14 25: base 1333.32/0 tax 333.33/0 posted 333.33/0 rec 0/333.33 report -333.33 + 0',
        '81 25: base 47251/0 tax 11812.75/11812.75 posted 11812.75/11812.75 rec 11817.75/11812.75 report -11812.75 + 11812.75',
        '82 25: base 400/0 tax 0/100 posted 0/100 rec 100/0 report 0 + 100',
      ]);
      expect(report.closing_check).toMatchObject({ unassigned: 0, difference: 0 });
      expect(report.reconciling_entries.map(({ kind }) => kind)).toEqual(['settlement', 'settlement', 'loose']);
    }
  });

  test('no row for a code never used: 14 shares the account of 81, the term before used neither', async () => {
    const books = await openBooks();
    await books.post('2025-01-10', [debit('4300', 1000, { tax_code: '81' }), credit('4300', 1000)]);
    await books.post('2025-04-10', [debit('2704', 250), credit('2714', 250)]);
    const later = await vat(books, { from: '2025-03-01', to: '2025-04-30' });
    expect(rowsOf(later)).toEqual(['81 25: base 0/0 tax 0/0 posted 0/0 rec 250/250 report 0 + 0']);
  });

  test.each<[string, LineInput[], string[]]>([
    ['written by hand', [debit('2700', 250.4), credit('2740', 250), credit('3990', 0.4)], ['settlement']],
    ['touching 2740', [debit('2700', 250), credit('2740', 100), credit(bank, 150)], ['loose']],
    ['between VAT accounts', [debit('2700', 250), credit('2710', 250)], ['loose', 'loose']],
  ])('an entry %s', async (_, lines, kinds) => {
    const books = await openBooks();
    await books.post('2025-03-10', lines);
    expect((await vat(books)).reconciling_entries.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('rows are sorted by direction and number; accounts and links lead on', async () => {
    const books = await openBooks();
    for (const code of ['1', '86', '52', '3', '11', '31', '6']) {
      const lines = ['1', '11', '86'].includes(code)
        ? bought(code, 100, { '1': 125, '11': 115, '86': 100 }[code]!)
        : sale(code, 100, { '3': 125, '31': 115 }[code] ?? 100);
      await books.post('2025-05-05', lines);
    }
    const report = await vat(books);
    expect(report.rows.map((row) => row.tax_code.code)).toEqual(['3', '31', '6', '52', '86', '1', '11']);
    expect(report.accounts.map((account) => account.account_code)).toEqual([
      '2700',
      '2701',
      '2706',
      '2710',
      '2711',
      '2716',
    ]);
    const links = report.rows[0]!.links;
    expect(links.accounts.map((account) => account.account_code)).toEqual(['2700', '3000']);
    const page = await api('GET', links.transactions.replace('/api/v2', ''), books.token, undefined, {
      accept: 'application/json',
    });
    expect(page.body.data).toHaveLength(1);
    expect(page.body.data[0]).toMatchObject({
      base_amount: 100,
      tax_amount: 25,
      acquisition_tax_amount: 0,
      posted_tax_amount: 25,
      tax_account_codes: ['2700'],
      account_code: '3000',
    });
  });

  test('nothing posted: an empty report, also beyond the calendar years of the books', async () => {
    const books = await openBooks();
    expect((await vat(books)).rows).toEqual([]);
    expect((await vat(books, { from: '9999-11-05', to: '9999-12-31' })).rows).toEqual([]);
    expect((await vat(books, { from: '0001-01-01', to: '0001-01-15' })).rows).toEqual([]);
  });
});

describe('late entries', () => {
  test('VAT belongs to the term of vat_term; movement stays where the entry is dated', async () => {
    const books = await openBooks();
    await books.post('2025-01-10', sale('3', 1000, 1250));
    const late = await books.post('2025-03-05', sale('3', 400, 500), { vat_term: '2025-02-01' });
    expect(late.vat_term).toBe('2025-02-01');
    for (const folded of [false, true]) {
      if (folded) await fold(books);
      const first = await vat(books, { from: '2025-01-01', to: '2025-02-28' });
      expect(rowsOf(first)).toEqual(['3 25: base 0/1400 tax 0/350 posted 0/350 rec 100/0 report 350 + 0']);
      expect(first.late_entries.map(({ id, vat_term }) => [id, vat_term])).toEqual([[late.id, '2025-02-01']]);
      expect(first.closing_check.difference).toBe(0);
      const second = await vat(books, { from: '2025-03-01', to: '2025-04-30' });
      expect(rowsOf(second)).toEqual(['3 25: base 0/0 tax 0/0 posted 0/0 rec 0/100 report 0 + 0']);
      expect(second.late_entries).toHaveLength(1);
      const days = await vat(books, { from: '2025-01-20', to: '2025-02-10' });
      expect(rowsOf(days)).toEqual(['3 25: base 0/400 tax 0/100 posted 0/100 rec 100/0 report 100 + 0']);
    }
    await books.run(cancelEntry, { id: late.id, reason: 'feil', entryDate: '2025-03-31' });
    expect(rowsOf(await vat(books, { from: '2025-01-01', to: '2025-02-28' }))).toEqual([
      '3 25: base 400/1400 tax 100/350 posted 100/350 rec 100/100 report 250 + 0',
    ]);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('a term after the date is refused', async () => {
    const books = await openBooks();
    await expect(books.post('2025-03-05', sale('3', 400, 500), { vat_term: '2025-03-06' })).rejects.toThrow(/vat_term/);
  });
});

describe('discrepancies', () => {
  const given = (base: number, vatAmount: number) => ({
    lines: [
      debit(bank, base + vatAmount),
      credit('3000', base, { tax_code: '3' }),
      credit('2700', vatAmount, { tax_code: '3', base_line_number: 2 }),
    ],
    vat: 'given' as const,
  });

  test('1: posted 0.75 off on two vouchers is above the tolerance, each of them is listed', async () => {
    const books = await openBooks();
    const off = [];
    for (let i = 0; i < 2; i++) {
      const { lines, vat: mode } = given(1000, 250.75);
      off.push((await books.post('2025-03-10', lines, { vat: mode })).id);
    }
    await books.post('2025-03-11', sale('3', 1000, 1250));
    for (const folded of [false, true]) {
      if (folded) await fold(books);
      const report = await vat(books);
      expect(rowsOf(report)).toEqual(['3 25: base 0/3000 tax 0/750 posted 0/751.5 rec 0/0 report 751.5 + 0']);
      expect(report.rows[0]!.discrepancy_note).toBe(
        'Beregnet mva er 750,00, bokført 751,50, differanse 1,50: GL 1/2025, GL 2/2025.',
      );
      expect(report.differences.map(({ id }) => id)).toEqual(off);
    }
  });

  test('1: one voucher 0.75 off is within the tolerance; the drill-down has it still', async () => {
    const books = await openBooks();
    const { lines, vat: mode } = given(1000, 250.75);
    await books.post('2025-03-10', lines, { vat: mode });
    const report = await vat(books);
    expect(report.rows[0]!.discrepancy_note).toBe(null);
    expect(report.differences).toHaveLength(1);
  });

  test('2: base without VAT line, and a VAT line that is no base', async () => {
    const books = await openBooks();
    await books.post('2025-03-10', [debit(bank, 1000), credit('3000', 1000, { tax_code: '3' })], { vat: 'given' });
    await books.post('2025-03-11', [debit(bank, 50), credit('2701', 50, { tax_code: '31' })], { vat: 'given' });
    const report = await vat(books);
    expect(rowsOf(report)).toEqual([
      '3 25: base 0/1000 tax 0/250 posted 0/0 rec 0/0 report 0 + 0',
      '31 15: base 0/50 tax 0/7.5 posted 0/0 rec 0/50 report 0 + 0',
    ]);
    expect(report.rows[0]!.discrepancy_note).toMatch(/Grunnlag uten mva-linje: GL 1\/2025\./);
    expect(report.rows[1]!.discrepancy_note).toMatch(/mva-konto 2701 har mva-kode uten/);
  });

  test('3: a VAT account posted to directly, unless it is settlement', async () => {
    const books = await openBooks();
    await books.post('2025-03-10', [debit('2700', 10), credit(bank, 10)]);
    await books.post('2025-03-11', [debit('2710', 10), credit('2740', 10)]);
    await books.post('2025-03-12', [debit('2720', 7), credit(bank, 7)]);
    const report = await vat(books);
    // None of their codes was ever used: they have no row, but are reported.
    expect(report.rows).toEqual([]);
    expect(report.discrepancies.map(({ tax_code, text }) => [tax_code, text])).toEqual([
      [null, 'Konto 2700 er ført direkte, uten mva-kode og uten å være oppgjør eller åpning: GL 1/2025.'],
      [null, 'Konto 2720 er ført direkte, uten mva-kode og uten å være oppgjør eller åpning: GL 3/2025.'],
    ]);
    expect(report.accounts.map(({ tax_code }) => tax_code)).toEqual([null, null, null]);
    expect(report.closing_check).toMatchObject({ unassigned: 27, difference: 0 });
  });

  test('4: a rate that is not the code’s in the period', async () => {
    const books = await openBooks();
    const entry = await books.post('2025-03-10', sale('3', 1000, 1250));
    const { asOwner } = await import('../../../test/support/books/people.ts');
    await asOwner('update journal_entry_lines set tax_rate = 24 where entry_id = $1 and tax_code is not null', [
      entry.id,
    ]);
    const report = await vat(books);
    expect(report.rows[0]!.discrepancy_note).toMatch(/Satsen 24 % gjelder ikke for kode 3/);
  });

  test('5: more taken back than sold', async () => {
    const books = await openBooks();
    await books.post('2025-03-11', [debit('3000', 400, { tax_code: '3' }), credit(bank, 500)]);
    const report = await vat(books, YEAR, '');
    expect(report.rows[0]!.reportable_tax_amount).toBe(-100);
    expect(report.rows[0]!.discrepancy_note).toMatch(/merknad/);
  });

  test('one VAT line for several base lines, as other systems write it, is posted VAT of their code', async () => {
    const books = await openBooks();
    await books.post(
      '2025-03-10',
      [
        debit(bank, 375),
        credit('3000', 100, { tax_code: '3' }),
        credit('3010', 200, { tax_code: '3' }),
        credit('2700', 75),
      ],
      { vat: 'given' },
    );
    await books.post(
      '2025-03-11',
      [
        debit(bank, 240),
        credit('3000', 100, { tax_code: '3' }),
        credit('3000', 100, { tax_code: '31' }),
        credit('2700', 25),
        credit('2701', 15),
      ],
      { vat: 'given' },
    );
    for (const folded of [false, true]) {
      if (folded) await fold(books);
      const report = await vat(books);
      expect(rowsOf(report)).toEqual([
        '3 25: base 0/400 tax 0/100 posted 0/100 rec 0/0 report 100 + 0',
        '31 15: base 0/100 tax 0/15 posted 0/15 rec 0/0 report 15 + 0',
      ]);
      expect(report.rows.map((row) => row.discrepancy_note)).toEqual([null, null]);
      expect(report.closing_check.difference).toBe(0);
    }
  });
});

describe('at any moment', () => {
  test('the same folded, half folded, by days, and as known earlier', async () => {
    let now = new Date('2026-01-05T08:00:00Z');
    const books = await openBooks({ clock: { now: () => now } });
    await books.post('2025-01-10', sale('3', 1000, 1250));
    await books.post('2025-02-20', bought('1', 100, 125));
    const before = await vat(books);
    await fold(books);
    expect(await vat(books)).toEqual(before);
    now = new Date('2026-01-06T08:00:00Z');
    await books.post('2025-02-25', sale('3', 500, 625));
    const half = await vat(books);
    expect(rowsOf(half)).toEqual([
      '3 25: base 0/1500 tax 0/375 posted 0/375 rec 0/0 report 375 + 0',
      '1 25: base 100/0 tax 25/0 posted 25/0 rec 0/0 report -25 + 0',
    ]);
    expect(rowsOf(await vat(books, { from: '2025-02-01', to: '2025-02-24' }))).toEqual([
      '1 25: base 100/0 tax 25/0 posted 25/0 rec 0/0 report -25 + 0',
    ]);
    const then = '&as_of=2026-01-05T20:00:00Z';
    expect(await vat(books, YEAR, then)).toEqual(before);
    await fold(books);
    expect(await vat(books, YEAR, then)).toEqual(before);
    expect(await vat(books)).toEqual(half);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('random postings: rows and accounts agree with the movement, folded or not, in any split of the range', async () => {
    const codes = ['3', '31', '32', '33', '5', '52', '6', '1', '11', '13', '81', '82', '86', '87', '88', '91'];
    const entry = fc.record({
      code: fc.constantFrom(...codes),
      amount: fc.integer({ min: 1, max: 9_999_999 }),
      day: fc.integer({ min: 1, max: 28 }),
      month: fc.integer({ min: 1, max: 6 }),
      back: fc.boolean(),
      kind: fc.constantFrom('plain', 'plain', 'loose', 'late'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 28 }),
        async (all, cut) => {
          const books = await openBooks();
          const half = Math.floor(all.length / 2);
          const post = (some: typeof all) =>
            some.length === 0
              ? Promise.resolve()
              : books.run(postEntries, {
                  mode: 'all' as const,
                  language: 'nb' as const,
                  entries: some.map(({ code, amount, day, month, back, kind }) => {
                    const net = (amount / 100).toFixed(2);
                    const two = (n: number) => String(n).padStart(2, '0');
                    const date = `2025-${two(month)}-${two(day)}`;
                    if (kind === 'loose') return { entry_date: date, lines: [debit('2700', net), credit('1920', net)] };
                    const isSale = ['3', '31', '32', '33', '5', '52', '6'].includes(code);
                    const side = isSale !== back ? credit : debit;
                    const other = isSale !== back ? debit : credit;
                    return {
                      entry_date: date,
                      ...(kind === 'late'
                        ? { vat_term: `2025-01-${two(day)}`.localeCompare(date) <= 0 ? `2025-01-${two(day)}` : date }
                        : {}),
                      lines: [
                        side(isSale ? '3000' : '6800', net, { tax_code: code, amount_basis: basisOf(code) }),
                        other('1920', net),
                      ],
                    };
                  }),
                });
          await post(all.slice(0, half));
          await fold(books);
          await post(all.slice(half));
          const ranges = [
            YEAR,
            { from: '2025-01-01', to: '2025-03-31' },
            { from: `2025-02-${String(cut).padStart(2, '0')}`, to: '2025-05-11' },
          ];
          const seen: VatView[] = [];
          for (const range of ranges) {
            const report = await vat(books, range);
            expect(report.closing_check.difference).toBe(0);
            seen.push(report);
          }
          // Parts of the year sum to the year.
          const parts = [];
          for (const range of [
            { from: '2025-01-01', to: `2025-02-${String(cut).padStart(2, '0')}` },
            { from: cut === 28 ? '2025-03-01' : `2025-02-${String(cut + 1).padStart(2, '0')}`, to: '2025-12-31' },
          ])
            parts.push((await vat(books, range)).totals.vat_payable);
          expect(Math.round((parts[0]! + parts[1]!) * 100)).toBe(Math.round(seen[0]!.totals.vat_payable * 100));
          await fold(books);
          for (const [i, range] of ranges.entries()) expect(await vat(books, range)).toEqual(seen[i]);
          expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
        },
      ),
      { numRuns: 6, seed: 20250101 },
    );
  }, 60_000);
});

/** So that the other side of the entry is the amount itself. */
function basisOf(code: string): 'gross' | 'net' {
  return Number(code) > 80 || ['5', '52', '6'].includes(code) ? 'net' : 'gross';
}

test('bad input: every problem at once, no access, unknown client account, impossible range', async () => {
  const books = await openBooks();
  const answer = await api(
    'GET',
    `/reports/vat?client_account_id=${books.clientAccountId}&from_date=2025-02-30&format=excel`,
    books.token,
  );
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toMatch(/from_date.*to_date|to_date.*from_date/);
  expect(JSON.stringify(answer.body)).toMatch(/format/);
  const query = 'from_date=2025-02-01&to_date=2025-01-01&format=json';
  expect(
    (await api('GET', `/reports/vat?client_account_id=${books.clientAccountId}&${query}`, books.token)).status,
  ).toBe(422);
  expect((await api('GET', `/reports/vat?client_account_id=4194303&${query}`, books.token)).status).toBe(404);
  const other = await openBooks({ clock: fixedClock('2026-03-15T10:00:00Z') });
  expect(
    (await api('GET', `/reports/vat?client_account_id=${other.clientAccountId}&${query}`, books.token)).status,
  ).toBe(403);
});

describe('printed', () => {
  test('HTML: codes with links to their transactions, payable, accounts, differences and the notes; nb and en', async () => {
    const books = await openBooks({ name: 'Trykk & Mva AS' });
    await books.post('2025-03-10', sale('3', 1000, 1250));
    await books.post('2025-03-11', bought('86', 400, 400));
    await books.post('2025-03-12', [debit('2700', 10), credit(bank, 10)]);
    const page = async (language: string) =>
      api.server.inject({
        method: 'GET',
        url: `/api/v2/reports/vat?client_account_id=${books.clientAccountId}&from_date=2025-01-01&to_date=2025-12-31&format=html`,
        headers: { authorization: `Bearer ${books.token}`, 'accept-language': language },
      });
    const nb = await page('nb');
    expect(nb.statusCode).toBe(200);
    expect(nb.headers['content-type']).toMatch(/text\/html/);
    expect(nb.body).toMatch(/Trykk &amp; Mva AS/);
    expect(nb.body).toMatch(/Mva å betale/);
    expect(nb.body).toMatch(/vat\/transactions\?[^"]*tax_code=3/);
    expect(nb.body).toMatch(/Konto 2700 er ført direkte/);
    const en = await page('en');
    expect(en.body).toMatch(/VAT payable/);
    expect(en.body).toMatch(/Account 2700 was posted to directly/);
  });

  test('the section of differences has the signs of the rows above it', async () => {
    const books = await openBooks();
    await books.post(
      '2025-03-10',
      [
        debit('6800', 1000, { tax_code: '1' }),
        debit('2710', 245, { tax_code: '1', base_line_number: 1 }),
        credit(bank, 1245),
      ],
      { vat: 'given' },
    );
    const { clientAccountId, platform } = books;
    const report = await platform.database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
      readVatReport(
        { tx, database: platform.database, clientAccountId, now: new Date('2026-03-15T10:00:00Z') },
        { range: YEAR, asOf: null },
      ),
    );
    const amounts = (row: ReportRow) =>
      row.cells.slice(1, 4).map((cell) => (cell && 'amount' in cell ? cell.amount : null));
    const { rows } = vatModel(report, { name: 'X' } as never, 'nb');
    const code = rows.find(({ code }) => code === '1')!;
    const line = rows.find(({ kind }) => kind === 'line')!;
    expect(amounts(code)).toEqual([1000_00n, -250_00n, -245_00n]);
    expect(amounts(line)).toEqual([1000_00n, -250_00n, -245_00n]);
    expect(line.label).toBe('GL 1/2025, 10.03.2025');
  });

  test('the specification by transaction: every base line once, sums as the report', async () => {
    const books = await openBooks();
    for (let day = 10; day < 20; day++) await books.post(`2025-03-${day}`, sale('3', 100 * day, 125 * day));
    await books.post('2025-03-20', bought('86', 400, 400));
    await books.post('2025-03-21', sale('3', 50, 62.5), { vat_term: '2025-01-15' });
    const { clientAccountId, platform } = books;
    const rows = await platform.database.transaction(
      { clientAccounts: [clientAccountId], mode: 'read' },
      async (tx) => {
        const stream = await printableVatTransactions.open(
          { tx, database: platform.database, clientAccountId, language: 'en', now: new Date('2026-03-15T10:00:00Z') },
          { range: YEAR, asOf: null, taxCode: null, after: null, size: 100 },
        );
        const all = [];
        for await (const batch of (stream as ReportStream).rows()) all.push(...batch);
        return all;
      },
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'group',
      ...Array(11).fill('line'),
      'subtotal',
      'group',
      'line',
      'subtotal',
    ]);
    const sum = (at: number) => rows[at]!.cells.slice(4).map((cell) => (cell && 'amount' in cell ? cell.amount : null));
    expect(sum(12)).toEqual([1_455_000n, 363_750n, 0n, 363_750n]);
    expect(sum(15)).toEqual([-40_000n, -10_000n, 10_000n, 0n]);
    // The same over the API by pages, late entries on the day of their VAT.
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { body } = await api(
        'GET',
        `/reports/vat/transactions?client_account_id=${clientAccountId}&from_date=${YEAR.from}&to_date=${YEAR.to}&format=json&per_page=5${after}`,
        books.token,
      );
      seen.push(
        ...body.data.map((line: { vat_date: string; tax_code: string }) => `${line.vat_date} ${line.tax_code}`),
      );
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(seen).toHaveLength(12);
    expect(seen[0]).toBe('2025-01-15 3');
    expect(seen.toSorted()).toEqual(seen);
    const bad = await api(
      'GET',
      `/reports/vat/transactions?client_account_id=${clientAccountId}&from_date=${YEAR.from}&to_date=${YEAR.to}&format=json&after=x`,
      books.token,
    );
    expect(bad.status).toBe(400);
  });
});
