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
import { testPlatform } from '../../../test/support/books/books.ts';
import { systemClock } from '../../kernel/clock.ts';
import { foldBalances } from '../../ledger/balances-fold.ts';
import { cancelEntry } from '../../ledger/index.ts';

const server = await testServer(testPlatform(systemClock));

const RANGE = { date_from: '2025-02-10', date_to: '2025-12-31' };
const QUESTIONS: [path: string, query: Record<string, string>][] = [
  ['balance-sheet', { report_date: '2025-02-11' }],
  ['balance-sheet', { report_date: '2025-12-31' }],
  ['income-statement', { ...RANGE, compare: 'previous_year' }],
  ['income-statement', { date_from: '2024-10-20', date_to: '2025-02-04' }],
  ['trial-balance', RANGE],
  ['trial-balance', { ...RANGE, account_codes: '1500,3000-8999' }],
];

async function send(
  books: Books,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  more: { query?: object; body?: object },
) {
  return server.inject({
    method,
    url: `/api/v2${path}`,
    query: {
      ...(method === 'GET' ? { client_account_id: String(books.clientAccountId) } : {}),
      ...more.query,
    } as never,
    headers: { authorization: `Bearer ${books.token}`, accept: 'application/json' },
    ...(more.body ? { payload: more.body } : {}),
  });
}

async function ask(books: Books, path: string, query: object): Promise<string> {
  const answer = await send(books, 'GET', `/reports/${path}`, { query });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.body;
}

/** A timestamp that no posting shares to the millisecond. */
async function moment(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const now = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  return now;
}

async function change(books: Books, path: string, body: object): Promise<void> {
  const owner = path.startsWith('/client-accounts') ? {} : { client_account_id: books.clientAccountId };
  const answer = await send(books, 'PUT', path, { body: { ...owner, ...body } });
  expect(answer.statusCode, answer.body).toBe(200);
}

async function accountId(books: Books, code: string): Promise<number> {
  const answer = await send(books, 'GET', '/general-ledger-accounts', { query: { per_page: '1000' } });
  expect(answer.statusCode, answer.body).toBe(200);
  const { data } = answer.json<{ data: { id: number; account_code: string }[] }>();
  return data.find((row) => row.account_code === code)!.id;
}

