import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import sql from 'sql-template-tag';
import { beforeAll, describe, expect, test } from 'vitest';
import { foldBalances } from '../src/ledger/balances-fold.ts';
import { sealNextBlock } from '../src/ledger/proof/chain-seal.ts';
import { addDays } from '../src/kernel/local-date.ts';
import { verifyBooks } from '../src/ledger/index.ts';
import type { Platform } from '../src/platform/operation.ts';
import { addPartner, type Books, credit, debit, openBooks, testPlatform, testServer } from './support/books/books.ts';
import { asOwner } from './support/books/people.ts';
import { unzipped } from './support/files/unzipped.ts';
import { multipart, PDF, withFiles } from './support/http/upload.ts';

/** Requirements B1 to B12 of bokføringsloven and bokføringsforskriften, tested over HTTP as a caller meets them. */

let platform: Platform;
let server: FastifyInstance;
beforeAll(async () => {
  platform = withFiles(testPlatform());
  server = await testServer(platform);
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

async function send(
  books: Books,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Json }> {
  const reply = await server.inject({
    method: method as 'GET',
    url: path.startsWith('/') ? path : `/api/v2/${path}`,
    headers: { authorization: `Bearer ${books.token}`, 'accept-language': 'en', accept: 'application/json' },
    ...(body ? { payload: body } : {}),
  });
  return { status: reply.statusCode, body: reply.body ? reply.json() : null };
}

const inAccount = (books: Books, body: object) => ({ client_account_id: books.clientAccountId, ...body });

const sale = (date: string, amount: number, more: object = {}) => ({
  entry_date: date,
  lines: [debit('1920', amount * 1.25), credit('3000', amount, { tax_code: '3' })],
  ...more,
});

async function post(books: Books, entry: object): Promise<Json> {
  const { status, body } = await send(books, 'POST', 'journal-entries', inAccount(books, entry));
  expect(body).toMatchObject({ is_draft: false });
  expect(status).toBe(201);
  return body;
}

function trialBalance(books: Books, from: string, to: string, more = '') {
  return send(
    books,
    'GET',
    `reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=${from}&date_to=${to}&format=json${more}`,
  );
}

const entriesOf = (books: Books, query = '') =>
  send(books, 'GET', `journal-entries?client_account_id=${books.clientAccountId}&per_page=100${query}`);

function asApplication<T = Json>(books: Books, query: ReturnType<typeof sql>): Promise<T[]> {
  return platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
    tx.rows<T>(query),
  );
}

describe('B1: an unbalanced entry cannot be posted', () => {
  const unbalanced = { entry_date: '2026-01-10', lines: [debit('1920', '100.00'), credit('3000', '99.99')] };

  test('debit 100.00 and credit 99.99 are refused, and nothing is kept', async () => {
    const books = await openBooks();
    const refused = await send(books, 'POST', 'journal-entries', inAccount(books, unbalanced));
    expect(refused).toMatchObject({
      status: 400,
      body: { details: { code: 'ledger.unbalanced', debit: '100.00', credit: '99.99', difference: '0.01' } },
    });
    expect((await entriesOf(books)).body.meta.records).toBe(0);
  });

  test('not in a batch, and not as a draft that is posted', async () => {
    const books = await openBooks();
    const bulk = await send(
      books,
      'POST',
      'journal-entries/bulk',
      inAccount(books, { entries: [sale('2026-01-10', 1), unbalanced] }),
    );
    expect(bulk).toMatchObject({ status: 400, body: { details: { code: 'ledger.bulk_refused', failed: 1 } } });
    const draft = await send(books, 'POST', 'journal-entries', inAccount(books, { ...unbalanced, is_draft: true }));
    expect(draft.status).toBe(201);
    const posted = await send(books, 'POST', `journal-entries/${draft.body.id}/post`);
    expect(posted).toMatchObject({ status: 400, body: { details: { code: 'ledger.unbalanced' } } });
    expect((await entriesOf(books)).body.meta.records).toBe(0);
  });

  test('the database itself takes none', async () => {
    const books = await openBooks();
    const attempt = asApplication(
      books,
      sql`insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date,
          period, source, debit_total, credit_total, line_count, created_by_id)
        values (${books.clientAccountId}, 1, 1, 'GL', 2026, 1, '2026-01-10', 1, 'manual', 10000, 9999, 2, ${books.userId})`,
    );
    await expect(attempt).rejects.toMatchObject({ code: '23514', constraint: 'debit_equals_credit' });
  });
});

describe('B2: posted entries are immutable', () => {
  test.each([
    ['PUT', sale('2026-01-11', 2)],
    ['PATCH', { memo: 'endret' }],
    ['DELETE', undefined],
  ])('%s through the API is refused', async (method, body) => {
    const books = await openBooks();
    const entry = await post(books, sale('2026-01-10', 100));
    expect(await send(books, method, `journal-entries/${entry.id}`, body)).toMatchObject({
      status: 400,
      body: { details: { code: 'ledger.posted_is_final' } },
    });
    expect((await send(books, 'GET', `journal-entries/${entry.id}`)).body).toMatchObject({
      id: entry.id,
      memo: '',
      total: '125.00',
    });
  });

  test.each([
    'update journal_entries set memo = $2 where client_account_id = $1',
    'delete from journal_entries where client_account_id = $1 and memo <> $2',
    'update journal_entry_lines set memo = $2 where client_account_id = $1',
    'delete from journal_entry_lines where client_account_id = $1 and memo is distinct from $2',
  ])('as the application in the database: %s', async (statement) => {
    const books = await openBooks();
    await post(books, sale('2026-01-10', 100));
    const attempt = platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.client.query(statement, [books.clientAccountId, 'endret']),
    );
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
    expect(await verifyBooks(platform.database, books.clientAccountId)).toEqual([]);
  });
});

