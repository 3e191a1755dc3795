import { describe, expect, test } from 'vitest';
import {
  addDimensionValue,
  addPartner,
  type Books,
  credit,
  debit,
  openBooks,
  testPlatform,
  testServer,
} from '../../../test/support/books/books.ts';
import { systemClock } from '../../kernel/clock.ts';
import { cancelEntry } from '../../ledger/index.ts';
import type { LineInput } from '../../ledger/entries/entry-input.ts';
import { validateAnswer } from '../../platform/http/checks/answer-check.ts';
import type { Route } from '../../platform/http/route.ts';
import type { GeneralLedgerView } from './general-ledger-json.ts';
import { generalLedgerRoutes } from './general-ledger.routes.ts';

const server = await testServer();
const clockServer = await testServer(testPlatform(systemClock));

type Query = Record<string, string | string[]>;

async function ask(books: Books, path: string, query: Query, language = 'nb', from = server) {
  return from.inject({
    method: 'GET',
    url: `/api/v2/reports/${path}`,
    query: { client_account_id: String(books.clientAccountId), ...query },
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json', 'accept-language': language },
  });
}

async function page(books: Books, query: Query): Promise<GeneralLedgerView> {
  const answer = await ask(books, 'general-ledger', query);
  expect(answer.statusCode, answer.body).toBe(200);
  const view = answer.json<GeneralLedgerView>();
  validateAnswer(generalLedgerRoutes[0] as Route, 200, view);
  return view;
}

const YEAR = { start_date: '2025-01-01', end_date: '2025-12-31' };

/** `1920 2025-01-10 GL 1/2025: Salg +100 = 100`; `1920 2025-01-01 opening 0` */
function rowsOf({ rows }: GeneralLedgerView): string[] {
  return rows.map((row) => {
    const place = `${row.account_code} ${row.date}`;
    if (row.kind === 'opening') return `${place} opening ${row.balance}`;
    if (row.kind === 'closing' || row.kind === 'total')
      return `${place} ${row.kind} +${row.debit} -${row.credit} = ${row.balance}`;
    const what = [
      row.text,
      row.tax_code && `mva ${row.tax_code} ${row.tax_amount ?? ''}`.trim(),
      row.business_partner_name,
    ];
    const words = [...what, ...row.dimensions.map(({ name }) => name), row.document_reference].filter(Boolean);
    return `${place} ${row.entry_number ?? 'draft'}: ${words.join(', ')}${words.length > 0 ? ' ' : ''}${row.amount < 0 ? '' : '+'}${row.amount} = ${row.balance}`;
  });
}

async function draft(books: Books, entryDate: string, lines: LineInput[], memo = ''): Promise<void> {
  const answer = await server.inject({
    method: 'POST',
    url: '/api/v2/journal-entries',
    headers: { authorization: `Bearer ${books.token}` },
    payload: { client_account_id: books.clientAccountId, is_draft: true, entry_date: entryDate, lines, memo },
  });
  expect(answer.statusCode, answer.body).toBe(201);
}

