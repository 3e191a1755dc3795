import fc from 'fast-check';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testServer,
} from '../../../test/support/books/books.ts';
import { addDays } from '../../kernel/local-date.ts';
import { foldBalances } from '../../ledger/balances-fold.ts';
import { postEntries } from '../../ledger/index.ts';
import type { LineInput } from '../../ledger/entries/entry-input.ts';
import { validateAnswer } from '../../platform/http/checks/answer-check.ts';
import type { Route } from '../../platform/http/route.ts';
import type { TrialBalanceView } from './trial-balance-json.ts';
import { trialBalanceRoutes } from './trial-balance.routes.ts';

const server = await testServer();

async function ask(books: Books, query: Record<string, string | string[]>, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'GET',
    url: '/api/v2/reports/trial-balance',
    query: { client_account_id: String(books.clientAccountId), ...query },
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json', ...headers },
  });
}

async function report(books: Books, query: Record<string, string | string[]>): Promise<TrialBalanceView> {
  const answer = await ask(books, query);
  expect(answer.statusCode, answer.body).toBe(200);
  const view = answer.json<TrialBalanceView>();
  validateAnswer(trialBalanceRoutes[0] as Route, 200, view);
  return view;
}

async function draft(books: Books, entryDate: string, lines: LineInput[]): Promise<void> {
  const answer = await server.inject({
    method: 'POST',
    url: '/api/v2/journal-entries',
    headers: { authorization: `Bearer ${books.token}` },
    payload: { client_account_id: books.clientAccountId, is_draft: true, entry_date: entryDate, lines },
  });
  expect(answer.statusCode, answer.body).toBe(201);
}

/** `1500 customer Kari: 0 + 100 - 50 = 50` */
function rowsOf({ rows }: TrialBalanceView): string[] {
  return rows.map((row) => {
    const relation = row.relation_type ? ` ${row.relation_type} ${row.relation_name}` : '';
    return `${row.account_code}${relation}: ${row.incoming_balance} + ${row.debit} - ${row.credit} = ${row.outgoing_balance}`;
  });
}

/** The worker's fold, so that reports are tested on folded balances, unfolded deltas and both. */
async function fold(books: Books): Promise<void> {
  const id = books.clientAccountId;
  await books.platform.database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) => foldBalances(tx, id));
}

