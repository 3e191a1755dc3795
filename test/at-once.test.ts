import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { assetsRoutes } from '../src/assets/index.ts';
import { bankingRoutes } from '../src/banking/index.ts';
import { ledgerRoutes, takeIds } from '../src/ledger/index.ts';
import { vatReturnRoutes } from '../src/vat-return/index.ts';
import { oneAndItsReplays, oneOfMany, type Transition } from './support/http/at-once.ts';
import { addHouseAccount, addTransactions, write } from './support/bank/bank.ts';
import { findings } from './support/bank/bank-findings.ts';
import { addPartner, type Books, credit, debit, openBooks, testPlatform } from './support/books/books.ts';
import { apiOf } from './support/http/domain-api.ts';

const api = apiOf([...bankingRoutes, ...assetsRoutes, ...ledgerRoutes, ...vatReturnRoutes], testPlatform());

async function made(books: Books, path: string, body: object) {
  const answer = await api('POST', path, books.token, { client_account_id: books.clientAccountId, ...body });
  expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const invoiceLines = [{ account_code: '3000', amount: 100, tax_code: '3' }];
const invoice = async (books: Books, more: object = {}) =>
  made(books, '/documents', {
    document_type: 'ARINV',
    document_date: '2025-03-01',
    business_partner_id: await addPartner(books),
    lines: invoiceLines,
    ...more,
  });

async function software(books: Books): Promise<number> {
  const { id } = await made(books, '/assets', {
    name: 'Lagersystem',
    asset_class: 'SOFTWARE',
    acquisition_date: '2024-12-10',
  });
  const dimensions = [{ type: 'asset', id }];
  await books.post('2024-12-10', [debit('1060', 36_000, { dimensions }), credit('1920', 36_000)]);
  return id;
}

async function paid(books: Books, amount = -100_00): Promise<number> {
  const bank = await addHouseAccount(books);
  const [transaction] = await addTransactions(books, bank, [{ amount }]);
  return transaction!.id;
}

/** A bank account whose balance is the ledger's. */
async function reconciled(books: Books): Promise<number> {
  const bank = await addHouseAccount(books);
  await write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into bank_statements (client_account_id, id, bank_account_id, from_date, to_date, opening_balance, closing_balance,
        currency_code)
      values (${books.clientAccountId}, ${id}, ${bank}, '2025-03-01', '2025-03-31', 0, 0, 'NOK')`);
  });
  return bank;
}

const matchOf = (books: Books, transaction: number, account = '7770') => ({
  client_account_id: books.clientAccountId,
  matches: [
    {
      transactions: [{ bank_transaction_id: transaction }],
      postings: [{ account_code: account, amount: '-100.00' }],
    },
  ],
});

async function claimAndCredit(books: Books) {
  const partner = { business_partner_id: await addPartner(books) };
  const claim = await books.post('2025-03-01', [debit('1500', 100, partner), credit('3000', 100)]);
  const note = await books.post('2025-03-02', [credit('1500', 100, partner), debit('3000', 100)]);
  const items = [
    { journal_entry_id: claim.id, line_number: 1 },
    { journal_entry_id: note.id, line_number: 1 },
  ];
  return { client_account_id: books.clientAccountId, groups: [{ items }] };
}

/** `n`: how many were created in these books before, for records that exist once a month or term. */
const operations: [name: string, make: (books: Books, n: number) => Promise<Transition>][] = [
  [
    'a draft document is posted',
    async (books) => {
      const { id } = await invoice(books, { document_status: 'DRAFT' });
      return {
        method: 'PATCH',
        path: `/documents/${id}`,
        body: { document_status: 'POSTED' },
        differently: (i) => ({ document_status: 'POSTED', lines: [{ ...invoiceLines[0]!, amount: 100 + i }] }),
      };
    },
  ],
  ['a document is cancelled', async (books) => ({ method: 'DELETE', path: `/documents/${(await invoice(books)).id}` })],
  [
    'a draft entry is posted',
    async (books) => {
      const { id } = await made(books, '/journal-entries', {
        is_draft: true,
        entry_date: '2025-03-01',
        lines: [debit('1920', 1), credit('2050', 1)],
      });
      return { method: 'POST', path: `/journal-entries/${id}/post`, body: {} };
    },
  ],
  [
    'an entry is cancelled',
    async (books) => {
      const { id } = await books.post('2025-03-01', [debit('1920', 1), credit('2050', 1)]);
      return {
        method: 'POST',
        path: `/journal-entries/${id}/cancel`,
        body: { reason: 'feil' },
        differently: (i) => ({ reason: `feil ${i}`, entry_date: `2025-03-${10 + i}` }),
      };
    },
  ],
  [
    'an asset is disposed of',
    async (books) => ({
      method: 'POST',
      path: `/assets/${await software(books)}/disposal`,
      body: { kind: 'scrap', disposed_on: '2025-01-05' },
      differently: (i) => ({ kind: 'sale', disposed_on: `2025-01-${10 + i}`, proceeds: 100 + i }),
    }),
  ],
  [
    'a disposal is undone',
    async (books) => {
      const id = await software(books);
      await made(books, `/assets/${id}/disposal`, {
        client_account_id: undefined,
        kind: 'scrap',
        disposed_on: '2025-01-05',
      });
      return {
        method: 'POST',
        path: `/assets/${id}/disposal/undo`,
        body: { reason: 'feil' },
        differently: (i) => ({ reason: `feil ${i}` }),
      };
    },
  ],
  [
    'a month is depreciated',
    async (books, n) => {
      await software(books);
      const body = { client_account_id: books.clientAccountId, month: `2025-0${n + 1}` };
      return { method: 'POST', path: '/depreciation-runs', body, isDone: (answer) => answer.body.status === 'posted' };
    },
  ],
  [
    'a VAT term is settled',
    async (books, n) => {
      const month = `0${2 * n + 1}`;
      await books.post(`2025-${month}-10`, [debit('1920', 125), credit('3000', 100, { tax_code: '3' })]);
      const body = {
        client_account_id: books.clientAccountId,
        from_date: `2025-${month}-01`,
        to_date: ['2025-02-28', '2025-04-30', '2025-06-30'][n]!,
      };
      return {
        method: 'POST',
        path: '/vat-return/settlements',
        body,
        differently: (i) => ({ ...body, entry_date: `2025-07-${10 + i}` }),
      };
    },
  ],
  [
    'items are settled',
    async (books) => ({ method: 'POST', path: '/item-settlements', body: await claimAndCredit(books) }),
  ],
  [
    'a settlement of items is undone',
    async (books) => {
      const { groups } = await made(books, '/item-settlements', await claimAndCredit(books));
      return { method: 'POST', path: `/item-settlements/${groups[0]}/undo`, body: { reason: 'feil' } };
    },
  ],
  [
    'a transaction is matched',
    async (books) => {
      const transaction = await paid(books);
      return {
        method: 'POST',
        path: '/banking/matches',
        body: matchOf(books, transaction),
        differently: (i) => matchOf(books, transaction, i % 2 ? '7770' : '6800'),
      };
    },
  ],
  [
    'a match is undone',
    async (books) => {
      const { data } = await made(books, '/banking/matches', matchOf(books, await paid(books)));
      return {
        method: 'POST',
        path: `/banking/matches/${data[0].id}/undo`,
        body: { reason: 'feil' },
        differently: (i) => ({ reason: `feil ${i}` }),
      };
    },
  ],
  [
    'a reconciliation is signed',
    async (books) => ({
      method: 'POST',
      path: '/banking/reconciliations',
      body: { client_account_id: books.clientAccountId, bank_account_id: await reconciled(books), date: '2025-03-31' },
    }),
  ],
  [
    'a signed reconciliation is opened again',
    async (books) => {
      const { id } = await made(books, '/banking/reconciliations', {
        bank_account_id: await reconciled(books),
        date: '2025-03-31',
      });
      return { method: 'POST', path: `/banking/reconciliations/${id}/reopen`, body: { reason: 'feil' } };
    },
  ],
  [
    'a question is closed',
    async (books) => {
      const { id } = await made(books, '/questions', {
        bank_transaction_id: await paid(books),
        type: 'QUESTION',
        question: 'Hva er dette?',
      });
      return { method: 'PUT', path: `/questions/${id}`, body: { question_status: 'CLOSED' } };
    },
  ],
];

test.each(operations)(
  'ten at once: %s',
  async (_, make) => {
    const books = await openBooks();
    await oneOfMany(api, books, await make(books, 0), false);
    await oneOfMany(api, books, await make(books, 1), true);
    const third = await make(books, 2);
    // An idempotency key is allowed only with POST.
    if (third.method === 'POST') await oneAndItsReplays(api, books, third);
    expect(await findings(books)).toEqual([]);
  },
  60_000,
);