test(
  'B3: numbers are without gaps under parallel load, also when some postings fail',
  { timeout: 240_000 },
  async () => {
    const books = await openBooks();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const entry = sale('2026-01-10', 1 + i);
        if (i % 7 === 3) entry.lines.push(debit('7770', 1));
        if (i % 11 === 5) entry.lines[0] = debit('19999', 1);
        return send(books, 'POST', 'journal-entries', inAccount(books, entry));
      }),
    );
    const posted = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused.length).toBeGreaterThan(30);
    expect(posted.length + refused.length).toBe(200);
    const numbers = posted.map(({ body }) => body.sequence_number as number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: posted.length }, (_, i) => i + 1));
    // Later numbers continue where they ended.
    expect((await post(books, sale('2026-01-11', 1))).sequence_number).toBe(posted.length + 1);
    expect(await verifyBooks(platform.database, books.clientAccountId)).toEqual([]);
  },
);

test('B4: a correction is a linked counter-entry; both are visible and leave nothing, VAT included', async () => {
  const books = await openBooks();
  const entry = await post(books, sale('2026-01-10', 100));
  const cancelled = await send(books, 'POST', `journal-entries/${entry.id}/cancel`, { reason: 'feil beløp' });
  expect(cancelled).toMatchObject({
    status: 201,
    body: { cancels_entry_id: entry.id, cancellation_reason: 'feil beløp', sequence_number: entry.sequence_number + 1 },
  });
  const { body: list } = await entriesOf(books);
  expect(list.data).toHaveLength(2);
  const shown = (id: number) => list.data.find((row: Json) => row.id === id);
  expect(shown(entry.id)).toMatchObject({ cancelled: 'CANCELLED', cancellation_entry_id: cancelled.body.id });
  expect(shown(cancelled.body.id)).toMatchObject({ cancelled: 'CANCELLATION', cancels_entry_id: entry.id });
  // Per VAT code and account: the return would contain no amounts.
  const sums = new Map<string, number>();
  for (const { id } of list.data) {
    for (const line of (await send(books, 'GET', `journal-entries/${id}`)).body.lines) {
      const key = `${line.tax_code} ${line.account_code}`;
      sums.set(key, (sums.get(key) ?? 0) + Number(line.debit) - Number(line.credit));
    }
  }
  expect([...sums.keys()].sort()).toEqual(['3 2700', '3 3000', 'null 1920']);
  expect([...sums.values()]).toEqual([0, 0, 0]);
  const again = await send(books, 'POST', `journal-entries/${entry.id}/cancel`, { reason: 'en gang til' });
  expect(again).toMatchObject({ status: 409, body: { details: { code: 'ledger.already_cancelled' } } });
});

