import type { FastifyInstance } from 'fastify';
import { beforeAll, describe, expect, test } from 'vitest';
import { addPartner, type Books, credit, debit, openBooks, testServer } from '../../../test/support/books/books.ts';

let server: FastifyInstance;
let books: Books;

beforeAll(async () => {
  server = await testServer();
  books = await openBooks();
});

const sale = [debit('1920', '125.00'), credit('3000', '100.00', { tax_code: '3' })];

async function send(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  payload?: object,
  headers: Record<string, string> = {},
  as = books,
) {
  const response = await server.inject({
    method,
    url: `/api/v2${path}`,
    headers: { authorization: `Bearer ${as.token}`, 'accept-language': 'en', ...headers },
    ...(payload ? { payload } : {}),
  });
  return { status: response.statusCode, headers: response.headers, body: response.body ? response.json() : null };
}

const entryOf = (more: object = {}) => ({
  client_account_id: books.clientAccountId,
  entry_date: '2026-01-10',
  lines: sale,
  ...more,
});

describe('POST /journal-entries', () => {
  test('posts, numbers and answers with the VAT line', async () => {
    const { status, body } = await send('POST', '/journal-entries', entryOf({ memo: 'Kontantsalg' }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      series: 'GL',
      fiscal_year: 2026,
      memo: 'Kontantsalg',
      is_draft: false,
      cancelled: null,
      total: '125.00',
    });
    expect(body.lines.map((line: { account_code: string }) => line.account_code)).toEqual(['1920', '3000', '2700']);
    expect((await send('GET', `/journal-entries/${body.id}`)).body).toMatchObject({
      id: body.id,
      lines: [{ account: { account_code: '1920' } }, {}, {}],
    });
  });

  const refusals: [name: string, body: () => object, status: number, message: RegExp, paths: string[]][] = [
    ['nothing', () => ({}), 400, /required/, ['client_account_id']],
    [
      'no date and no lines',
      () => ({ client_account_id: books.clientAccountId }),
      400,
      /fault/,
      ['entry_date', 'lines'],
    ],
    ['unknown fields', () => entryOf({ colour: 'red' }), 400, /colour/, ['colour']],
    ['a date that does not exist', () => entryOf({ entry_date: '2026-02-30' }), 400, /date/, ['entry_date']],
    [
      'several faults at once',
      () =>
        entryOf({
          lines: [
            { account_code: '1920', debit: '1.234' },
            { account_code: 'x', credit: 1 },
          ],
        }),
      400,
      /lines\[0\]/,
      ['lines[0].debit', 'lines[1].account_code'],
    ],
    ['text where a list belongs', () => entryOf({ lines: 'none' }), 400, /lines/, ['lines']],
  ];
  test.each(refusals)('refuses %s', async (_name, body, status, message, paths) => {
    const answer = await send('POST', '/journal-entries', body());
    expect(answer.status).toBe(status);
    expect(answer.body.message).toMatch(message);
    expect(answer.body.details.fields.map((field: { path: string }) => field.path)).toEqual(paths);
  });

  test('speaks Norwegian by default and English on request', async () => {
    const unbalanced = entryOf({ lines: [debit('1920', '100.00'), credit('3000', '99.99')] });
    const nb = await send('POST', '/journal-entries', unbalanced, { 'accept-language': 'nb' });
    const en = await send('POST', '/journal-entries', unbalanced);
    expect([nb.status, nb.body.message]).toEqual([
      400,
      'Bilaget er ikke i balanse: debet 100.00, kredit 99.99, differanse 0.01',
    ]);
    expect(en.body).toMatchObject({ status: 400, details: { code: 'ledger.unbalanced', difference: '0.01' } });
  });

  test('is for those with access only', async () => {
    const stranger = await openBooks();
    expect((await send('POST', '/journal-entries', entryOf(), {}, stranger)).status).toBe(403);
    expect((await send('POST', '/journal-entries', entryOf(), { authorization: 'Bearer nonsense' })).status).toBe(401);
  });
});

describe('idempotency', () => {
  test('the same key and body give the stored answer and one entry', async () => {
    const own = await openBooks();
    const body = { ...entryOf(), client_account_id: own.clientAccountId };
    const headers = { 'idempotency-key': 'sale-1' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('POST', '/journal-entries', body, headers, own)),
    );
    expect(new Set(answers.map(({ body: entry }) => entry.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] === 'true')).toHaveLength(7);
    const list = await send('GET', `/journal-entries?client_account_id=${own.clientAccountId}`, undefined, {}, own);
    expect(list.body.meta.records).toBe(1);
  });

  test('the same key with another body is a conflict', async () => {
    const headers = { 'idempotency-key': 'sale-2' };
    await send('POST', '/journal-entries', entryOf(), headers);
    const other = await send('POST', '/journal-entries', entryOf({ memo: 'another' }), headers);
    expect([other.status, other.body.details.code]).toEqual([409, 'request.idempotency_conflict']);
  });
});

