import { describe, expect, test } from 'vitest';
import { openBooks, testServer } from './support/books/books.ts';

const SERVER_FIELDS = {
  id: 999_999_999,
  created_at: '2020-01-01T00:00:00Z',
  created_by_id: 999_999_999,
  updated_at: '2020-01-01T00:00:00Z',
  updated_by_id: 999_999_999,
};

describe('what only the server sets is ignored when a record is made, so that a fetched one can be sent again', () => {
  test.each<[path: string, body: object, more: object]>([
    ['/departments', { name: 'Butikk' }, { sequence_number: 77 }],
    ['/projects', { name: 'Nybygg' }, { sequence_number: 77 }],
    ['/business-partners', { name: 'Kunde AS' }, { sequence_number: 77, registry: null }],
    [
      '/bank-accounts',
      { type: 'CURRENT', bban: '15030000002', bank_country: 'NO' },
      { client_account: null, created_by: null },
    ],
    [
      '/general-ledger-accounts',
      { account_code: '3015K', description_nob: 'Salg av kaffe', like_account_code: '3000' },
      { is_own: false, country_code: 'XX', tax_codes: null, statistics: null, description: 'x', is_active: true },
    ],
    [
      '/tax-codes',
      { code: '3K', standard_code: '3', description_nob: 'Kaffe' },
      { tax_rate: 'x', category: 'x', direction: 'x', tax_account: null, reportable: false, description: 'x' },
    ],
    ['/assets', { name: 'Varebil' }, { sequence_number: 77, statistics: null, property: null, external_id: 'x' }],
  ])('%s', async (path, body, more) => {
    const { platform, token, clientAccountId } = await openBooks();
    const server = await testServer(platform);
    const answer = await server.inject({
      method: 'POST',
      url: `/api/v2${path}`,
      headers: { authorization: `Bearer ${token}` },
      payload: { client_account_id: clientAccountId, ...body, ...SERVER_FIELDS, ...more },
    });
    const { like_account_code: _, ...kept } = body as Record<string, unknown>;
    expect(answer.json()).toMatchObject(kept);
    expect(answer.statusCode).toBe(201);
    const made = answer.json() as Record<string, unknown>;
    for (const [field, value] of Object.entries({ ...SERVER_FIELDS, sequence_number: 77, external_id: 'x' }))
      expect(made[field], field).not.toBe(value);
  });
});

test('a page is up to 1,000 records, where the specification names no maximum', async () => {
  const { platform, token, clientAccountId } = await openBooks();
  const server = await testServer(platform);
  const status = async (path: string, size: number) =>
    (
      await server.inject({
        url: `/api/v2${path}?client_account_id=${clientAccountId}&per_page=${size}`,
        headers: { authorization: `Bearer ${token}` },
      })
    ).statusCode;
  expect([await status('/bank-transactions', 1000), await status('/bank-transactions', 1001)]).toEqual([200, 400]);
  expect([await status('/assets', 100), await status('/assets', 101)]).toEqual([200, 400]);
});