describe('rows', () => {
  test('opening balance, every line with what the law wants of it, closing balance', async () => {
    const books = await openBooks();
    const kari = await addPartner(books, 'Kari');
    const project = await addDimensionValue(books, 'project', 'Hytte');
    await books.post('2024-12-20', [debit('1920', 1000), credit('2050', 1000)], { memo: 'Innskudd' });
    await books.post(
      '2025-01-10',
      [
        debit('1500', 1250, { business_partner_id: kari, document_reference: 'F-17' }),
        credit('3000', 1000, { tax_code: '3', dimensions: [{ type: 'project', id: project }], memo: 'Snekring' }),
      ],
      { memo: 'Faktura 17' },
    );
    await books.post('2025-02-01', [debit('1920', 1250), credit('1500', 1250, { business_partner_id: kari })], {
      memo: 'Betaling',
    });
    const view = await page(books, YEAR);
    expect(rowsOf(view)).toEqual([
      '1500 2025-01-01 opening 0',
      '1500 2025-01-10 GL 1/2025: Faktura 17, Kari, F-17 +1250 = 1250',
      '1500 2025-02-01 GL 2/2025: Betaling, Kari -1250 = 0',
      '1500 2025-12-31 closing +1250 -1250 = 0',
      '1920 2025-01-01 opening 1000',
      '1920 2025-02-01 GL 2/2025: Betaling +1250 = 2250',
      '1920 2025-12-31 closing +1250 -0 = 2250',
      '2050 2025-01-01 opening -1000',
      '2050 2025-12-31 closing +0 -0 = -1000',
      '2700 2025-01-01 opening 0',
      '2700 2025-01-10 GL 1/2025: Snekring, mva 3 -250 = -250',
      '2700 2025-12-31 closing +0 -250 = -250',
      '3000 2025-01-01 opening 0',
      '3000 2025-01-10 GL 1/2025: Snekring, mva 3 250, Hytte -1000 = -1000',
      '3000 2025-12-31 closing +0 -1000 = -1000',
    ]);
    expect(view.totals).toEqual({ opening_balance: 0, debit: 2500, credit: 2500, closing_balance: 0 });
    expect(view.meta).toEqual({ page: 1, pages: 1, per_page: 100, records: 15 });
  });
});

describe('years', () => {
  test('income and expense accounts begin each at zero, in rows; the total is the row of the trial balance', async () => {
    const books = await openBooks();
    await books.post('2023-06-01', [debit('6800', 50), credit('1920', 50)]);
    await books.post('2024-03-01', [debit('6800', 100), credit('1920', 100)]);
    await books.post('2024-11-01', [debit('6800', 30), credit('1920', 30)]);
    await books.post('2025-02-01', [debit('6800', 7), credit('1920', 7)]);
    await books.post('2025-02-01', [debit('6540', 1), credit('1920', 1)]);
    const view = await page(books, {
      start_date: '2024-07-01',
      end_date: '2025-06-30',
      account_codes: '1920,6000-6999',
    });
    expect(rowsOf(view)).toEqual([
      '1920 2024-07-01 opening -150',
      '1920 2024-11-01 GL 2/2024: -30 = -180',
      '1920 2025-02-01 GL 1/2025: -7 = -187',
      '1920 2025-02-01 GL 2/2025: -1 = -188',
      '1920 2025-06-30 closing +0 -38 = -188',
      '6540 2025-01-01 opening 0',
      '6540 2025-02-01 GL 2/2025: +1 = 1',
      '6540 2025-06-30 closing +1 -0 = 1',
      '6800 2024-07-01 opening 100',
      '6800 2024-11-01 GL 2/2024: +30 = 130',
      '6800 2024-12-31 closing +30 -0 = 130',
      '6800 2025-01-01 opening 0',
      '6800 2025-02-01 GL 1/2025: +7 = 7',
      '6800 2025-06-30 closing +7 -0 = 7',
      '6800 2025-06-30 total +37 -0 = 137',
    ]);
  });

  test('an opening balance without movement stands alone, also before years that moved', async () => {
    const books = await openBooks();
    await books.post('2024-03-01', [debit('6800', 100), credit('1920', 100)]);
    await books.post('2025-02-01', [debit('6800', 7), credit('1920', 7)]);
    const query = { start_date: '2024-07-01', end_date: '2025-12-31', account_codes: '6800' };
    expect(rowsOf(await page(books, query))).toEqual([
      '6800 2024-07-01 opening 100',
      '6800 2024-12-31 closing +0 -0 = 100',
      '6800 2025-01-01 opening 0',
      '6800 2025-02-01 GL 1/2025: +7 = 7',
      '6800 2025-12-31 closing +7 -0 = 7',
      '6800 2025-12-31 total +7 -0 = 107',
    ]);
  });
});