describe('POST /journal-entries/bulk', () => {
  const good = { entry_date: '2026-01-11', lines: sale };
  const bad = { entry_date: '2026-01-11', lines: [debit('1920', 1), credit('3000', 2)] };

  test('all or nothing: one bad entry refuses all, naming it', async () => {
    const own = await openBooks();
    const { status, body } = await send(
      'POST',
      '/journal-entries/bulk',
      { client_account_id: own.clientAccountId, entries: [good, bad, good] },
      {},
      own,
    );
    expect([status, body.details.code, body.details.fields[0].path]).toEqual([
      400,
      'ledger.bulk_refused',
      'entries[1]',
    ]);
    const list = await send('GET', `/journal-entries?client_account_id=${own.clientAccountId}`, undefined, {}, own);
    expect(list.body.meta.records).toBe(0);
  });

  test('each for itself: the good ones are posted, the bad ones explained', async () => {
    const own = await openBooks();
    const { status, body } = await send(
      'POST',
      '/journal-entries/bulk',
      { client_account_id: own.clientAccountId, mode: 'each', entries: [good, bad, good] },
      {},
      own,
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({
      posted: 2,
      failed: 1,
      results: [
        { sequence_number: 1, error: null },
        { id: null, error: { status: 400, details: { code: 'ledger.unbalanced' } } },
        { sequence_number: 2 },
      ],
    });
  });

  test('a thousand entries in one request, not one more', async () => {
    const own = await openBooks();
    const entries = Array.from({ length: 1001 }, () => good);
    expect(
      (await send('POST', '/journal-entries/bulk', { client_account_id: own.clientAccountId, entries }, {}, own))
        .status,
    ).toBe(400);
    const { body } = await send(
      'POST',
      '/journal-entries/bulk',
      { client_account_id: own.clientAccountId, entries: entries.slice(1) },
      {},
      own,
    );
    expect(body.results.map((result: { sequence_number: number }) => result.sequence_number)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i + 1),
    );
  });
});

describe('drafts', () => {
  test('are free to change, tell what they lack, and become an entry when posted', async () => {
    const draft = await send('POST', '/journal-entries', {
      client_account_id: books.clientAccountId,
      is_draft: true,
      memo: 'kladd',
    });
    expect(draft.body).toMatchObject({
      is_draft: true,
      sequence_number: null,
      problems: [{ path: 'entry_date' }, { path: 'lines' }],
    });
    const path = `/journal-entries/${draft.body.id}`;
    expect((await send('POST', `${path}/post`)).status).toBe(400);
    const changed = await send('PATCH', path, { entry_date: '2026-01-12', lines: sale });
    expect(changed.body).toMatchObject({ memo: 'kladd', problems: [], total: '125.00' });
    expect(changed.body.lines).toHaveLength(3);
    const posted = await send('POST', `${path}/post`);
    expect(posted.body).toMatchObject({ is_draft: false, memo: 'kladd' });
    expect((await send('GET', path)).status).toBe(404);
    expect((await send('POST', `${path}/post`)).body.details.code).toBe('ledger.draft_posted');
  });

  test('are listed apart and deleted for good', async () => {
    const own = await openBooks();
    const { body } = await send(
      'POST',
      '/journal-entries',
      { client_account_id: own.clientAccountId, is_draft: true, lines: sale },
      {},
      own,
    );
    const drafts = () =>
      send('GET', `/journal-entries?client_account_id=${own.clientAccountId}&is_draft=true`, undefined, {}, own);
    expect((await drafts()).body.data).toMatchObject([{ id: body.id, is_draft: true }]);
    expect((await send('DELETE', `/journal-entries/${body.id}`, undefined, {}, own)).status).toBe(204);
    expect((await drafts()).body.data).toEqual([]);
  });

  test('PUT replaces, PATCH keeps the rest', async () => {
    const { body } = await send('POST', '/journal-entries', entryOf({ is_draft: true, memo: 'before' }));
    expect((await send('PATCH', `/journal-entries/${body.id}`, { series: 'B' })).body).toMatchObject({
      memo: 'before',
      series: 'B',
    });
    expect((await send('PUT', `/journal-entries/${body.id}`, { memo: 'after' })).body).toMatchObject({
      memo: 'after',
      series: null,
      entry_date: null,
    });
  });
});

describe('B2: a posted entry is final in the API', () => {
  test.each(['PUT', 'PATCH', 'DELETE'] as const)('%s', async (method) => {
    const { body } = await send('POST', '/journal-entries', entryOf());
    const answer = await send(
      method,
      `/journal-entries/${body.id}`,
      method === 'DELETE' ? undefined : { memo: 'changed' },
    );
    expect([answer.status, answer.body.details.code]).toEqual([400, 'ledger.posted_is_final']);
  });
});

