import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { describe, expect, test } from 'vitest';
import { houseAccount, imported, importContent } from '../../../test/support/bank/bank-import.ts';
import { type Books, openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { packageRoot } from '../../platform/package-root.ts';
import { type MatchUnit, unitsSelect } from '../matching/matches/match-units.ts';

const platform = withFiles(testPlatform());
const fixture = (name: string) => readFileSync(join(packageRoot, 'test/fixtures/quirks/bank', name));

function transactions({ platform: { database }, clientAccountId }: Books) {
  return database.transaction({ clientAccounts: [clientAccountId], mode: 'read' }, (tx) =>
    tx.rows<{ amount: number; memo: string; balance_after: number | null; information: string }>(sql`
      select t.amount, t.memo, t.balance_after, d.bank_information as information from bank_transactions t
      join bank_transaction_details d on d.client_account_id = t.client_account_id and d.transaction_id = t.id
      where t.client_account_id = ${clientAccountId} order by t.id`),
  );
}

describe('deliveries as banks really make them', () => {
  test('one reference for two fees of a day, in two statements that go on in balance: two', async () => {
    const books = await openBooks();
    await houseAccount(books, '15032080119');
    const [first, second] = [
      await imported(platform, books, fixture('22d-camt-same-ref-part1.xml')),
      await imported(platform, books, fixture('22e-camt-same-ref-part2.xml')),
    ];
    expect([first, second].map(({ counts, warnings }) => [counts.imported, warnings])).toEqual([
      [1, []],
      [1, []],
    ]);
    expect((await transactions(books)).map(({ amount, balance_after }) => [amount, balance_after])).toEqual([
      [-4000, 96_000],
      [-4000, 92_000],
    ]);
  });

  test('what the books hold differs from the balances of the statements: told', async () => {
    const books = await openBooks();
    await houseAccount(books, '15032080119');
    await imported(platform, books, fixture('22d-camt-same-ref-part1.xml'));
    const { database } = platform;
    await database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, (tx) =>
      tx.execute(sql`update bank_transactions set amount = -4100 where client_account_id = ${books.clientAccountId}`),
    );
    const { warnings } = await imported(platform, books, fixture('22e-camt-same-ref-part2.xml'));
    expect(warnings).toMatchObject([
      { code: 'entries-mismatch', found: '2026-03-02: -81.00', expected: '920.00 - 1000.00 = -80.00' },
    ]);
  });

  test('why a payment came back stands on the transaction and in the proposal', async () => {
    const books = await openBooks();
    await houseAccount(books, '15032080119');
    await imported(platform, books, fixture('26-camt-return-reason.xml'));
    const [transaction] = await transactions(books);
    expect(transaction!.memo).toContain('Retur AM04, ikke dekning');
    expect(transaction!.information).toMatch(/^Retur AM04, ikke dekning /);
    const units = await platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, (tx) =>
      tx.rows<MatchUnit>(unitsSelect(books.clientAccountId)),
    );
    expect(units.map(({ text }) => text).join()).toContain('Retur AM04, ikke dekning');
  });

  test('a reserved purchase, booked in a later export', async () => {
    const books = await openBooks();
    const bankAccountId = await houseAccount(books, '15034011238');
    const first = await imported(platform, books, fixture('02-dnb-reserved-at-end.csv'), { bankAccountId });
    expect(first.counts).toMatchObject({ imported: 1, pending: 2 });
    const later = await imported(platform, books, fixture('02b-dnb-later-export.csv'), { bankAccountId });
    expect(later.counts).toMatchObject({ imported: 2, already_known: 1, pending: 0 });
  });

  test('OCR giro of mandates only: taken in with its warning', async () => {
    const books = await openBooks();
    await houseAccount(books, '15032080119');
    const outcome = await importContent(platform, books, fixture('35b-ocr-only-fbo.txt'));
    expect(outcome).toMatchObject({
      status: 'succeeded',
      result: { format: 'ocr-giro', counts: { statements: 0 }, warnings: [{ code: 'service-skipped' }] },
    });
  });
});
