import { describe, expect, test } from 'vitest';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { mastersRoutes } from '../index.ts';

const api = apiOf(mastersRoutes, testPlatform());
const english = { 'accept-language': 'en' };

async function list(books: Books, query = '') {
  const { status, body } = await api(
    'GET',
    `/tax-codes?client_account_id=${books.clientAccountId}${query}`,
    books.token,
    undefined,
    english,
  );
  expect(status).toBe(200);
  return body;
}

async function code(books: Books, wanted: string, query = '') {
  return (await list(books, query)).find((one: { code: string }) => one.code === wanted);
}

function create(books: Books, more: object) {
  return api(
    'POST',
    '/tax-codes',
    books.token,
    { client_account_id: books.clientAccountId, description_nob: 'Egen', ...more },
    english,
  );
}

function change(books: Books, id: number, changes: object) {
  return api('PUT', `/tax-codes/${id}`, books.token, changes, english);
}

describe('reading', () => {
  test('a bare array of the 30 standard codes with their accounts', async () => {
    const books = await openBooks();
    const codes = await list(books, '&with[]=tax_account&with[]=acquisition_tax_account');
    expect(codes).toHaveLength(30);
    const reverse = codes.find((one: { code: string }) => one.code === '86');
    expect(reverse).toMatchObject({
      standard_code: '86',
      tax_rate: '25.00',
      category: 'input',
      tax_account_id: 2706,
      acquisition_tax_account_id: 2716,
      deduction_percent: '100.00',
      is_reverse_charge: true,
      reportable: true,
      active_to: null,
      description: 'Services from abroad, deductible, regular rate',
      tax_account: { id: 2706, account_code: '2706', mandatory_dimensions: [] },
      acquisition_tax_account: { account_code: '2716' },
    });
    expect(codes.find((one: { code: string }) => one.code === '12').tax_rate).toBe('11.11');
    expect(codes[0]).toMatchObject({ code: '0', tax_account: null });
  });

  test.each([
    ['33', '2020-03-31', '12.00'],
    ['33', '2020-04-01', '6.00'],
    ['33', '2021-09-30', '6.00'],
    ['33', '2021-10-01', '12.00'],
    ['3', '2004-12-31', '24.00'],
    ['31', '2005-01-01', null],
  ])('code %s on %s has the rate %s', async (wanted, date, rate) => {
    const books = await openBooks();
    expect((await code(books, wanted, `&date=${date}`)).tax_rate).toBe(rate);
  });

  test('one by id; with the parameter as in other lists too', async () => {
    const books = await openBooks();
    const three = await code(books, '3');
    const got = await api('GET', `/tax-codes/${three.id}?with=tax_account`, books.token);
    expect(got.body).toMatchObject({
      code: '3',
      description: 'Utgående mva, høy sats',
      tax_account: { account_code: '2700' },
    });
    expect((await api('GET', '/tax-codes', books.token)).status).toBe(400);
    expect((await api('GET', `/tax-codes/${three.id}?with=rates`, books.token)).status).toBe(400);
  });
});

