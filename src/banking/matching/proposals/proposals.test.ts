import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import {
  addHouseAccount,
  addTransactions,
  read,
  type TestTransaction,
  write,
} from '../../../../test/support/bank/bank.ts';
import { type Books, credit, debit, openBooks } from '../../../../test/support/books/books.ts';
import { takeIds } from '../../../ledger/index.ts';
import { findings } from '../../../../test/support/bank/bank-findings.ts';
import { matchAutomatically } from '../matches/match-automatic.ts';
import { undoMatch } from '../matches/match-undo.ts';
import { proposeMatches } from './propose-matches.ts';
import { createRule } from '../rules/rule-write.ts';
import { formatAmount } from '../../../kernel/money.ts';

const ACCOUNT = '15030000009';

async function partner(books: Books, name: string, account?: string): Promise<number> {
  return write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into business_partners (client_account_id, id, sequence_number, name, bank_accounts)
      values (${books.clientAccountId}, ${id}, ${id % 2 ** 31}, ${name}, ${account ? JSON.stringify([{ account_number: account }]) : null})`);
    return id;
  });
}

interface Given {
  /** Invoices to the customer "Fjell og Vidde AS" (account 1503…): amount, KID, number. */
  invoices?: [amount: number, kid?: string, number?: string][];
  bills?: number[];
  /** Payments that the ledger has, on the bank's account. */
  posted?: [date: string, amount: number, kid?: string][];
  bank: TestTransaction[];
}

async function proposals({ invoices = [], bills = [], posted = [], bank }: Given) {
  const books = await openBooks();
  const house = await addHouseAccount(books);
  const customer = await partner(books, 'Fjell og Vidde AS', ACCOUNT);
  for (const [amount, kid, number] of invoices)
    await books.post('2026-02-20', [
      amount > 0
        ? debit('1500', amount, {
            business_partner_id: customer,
            payment_reference: kid ?? null,
            document_reference: number ?? null,
          })
        : credit('1500', -amount, {
            business_partner_id: customer,
            payment_reference: kid ?? null,
            document_reference: number ?? null,
          }),
      amount > 0 ? credit('3200', amount) : debit('3200', -amount),
    ]);
  for (const amount of bills)
    await books.post('2026-02-20', [debit('6800', amount), credit('2400', amount, { business_partner_id: customer })]);
  for (const [date, amount, kid] of posted)
    await books.post(date, [
      amount > 0 ? debit('1920', amount) : credit('1920', -amount),
      amount > 0
        ? credit('3200', amount, { payment_reference: kid ?? null })
        : debit('6800', -amount, { payment_reference: kid ?? null }),
    ]);
  await addTransactions(books, house, bank);
  const made = await read(books, (tx) => proposeMatches(tx, books.clientAccountId));
  return {
    books,
    house,
    customer,
    summary: made.map(({ wish, hold, units }) =>
      [
        units.map(({ amount }) => amount / 100).join('+'),
        wish.evidence.map(({ code }) => code).join(','),
        wish.lines.length > 0
          ? `${wish.lines.length} lines`
          : wish.items.map(({ amount }) => formatAmount(amount!)).join('+'),
        wish.difference?.kind ?? '',
        hold ?? 'automatic',
      ].join(' | '),
    ),
  };
}

test.each<{ row: string; given: Given; expected: string[] }>([
  {
    row: '2 KID and amount',
    given: {
      invoices: [
        [100, '12344'],
        [100, '12351'],
      ],
      bank: [{ amount: 100_00, kid: '12344' }],
    },
    expected: ['100 | kid | 100.00 |  | automatic'],
  },
  {
    row: '2 KID, invoice with its credit note',
    given: {
      invoices: [
        [100, '12344'],
        [-30, '12344'],
      ],
      bank: [{ amount: 70_00, kid: '12344' }],
    },
    expected: ['70 | kid | 100.00+-30.00 |  | automatic'],
  },
  {
    row: '3 KID, less',
    given: { invoices: [[100, '12344']], bank: [{ amount: 60_00, kid: '12344' }] },
    expected: ['60 | kid_other_amount | 60.00 |  | weak'],
  },
  {
    row: '3 KID, more',
    given: { invoices: [[100, '12344']], bank: [{ amount: 160_00, kid: '12344' }] },
    expected: ['160 | kid_other_amount | 100.00 | on_account | weak'],
  },
  {
    row: 'KID paid twice: neither without asking',
    given: {
      invoices: [[100, '12344']],
      bank: [
        { amount: 100_00, kid: '12344' },
        { amount: 100_00, kid: '12344' },
      ],
    },
    expected: ['100 | kid | 100.00 |  | competing', '100 | kid | 100.00 |  | competing'],
  },
  {
    row: '7 account and amount',
    given: { invoices: [[100], [250]], bank: [{ amount: 250_00, account: ACCOUNT }] },
    expected: ['250 | partner_account | 250.00 |  | automatic'],
  },
  {
    row: '7 account, two of that amount',
    given: { invoices: [[100], [100]], bank: [{ amount: 100_00, account: ACCOUNT }] },
    expected: ['100 | partner_account | 100.00 |  | ambiguous', '100 | partner_account | 100.00 |  | ambiguous'],
  },
  {
    row: '8 number in the text, partner agrees',
    given: {
      invoices: [
        [100, undefined, 'INV-1042'],
        [100, undefined, 'INV-1043'],
      ],
      bank: [{ amount: 100_00, memo: 'Faktura INV-1042', name: 'FJELL OG VIDDE AS' }],
    },
    expected: ['100 | document_number,name | 100.00 |  | automatic'],
  },
  {
    row: '8 number in the text, nobody known',
    given: { invoices: [[100, undefined, 'INV-1042']], bank: [{ amount: 100_00, memo: 'faktura inv-1042' }] },
    expected: ['100 | document_number | 100.00 |  | weak'],
  },
  {
    row: '9 name and amount',
    given: { invoices: [[100]], bank: [{ amount: 100_00, name: 'Fjell og Vidde' }] },
    expected: ['100 | name | 100.00 |  | weak'],
  },
  {
    row: '10 amount only',
    given: { invoices: [[100]], bank: [{ amount: 100_00, name: 'En annen' }] },
    expected: ['100 | amount_date | 100.00 |  | weak'],
  },
  {
    row: '11 sum of several, unnamed',
    given: { invoices: [[100], [250], [70]], bank: [{ amount: 350_00, account: ACCOUNT }] },
    expected: ['350 | sum_of_items,partner_account | 100.00+250.00 |  | weak'],
  },
  {
    row: '11 sum of several, all named',
    given: {
      invoices: [
        [100, undefined, 'F1001'],
        [250, undefined, 'F1002'],
        [70, undefined, 'F1003'],
      ],
      bank: [{ amount: 350_00, account: ACCOUNT, memo: 'F1001 F1002' }],
    },
    expected: ['350 | sum_of_items,document_number,document_number,partner_account | 100.00+250.00 |  | automatic'],
  },
  {
    row: 'several payments of one invoice',
    given: {
      invoices: [[100]],
      bank: [
        { amount: 60_00, account: ACCOUNT },
        { amount: 40_00, account: ACCOUNT },
      ],
    },
    expected: ['60+40 | sum_of_transactions | 100.00 |  | weak'],
  },
  {
    row: 'n:m',
    given: {
      invoices: [[100], [50]],
      bank: [
        { amount: 70_00, account: ACCOUNT },
        { amount: 80_00, account: ACCOUNT },
      ],
    },
    expected: ['70+80 | sum_of_transactions | 100.00+50.00 |  | weak'],
  },
  {
    row: 'direction must be right',
    given: { bills: [100], bank: [{ amount: 100_00, account: ACCOUNT }] },
    expected: [],
  },
  {
    row: 'a bill',
    given: { bills: [100], bank: [{ amount: -100_00, account: ACCOUNT }] },
    expected: ['-100 | partner_account | -100.00 |  | automatic'],
  },
  {
    row: 'a supplier with a new account',
    given: { bills: [100], bank: [{ amount: -100_00, name: 'Fjell og Vidde AS', account: '97100000001' }] },
    expected: ['-100 | name,account_changed | -100.00 |  | weak'],
  },
  {
    row: 'already in the ledger: only one that day',
    given: {
      invoices: [[100, '12344']],
      posted: [['2026-03-10', 100, '12344']],
      bank: [{ amount: 100_00, kid: '12344' }],
    },
    expected: ['100 | posted_reference,amount_date | 1 lines |  | automatic'],
  },
  {
    row: 'in the ledger within days',
    given: { posted: [['2026-03-08', -100]], bank: [{ amount: -100_00 }] },
    expected: ['-100 | only_one_in_window,amount_date | 1 lines |  | automatic'],
  },
  {
    row: 'in the ledger with another reference',
    given: { posted: [['2026-03-10', 100, '99994']], bank: [{ amount: 100_00, kid: '12344' }] },
    expected: ['100 | only_one_that_day,amount_date | 1 lines |  | contradiction'],
  },
  {
    row: 'two in the ledger, one in the bank',
    given: {
      posted: [
        ['2026-03-09', -100],
        ['2026-03-08', -100],
      ],
      bank: [{ amount: -100_00 }],
    },
    expected: ['-100 | amount_date | 1 lines |  | ambiguous', '-100 | amount_date | 1 lines |  | ambiguous'],
  },
  {
    row: 'three coffees',
    given: {
      posted: [
        ['2026-03-10', -40],
        ['2026-03-10', -40],
        ['2026-03-10', -40],
      ],
      bank: [{ amount: -40_00 }, { amount: -40_00 }, { amount: -40_00 }],
    },
    expected: ['-40+-40+-40 | same_count_that_day,amount_date | 3 lines |  | automatic'],
  },
  {
    row: '5 a batch whose payments are posted',
    given: {
      posted: [
        ['2026-03-10', -30],
        ['2026-03-10', -70],
      ],
      bank: [{ amount: -100_00, details: [{ amount: -30_00 }, { amount: -70_00 }] }],
    },
    expected: ['-100 | batch | 2 lines |  | automatic'],
  },
  {
    row: '15 totals of the day',
    given: {
      posted: [
        ['2026-03-10', -30],
        ['2026-03-10', -70],
      ],
      bank: [{ amount: -60_00 }, { amount: -40_00 }],
    },
    expected: ['-60+-40 | day_total | 2 lines |  | weak'],
  },
  {
    row: '1 batch of KID receipts',
    given: {
      invoices: [
        [100, '12344'],
        [250, '12351'],
      ],
      bank: [
        {
          amount: 350_00,
          details: [
            { amount: 100_00, kid: '12344' },
            { amount: 250_00, kid: '12351' },
          ],
        },
      ],
    },
    expected: ['100 | kid | 100.00 |  | automatic', '250 | kid | 250.00 |  | automatic'],
  },
  {
    row: 'not before the invoice',
    given: { invoices: [[100]], bank: [{ amount: 100_00, date: '2026-02-01' }] },
    expected: [],
  },
])('evidence $row', async ({ given, expected }) => {
  expect((await proposals(given)).summary).toEqual(expected);
});

test('an invoice in euro paid in kroner: the currency amount agrees, the difference has its account', async () => {
  const books = await openBooks();
  const house = await addHouseAccount(books);
  const customer = await partner(books, 'Export GmbH', ACCOUNT);
  await books.post('2026-02-20', [
    debit('1501', 1150, {
      business_partner_id: customer,
      currency_code: 'EUR',
      currency_amount: 100,
      exchange_rate: '11.5',
    }),
    credit('3110', 1150),
  ]);
  await addTransactions(books, house, [
    { amount: 1162_40, account: ACCOUNT, instructed: { amount: '100', currency: 'EUR' } },
  ]);
  const [made] = await read(books, (tx) => proposeMatches(tx, books.clientAccountId));
  expect(made).toMatchObject({
    hold: null,
    wish: { difference: { kind: 'currency' }, evidence: [{ code: 'partner_account' }, { code: 'currency_amount' }] },
  });
  const result = await books.run(matchAutomatically, {
    bankAccountId: null,
    transactionId: null,
    fromDate: null,
    toDate: null,
    dryRun: false,
  });
  expect(result).toMatchObject({ matches: 1, refused: [] });
  expect(await findings(books)).toEqual([]);
});

const ALL = { bankAccountId: null, transactionId: null, fromDate: null, toDate: null, dryRun: false };

test('transfers, rules, and what an answer or the past says', async () => {
  const { books, house } = await proposals({ bank: [] });
  const savings = await addHouseAccount(books, { code: '1921' });
  await addTransactions(books, savings, [{ amount: 900_00, date: '2026-03-11' }]);
  const [, , fee] = await addTransactions(books, house, [
    { amount: -900_00, date: '2026-03-10' },
    { amount: -125_00, memo: 'Visa 09.03 KIOSKEN OSLO', account: '97100000001' },
    { amount: -35_00, memo: 'Gebyr nettbank' },
  ]);
  const rule = await books.run(createRule, {
    name: 'Kiosk',
    condition: { text: 'visa*kiosken' },
    action: { account_code: '6800', tax_code: '1' },
    books: true,
  });
  await write(books, async (tx) => {
    const id = await takeIds(tx, books.clientAccountId);
    await tx.execute(sql`
      insert into bank_transaction_statements (client_account_id, id, bank_transaction_id, category)
      values (${books.clientAccountId}, ${id}, ${fee!.id}, 'BANK_FEE')`);
  });
  const summary = (await read(books, (tx) => proposeMatches(tx, books.clientAccountId))).map(({ wish, hold }) => [
    wish.evidence[0]!.code,
    wish.transfer || wish.postings[0]?.accountCode,
    hold,
  ]);
  expect(summary).toEqual([
    ['own_account', true, null],
    ['rule', '6800', null],
    ['statement', '7770', 'policy'],
  ]);
  expect(await books.run(matchAutomatically, { ...ALL, dryRun: true })).toMatchObject({ matches: 2 });
  expect(await books.run(matchAutomatically, ALL)).toMatchObject({
    matches: 2,
    waiting: 1,
    refused: [],
    by_evidence: { own_account: 1, rule: 1 },
  });
  expect(await books.run(matchAutomatically, ALL)).toMatchObject({ matches: 0, waiting: 1 });
  await books.run(createRule, { name: 'x', condition: { text: 'finnes ikke' }, action: { account_code: '6800' } });
  await addTransactions(books, house, [{ amount: -80_00, account: '97100000001' }]);
  const again = (await read(books, (tx) => proposeMatches(tx, books.clientAccountId))).map(({ wish, hold }) => [
    wish.evidence[0]!.code,
    wish.postings[0]?.accountCode,
    hold,
  ]);
  expect(again).toContainEqual(['history', '6800', 'weak']);
  expect(rule.books).toBe(true);
  await expect(
    books.run(createRule, { name: 'alt', condition: { amount_min: '1' }, action: { account_code: '6800' } }),
  ).rejects.toMatchObject({ code: 'request.invalid' });
  expect(await findings(books)).toEqual([]);
});

test('a payment of what is paid, and one that came back', async () => {
  const { books, house } = await proposals({ invoices: [[100, '12344']], bank: [{ amount: 100_00, kid: '12344' }] });
  await books.run(matchAutomatically, ALL);
  await addTransactions(books, house, [
    { amount: 100_00, kid: '12344' },
    { amount: -100_00, kid: '12344', isReversal: true },
  ]);
  const summary = (await read(books, (tx) => proposeMatches(tx, books.clientAccountId))).map(({ wish, hold }) => [
    wish.evidence[0]!.code,
    wish.postings[0]?.accountCode,
    hold,
  ]);
  expect(summary).toEqual([
    ['kid_already_paid', '1500', 'weak'],
    ['returned', '1500', 'policy'],
  ]);
});

test('a partner’s account is learned from a match, and forgotten by nobody when it is undone', async () => {
  const { books, house } = await proposals({
    invoices: [[100, '12344'], [300]],
    bank: [{ amount: 100_00, kid: '12344', account: '97100000001' }],
  });
  await books.run(matchAutomatically, ALL);
  await addTransactions(books, house, [{ amount: 300_00, account: '97100000001' }]);
  const [made] = await read(books, (tx) => proposeMatches(tx, books.clientAccountId));
  expect(made).toMatchObject({ hold: null, wish: { evidence: [{ code: 'partner_account', value: '97100000001' }] } });
  const { id } = await read(books, (tx) =>
    tx.one<{ id: number }>(sql`select id from bank_matches where client_account_id = ${books.clientAccountId}`),
  );
  await books.run(undoMatch, { id, reason: 'feil', entryDate: null });
  expect(await findings(books)).toEqual([]);
});