describe('drafts', () => {
  test('follow the posted lines when asked for, and are in opening, closing and totals', async () => {
    const books = await openBooks();
    await books.post('2025-05-10', [debit('1920', 100), credit('2050', 100)], { memo: 'Bokført' });
    await draft(books, '2024-12-01', [debit('1920', 5), credit('2050', 5)]);
    await draft(books, '2025-02-01', [debit('1920', 7), credit('2050', 7)], 'Kladd');
    await draft(books, '2025-02-02', [debit('6800', 3)], 'Uferdig');
    const query = { ...YEAR, account_codes: '1920' };
    expect(rowsOf(await page(books, query))).toEqual([
      '1920 2025-01-01 opening 0',
      '1920 2025-05-10 GL 1/2025: Bokført +100 = 100',
      '1920 2025-12-31 closing +100 -0 = 100',
    ]);
    expect(rowsOf(await page(books, { ...query, include_drafts: 'true' }))).toEqual([
      '1920 2025-01-01 opening 5',
      '1920 2025-05-10 GL 1/2025: Bokført +100 = 105',
      '1920 2025-02-01 draft: Kladd +7 = 112',
      '1920 2025-12-31 closing +107 -0 = 112',
    ]);
  });
});

describe('pages', () => {
  test('one after the other they are the whole, whatever their size', async () => {
    const books = await openBooks();
    for (let day = 1; day <= 9; day++)
      await books.post(`2025-0${1 + (day % 3)}-1${day}`, [debit('1920', day), credit('3100', day, { tax_code: '5' })]);
    await draft(books, '2025-02-01', [debit('1920', 7), credit('2050', 7)], 'Kladd');
    const query = { ...YEAR, include_drafts: 'true' };
    const whole = (await page(books, query)).rows;
    for (const size of [1, 2, 3, 7, 11, 24, 25, 26, 1000]) {
      const rows: GeneralLedgerView['rows'] = [];
      for (let number = 1, pages = 1; number <= pages; number++) {
        const view = await page(books, { ...query, page: String(number), per_page: String(size) });
        expect(view.meta).toEqual({ page: number, pages: Math.ceil(26 / size), per_page: size, records: 26 });
        pages = view.meta.pages;
        rows.push(...view.rows);
      }
      expect(rows).toEqual(whole);
    }
    const beyond = await page(books, { ...query, page: '27', per_page: '1' });
    expect([beyond.rows, beyond.meta.records, beyond.totals.debit]).toEqual([[], 26, 52]);
  });

  test('empty books, and dates outside them', async () => {
    const books = await openBooks();
    const none = { rows: [], totals: { opening_balance: 0, debit: 0, credit: 0, closing_balance: 0 } };
    expect(await page(books, YEAR)).toEqual({ ...none, meta: { page: 1, pages: 1, per_page: 100, records: 0 } });
    await books.post('2025-01-10', [debit('1920', 100), credit('3100', 100, { tax_code: '5' })]);
    expect((await page(books, { start_date: '1900-01-01', end_date: '1900-12-31' })).rows).toEqual([]);
    expect(rowsOf(await page(books, { start_date: '9990-01-01', end_date: '9999-12-31' }))).toEqual([
      '1920 9990-01-01 opening 100',
      '1920 9999-12-31 closing +0 -0 = 100',
    ]);
  });
});

