import { describe, expect, test } from 'vitest';
import { type Books, credit, debit, openBooks, testPlatform } from '../../test/support/books/books.ts';
import { apiOf } from '../../test/support/http/domain-api.ts';
import { ledgerRoutes, verifyBooks } from '../ledger/index.ts';
import { assetsRoutes } from './index.ts';

const api = apiOf([...assetsRoutes, ...ledgerRoutes], testPlatform());

/** Software of 36,000 over 36 months from January 2025, depreciated until the given month. */
async function softwareUntil(books: Books, month: string | null): Promise<number> {
  const { body } = await api('POST', '/assets', books.token, {
    client_account_id: books.clientAccountId,
    name: 'Lagersystem',
    asset_class: 'SOFTWARE',
    acquisition_date: '2025-01-10',
  });
  const dimensions = [{ type: 'asset', id: body.id }];
  await books.post('2025-01-10', [debit('1060', 36_000, { dimensions }), credit('1920', 36_000)]);
  if (month) await api('POST', '/depreciation-runs', books.token, { client_account_id: books.clientAccountId, month });
  return body.id;
}

async function dispose(books: Books, id: number, body: object) {
  const answer = await api('POST', `/assets/${id}/disposal`, books.token, body);
  if (answer.status !== 201) return { ...answer, lines: [] };
  const entry = await api('GET', `/journal-entries/${answer.body.journal_entry_id}`, books.token);
  return {
    ...answer,
    lines: entry.body.lines.map((line: { account_code: string; debit: string; credit: string }) => [
      line.account_code,
      (Number(line.debit) - Number(line.credit)).toFixed(2),
    ]),
  };
}

describe('disposal', () => {
  test('a sale with VAT: the price is income, its base shows, the book value stands against it', async () => {
    const books = await openBooks();
    const id = await softwareUntil(books, '2025-06');
    const sold = await dispose(books, id, {
      kind: 'sale',
      disposed_on: '2025-07-15',
      proceeds: '50000',
      tax_code: '3',
    });
    expect(sold.body).toMatchObject({
      proceeds: '40000.00',
      book_value: '30000.00',
      depreciation: '0.00',
      gain: '10000.00',
    });
    expect(sold.lines).toEqual([
      ['1060', '-36000.00'],
      ['1299', '6000.00'],
      ['3805', '-40000.00'],
      ['2700', '-10000.00'],
      ['3809', '30000.00'],
      ['1920', '50000.00'],
    ]);
    const { body } = await api('GET', `/assets/${id}?with=statistics`, books.token);
    expect(body).toMatchObject({ retirement_date: '2025-07-15', is_active: true });
    expect((await api('DELETE', `/assets/${id}`, books.token)).body.is_active).toBe(false);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });

  test('a sale without VAT posts the loss, and what depreciation was missing until the month before', async () => {
    const books = await openBooks();
    const id = await softwareUntil(books, '2025-04');
    const sold = await dispose(books, id, { kind: 'sale', disposed_on: '2025-07-15', proceeds: 20_000 });
    expect(sold.body).toMatchObject({ depreciation: '2000.00', book_value: '30000.00', gain: '-10000.00' });
    expect(sold.lines).toEqual([
      ['6029', '2000.00'],
      ['1299', '-2000.00'],
      ['1060', '-36000.00'],
      ['1299', '6000.00'],
      ['7800', '10000.00'],
      ['1920', '20000.00'],
    ]);
    const later = await api('POST', '/depreciation-runs', books.token, {
      client_account_id: books.clientAccountId,
      month: '2025-12',
    });
    expect(later.body.status).toBe('nothing');
  });

  test('scrapped in the past: depreciation that was posted since is taken back', async () => {
    const books = await openBooks();
    const id = await softwareUntil(books, '2025-06');
    const gone = await dispose(books, id, { kind: 'scrap', disposed_on: '2025-04-02' });
    expect(gone.body).toMatchObject({ depreciation: '-3000.00', book_value: '33000.00', gain: '-33000.00' });
  });

  test('what cannot be: 400, and nothing is changed', async () => {
    const books = await openBooks();
    const id = await softwareUntil(books, null);
    const fields = async (body: object) => {
      const answer = await dispose(books, id, body);
      expect(answer.status).toBe(400);
      return (answer.body.details.fields ?? [{ path: answer.body.details.code }]).map(
        ({ path }: { path: string }) => path,
      );
    };
    expect(await fields({ kind: 'sale', disposed_on: '2025-07-15' })).toEqual(['proceeds']);
    expect(await fields({ kind: 'scrap', disposed_on: '2025-07-15', proceeds: 5, tax_code: '3' })).toEqual([
      'proceeds',
      'tax_code',
    ]);
    expect(await fields({ kind: 'gift', disposed_on: '2025-02-30' })).toEqual(['kind', 'disposed_on']);
    expect(await fields({ kind: 'scrap', disposed_on: '2024-12-31' })).toEqual(['assets.retired_before_acquired']);
    expect(await fields({ kind: 'sale', disposed_on: '2025-07-15', proceeds: 5, tax_code: '99' })).toEqual([
      'tax_code',
    ]);
    expect((await api('GET', `/assets/${id}`, books.token)).body.retirement_date).toBeNull();
    await dispose(books, id, { kind: 'scrap', disposed_on: '2025-07-15' });
    const again = await dispose(books, id, { kind: 'scrap', disposed_on: '2025-08-15' });
    expect([again.status, again.body.details.code]).toEqual([409, 'assets.already_disposed']);
  });

  test.each(['the disposal is undone', 'its entry is cancelled'])(
    '%s: all is as before, and it can leave again',
    async (how) => {
      const books = await openBooks();
      const id = await softwareUntil(books, '2025-04');
      await api('PUT', `/assets/${id}`, books.token, { retirement_date: '2027-12-31' });
      const plan = async () => (await api('GET', `/assets/${id}/depreciation-plan`, books.token)).body;
      const before = await plan();
      const sold = await dispose(books, id, { kind: 'sale', disposed_on: '2025-07-15', proceeds: 20_000 });
      const moved = await api('PUT', `/assets/${id}`, books.token, { retirement_date: '2025-08-01' });
      expect([moved.status, moved.body.details.code]).toEqual([409, 'assets.is_disposed']);
      const undone =
        how === 'its entry is cancelled'
          ? await api('POST', `/journal-entries/${sold.body.journal_entry_id}/cancel`, books.token, { reason: 'feil' })
          : await api('POST', `/assets/${id}/disposal/undo`, books.token, { reason: 'feil' });
      expect(undone.status, JSON.stringify(undone.body)).toBeLessThan(300);
      expect((await api('GET', `/assets/${id}`, books.token)).body.retirement_date).toBe('2027-12-31');
      expect(await plan()).toEqual(before);
      const again = await api('POST', `/assets/${id}/disposal/undo`, books.token, { reason: 'feil' });
      expect([again.status, again.body.details.code]).toEqual([409, 'assets.not_disposed']);
      const gone = await dispose(books, id, { kind: 'scrap', disposed_on: '2025-07-20' });
      expect(gone.body).toMatchObject({ depreciation: '2000.00', book_value: '30000.00' });
      expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
    },
  );

  test('two at once: one', async () => {
    const books = await openBooks();
    const id = await softwareUntil(books, null);
    const answers = await Promise.all(
      [1, 2, 3].map(() => dispose(books, id, { kind: 'scrap', disposed_on: '2025-07-15' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    expect(await verifyBooks(books.platform.database, books.clientAccountId)).toEqual([]);
  });
});