describe('figures', () => {
  test('balance accounts carry forward, income and expense begin each year at zero', async () => {
    const books = await openBooks();
    await books.post('2024-11-10', [debit('1920', 1000), credit('3100', 1000, { tax_code: '5' })]);
    await books.post('2025-02-10', [debit('6800', 200), credit('1920', 200)]);
    await books.post('2025-05-20', [debit('1920', 70), credit('3100', 70, { tax_code: '5' })]);
    const first = await report(books, { date_from: '2025-03-01', date_to: '2025-12-31' });
    expect(rowsOf(first)).toEqual(['1920: 800 + 70 - 0 = 870', '3100: 0 + 0 - 70 = -70', '6800: 200 + 0 - 0 = 200']);
    expect(first.totals).toEqual({
      incoming_balance: 1000,
      debit: 70,
      credit: 70,
      outgoing_balance: 1000,
      unappropriated_result: -1000,
    });
  });

  test('customers and suppliers stand apart on the accounts of their ledgers, assets everywhere', async () => {
    const books = await openBooks();
    const kari = await addPartner(books, 'Kari');
    const ola = await addPartner(books, 'Ola');
    const van = await addDimensionValue(books, 'asset', 'Varebil');
    await books.post('2025-01-10', [
      debit('1500', 125, { business_partner_id: kari }),
      credit('3000', 100, { tax_code: '3', business_partner_id: kari }),
    ]);
    await books.post('2025-01-11', [
      debit('1500', 250, { business_partner_id: ola }),
      credit('3000', 200, { tax_code: '3' }),
    ]);
    await books.post('2025-01-12', [
      debit('1230', 4000, { dimensions: [{ type: 'asset', id: van }] }),
      credit('2400', 4000, { business_partner_id: ola }),
    ]);
    const view = await report(books, { date_from: '2025-01-01', date_to: '2025-12-31' });
    expect(rowsOf(view)).toEqual([
      '1230 asset Varebil: 0 + 4000 - 0 = 4000',
      '1500 customer Kari: 0 + 125 - 0 = 125',
      '1500 customer Ola: 0 + 250 - 0 = 250',
      '2400 supplier Ola: 0 + 0 - 4000 = -4000',
      '2700: 0 + 0 - 75 = -75',
      '3000: 0 + 0 - 300 = -300',
    ]);
    expect(view.rows[1]).toMatchObject({ relation_type: 'customer', relation_id: kari, relation_name: 'Kari' });
  });

  test('drafts only when asked for', async () => {
    const books = await openBooks();
    await books.post('2025-01-10', [debit('1920', 100), credit('2050', 100)]);
    await draft(books, '2025-01-11', [debit('1920', 7), credit('2050', 7)]);
    const range = { date_from: '2025-01-01', date_to: '2025-01-31' };
    expect(rowsOf(await report(books, range))[0]).toBe('1920: 0 + 100 - 0 = 100');
    expect(rowsOf(await report(books, { ...range, include_drafts: 'true' }))[0]).toBe('1920: 0 + 107 - 0 = 107');
  });

  test('B7: the opening balance is the closing balance of the day before', async () => {
    const books = await openBooks();
    for (const [day, amount] of [
      ['2024-12-31', 5],
      ['2025-01-01', 7],
      ['2025-01-31', 11],
      ['2025-02-14', 13],
      ['2025-02-15', 17],
      ['2025-02-28', 19],
    ] as const)
      await books.post(day, [debit('1920', amount), credit('2050', amount)]);
    for (const day of [
      '2025-01-01',
      '2025-01-02',
      '2025-01-31',
      '2025-02-01',
      '2025-02-15',
      '2025-02-16',
      '2025-03-01',
      '2026-01-01',
    ]) {
      const before = await report(books, { date_from: '2024-01-01', date_to: addDays(day, -1), account_codes: '1920' });
      const after = await report(books, { date_from: day, date_to: addDays(day, 10), account_codes: '1920' });
      expect(after.rows[0]?.incoming_balance, day).toBe(before.rows[0]?.outgoing_balance);
    }
  });
});

interface Posted {
  date: string;
  account: string;
  amount: number;
  dimensions: { type: string; id: number }[];
  partner: number | null;
  draft: boolean;
}

