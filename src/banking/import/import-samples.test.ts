import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { houseAccount, imported } from '../../../test/support/bank/bank-import.ts';
import { openBooks, testPlatform } from '../../../test/support/books/books.ts';
import { apiOf } from '../../../test/support/http/domain-api.ts';
import { withFiles } from '../../../test/support/http/upload.ts';
import { packageRoot } from '../../platform/package-root.ts';
import { bankingRoutes } from '../index.ts';

const samples = join(packageRoot, 'test/fixtures/bank');
const expected = JSON.parse(readFileSync(join(samples, 'expected.json'), 'utf8'));

const platform = withFiles(testPlatform());
const api = apiOf(bankingRoutes, platform);
const ACCOUNTS = ['15034011238', '60056123450', '32071155004'];
const content = (name: string) => readFileSync(join(samples, name));

async function withAccounts() {
  const books = await openBooks();
  const ids: number[] = [];
  for (const number of ACCOUNTS) ids.push(await houseAccount(books, number));
  const get = async (path: string) => {
    const answer = await api('GET', path, books.token);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  return { books, ids, get, transactions: async () => (await get('/bank-transactions?per_page=100')).data };
}

/** One transaction in the form of the expectations. Our side and the counterparty follow from the sign. */
function plain(transaction: any) {
  return {
    booking_date: transaction.booking_date,
    value_date: transaction.value_date,
    amount: transaction.amount,
    currency: transaction.currency_code,
    bank_reference: transaction.bank_reference,
  };
}

function plainDetail(detail: any) {
  const isCredit = detail.transaction_type === 'CREDIT';
  return {
    amount: detail.amount,
    counterparty_name: isCredit ? detail.sender_name : detail.receiver_name,
    counterparty_account: isCredit ? detail.sender_account : detail.receiver_account,
    kid: detail.structured_reference,
    text: detail.description,
    archive_reference: detail.archive_reference,
  };
}

const byAmount = (a: any, b: any) =>
  a.booking_date < b.booking_date ? -1 : a.booking_date > b.booking_date ? 1 : Number(a.amount) - Number(b.amount);

describe('the samples through the import', () => {
  for (const [name, truth] of Object.entries<any>(expected)) {
    if (!truth.statements) continue;
    test(`${name} gives what expected.json says`, async () => {
      const { books, ids, get, transactions } = await withAccounts();
      const result = await imported(platform, books, content(name), { name });
      expect(result).toMatchObject({ format: truth.format, already_imported: false, error_count: 0 });
      const [known] = truth.statements;
      const booked = known.entries.filter((entry: any) => entry.status === 'BOOK');
      expect(result.statements).toMatchObject([
        {
          status: 'imported',
          account: known.account,
          bank_account_id: ids[0],
          imported: booked.length,
          already_known: 0,
        },
      ]);
      const list = await transactions();
      expect(list.map(plain)).toEqual(
        booked.toSorted(byAmount).map(({ booking_date, value_date, amount, currency, bank_reference }: any) => ({
          booking_date,
          value_date,
          amount,
          currency,
          bank_reference,
        })),
      );
      for (const [i, entry] of booked.toSorted(byAmount).entries()) {
        const { details, ...transaction } = list[i];
        const ours = Number(entry.amount) >= 0 ? 'payee' : 'payor';
        expect(transaction[`${ours}_bank_account_id`]).toBe(ids[0]);
        // If the bank gives no payments, the transaction itself is the only one.
        expect(details).toHaveLength(Math.max(entry.details.length, 1));
        for (const [j, each] of entry.details.entries()) {
          const { end_to_end_id: _e, instruction_id: _i, payment_id: _p, message_id: _m, ...facts } = each;
          expect(plainDetail(details[j])).toMatchObject(facts);
        }
        if (entry.details.length !== 1) continue;
        const [only] = entry.details;
        expect(transaction).toMatchObject({
          [ours === 'payee' ? 'payor_name' : 'payee_name']: only.counterparty_name,
          end_to_end_id: only.end_to_end_id === 'NOTPROVIDED' ? null : only.end_to_end_id,
          message_id: only.message_id ?? null,
          payment_id: only.payment_id ?? null,
          instruction_id: only.instruction_id ?? null,
        });
      }
      const statements = await get('/bank-statements');
      expect(statements.data).toMatchObject([
        {
          bank_account_id: ids[0],
          statement_id: known.statement_id,
          from_date: known.from,
          to_date: known.to,
          opening_balance: known.opening,
          closing_balance: known.closing,
          file_id: result.file_id,
        },
      ]);
    });
  }

  test.each(Object.keys(expected).filter((name) => expected[name].rows))(
    '%s gives what expected.json says',
    async (name) => {
      const { books, ids, transactions } = await withAccounts();
      const account = name.includes('dnb') ? { bankAccountId: ids[0]! } : {};
      await imported(platform, books, content(name), account);
      const rows = (await transactions()).map((transaction: any) => ({
        ...plain(transaction),
        text: transaction.memo,
        counterparty_account: plainDetail(transaction.details[0]).counterparty_account,
      }));
      expect(rows).toEqual(
        expected[name].rows
          .map((row: any) => ({ value_date: null, counterparty_account: null, ...row }))
          .toSorted(byAmount)
          .map((row: any) => expect.objectContaining(row)),
      );
    },
  );

  test.each([
    ['after its entry', ['no-camt053-v08-batches.xml', 'no-camt054-v08-ocr-details.xml'], { enriched: 1, waiting: 0 }],
    [
      'before its entry',
      ['no-camt054-v08-ocr-details.xml', 'no-camt053-v08-batches.xml'],
      { enriched: 1, imported: 2 },
    ],
  ])('a notification that comes %s adds its payments, and no transaction', async (_, names, last) => {
    const { books, transactions } = await withAccounts();
    await imported(platform, books, content(names[0]!));
    expect((await imported(platform, books, content(names[1]!))).counts).toMatchObject(last);
    const list = await transactions();
    expect(list).toHaveLength(2);
    const [notification] = expected['no-camt054-v08-ocr-details.xml'].notifications;
    const credit = list.find((transaction: any) => transaction.amount === '23480.00');
    expect(credit.details.map(plainDetail)).toMatchObject(
      notification.entries[0].details.map((detail: any) => ({
        amount: detail.amount,
        kid: detail.kid,
        counterparty_name: detail.counterparty_name,
        counterparty_account: detail.counterparty_account,
      })),
    );
  });

  test('the days follow each other: no warning, and balances by day', async () => {
    const { books, ids, get } = await withAccounts();
    await imported(platform, books, content('no-camt053-v02-single-day.xml'));
    const next = await imported(platform, books, content('no-camt053-v08-batches.xml'));
    expect(next.warnings).toEqual([]);
    const { data } = await get(
      `/banking/bank-statements/by-period?bank_account_id=${ids[0]}&from_date=2026-03-15&to_date=2026-03-18`,
    );
    expect(
      data.map((day: any) => [
        day.period_start,
        day.period_start_balance,
        day.period_end_balance,
        day.total_transactions,
      ]),
    ).toEqual([
      ['2026-03-15', '184320.50', '184320.50', 0],
      ['2026-03-16', '184320.50', '191775.60', 5],
      ['2026-03-17', '191775.60', '200105.60', 2],
      ['2026-03-18', '200105.60', '200105.60', 0],
    ]);
    expect(data.every((day: any) => day.is_balanced)).toBe(true);
    expect(data[1].import_documents).toHaveLength(1);
  });
});