describe('B4: cancelling', () => {
  test('posts a linked counter-entry; both stay visible', async () => {
    const own = await openBooks();
    const customer = await addPartner(own);
    const entry = await own.post('2026-01-10', [
      debit('1500', 125, { business_partner_id: customer }),
      credit('3000', 100, { tax_code: '3' }),
    ]);
    const cancel = () =>
      send('POST', `/journal-entries/${entry.id}/cancel`, { reason: 'Feil kunde', entry_date: '2026-01-20' }, {}, own);
    const counter = await cancel();
    expect(counter.status).toBe(201);
    expect(counter.body).toMatchObject({
      cancels_entry_id: entry.id,
      cancelled: 'CANCELLATION',
      cancellation_reason: 'Feil kunde',
      entry_date: '2026-01-20',
      sequence_number: 2,
    });
    expect(counter.body.lines).toMatchObject([
      { account_code: '1500', credit: '125.00', business_partner_id: customer },
      { account_code: '3000', debit: '100.00', tax_code: '3' },
      { account_code: '2700', debit: '25.00', tax_code: '3', base_line_number: 2 },
    ]);
    expect((await send('GET', `/journal-entries/${entry.id}`, undefined, {}, own)).body).toMatchObject({
      cancelled: 'CANCELLED',
      cancellation_entry_id: counter.body.id,
      cancelled_by_id: own.userId,
      cancellation_reason: 'Feil kunde',
    });
    const again = await cancel();
    expect([again.status, again.body.details]).toEqual([
      409,
      { code: 'ledger.already_cancelled', cancellation_entry_id: counter.body.id },
    ]);
    expect(
      (await send('POST', `/journal-entries/${counter.body.id}/cancel`, { reason: 'x' }, {}, own)).body.details.code,
    ).toBe('ledger.cancels_itself');
  });

  test('of two people at once, one succeeds', async () => {
    const entry = await books.post('2026-01-10', sale);
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => send('POST', `/journal-entries/${entry.id}/cancel`, { reason: 'dobbelt' })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(3);
  });

  test('needs a reason', async () => {
    const entry = await books.post('2026-01-10', sale);
    expect((await send('POST', `/journal-entries/${entry.id}/cancel`, {})).body.details.fields).toMatchObject([
      { path: 'reason' },
    ]);
  });
});

test('the list filters, orders and pages', async () => {
  const own = await openBooks();
  for (const day of ['03', '01', '02'])
    await own.post(`2026-01-${day}`, sale, { memo: day, relation_type: day === '02' ? 'ARINV' : null });
  const memos = async (query: string) => {
    const { body } = await send(
      'GET',
      `/journal-entries?client_account_id=${own.clientAccountId}${query}`,
      undefined,
      {},
      own,
    );
    return body.data?.map((entry: { memo: string }) => entry.memo) ?? body.details;
  };
  expect(await memos('')).toEqual(['03', '01', '02']);
  expect(await memos('&order_by=entry_date')).toEqual(['01', '02', '03']);
  expect(await memos('&order_by=-entry_date')).toEqual(['03', '02', '01']);
  expect(await memos('&date_from=2026-01-02&date_to=2026-01-02')).toEqual(['02']);
  expect(await memos('&relation_type=ARINV')).toEqual(['02']);
  expect(await memos('&account_code=2700&per_page=2&page=2')).toEqual(['02']);
  expect(await memos('&order_by=colour')).toMatchObject({ fields: [{ path: 'order_by' }] });
  expect(await memos('&with=colour')).toMatchObject({ fields: [{ path: 'with' }] });
});

test('pages stay as they are while entries of earlier days are posted', async () => {
  const own = await openBooks();
  const dates = ['2026-01-10', '2026-01-10', '2026-01-05', '2026-01-10', '2026-01-20'];
  const ids: number[] = [];
  for (const date of dates) ids.push((await own.post(date, sale)).id);
  const page = async (number: number, query = '') => {
    const path = `/journal-entries?client_account_id=${own.clientAccountId}&per_page=2&page=${number}${query}`;
    const { body } = await send('GET', path, undefined, {}, own);
    return body.data.map((entry: { id: number }) => entry.id) as number[];
  };
  const seen: number[] = [];
  for (const number of [1, 2, 3]) {
    seen.push(...(await page(number)));
    ids.push((await own.post('2026-01-01', sale)).id);
  }
  expect(seen).toEqual(ids.slice(0, 6));
  const equal = [...(await page(1, '&order_by=entry_date')), ...(await page(2, '&order_by=entry_date'))];
  expect(equal).toEqual([ids[5], ids[6], ids[7], ids[2]]);
});

test('an entry of another client account answers 403, one that does not exist 404', async () => {
  const stranger = await openBooks();
  const entry = await books.post('2026-01-10', sale);
  expect((await send('GET', `/journal-entries/${entry.id}`, undefined, {}, stranger)).status).toBe(403);
  expect((await send('GET', `/journal-entries/${entry.id + 1_000_000}`, undefined, {}, stranger)).status).toBe(404);
  expect((await send('GET', `/journal-entries/${entry.id + 1_000_000}`)).status).toBe(404);
});