describe('B5: a locked period refuses new, changed and cancelled entries', () => {
  async function lockedBooks() {
    const books = await openBooks();
    const january = await post(books, sale('2026-01-31', 100));
    const february = await post(books, sale('2026-02-01', 200));
    const draft = await send(
      books,
      'POST',
      'journal-entries',
      inAccount(books, { ...sale('2026-01-20', 5), is_draft: true }),
    );
    const lock = await send(
      books,
      'POST',
      'period-locks',
      inAccount(books, { locked_until_date: '2026-01-31', locking_comment: 'Januar er levert' }),
    );
    expect(lock.status).toBe(201);
    return { books, january, february, draft: draft.body };
  }
  const locked = { status: 400, body: { details: { code: 'ledger.period_locked', locked_until: '2026-01-31' } } };

  test('every write dated on or before the lock, by whatever way, and only those', async () => {
    const { books, january, february, draft } = await lockedBooks();
    const before = (await trialBalance(books, '2026-01-01', '2026-01-31')).body;
    const into = (entry: object) => send(books, 'POST', 'journal-entries', inAccount(books, entry));
    expect(await into(sale('2026-01-31', 1))).toMatchObject(locked);
    expect(await into(sale('2025-06-30', 1))).toMatchObject(locked);
    const bulk = (mode: string) =>
      send(
        books,
        'POST',
        'journal-entries/bulk',
        inAccount(books, { mode, entries: [sale('2026-02-02', 1), sale('2026-01-15', 1)] }),
      );
    expect(await bulk('all')).toMatchObject({
      status: 400,
      body: { details: { code: 'ledger.bulk_refused', failed: 1 } },
    });
    expect((await bulk('each')).body).toMatchObject({
      posted: 1,
      failed: 1,
      results: [{ error: null }, { id: null, error: { details: { code: 'ledger.period_locked' } } }],
    });
    expect(await send(books, 'POST', `journal-entries/${draft.id}/post`)).toMatchObject(locked);
    expect(await send(books, 'POST', `journal-entries/${january.id}/cancel`, { reason: 'feil' })).toMatchObject(locked);
    expect(
      await send(books, 'POST', `journal-entries/${february.id}/cancel`, { reason: 'feil', entry_date: '2026-01-31' }),
    ).toMatchObject({ status: 400, body: { details: { code: 'ledger.cancelled_before_entry' } } });
    expect((await trialBalance(books, '2026-01-01', '2026-01-31')).body).toEqual(before);
    // The following day is open, and January's error is corrected there.
    expect((await into(sale('2026-02-01', 1))).status).toBe(201);
    const put = await send(books, 'POST', `journal-entries/${january.id}/cancel`, {
      reason: 'feil',
      entry_date: '2026-02-10',
    });
    expect(put.status).toBe(201);
    expect((await trialBalance(books, '2026-01-01', '2026-01-31')).body).toEqual(before);
  });

  test('a lock and 40 postings at once: none dated within it comes after it', async () => {
    const books = await openBooks();
    const [lock, ...answers] = await Promise.all([
      send(
        books,
        'POST',
        'period-locks',
        inAccount(books, { locked_until_date: '2026-01-31', locking_comment: 'Avstemt' }),
      ),
      ...Array.from({ length: 40 }, () =>
        send(books, 'POST', 'journal-entries', inAccount(books, sale('2026-01-20', 1))),
      ),
    ]);
    expect(lock.status).toBe(201);
    for (const answer of answers) {
      // The lock and the entries take their ids in the order of the row lock.
      if (answer.status === 201) expect(answer.body.id).toBeLessThan(lock.body.id);
      else expect(answer).toMatchObject(locked);
    }
    expect(await send(books, 'POST', 'journal-entries', inAccount(books, sale('2026-01-20', 1)))).toMatchObject(locked);
  });
});

test('B6: a report of January is the same before and after postings in February', async () => {
  const books = await openBooks();
  for (const day of ['2026-01-05', '2026-01-15', '2026-01-31']) await post(books, sale(day, 100));
  const html = async () => {
    const reply = await server.inject({
      url: `/api/v2/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=2026-01-01&date_to=2026-01-31&format=html`,
      headers: { authorization: `Bearer ${books.token}` },
    });
    expect(reply.statusCode).toBe(200);
    return reply.body;
  };
  const [json, page] = [(await trialBalance(books, '2026-01-01', '2026-01-31')).body, await html()];
  expect(json.rows.map((row: Json) => row.account_code)).toEqual(['1920', '2700', '3000']);
  for (const day of ['2026-02-01', '2026-02-28', '2027-01-01']) await post(books, sale(day, 999));
  const inBooks = { clientAccounts: [books.clientAccountId], mode: 'write' as const };
  await platform.database.transaction(inBooks, (tx) => foldBalances(tx, books.clientAccountId));
  expect((await trialBalance(books, '2026-01-01', '2026-01-31')).body).toEqual(json);
  expect(await html()).toBe(page);
});