describe('own codes', () => {
  test('proportionate deduction under a standard code posts the share and the cost', async () => {
    const books = await openBooks();
    await books.post('2026-01-01', [debit('1920', 1), credit('3000', 1)]);
    const made = await create(books, {
      code: '1F70',
      standard_code: '1',
      deduction_percent: '70',
      description_eng: 'Own',
    });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      code: '1F70',
      standard_code: '1',
      category: 'input',
      tax_rate: '25.00',
      deduction_percent: '70.00',
      acquisition_tax_account_code: '2710',
      tax_account_code: null,
      reportable: true,
      description: 'Own',
    });
    const entry = await books.post('2026-02-01', [debit('6540', 1000, { tax_code: '1F70' }), credit('1920', 1250)]);
    expect(entry.lines.map(({ account_code, debit: d, credit: c }) => [account_code, d, c])).toEqual([
      ['6540', '1000.00', '0.00'],
      ['2710', '175.00', '0.00'],
      ['6540', '75.00', '0.00'],
      ['1920', '0.00', '1250.00'],
    ]);
    expect(await auditOf(books, made.body.id)).toMatchObject([
      { operation: 'tax-code.create', after: { code: '1F70' } },
    ]);
  });

  test.each([
    ['a code that exists', { code: '3', standard_code: '3' }, 'code'],
    ['an unknown standard code', { standard_code: '4' }, 'standard_code'],
    ['no rate', { standard_code: '3', rates: [] }, 'rates'],
    ['a rate above 100', { standard_code: '3', rates: [{ valid_from: '2020-01-01', rate: 101 }] }, 'rates[0].rate'],
    ['five decimals', { standard_code: '3', rates: [{ valid_from: '2020-01-01', rate: '25.00001' }] }, 'rates[0].rate'],
    [
      'rate 0 under a taxed code',
      { standard_code: '3', rates: [{ valid_from: '2020-01-01', rate: 0 }] },
      'rates[0].rate',
    ],
    [
      'a rate under an exempt code',
      { standard_code: '5', rates: [{ valid_from: '2020-01-01', rate: 25 }] },
      'rates[0].rate',
    ],
    [
      'an end before the start',
      { standard_code: '3', rates: [{ valid_from: '2020-01-01', valid_to: '2019-12-31', rate: 25 }] },
      'rates[0].valid_to',
    ],
    [
      'a date that does not exist',
      { standard_code: '3', rates: [{ valid_from: '2023-02-29', rate: 25 }] },
      'rates[0].valid_from',
    ],
    [
      'two rates on one day',
      {
        standard_code: '3',
        rates: [
          { valid_from: '2020-01-01', rate: 25 },
          { valid_from: '2021-01-01', rate: 26 },
        ],
      },
      'rates',
    ],
    ['deduction on a sale', { standard_code: '3', deduction_percent: 50 }, 'deduction_percent'],
    ['deduction where there is none', { standard_code: '87', deduction_percent: 100 }, 'deduction_percent'],
    ['deduction above 100', { standard_code: '1', deduction_percent: 101 }, 'deduction_percent'],
    ['no account for output VAT', { standard_code: '3', tax_account_code: null }, 'tax_account_code'],
    [
      'an input account on a sale',
      { standard_code: '3', acquisition_tax_account_code: '2710' },
      'acquisition_tax_account_code',
    ],
    ['an unknown account', { standard_code: '3', tax_account_code: '0000' }, 'tax_account_code'],
    ['a cost account', { standard_code: '1', acquisition_tax_account_code: '6540' }, 'acquisition_tax_account_code'],
    ['an unknown specification', { standard_code: '3', specification: 'gave' }, 'specification'],
    ['a specification of another code', { standard_code: '1', specification: 'uttak' }, 'specification'],
    ['compensation on a sale', { standard_code: '3', compensation: true }, 'compensation'],
    [
      'an end before the beginning',
      { standard_code: '3', active_from: '2026-01-01', active_to: '2025-12-31' },
      'active_to',
    ],
  ])('refuses %s', async (_, fault, field) => {
    const books = await openBooks();
    const refused = await create(books, { code: 'X', ...fault });
    expect(refused.status).toBe(400);
    expect(refused.body.details.fields.map((problem: { path: string }) => problem.path)).toContain(field);
  });

  test('specifications where they belong', async () => {
    const books = await openBooks();
    expect((await create(books, { code: '3U', standard_code: '3', specification: 'uttak' })).status).toBe(201);
    expect(
      (
        await create(books, {
          code: '1K',
          standard_code: '1',
          compensation: true,
          specification: 'justeringMerverdiavgiftskompensasjonFastEiendom',
        })
      ).status,
    ).toBe(201);
  });

  test('validity: refused outside its dates, and the new date holds at the next posting', async () => {
    const books = await openBooks();
    const made = await create(books, { code: '3X', standard_code: '3', active_from: '2026-01-01' });
    const sale = (date: string) => books.post(date, [debit('1920', 125), credit('3000', 100, { tax_code: '3X' })]);
    await expect(sale('2025-12-31')).rejects.toMatchObject({ code: 'ledger.invalid_entry' });
    await sale('2026-01-01');
    expect((await change(books, made.body.id, { active_to: '2026-01-31' })).status).toBe(200);
    await expect(sale('2026-02-01')).rejects.toMatchObject({ code: 'ledger.invalid_entry' });
    await sale('2026-01-31');
    const active = await list(books, '&is_active=true&date=2026-02-01');
    expect(active.map((one: { code: string }) => one.code)).not.toContain('3X');
  });
});

describe('changes', () => {
  test('a rate of the future is added, and counts from its day', async () => {
    const books = await openBooks();
    const three = await code(books, '3');
    const rates = [
      ...three.rates.slice(0, -1),
      { ...three.rates.at(-1), valid_to: '2026-12-31' },
      { valid_from: '2027-01-01', rate: '26' },
    ];
    const changed = await change(books, three.id, { ...three, rates });
    expect(changed.body.rates.at(-1)).toEqual({ valid_from: '2027-01-01', valid_to: null, rate: '26.00' });
    expect((await code(books, '3', '&date=2027-01-01')).tax_rate).toBe('26.00');
    const entry = await books.post('2027-01-01', [debit('1920', 126), credit('3000', 100, { tax_code: '3' })]);
    expect(entry.lines[2]).toMatchObject({ account_code: '2700', credit: '26.00' });
    expect(await auditOf(books, three.id)).toMatchObject([
      { before: { rates: three.rates }, after: { rates: changed.body.rates } },
    ]);
  });

  test('what entries were posted with stays true', async () => {
    const books = await openBooks();
    const three = await code(books, '3');
    await books.post('2026-01-10', [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
    for (const [changes, error] of [
      [{ rates: [{ valid_from: '2020-01-01', rate: 24 }] }, 'masters.rates_in_use'],
      [{ rates: [{ valid_from: '2026-02-01', rate: 25 }] }, 'masters.rates_in_use'],
      [{ active_from: '2026-01-11' }, 'masters.rates_in_use'],
      [{ active_to: '2026-01-09' }, 'masters.rates_in_use'],
      [{ standard_code: '31' }, 'masters.code_in_use'],
    ] as const) {
      const refused = await change(books, three.id, changes);
      expect([refused.status, refused.body.details.code]).toEqual([400, error]);
    }
    expect((await change(books, three.id, { description_nob: 'Salg 25 %' })).body.description_nob).toBe('Salg 25 %');
    expect((await change(books, three.id, { active_to: '2026-01-10' })).status).toBe(200);
  });

  test('another account is used from the next posting on', async () => {
    const books = await openBooks();
    const three = await code(books, '3');
    await books.post('2026-01-10', [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
    expect((await change(books, three.id, { tax_account_code: '2701' })).body).toMatchObject({ tax_account_id: 2701 });
    const entry = await books.post('2026-01-11', [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
    expect(entry.lines[2]).toMatchObject({ account_code: '2701' });
  });
});
