import { randomInt } from 'node:crypto';
import sql from 'sql-template-tag';
import { createBankAccount } from '../../../src/banking/index.ts';
import { mod11CheckDigit } from '../../../src/kernel/check-digits.ts';
import { takeIds } from '../../../src/ledger/index.ts';
import { createDocument } from '../../../src/banking/documents/document-write.ts';
import type { DocumentView } from '../../../src/banking/documents/document.ts';
import { type Books, openBooks } from '../books/books.ts';
import { write } from './bank.ts';

/** A valid account number at the bank with these four digits, unique in the run. */
export function accountNumber(prefix = '3624'): string {
  for (;;) {
    const body = prefix + String(randomInt(1e5, 1e6));
    const check = mod11CheckDigit(body);
    if (check !== null) return `${body}${check}`;
  }
}

export const BANKS = {
  tietoevry: { prefix: '3624', bic: 'SPAVNOBB' },
  zdata: { prefix: '6005', bic: 'NDEANOKK' },
} as const;

/** Books with a bank account whose bank is connected through the provider, and suppliers with account numbers. */
export interface Payer {
  books: Books;
  bankAccountId: number;
  account: string;
  bic: string;
  supplier(accounts?: string[], name?: string): Promise<number>;
  /** A posted bill; amount in kroner. */
  bill(supplier: number, amount: number, more?: object): Promise<DocumentView>;
}

export async function openPayer(
  options: {
    provider?: keyof typeof BANKS;
    state?: string;
    clock?: Books['platform']['clock'];
    organizationNumber?: string;
  } = {},
): Promise<Payer> {
  const { provider = 'tietoevry', state = 'connected' } = options;
  const books = await openBooks(options);
  const { prefix, bic } = BANKS[provider];
  const account = accountNumber(prefix);
  const bankAccountId = await openAccount(books, account);
  await connectBank(books, { bic, provider, state });
  let number = 0;
  return {
    books,
    bankAccountId,
    account,
    bic,
    supplier: (accounts, name) => addSupplier(books, accounts, name),
    bill: (supplier, amount, more = {}) =>
      addBill(books, supplier, amount, { document_number: `F${++number}`, ...more }),
  };
}

export function addSupplier(books: Books, accounts = [accountNumber()], name = 'Trelast & Sønn AS'): Promise<number> {
  return write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    const numbers = accounts.map((each) => (/^\d/.test(each) ? { account_number: each } : { iban: each }));
    await tx.execute(sql`
      insert into business_partners (client_account_id, id, sequence_number, name, is_supplier, bank_accounts)
      values (${books.clientAccountId}, ${id}, ${id % 2 ** 31}, ${name}, true, ${JSON.stringify(numbers)})`);
    return id;
  });
}

/** A posted bill; amount in kroner. */
export function addBill(books: Books, supplier: number, amount: number, more: object = {}): Promise<DocumentView> {
  return books.run(createDocument, {
    document_type: 'APINV',
    document_number: 'F1',
    document_date: '2026-02-20',
    due_date: '2026-03-16',
    business_partner_id: supplier,
    lines: [{ account_code: '6800', amount }],
    ...more,
  });
}

export async function openAccount(books: Books, account: string): Promise<number> {
  return (await books.run(createBankAccount, { type: 'CURRENT', bban: account, bank_country: 'NO' })).id;
}

/** As the owner orders it and the bank registers it. */
export function connectBank(
  books: Books,
  {
    bic,
    provider,
    state = 'connected',
    isActive = true,
  }: { bic: string; provider: string; state?: string; isActive?: boolean },
): Promise<void> {
  return write(books, async (tx) => {
    await tx.execute(sql`
      insert into bank_connections (client_account_id, bic, provider, is_active, agreement_state, agreement_at, ordered_at,
        created_by_id)
      values (${books.clientAccountId}, ${bic}, ${provider}, ${isActive}, ${state}, '2026-03-01', '2026-03-01', ${books.userId})
      on conflict (client_account_id, bic) do update set is_active = excluded.is_active`);
  });
}

/** Another person with the role in the books. */
export async function addPerson(books: Books, role: 'AA' | 'CA' | 'BK' | 'EM' | 'US'): Promise<Books> {
  const other = await openBooks();
  await write(books, (tx) =>
    tx.execute(sql`
      insert into client_account_users (client_account_id, user_id, role_id)
      values (${books.clientAccountId}, ${other.userId}, (select id from roles where code = ${role}))`),
  );
  const { forgetCallers, callerOfUser } = await import('../../../src/tenancy/index.ts');
  forgetCallers(books.platform.database);
  const caller = (await callerOfUser(
    books.platform.database,
    other.userId,
    [...other.caller.scopes],
    books.platform.clock.now(),
  ))!;
  const call: Books['call'] = (overrides = {}) => ({ caller, clientAccountId: books.clientAccountId, ...overrides });
  return {
    ...books,
    userId: other.userId,
    caller,
    token: other.token,
    call,
    run: async (operation, input, overrides) => (await operation.call(books.platform, call(overrides), input)).value,
  };
}
