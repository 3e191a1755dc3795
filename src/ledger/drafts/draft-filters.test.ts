import { expect, test } from 'vitest';
import { credit, debit, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { ledgerRoutes } from '../index.ts';

const api = apiOf(ledgerRoutes, testPlatform());

test('drafts are found by what they say, as posted entries are', async () => {
  const books = await openBooks();
  const draft = async (memo: string, more: object) => {
    const body = { client_account_id: books.clientAccountId, is_draft: true, memo, ...more };
    expect((await api('POST', '/journal-entries', books.token, body)).status).toBeLessThan(300);
  };
  const rent = [debit('6300', 100), credit('1920', 100)];
  await draft('leie', { entry_date: '2025-03-01', lines: rent, relation_type: 'lease', relation_id: 7 });
  await draft('egen serie', {
    entry_date: '2024-12-31',
    series: 'LB',
    lines: [debit('5000', 100), credit('1920', 100)],
  });
  await draft('uferdig', { lines: [debit('6300', 5)] });
  const found = async (query: string) => {
    const path = `/journal-entries?client_account_id=${books.clientAccountId}&is_draft=true&${query}`;
    const { status, body } = await api('GET', path, books.token);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.meta.records).toBe(body.data.length);
    return body.data.map(({ memo }: { memo: string }) => memo);
  };
  expect(await found('account_code=6300')).toEqual(['leie', 'uferdig']);
  expect(await found('account_code=5000')).toEqual(['egen serie']);
  expect(await found('series=LB')).toEqual(['egen serie']);
  expect(await found('series=GL')).toEqual(['leie', 'uferdig']);
  expect(await found('fiscal_year=2025')).toEqual(['leie']);
  expect(await found('relation_type=lease')).toEqual(['leie']);
  expect(await found('relation_id=8')).toEqual([]);
  expect(await found('sequence_number=1')).toEqual([]);
  expect(await found('source=saf-t')).toEqual([]);
  expect(await found('source=manual')).toHaveLength(3);
  expect(await found('voucher_id=1')).toEqual([]);
  expect(await found('date_from=2025-01-01')).toEqual(['leie']);
});