describe('what is refused, and how', () => {
  test.each<[string, Query, number, string, string[]]>([
    ['no dates', {}, 400, 'request.invalid', ['end_date', 'start_date']],
    [
      'everything at once',
      {
        start_date: '2025-02-30',
        end_date: 'x',
        account_codes: '7-6',
        dimensions: 'y',
        format: 'csv',
        page: '0',
        per_page: '1001',
      },
      400,
      'request.invalid',
      ['account_codes', 'dimensions', 'end_date', 'format', 'page', 'per_page', 'start_date'],
    ],
    [
      'the other reports’ names of dates',
      { date_from: '2025-01-01', date_to: '2025-01-01' },
      400,
      'request.invalid',
      ['date_from', 'date_to', 'end_date', 'start_date'],
    ],
    [
      'dates in the wrong order',
      { start_date: '2025-02-01', end_date: '2025-01-31' },
      422,
      'reports.date_order',
      ['start_date'],
    ],
    [
      'more than ten years',
      { start_date: '2015-01-01', end_date: '2025-01-01' },
      422,
      'reports.range_too_long',
      ['end_date'],
    ],
    ['unknown client account', { ...YEAR, client_account_id: '4000000' }, 404, 'request.not_found', []],
    ['a moment to come', { ...YEAR, as_of: '2999-01-01T00:00:00Z' }, 422, 'reports.as_of_future', []],
    [
      'drafts of then',
      { ...YEAR, as_of: '2025-01-01T00:00:00Z', include_drafts: '1' },
      400,
      'request.invalid',
      ['include_drafts'],
    ],
  ])('%s', async (_, query, status, code, fields) => {
    const books = await openBooks();
    const answer = await ask(books, 'general-ledger', query);
    expect(answer.statusCode, answer.body).toBe(status);
    const { details } = answer.json<{ details: { code: string; fields?: { path: string }[] } }>();
    expect(details.code).toBe(code);
    expect((details.fields ?? []).map(({ path }) => path).sort()).toEqual(fields);
  });

  test('no access', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const answer = await ask(mine, 'general-ledger', { ...YEAR, client_account_id: String(theirs.clientAccountId) });
    expect(answer.statusCode).toBe(403);
  });
});

