import { join } from 'node:path';
import sql from 'sql-template-tag';
import { afterAll, describe, expect, it } from 'vitest';
import { simple } from '../../test/support/saf-t/saf-t-book.ts';
import { exportOf, schemaFaults } from '../../test/support/saf-t/saf-t-export.ts';
import { resultOf, SafTImports, warningsOf } from '../../test/support/saf-t/saf-t-imports.ts';
import { verifyBooks } from '../ledger/index.ts';

const fixtures = new URL('../../test/fixtures/quirks/saf-t/', import.meta.url).pathname;
const books = new SafTImports();
afterAll(() => books.close());

describe('files that public reports showed', () => {
  it.each([
    ['46b-saft-number-of-entries.xml', ['entries-total'], { 1920: '11250.00', 3000: '-1000.00' }],
    ['47b-saft-negative-currency-amount.zip', [], { 1920: '11150.00', 1500: '-1150.00' }],
    ['48-saft-analysis-not-in-table.xml', ['analysis-unknown'], { 6800: '100.00' }],
    ['49-saft-tax-code-not-in-table.xml', ['tax-code-made'], { 1920: '9900.00' }],
    ['50a-saft-document-date-before-selection.xml', ['date-outside-periods'], { 6800: '800.00', 2400: '-1000.00' }],
    ['51-saft-both-opening-sides.xml', ['zero-side'], { 1920: '11250.00' }],
    ['54b-saft-period-13-0-periods.xml', [], { 6800: '150.00' }],
    ['55b-saft-dates-with-time.xml', ['date-with-time'], { 1920: '11250.00' }],
    ['58-saft-same-id-two-journals.xml', [], { 1920: '11250.00' }],
    ['63-saft-transaction-without-lines.xml', ['transaction-empty'], { 6800: '100.00' }],
    ['64-saft-grouping-code-is-account-number.xml', ['grouping-unknown'], { 1920: '11250.00' }],
  ])('%s: imported, warned of, verified, exported, and the same again', async (name, warned, expected) => {
    const result = resultOf(await books.take(join(fixtures, name)));
    expect(warningsOf(result)).toEqual(warned);
    const id = result.client_account_id;
    expect(await books.balances(id)).toMatchObject(expected);
    expect(result.accounts.filter(({ difference }) => difference !== '0.00')).toEqual([]);
    expect(await verifyBooks(books.database, id)).toEqual([]);
    const range = { from: '2025-01-01', to: '2025-12-31' };
    const xml = await exportOf(books.database, id, range);
    expect(schemaFaults(xml)).toBe('');
    const again = resultOf(await books.takeText(xml));
    const untidy = again.warnings.filter(({ code }) => code !== 'date-outside-periods');
    expect(untidy).toEqual([]);
    const second = await exportOf(books.database, again.client_account_id, range);
    const made = /<AuditFileDateCreated>[^<]*</;
    expect(second.replace(made, '').split('\n')).toEqual(xml.replace(made, '').split('\n'));
  });

  it('50a: stands in January, keeps the dates of document and posting, and nothing opens', async () => {
    const { client_account_id: id } = resultOf(
      await books.take(join(fixtures, '50a-saft-document-date-before-selection.xml')),
    );
    expect(await books.entries(id)).toMatchObject([{ date: '2025-01-05', period: 1, year: 2025 }]);
    expect((await books.balances(id, '1900-01-01', '2024-12-31'))['2400']).toBeUndefined();
    const xml = await exportOf(books.database, id, { from: '2025-01-01', to: '2025-12-31' });
    expect(xml).toContain(
      '<Period>1</Period><PeriodYear>2025</PeriodYear><TransactionDate>2024-12-30</TransactionDate>',
    );
    expect(xml).toContain('<GLPostingDate>2025-01-05</GLPostingDate>');
  });

  it('58: two vouchers of one number, each in its journal', async () => {
    const { client_account_id: id } = resultOf(await books.take(join(fixtures, '58-saft-same-id-two-journals.xml')));
    expect((await books.entries(id)).map(({ series, origin }) => [series, origin['transaction_id']])).toEqual([
      ['A1', '1'],
      ['B1', '1'],
    ]);
  });
});

it.each([
  ['egenkapital', '7700', 'annenDriftskostnad', '7700'],
  ['annenDriftskostnad', '6800', 'NA', 'NA'],
])('a grouping %s %s that an earlier import left is written as %s %s', async (category, code, written, as) => {
  const { client_account_id: id } = resultOf(await books.takeText(simple()));
  await books.database.transaction({ clientAccounts: [id], mode: 'write' }, (tx) =>
    tx.execute(sql`update client_gl_accounts set saft_category = ${category}, saft_code = ${code}
      where client_account_id = ${id} and account_code = '6800'`),
  );
  const xml = await exportOf(books.database, id, { from: '2025-01-01', to: '2025-12-31' });
  expect(schemaFaults(xml)).toBe('');
  expect(xml).toContain(
    `<AccountID>6800</AccountID><AccountDescription>Konto 6800</AccountDescription><GroupingCategory>${written}</GroupingCategory><GroupingCode>${as}</GroupingCode>`,
  );
});