describe('on random ledgers', () => {
  test('every row is the sum of its lines, whatever range, filter, drafts and state of the fold', async () => {
    const books = await openBooks();
    const partners = [await addPartner(books, 'Anne'), await addPartner(books, 'Bjørn')];
    const departments = [await addDimensionValue(books, 'department'), await addDimensionValue(books, 'department')];
    const projects = [await addDimensionValue(books, 'project'), await addDimensionValue(books, 'project')];
    const posted: Posted[] = [];
    // 1920, 2050: balance accounts; 1500: customers; 3100, 6800, 8960: income, expense, appropriation.
    const day = fc.integer({ min: 0, max: 1200 }).map((n) => addDays('2022-11-20', n));
    const dimension = fc.constantFrom(
      null,
      ...departments.map((id) => ({ type: 'department', id })),
      ...projects.map((id) => ({ type: 'project', id })),
    );
    const side = fc.record({
      account: fc.constantFrom('1920', '2050', '1500', '3100', '6800', '8960'),
      dimensions: fc.uniqueArray(dimension, { selector: (value) => value?.type ?? '', maxLength: 2 }),
      partner: fc.constantFrom(...partners),
      named: fc.boolean(),
    });
    const entry = fc.record({
      date: day,
      amount: fc.integer({ min: 1, max: 1_000_000 }),
      debit: side,
      credit: side,
      draft: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    });
    const entries = fc.sample(entry, { numRuns: 400, seed: 20260315 });
    const lineOf = (which: (typeof entries)[number]['debit']) => ({
      dimensions: which.dimensions.filter((found) => found !== null),
      partner: which.account === '1500' || which.named ? which.partner : null,
    });
    const inputs = entries.map((made) => {
      const lines = (['debit', 'credit'] as const).map((which) => {
        const { dimensions, partner } = lineOf(made[which]);
        posted.push({
          date: made.date,
          account: made[which].account,
          amount: which === 'debit' ? made.amount : -made.amount,
          dimensions,
          partner,
          draft: made.draft,
        });
        const line: LineInput = { account_code: made[which].account, dimensions, business_partner_id: partner };
        return { ...line, [which]: (made.amount / 100).toFixed(2) };
      });
      return { made, input: { entry_date: made.date, lines } };
    });
    const real = inputs.filter(({ made }) => !made.draft).map(({ input }) => input);
    await books.run(postEntries, { entries: real.slice(0, 200), mode: 'all', language: 'nb' });
    await fold(books);
    await books.run(postEntries, { entries: real.slice(200), mode: 'all', language: 'nb' });
    for (const { made, input } of inputs) if (made.draft) await draft(books, input.entry_date, input.lines);

    const question = fc.record({
      from: day,
      days: fc.integer({ min: 0, max: 500 }),
      codes: fc.constantFrom<string[]>([], ['1920'], ['1500', '3000-3999'], ['2000-8000']),
      departments: fc.subarray(departments),
      projects: fc.subarray(projects),
      drafts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ from, days, codes, departments: ds, projects: ps, drafts }) => {
        const to = addDays(from, days);
        const dimensions = [...ds.map((id) => ['department', id]), ...ps.map((id) => ['project', id])];
        const view = await report(books, {
          date_from: from,
          date_to: to,
          include_drafts: String(drafts),
          ...(codes.length > 0 ? { account_codes: codes } : {}),
          ...(dimensions.length > 0 ? { dimensions: JSON.stringify(dimensions) } : {}),
        });
        const wanted = posted.filter(
          (line) =>
            (drafts || !line.draft) &&
            (codes.length === 0 ||
              codes.some((code) => {
                const [low = '', high = low] = code.split('-');
                return low <= line.account && line.account <= high;
              })) &&
            (ds.length === 0 || line.dimensions.some(({ type, id }) => type === 'department' && ds.includes(id))) &&
            (ps.length === 0 || line.dimensions.some(({ type, id }) => type === 'project' && ps.includes(id))),
        );
        expect(
          Object.fromEntries(view.rows.map((row) => [`${row.account_code} ${row.relation_id ?? ''}`, figuresOf(row)])),
        ).toEqual(expected(wanted, from, to));
        const rowSum = view.rows.reduce((sum, row) => sum + Math.round(row.outgoing_balance * 100), 0);
        expect(Math.round(view.totals.outgoing_balance * 100)).toBe(rowSum);
        if (codes.length + dimensions.length === 0)
          expect(view.totals.incoming_balance + view.totals.unappropriated_result).toBeCloseTo(0, 6);
      }),
      { numRuns: 120, seed: 7 },
    );
  }, 60_000);
});

function figuresOf(row: TrialBalanceView['rows'][number]): number[] {
  return [row.incoming_balance, row.debit, row.credit, row.outgoing_balance].map((amount) => Math.round(amount * 100));
}

/** The same rule implemented separately, as simply as possible: from the lines, one by one. */
function expected(lines: Posted[], from: string, to: string): Record<string, number[]> {
  const rows: Record<string, number[]> = {};
  for (const line of lines) {
    const carried = ['1920', '2050', '1500'].includes(line.account);
    const key = `${line.account} ${line.account === '1500' ? line.partner : ''}`;
    const row = (rows[key] ??= [0, 0, 0, 0]);
    if (line.date < from && (carried || line.date >= `${from.slice(0, 4)}-01-01`)) row[0]! += line.amount;
    if (line.date >= from && line.date <= to) row[line.amount > 0 ? 1 : 2]! += Math.abs(line.amount);
    row[3] = row[0]! + row[1]! - row[2]!;
  }
  return Object.fromEntries(Object.entries(rows).filter(([, row]) => row.some((amount) => amount !== 0)));
}

