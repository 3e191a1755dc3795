import { describe, expect, test } from 'vitest';
import { cancelEntry } from '../../ledger/index.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { type Books, credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { auditOf } from '../../../test/support/books/audit.ts';
import { mastersRoutes } from '../index.ts';

const api = apiOf(mastersRoutes, testPlatform());
const kinds = [
  { path: '/departments', type: 'department' },
  { path: '/projects', type: 'project' },
];

async function make(books: Books, path: string, more: object = {}) {
  const made = await api('POST', path, books.token, {
    client_account_id: books.clientAccountId,
    name: 'Salg',
    ...more,
  });
  expect(made.status).toBe(201);
  return made.body;
}

describe.each(kinds)('$path', ({ path, type }) => {
  test('numbers without gaps, also when many are made at once and some are refused', async () => {
    const books = await openBooks();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        api('POST', path, books.token, { client_account_id: books.clientAccountId, name: i % 3 ? `Nr ${i}` : '  ' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4);
    const { body } = await api('GET', `${path}?client_account_id=${books.clientAccountId}`, books.token);
    expect(body.data.map((value: { sequence_number: number }) => value.sequence_number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(body.meta).toEqual({ page: 1, pages: 1, per_page: type === 'department' ? 50 : 100, records: 8 });
  });

  test('shows what was made, with relations only where asked for', async () => {
    const books = await openBooks();
    const made = await make(books, path, { autonomy_level: 'DRAFT', code: '10', description: 'Butikk' });
    expect(made).toMatchObject({
      client_account_id: books.clientAccountId,
      name: 'Salg',
      code: '10',
      sequence_number: 1,
      is_active: true,
      autonomy_level: 'DRAFT',
      created_at: '2026-03-15T10:00:00Z',
      created_by_id: books.userId,
    });
    expect(made).not.toHaveProperty('client_account');
    const got = await api('GET', `${path}/${made.id}?with=client_account,created_by`, books.token);
    expect(got.body.client_account).toMatchObject({ id: books.clientAccountId, display_name: 'Testselskap AS' });
    expect(got.body.created_by).toMatchObject({ id: books.userId, first_name: 'Kari' });
  });

  test.each(['POST', 'PUT'])(
    '%s changes the given fields, takes a fetched record back, and audits both',
    async (method) => {
      const books = await openBooks();
      const made = await make(books, path, { code: '10' });
      const changed = await api(method, `${path}/${made.id}`, books.token, { ...made, name: 'Innkjøp' });
      expect(changed.status).toBe(200);
      expect(changed.body).toMatchObject({ id: made.id, name: 'Innkjøp', code: '10', sequence_number: 1 });
      expect(await auditOf(books, made.id)).toMatchObject([
        { operation: `${type}.create`, before: null, after: { name: 'Salg' } },
        { operation: `${type}.update`, before: { name: 'Salg' }, after: { name: 'Innkjøp' } },
      ]);
    },
  );

  test('DELETE keeps the record, inactive; the list hides it until is_active=null or false', async () => {
    const books = await openBooks();
    const made = await make(books, path);
    await make(books, path, { name: 'Lager' });
    const gone = await api('DELETE', `${path}/${made.id}`, books.token);
    expect(gone.body).toMatchObject({ id: made.id, is_active: false });
    const names = async (query: string) =>
      (await api('GET', `${path}?client_account_id=${books.clientAccountId}${query}`, books.token)).body.data.map(
        (value: { name: string }) => value.name,
      );
    expect(await names('')).toEqual(['Lager']);
    expect(await names('&is_active=null')).toEqual(['Salg', 'Lager']);
    expect(await names('&is_active=false')).toEqual(['Salg']);
    expect(await names('&is_active=null&order_by=name')).toEqual(['Lager', 'Salg']);
    expect(await names('&is_active=null&order_by=-sequence_number')).toEqual(['Lager', 'Salg']);
  });

  test('an inactive one is refused at posting at once, and accepted again when it is active', async () => {
    const books = await openBooks();
    const made = await make(books, path);
    const lines = () => [debit('6300', 100, { dimensions: [{ type, id: made.id }] }), credit('1920', 100)];
    await books.post('2026-01-10', lines());
    await api('PUT', `${path}/${made.id}`, books.token, { is_active: false });
    await expect(books.post('2026-01-11', lines())).rejects.toMatchObject({ code: 'ledger.invalid_entry' });
    await api('PUT', `${path}/${made.id}`, books.token, { is_active: true });
    await expect(books.post('2026-01-12', lines())).resolves.toMatchObject({ sequence_number: 2 });
  });

  test('a balance on an account that demands the dimension keeps it in use, until it is cancelled', async () => {
    const books = await openBooks();
    const made = await make(books, path);
    const account = await api('POST', '/general-ledger-accounts', books.token, {
      client_account_id: books.clientAccountId,
      account_code: '1591',
      description_nob: 'Mellomregning',
      description_eng: 'Clearing',
      like_account_code: '1570',
      mandatory_dimensions: [type],
    });
    expect(account.status).toBe(201);
    const dimensions = [{ type, id: made.id }];
    const entry = await books.post('2026-01-10', [debit('1591', '1500.50', { dimensions }), credit('1920', '1500.50')]);
    for (const refused of [
      await api('DELETE', `${path}/${made.id}`, books.token, undefined, { 'accept-language': 'en' }),
      await api('PUT', `${path}/${made.id}`, books.token, { is_active: false }, { 'accept-language': 'en' }),
    ]) {
      expect(refused.status).toBe(400);
      expect(refused.body.error).toBe(`Cannot deactivate ${type}: account 1591: 1500.50`);
    }
    await books.run(cancelEntry, { id: entry.id, reason: 'feil' });
    expect((await api('DELETE', `${path}/${made.id}`, books.token)).status).toBe(200);
  });

  test.each([
    ['no name', { name: undefined }, 'name'],
    ['a blank name', { name: '   ' }, 'name'],
    ['a name beyond 150 characters', { name: 'x'.repeat(151) }, 'name'],
    ['an unknown level', { autonomy_level: 'SOME' }, 'autonomy_level'],
    ['an unknown field', { colour: 'red' }, 'colour'],
  ])('refuses %s', async (_, fault, field) => {
    const books = await openBooks();
    const refused = await api('POST', path, books.token, {
      client_account_id: books.clientAccountId,
      name: 'A',
      ...fault,
    });
    expect(refused.status).toBe(400);
    expect(refused.body.details.fields.map((problem: { path: string }) => problem.path)).toContain(field);
  });

  test('never moves to another client account; a foreign one is 403, an unknown one and one of another kind 404', async () => {
    const [books, others] = [await openBooks(), await openBooks()];
    const made = await make(books, path);
    const other = await make(books, path === '/projects' ? '/departments' : '/projects');
    const moved = await api('PUT', `${path}/${made.id}`, books.token, { client_account_id: others.clientAccountId });
    expect(moved.body.details.fields[0].path).toBe('client_account_id');
    expect((await api('GET', `${path}/${made.id}`, others.token)).status).toBe(403);
    expect((await api('DELETE', `${path}/${made.id}`, others.token)).status).toBe(403);
    expect((await api('GET', `${path}/${made.id + 999}`, books.token)).status).toBe(404);
    expect((await api('GET', `${path}/${other.id}`, books.token)).status).toBe(404);
    const all = await api('GET', path, books.token);
    expect(all.body.data.map((value: { id: number }) => value.id)).toEqual([made.id]);
  });
});

test('a project tells its balances, newest lines and vouchers where asked for', async () => {
  const books = await openBooks();
  const made = await make(books, '/projects');
  const dimensions = [{ type: 'project', id: made.id }];
  await books.post('2026-01-10', [debit('6300', 100, { dimensions }), credit('1920', 100)]);
  const second = await books.post('2026-02-10', [debit('6300', '50.50', { dimensions }), credit('1920', '50.50')]);
  await books.post('2026-02-11', [debit('6000', 10, { dimensions }), credit('6000', 10, { dimensions })]);
  const { body } = await api('GET', `/projects/${made.id}?with=statistics,journal_entry_lines,vouchers`, books.token);
  expect(body.statistics).toEqual({ balances: [{ account_code: '6300', balance: 150.5 }] });
  expect(body.journal_entry_lines).toHaveLength(4);
  expect(body.journal_entry_lines[2]).toEqual({
    journal_entry_id: second.id,
    id: 1,
    entry_date: '2026-02-10',
    account_code: '6300',
    debit: '50.50',
    credit: '0.00',
    memo: null,
  });
  expect(body.vouchers).toEqual([]);
  const unknown = await api('GET', `/projects/${made.id}?with=everything`, books.token, undefined, {
    'accept-language': 'en',
  });
  expect(unknown.status).toBe(400);
  expect(unknown.body.details.fields[0].problem).toContain(
    'supported: client_account, created_by, updated_by, statistics',
  );
});