test('B7: the opening balance of a day is the closing balance of the day before', async () => {
  const books = await openBooks();
  const customer = await addPartner(books);
  const days = ['2025-12-30', '2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01', '2026-02-28', '2026-03-01'];
  for (const [i, day] of days.entries()) {
    await post(books, sale(day, 100 + i));
    await post(books, {
      entry_date: day,
      lines: [debit('1500', 10 + i, { business_partner_id: customer }), credit('1920', 10 + i)],
    });
  }
  const inBooks = { clientAccounts: [books.clientAccountId], mode: 'write' as const };
  await platform.database.transaction(inBooks, (tx) => foldBalances(tx, books.clientAccountId));
  const balances = async (from: string, to: string, field: string) => {
    const { body } = await trialBalance(books, from, to);
    return new Map<string, number>(
      body.rows.map((row: Json) => [`${row.account_code} ${row.relation_id}`, row[field]]),
    );
  };
  for (const day of ['2025-12-31', ...days, '2026-01-15', '2026-02-15']) {
    // Income and expense begin every fiscal year at zero: their balance runs from its first day.
    const yearBegins = day.endsWith('-01-01');
    const closing = await balances(`${addDays(day, -1).slice(0, 4)}-01-01`, addDays(day, -1), 'outgoing_balance');
    const opening = await balances(day, day, 'incoming_balance');
    for (const account of new Set([...closing.keys(), ...opening.keys()])) {
      const expected = account.startsWith('3000') && yearBegins ? 0 : (closing.get(account) ?? 0);
      expect(opening.get(account) ?? 0, `${account} on ${day}`).toBe(expected);
    }
  }
});

test('B8: every line of a report leads to its entries and their documents', async () => {
  const books = await openBooks();
  const content = PDF('Faktura 1001');
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: String(books.clientAccountId) },
    { name: 'file', file: { name: 'faktura.pdf', type: 'application/pdf', content } },
  ]);
  const upload = await server.inject({
    method: 'POST',
    url: '/api/v2/files',
    headers: { ...headers, authorization: `Bearer ${books.token}` },
    payload,
  });
  expect(upload.statusCode).toBe(201);
  const file = upload.json();
  await post(books, sale('2026-01-10', 100, { voucher_id: file.id }));
  await post(books, sale('2026-01-20', 50, { voucher_id: file.id }));
  const { body: report } = await trialBalance(books, '2026-01-01', '2026-01-31');
  expect(report.rows).toHaveLength(3);
  for (const row of report.rows) {
    const behind = await send(books, 'GET', row.links.lines);
    expect(behind.status).toBe(200);
    expect(behind.body.data).toHaveLength(2);
    let [debits, credits] = [0, 0];
    for (const { id } of behind.body.data) {
      const { body: entry } = await send(books, 'GET', `journal-entries/${id}`);
      for (const line of entry.lines.filter((line: Json) => line.account_code === row.account_code)) {
        debits += Number(line.debit);
        credits += Number(line.credit);
      }
      const document = await server.inject({
        url: `/api/v2/files/${entry.voucher_id}/download`,
        headers: { authorization: `Bearer ${books.token}` },
      });
      expect(document.statusCode).toBe(200);
      expect(document.rawPayload.toString()).toBe(content);
    }
    expect([debits, credits]).toEqual([row.debit, row.credit]);
  }
});

