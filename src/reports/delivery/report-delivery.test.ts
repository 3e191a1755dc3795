import { readXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform, testServer } from '../../../test/support/books/books.ts';

const server = await testServer();

const range = { date_from: '2025-01-01', date_to: '2025-12-31' };

async function filledBooks(): Promise<Books> {
  const books = await openBooks({ name: 'Fjord & Fjell AS' });
  await books.post('2025-02-10', [debit('1920', '1000.10'), credit('3100', '1000.10', { tax_code: '5' })]);
  await books.post('2025-03-10', [debit('6800', 200), credit('1920', 200)]);
  return books;
}

function ask(books: Books, query: Record<string, string>, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'GET',
    url: '/api/v2/reports/trial-balance',
    query: { client_account_id: String(books.clientAccountId), ...range, ...query },
    headers: { authorization: `Bearer ${books.token}`, ...headers },
  });
}

describe('a report as a file', () => {
  test('excel: numbers that are the books’, with a name to keep it under', async () => {
    const answer = await ask(await filledBooks(), { format: 'excel' });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'content-disposition':
        'attachment; filename="saldobalanse_2025-01-01_2025-12-31.xlsx"; filename*=UTF-8\'\'saldobalanse_2025-01-01_2025-12-31.xlsx',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
    const { sheets } = await readXlsx(answer.rawPayload);
    const found = sheets[0]!.rows.filter(([code]) => code === '1920' || code === '6800');
    expect(found.map(([code, , ...amounts]) => [code, ...amounts])).toEqual([
      ['1920', 0, 1000.1, 200, 800.1],
      ['6800', 0, 200, 0, 200],
    ]);
  });

  test('pdf: to be shown, in the language asked for', async () => {
    const answer = await ask(await filledBooks(), { format: 'pdf' }, { 'accept-language': 'en' });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.headers['content-disposition']).toMatch(/^inline; filename="trial-balance_2025/);
    expect(answer.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
    expect(answer.rawPayload.subarray(-6).toString()).toContain('%%EOF');
  });

  test('html: styles by their hashes and nothing else', async () => {
    const answer = await ask(await filledBooks(), { format: 'html' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(answer.body).toContain('Fjord &amp; Fjell AS');
  });
});

describe('what is refused before a thread is asked', () => {
  test('an impossible range', async () => {
    const books = await openBooks();
    const answer = await ask(books, { format: 'excel', date_from: '2025-12-31', date_to: '2025-01-01' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ details: { code: 'reports.date_order' } });
  });

  test('the books of others', async () => {
    const [mine, theirs] = [await openBooks(), await openBooks()];
    const answer = await ask(mine, { format: 'pdf', client_account_id: String(theirs.clientAccountId) });
    expect(answer.statusCode).toBe(403);
  });

  test('all faults at once', async () => {
    const answer = await ask(await openBooks(), { format: 'docx', date_from: '2025-02-30', dimensions: 'x' });
    expect(answer.statusCode).toBe(400);
    const { details } = answer.json<{ details: { fields: { path: string }[] } }>();
    expect(details.fields.map(({ path }) => path).sort()).toEqual(['date_from', 'dimensions', 'format']);
  });
});

test('without rendering threads the answer says so', async () => {
  const { rendering: _, ...platform } = testPlatform();
  const bare = await testServer(platform);
  const books = await openBooks();
  const answer = await bare.inject({
    url: `/api/v2/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2025-01-01&date_to=2025-12-31&format=pdf`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toMatchObject({ details: { code: 'rendering.unavailable' } });
});

test('a full queue answers 503 with Retry-After', async () => {
  const rendering = {
    load: { running: 1, waiting: 9, done: 0, failed: 0, refused: 0 },
    render: async () => {
      const { renderingErrors } = await import('../../platform/rendering/errors.ts');
      throw renderingErrors.busy({ retry_after: 10 });
    },
  };
  const busy = await testServer({ ...testPlatform(), rendering });
  const books = await openBooks();
  const answer = await busy.inject({
    url: `/api/v2/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2025-01-01&date_to=2025-12-31&format=excel`,
    headers: { authorization: `Bearer ${books.token}` },
  });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('10');
});
