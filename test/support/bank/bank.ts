import { randomUUID } from 'node:crypto';
import sql from 'sql-template-tag';
import { takeIds } from '../../../src/ledger/index.ts';
import { insertion } from '../../../src/platform/database/columns.ts';
import type { Transaction } from '../../../src/platform/database/pool.ts';
import type { Books } from '../books/books.ts';

/** A house account with its dimension value, made directly. */
export async function addHouseAccount(
  books: Books,
  { code = '1920', currency = 'NOK', bban = `1503${Math.floor(1e6 + Math.random() * 9e6)}` } = {},
): Promise<number> {
  return write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into client_gl_accounts (client_account_id, account_code, id, is_own)
      select ${books.clientAccountId}, account_code, id, false from gl_accounts where account_code = ${code}
      on conflict do nothing`);
    await tx.execute(sql`
      insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name)
      values (${books.clientAccountId}, 'bank_account', ${id}, ${id % 2 ** 31}, ${bban})`);
    await tx.execute(sql`
      insert into bank_accounts (client_account_id, id, name, type, bban, bank_country, currency_code, account_code)
      values (${books.clientAccountId}, ${id}, ${bban}, 'CURRENT', ${bban}, 'NO', ${currency}, ${code})`);
    return id;
  });
}

export interface TestTransaction {
  /** Hundredths of the account's currency. */
  amount: number;
  date?: string;
  kid?: string;
  memo?: string;
  name?: string;
  account?: string;
  endToEndId?: string;
  currency?: string;
  rate?: string;
  instructed?: { amount: string; currency: string };
  isReversal?: boolean;
  details?: { amount: number; kid?: string; name?: string; account?: string; description?: string }[];
}

/** Bank transactions as an import would leave them. */
export async function addTransactions(
  books: Books,
  bankAccountId: number,
  transactions: readonly TestTransaction[],
): Promise<{ id: number; details: number[] }[]> {
  return write(books, async (tx) => {
    const made = [];
    for (const each of transactions) {
      const id = await takeIds(tx, books.clientAccountId, 1 + (each.details?.length ?? 0));
      const came = each.amount >= 0;
      await tx.execute(sql`
        insert into bank_transactions ${insertion({
          client_account_id: books.clientAccountId,
          id,
          bank_account_id: bankAccountId,
          [came ? 'payee_bank_account_id' : 'payor_bank_account_id']: bankAccountId,
          [came ? 'payor_name' : 'payee_name']: each.name,
          counterparty_account: each.account,
          end_to_end_id: each.endToEndId,
          booking_date: each.date ?? '2026-03-10',
          value_date: each.date ?? '2026-03-10',
          memo: each.memo,
          instructed_amount: each.instructed?.amount,
          instructed_currency_code: each.instructed?.currency,
          amount: each.amount,
          currency_code: each.currency ?? 'NOK',
          exchange_rate: each.rate,
          structured_reference: each.kid,
          is_reversal: each.isReversal ?? false,
          weak_key: randomUUID(),
        })}`);
      const details = [];
      for (const [i, detail] of (each.details ?? []).entries()) {
        await tx.execute(sql`
          insert into bank_transaction_details ${insertion({
            client_account_id: books.clientAccountId,
            id: id + 1 + i,
            transaction_id: id,
            position: i + 1,
            transaction_type: came ? 'CREDIT' : 'DEBIT',
            amount: detail.amount,
            currency_code: each.currency ?? 'NOK',
            structured_reference: detail.kid,
            description: detail.description,
            [came ? 'sender_name' : 'receiver_name']: detail.name,
            [came ? 'sender_account' : 'receiver_account']: detail.account,
          })}`);
        details.push(id + 1 + i);
      }
      made.push({ id, details });
    }
    return made;
  });
}

export function write<T>(books: Books, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'write' }, work);
}

export function read<T>(books: Books, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return books.platform.database.transaction({ clientAccounts: [books.clientAccountId], mode: 'read' }, work);
}