describe('B9: the log of changes is complete for masters, locks and rights', () => {
  const logOf = async (books: Books, query: string) =>
    (await send(books, 'GET', `audit-log?client_account_id=${books.clientAccountId}&${query}`)).body.data as Json[];

  test('an account that is renamed shows both names by date, and who did it', async () => {
    const books = await openBooks();
    await post(books, sale('2026-01-10', 100));
    const path = 'general-ledger-accounts/1920';
    const nameOn = async (date: string) =>
      (await send(books, 'GET', `${path}?client_account_id=${books.clientAccountId}&as_of=${date}`)).body
        .description_nob;
    const was = await nameOn('2026-01-31');
    const renamed = await send(books, 'PUT', path, inAccount(books, { description_nob: 'Folio i Sparebanken' }));
    expect(renamed.status).toBe(200);
    // The clock of the tests stands on 15 March.
    expect([await nameOn('2026-01-31'), await nameOn('2026-03-14')]).toEqual([was, was]);
    expect([await nameOn('2026-03-15'), await nameOn('2026-12-31')]).toEqual([
      'Folio i Sparebanken',
      'Folio i Sparebanken',
    ]);
    const nameIn = async (from: string, to: string) => {
      const reply = await server.inject({
        url: `/api/v2/reports/trial-balance?client_account_id=${books.clientAccountId}&date_from=${from}&date_to=${to}&format=json`,
        headers: { authorization: `Bearer ${books.token}`, 'accept-language': 'nb' },
      });
      return reply.json().rows.find((row: Json) => row.account_code === '1920').account_name;
    };
    expect(await nameIn('2026-01-01', '2026-01-31')).toBe(was);
    expect(await nameIn('2026-01-01', '2026-03-31')).toBe('Folio i Sparebanken');
    const change = (await logOf(books, 'per_page=50')).find((row) =>
      JSON.stringify(row.after)?.includes('Folio i Sparebanken'),
    );
    expect(change).toMatchObject({ user_id: books.userId });
    expect(JSON.stringify(change.before)).toContain(was);
  });

  test('a lock and its moving back', async () => {
    const books = await openBooks();
    for (const [date, comment] of [
      ['2026-01-31', 'Levert'],
      ['2025-12-31', 'Feil funnet i januar'],
    ])
      await send(
        books,
        'POST',
        'period-locks',
        inAccount(books, { locked_until_date: date, locking_comment: comment }),
      );
    expect(await logOf(books, 'record_type=period_lock')).toMatchObject([
      {
        user_id: books.userId,
        before: { locked_until_date: '2026-01-31' },
        after: { locked_until_date: '2025-12-31', locking_comment: 'Feil funnet i januar' },
      },
      { user_id: books.userId, before: { locked_until_date: null }, after: { locked_until_date: '2026-01-31' } },
    ]);
  });

  test('who was let in, and who got another role', async () => {
    const books = await openBooks();
    const invited = await send(
      books,
      'POST',
      'invitations',
      inAccount(books, { email: 'ny@test.example', role_id: 4 }),
    );
    expect(invited.status).toBe(201);
    const [invitation] = await logOf(books, 'record_type=invitation');
    expect(invitation).toMatchObject({ user_id: books.userId, before: null, after: { email: 'ny@test.example' } });
    const { rows } = await asOwner(
      `with person as (insert into users (email) values ($2) returning id)
       insert into client_account_users (client_account_id, user_id, role_id) select $1, id, 4 from person returning user_id`,
      [books.clientAccountId, `${randomUUID()}@test.example`],
    );
    const member = `client-accounts/${books.clientAccountId}/users/${rows[0].user_id}`;
    expect((await send(books, 'PATCH', member, { role_id: 1 })).status).toBe(200);
    const [change] = await logOf(books, 'record_type=client_account_user');
    expect(change).toMatchObject({ user_id: books.userId, before: { role_id: 4 }, after: { role_id: 1 } });
  });

  test('nobody can take a row out of it', async () => {
    const books = await openBooks();
    await post(books, sale('2026-01-10', 100));
    await expect(
      asApplication(books, sql`delete from audit_log where client_account_id = ${books.clientAccountId}`),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      asApplication(books, sql`update audit_log set user_id = null where client_account_id = ${books.clientAccountId}`),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

test('B10: everything can be exported after deactivation: books, documents, log', async () => {
  const books = await openBooks();
  const content = PDF('Kvittering');
  const { payload, headers } = multipart([
    { name: 'client_account_id', value: String(books.clientAccountId) },
    { name: 'file', file: { name: 'kvittering.pdf', type: 'application/pdf', content } },
  ]);
  const authorization = `Bearer ${books.token}`;
  const file = (
    await server.inject({ method: 'POST', url: '/api/v2/files', headers: { ...headers, authorization }, payload })
  ).json();
  await post(books, sale('2026-01-10', 100, { voucher_id: file.id }));
  const { body: report } = await trialBalance(books, '2026-01-01', '2026-12-31');
  await asOwner('update client_accounts set is_active = false where id = $1', [books.clientAccountId]);
  const reply = await server.inject({
    url: `/api/v2/client-accounts/${books.clientAccountId}/archive`,
    headers: { authorization },
  });
  expect(reply.statusCode).toBe(200);
  const contents = new Map((await unzipped(reply.rawPayload)).map(({ name, content }) => [name, content]));
  const rows = (table: string): Json[] =>
    contents
      .get(`tables/${table}.jsonl`)!
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  for (const row of report.rows) {
    const lines = rows('journal_entry_lines').filter((line) => line.account_code === row.account_code);
    expect(lines.reduce((sum, line) => sum + line.debit - line.credit, 0)).toBe(Math.round(row.outgoing_balance * 100));
  }
  const [stored] = rows('files');
  expect(
    createHash('sha256')
      .update(contents.get(`files/${stored.sha256}`)!)
      .digest('hex'),
  ).toBe(stored.sha256);
  expect(contents.get(`files/${stored.sha256}`)!.toString()).toBe(content);
  expect(rows('audit_log').map((row) => row.operation)).toEqual(
    expect.arrayContaining(['file.create', 'journal-entry.post']),
  );
});

test('B11: drafts are in no report unless it is asked for, and have no number', async () => {
  const books = await openBooks();
  await post(books, sale('2026-01-10', 100));
  const without = (await trialBalance(books, '2026-01-01', '2026-01-31')).body;
  const draft = await send(
    books,
    'POST',
    'journal-entries',
    inAccount(books, { ...sale('2026-01-11', 40), is_draft: true }),
  );
  expect(draft).toMatchObject({ status: 201, body: { is_draft: true, sequence_number: null, posted_at: null } });
  expect((await trialBalance(books, '2026-01-01', '2026-01-31')).body).toEqual(without);
  expect((await trialBalance(books, '2026-01-01', '2026-01-31', '&include_drafts=false')).body).toEqual(without);
  const withDrafts = (await trialBalance(books, '2026-01-01', '2026-01-31', '&include_drafts=true')).body;
  const bank = (report: Json) => report.rows.find((row: Json) => row.account_code === '1920').outgoing_balance;
  expect([bank(without), bank(withDrafts)]).toEqual([125, 175]);
  expect((await entriesOf(books)).body.meta.records).toBe(1);
  // The number that the draft gets is the one after the last posted entry's: it took none while it was a draft.
  await post(books, sale('2026-01-12', 1));
  expect((await send(books, 'POST', `journal-entries/${draft.body.id}/post`)).body.sequence_number).toBe(3);
});

test('B12: the hash chain finds a change made by hand in the database, and names the entry', async () => {
  const books = await openBooks();
  const entries = [await post(books, sale('2026-01-10', 100)), await post(books, sale('2026-01-11', 200))];
  const inBooks = { clientAccounts: [books.clientAccountId], mode: 'write' as const };
  await platform.database.transaction(inBooks, (tx) => sealNextBlock(tx, books.clientAccountId));
  expect(await verifyBooks(platform.database, books.clientAccountId)).toEqual([]);
  // The entry and its balances still add up: only the chain can reveal it.
  await asOwner('update journal_entry_lines set debit = debit * 2, credit = credit * 2 where entry_id = $1', [
    entries[1].id,
  ]);
  await asOwner(
    'update journal_entries set debit_total = debit_total * 2, credit_total = credit_total * 2 where id = $1',
    [entries[1].id],
  );
  await asOwner(
    `update client_account_heads set turnover = (select sum(debit_total) from journal_entries where client_account_id = $1)
      where client_account_id = $1`,
    [books.clientAccountId],
  );
  await asOwner('delete from balance_delta_batches where client_account_id = $1', [books.clientAccountId]);
  await asOwner(
    `insert into balance_delta_batches (client_account_id, account_codes, months, dimension_set_ids, debits, credits, line_counts)
      select client_account_id, array[account_code], array[date_trunc('month', entry_date)::date], array[0], array[debit], array[credit], array[1] from journal_entry_lines
      where client_account_id = $1`,
    [books.clientAccountId],
  );
  const findings = await verifyBooks(platform.database, books.clientAccountId);
  expect(findings).toEqual([
    {
      clientAccountId: books.clientAccountId,
      check: 'hash chain',
      message: `entry ${entries[1].id} was changed after it was sealed in block 1`,
    },
  ]);
});