/** Small books with known figures, for the golden files. */
async function goldenBooks(): Promise<Books> {
  const books = await openBooks({ name: 'Fjell & Fjord <AS>', organizationNumber: '999888771' });
  const kari = await addPartner(books, 'Kari «Kunde» <b>Nordmann</b>');
  const van = await addDimensionValue(books, 'asset', 'Varebil');
  await books.post('2025-11-03', [debit('1920', 300_000), credit('2000', 300_000)]);
  await books.post('2025-12-10', [
    debit('1500', 1250, { business_partner_id: kari }),
    credit('3000', 1000, { tax_code: '3' }),
  ]);
  await books.post('2026-01-15', [
    debit('1230', 1_234_567.89, { dimensions: [{ type: 'asset', id: van }] }),
    credit('1920', 1_234_567.89),
  ]);
  await books.post('2026-02-20', [debit('6540', 1000, { tax_code: '1' }), credit('1920', 1250)]);
  await books.post('2026-02-25', [debit('1920', 250), credit('1500', 250, { business_partner_id: kari })]);
  return books;
}

const GOLDEN_RANGE = { date_from: '2026-01-01', date_to: '2026-02-28' };

describe('golden files', () => {
  test('JSON in Norwegian and English', async () => {
    const books = await goldenBooks();
    for (const language of ['nb', 'en']) {
      const answer = await ask(books, GOLDEN_RANGE, { 'accept-language': language });
      const text = withoutIds(JSON.stringify(answer.json(), null, 2), books);
      await expect(`${text}\n`).toMatchFileSnapshot(`../../../test/golden/trial-balance.${language}.json`);
    }
  });

  test('HTML in Norwegian and English: escaped, no script, nothing from elsewhere', async () => {
    const books = await goldenBooks();
    for (const language of ['nb', 'en']) {
      const answer = await ask(
        books,
        { ...GOLDEN_RANGE, format: 'html', account_codes: '1000-2999' },
        { 'accept-language': language },
      );
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(answer.body).not.toMatch(/<script|<b>Nordmann|style="|javascript:|https?:\/\/(?!www\.w3\.org)/);
      expect(answer.body).toContain('Fjell &amp; Fjord &lt;AS&gt;');
      const body = /<body>([\s\S]*)<\/body>/.exec(answer.body)![1]!;
      const lines = body.replace(/<(tr|article|header|table|thead|tbody|footer|dl|div|h1|p)\b/g, '\n<$1');
      await expect(`${withoutIds(lines.trim(), books)}\n`).toMatchFileSnapshot(
        `../../../test/golden/trial-balance.${language}.html`,
      );
    }
    expect((await ask(books, { ...GOLDEN_RANGE, format: 'html' })).body).toContain('\u2212935\u00a0567,89');
  });
});

/** Ids differ between runs. */
function withoutIds(text: string, books: Books): string {
  return text
    .replaceAll(/\d{10,16}/g, (id) => (Math.floor(Number(id) / 2 ** 31) === books.clientAccountId ? 'ID' : id))
    .replaceAll(`client_account_id=${books.clientAccountId}&`, 'client_account_id=CA&')
    .replaceAll(`/client-accounts/${books.clientAccountId}/`, '/client-accounts/CA/');
}

describe('what is refused, and how', () => {
  const range = { date_from: '2025-01-01', date_to: '2025-12-31' };
  const rows: [
    name: string,
    query: Record<string, string | string[]>,
    headers: Record<string, string>,
    status: number,
    fields: string[],
  ][] = [
    ['nothing given', { client_account_id: '' }, {}, 400, ['client_account_id', 'date_from', 'date_to']],
    [
      'everything wrong at once',
      {
        date_from: '2025-02-30',
        date_to: 'x',
        account_codes: '9-1,,1500',
        dimensions: '["department"]',
        include_drafts: 'maybe',
        format: 'word',
        nonsense: '1',
      },
      {},
      400,
      ['account_codes', 'account_codes', 'date_from', 'date_to', 'dimensions', 'format', 'include_drafts', 'nonsense'],
    ],
    ['no format, no Accept', range, { accept: '*/*' }, 400, ['format']],
    ['no format, Accept: text/html', range, { accept: 'text/html' }, 400, ['format']],
    ['an unknown format', { ...range, format: 'csv' }, {}, 400, ['format']],
    ['a dimension without an id', { ...range, dimensions: 'department' }, {}, 400, ['dimensions']],
    [
      'a dimension with a bad id',
      { ...range, dimensions: ['department,0', 'project,1.5'] },
      {},
      400,
      ['dimensions', 'dimensions'],
    ],
    ['JSON that is none', { ...range, dimensions: '[["department",' }, {}, 400, ['dimensions']],
    ['from after to', { date_from: '2025-12-31', date_to: '2025-01-01' }, {}, 422, ['date_from']],
    ['more than ten years', { date_from: '2015-01-01', date_to: '2025-01-01' }, {}, 422, ['date_to']],
    ['an unknown client account', { ...range, client_account_id: '4194303' }, {}, 404, []],
    ['no credentials', range, { authorization: '' }, 401, []],
  ];
  test.each(rows)('%s', async (_, query, headers, status, fields) => {
    const books = await openBooks();
    const answer = await ask(books, query, headers);
    expect(answer.statusCode, answer.body).toBe(status);
    const body = answer.json<{
      error: string;
      message: string;
      details: { code: string; fields?: { path: string }[] };
    }>();
    expect(body.error).toMatch(/^[\x20-\x7e]+$/);
    expect(body.message).not.toBe('');
    expect((body.details.fields ?? []).map(({ path }) => path).sort()).toEqual(fields);
  });

  test('the books of others answer 403', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const answer = await ask(mine, { ...range, client_account_id: String(theirs.clientAccountId) });
    expect(answer.statusCode).toBe(403);
  });

  test('ten years are no more than ten years, and days outside the books are an empty report', async () => {
    const books = await openBooks();
    await books.post('2025-06-10', [debit('1920', 10), credit('2050', 10)]);
    expect(rowsOf(await report(books, { date_from: '2016-01-01', date_to: '2025-12-31' }))).toHaveLength(2);
    expect((await report(books, { date_from: '1990-01-01', date_to: '1990-12-31' })).rows).toEqual([]);
    expect((await report(books, { date_from: '9999-12-01', date_to: '9999-12-31' })).rows).toHaveLength(2);
    expect((await report(books, { date_from: '0001-01-01', date_to: '0001-01-31' })).rows).toEqual([]);
  });

  test('accounts by list, range and repetition; dimensions as JSON, as one pair and repeated', async () => {
    const books = await openBooks();
    const [a, b] = [await addDimensionValue(books, 'department'), await addDimensionValue(books, 'department')];
    await books.post('2025-06-10', [
      debit('6800', 10, { dimensions: [{ type: 'department', id: a }] }),
      credit('1920', 10),
    ]);
    await books.post('2025-06-11', [
      debit('6900', 20, { dimensions: [{ type: 'department', id: b }] }),
      credit('1920', 20),
    ]);
    const codes = async (query: Record<string, string | string[]>) =>
      (await report(books, { ...range, ...query })).rows.map((row) => row.account_code);
    expect(await codes({ account_codes: '1920, 6900' })).toEqual(['1920', '6900']);
    expect(await codes({ account_codes: ['6800-6899', '1920'] })).toEqual(['1920', '6800']);
    expect(await codes({ account_codes: '7000-7999' })).toEqual([]);
    expect(await codes({ dimensions: JSON.stringify([['department', a]]) })).toEqual(['6800']);
    expect(await codes({ dimensions: JSON.stringify(['department', String(a)]) })).toEqual(['6800']);
    expect(await codes({ dimensions: [`department,${a}`, `department,${b}`] })).toEqual(['6800', '6900']);
    expect(await codes({ dimensions: [`department,${a}`, `project,${b}`] })).toEqual([]);
  });

  test('an account is called what it was called on the last day', async () => {
    const books = await openBooks();
    await books.post('2025-06-10', [debit('1920', 10), credit('2050', 10)]);
    const id = books.clientAccountId;
    await books.platform.database.transaction({ clientAccounts: [id], mode: 'write' }, async (tx) => {
      for (const [from, name] of [
        ['0001-01-01', 'Driftskonto'],
        ['2025-09-01', 'Brukskonto'],
      ])
        await tx.execute(sql`
          insert into client_gl_account_versions (client_account_id, account_code, valid_from, name_nb, name_en, saft_category, saft_code)
          values (${id}, '1920', ${from}, ${name}, ${name}, 'x', 'x')`);
    });
    const name = async (to: string) =>
      (await report(books, { date_from: '2025-01-01', date_to: to })).rows[0]?.account_name;
    expect([await name('2025-08-31'), await name('2025-09-01')]).toEqual(['Driftskonto', 'Brukskonto']);
  });
});