describe('as known at an earlier moment', () => {
  test('the same bytes as then, whatever was posted, cancelled, renamed and folded since', async () => {
    const books = await openBooks({ clock: systemClock, name: 'Gamle navn AS' });
    const kari = await addPartner(books, 'Kari før');
    const project = await addDimensionValue(books, 'project', 'Prosjekt før');
    const seen: { at: string; answers: string[]; html: string }[] = [];
    const look = async () => {
      const answers: string[] = [];
      for (const [path, query] of QUESTIONS) answers.push(await ask(books, path, query));
      answers.push(await ask(books, 'trial-balance', { ...RANGE, dimensions: `project,${project}` }));
      const html = await ask(books, 'trial-balance', { ...RANGE, format: 'html' });
      seen.push({ at: await moment(), answers, html });
    };
    await moment();
    await look();
    await books.post('2024-12-30', [debit('1920', 5000), credit('2000', 5000)]);
    const sale = await books.post('2025-02-05', [
      debit('1500', 1250, { business_partner_id: kari }),
      credit('3000', 1000, { tax_code: '3', dimensions: [{ type: 'project', id: project }] }),
    ]);
    await books.post('2025-02-20', [debit('6800', 100, { tax_code: '1' }), credit('1920', 125)]);
    await look();
    // Back-dated on both sides of the range's first day, and into the previous year.
    await books.post('2025-02-12', [debit('6540', 80), credit('1920', 80)]);
    await books.post('2025-02-03', [debit('6540', 40), credit('1920', 40)]);
    await books.post('2024-11-01', [debit('1920', 7), credit('3100', 7, { tax_code: '5' })]);
    await look();
    await books.run(cancelEntry, {
      id: sale.id,
      entry_date: '2025-03-01',
      reason: 'Feil kunde',
      language: 'nb',
    } as never);
    await change(books, `/business-partners/${kari}`, { name: 'Kari etter' });
    await change(books, `/projects/${project}`, { name: 'Prosjekt etter' });
    await change(books, `/general-ledger-accounts/${await accountId(books, '6800')}`, { description_nob: 'Rekvisita' });
    await look();
    await change(books, `/general-ledger-accounts/${await accountId(books, '6800')}`, {
      description_nob: 'Kontorsaker',
    });
    await change(books, `/client-accounts/${books.clientAccountId}`, { display_name: 'Nye navn AS' });
    await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'write' },
      async (tx) => void (await foldBalances(tx, books.clientAccountId)),
    );
    await books.post('2025-02-10', [debit('1920', 3), credit('2000', 3)]);
    await look();
    expect(new Set(seen.map(({ answers }) => answers.join('\n'))).size).toBe(seen.length);
    for (const { at, answers, html } of seen) {
      const again: string[] = [];
      for (const [path, query] of QUESTIONS) again.push(await ask(books, path, { ...query, as_of: at }));
      again.push(await ask(books, 'trial-balance', { ...RANGE, dimensions: `project,${project}`, as_of: at }));
      expect(again).toEqual(answers);
      expect(withoutTimes(await ask(books, 'trial-balance', { ...RANGE, format: 'html', as_of: at }))).toBe(
        withoutTimes(html),
      );
    }
  });

  test('what is posted has times in the order of its numbers', async () => {
    const books = await openBooks({ clock: systemClock });
    await Promise.all(
      Array.from({ length: 40 }, () => books.post('2025-05-05', [debit('1920', 1), credit('2000', 1)])),
    );
    const { disordered } = await books.platform.database.transaction(
      { clientAccounts: [books.clientAccountId], mode: 'read' },
      (tx) =>
        tx.one<{ disordered: number }>(sql`
          select count(*) as disordered from journal_entries a
          join journal_entries b on b.client_account_id = a.client_account_id and b.posting_no = a.posting_no + 1
          where a.client_account_id = ${books.clientAccountId} and a.posted_at > b.posted_at`),
    );
    expect(disordered).toBe(0);
  });

  test.each([
    ['in the future', { as_of: '2999-01-01T00:00:00Z' }, 422, 'reports.as_of_future', []],
    ['no time', { as_of: 'yesterday' }, 400, 'request.invalid', ['as_of']],
    ['a date only', { as_of: '2025-01-01' }, 400, 'request.invalid', ['as_of']],
    ['a time without zone', { as_of: '2025-01-01T10:00:00' }, 400, 'request.invalid', ['as_of']],
    ['a second that no clock tells', { as_of: '2016-12-31T23:59:60Z' }, 400, 'request.invalid', ['as_of']],
    [
      'with drafts',
      { as_of: '2025-01-01T10:00:00Z', include_drafts: 'true' },
      400,
      'request.invalid',
      ['include_drafts'],
    ],
  ])('refused: %s', async (_, query, status, code, fields) => {
    const books = await openBooks({ clock: systemClock });
    const answer = await send(books, 'GET', '/reports/trial-balance', { query: { ...RANGE, ...query } });
    expect(answer.statusCode, answer.body).toBe(status);
    const { details } = answer.json<{ details: { code: string; fields?: { path: string }[] } }>();
    expect(details.code).toBe(code);
    expect((details.fields ?? []).map(({ path }) => path)).toEqual(fields);
  });
});

/** Print time and time of knowledge are the only texts that may differ. */
function withoutTimes(html: string): string {
  return html
    .replace(/Slik regnskapet var kjent [^<·]* {2}· {2}/, '')
    .replace(/<dt>Slik regnskapet var kjent<\/dt><dd>[^<]*<\/dd>/, '')
    .replaceAll(/\d\d\.\d\d\.\d{4} kl\.\u00a0\d\d:\d\d/g, 'TID');
}