describe('as known at an earlier moment', () => {
  test('the same bytes as then, in JSON and HTML, whatever came since', async () => {
    const books = await openBooks({ clock: systemClock });
    const kari = await addPartner(books, 'Kari');
    const sale = () =>
      books.post('2025-02-05', [
        debit('1500', 1250, { business_partner_id: kari }),
        credit('3000', 1000, { tax_code: '3' }),
      ]);
    const queries: Query[] = [
      YEAR,
      { ...YEAR, per_page: '3', page: '2' },
      { start_date: '2025-02-05', end_date: '2026-01-31' },
    ];
    const read = async (more: Query) => {
      const answers = await Promise.all(
        queries.map((query) => ask(books, 'general-ledger', { ...query, ...more }, 'nb', clockServer)),
      );
      const html = await ask(books, 'general-ledger', { ...YEAR, ...more, format: 'html' }, 'nb', clockServer);
      expect([...answers, html].map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
      return [...answers.map(({ body }) => body), withoutTimes(html.body)];
    };
    const seen: { at: string; answers: string[] }[] = [];
    const look = async () => {
      const answers = await read({});
      await new Promise((resolve) => setTimeout(resolve, 3));
      seen.push({ at: new Date().toISOString(), answers });
      await new Promise((resolve) => setTimeout(resolve, 3));
    };
    await look();
    const first = await sale();
    await books.post('2024-12-30', [debit('1920', 5000), credit('2000', 5000)]);
    await look();
    for (const day of ['2025-02-04', '2025-02-05', '2025-03-01', '2024-10-01']) {
      await books.post(day, [debit('1920', 7), credit('2000', 7)]);
      await sale();
    }
    await look();
    await books.run(cancelEntry, { id: first.id, entry_date: '2025-03-01', reason: 'Feil', language: 'nb' } as never);
    const renamed = await clockServer.inject({
      method: 'PUT',
      url: `/api/v2/business-partners/${kari}`,
      headers: { authorization: `Bearer ${books.token}` },
      payload: { client_account_id: books.clientAccountId, name: 'Kari etter' },
    });
    expect(renamed.statusCode).toBe(200);
    await look();
    for (const { at, answers } of seen) expect(await read({ as_of: at })).toEqual(answers);
    expect(new Set(seen.map(({ answers }) => answers[0])).size).toBe(seen.length);
  });
});

/** Print time and time of knowledge are the only texts that may differ. */
function withoutTimes(html: string): string {
  return html
    .replace(/<dt>Slik regnskapet var kjent<\/dt><dd>[^<]*<\/dd>/, '')
    .replaceAll(/\s+·\s+Slik regnskapet var kjent \d\d\.\d\d\.\d{4} kl\.\u00a0\d\d:\d\d/g, '')
    .replaceAll(/\d\d\.\d\d\.\d{4} kl\.\u00a0\d\d:\d\d/g, 'TID');
}

/** Small books with known figures, for the golden files. */
async function goldenBooks(): Promise<Books> {
  const books = await openBooks({ name: 'Fjell & Fjord <AS>', organizationNumber: '999888763' });
  const kari = await addPartner(books, 'Kari «Kunde» <b>Nordmann</b>');
  const project = await addDimensionValue(books, 'project', 'Hytte "Utsikten"');
  await books.post('2024-12-03', [debit('1920', 300_000), credit('2000', 300_000)], { memo: 'Aksjekapital' });
  await books.post(
    '2025-01-10',
    [
      debit('1500', 1_562_500.5, { business_partner_id: kari, document_reference: 'F-1001' }),
      credit('3000', 1_250_000.4, {
        tax_code: '3',
        dimensions: [{ type: 'project', id: project }],
        memo: 'Laft & <tak>',
      }),
    ],
    { memo: 'Faktura 1001' },
  );
  await books.post(
    '2025-01-31',
    [debit('1920', 1_562_500.5), credit('1500', 1_562_500.5, { business_partner_id: kari })],
    {
      memo: 'Innbetaling',
    },
  );
  await books.post('2025-02-20', [debit('6540', 1000, { tax_code: '1' }), credit('1920', 1250)], { memo: 'Verktøy' });
  await draft(books, '2025-02-21', [debit('6540', 10), credit('1920', 10)], 'Kladd');
  return books;
}

const GOLDEN: Query = { start_date: '2024-07-01', end_date: '2025-02-28', include_drafts: 'true' };

describe('golden files', () => {
  test('JSON in Norwegian and English', async () => {
    const books = await goldenBooks();
    for (const language of ['nb', 'en']) {
      const answer = await ask(books, 'general-ledger', GOLDEN, language);
      const text = withoutIds(JSON.stringify(answer.json(), null, 2), books);
      await expect(`${text}\n`).toMatchFileSnapshot(`../../../test/golden/general-ledger.${language}.json`);
    }
  });

  test('HTML in Norwegian and English: escaped, no script, nothing from elsewhere', async () => {
    const books = await goldenBooks();
    for (const language of ['nb', 'en']) {
      const answer = await ask(books, 'general-ledger', { ...GOLDEN, format: 'html' }, language);
      expect(answer.statusCode, answer.body).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(answer.headers['content-disposition']).toContain('999888763_2024-07-01_2025-02-28.html');
      expect(answer.body).not.toMatch(/<script|<b>Nordmann|<tak>|style="|javascript:|https?:\/\/(?!www\.w3\.org)/);
      const body = /<body>([\s\S]*)<\/body>/.exec(answer.body)![1]!;
      const lines = body.replace(/\n*<(tr|article|header|table|thead|tbody|footer|dl|div|h1|p)\b/g, '\n<$1');
      await expect(`${withoutIds(lines.trim(), books)}\n`).toMatchFileSnapshot(
        `../../../test/golden/general-ledger.${language}.html`,
      );
    }
  });

  test('empty books in HTML say so', async () => {
    const answer = await ask(await openBooks(), 'general-ledger', { ...YEAR, format: 'html' });
    expect(answer.body).toContain('Ingen saldo og ingen bevegelser i perioden.');
  });
});

/** Ids differ between runs. */
function withoutIds(text: string, books: Books): string {
  return text
    .replaceAll(/\d{10,16}/g, (id) => (Math.floor(Number(id) / 2 ** 31) === books.clientAccountId ? 'ID' : id))
    .replaceAll(`client_account_id=${books.clientAccountId}&`, 'client_account_id=CA&')
    .replaceAll(`/client-accounts/${books.clientAccountId}/`, '/client-accounts/CA/');
}
