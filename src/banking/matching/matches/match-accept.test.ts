import { expect, test } from 'vitest';
import { addHouseAccount, addTransactions, read, write } from '../../../../test/support/bank/bank.ts';
import { findings } from '../../../../test/support/bank/bank-findings.ts';
import { addPartner, type Books, credit, debit, openBooks } from '../../../../test/support/books/books.ts';
import { cancelEntry, createPeriodLock } from '../../../ledger/index.ts';
import { acceptMatches } from './match-accept.ts';
import { undoMatch } from './match-undo.ts';
import { EMPTY_WISH, type MatchWish } from './match-wish.ts';
import { readOpenItems } from '../items/open-items.ts';
import sql from 'sql-template-tag';
import { formatAmount } from '../../../kernel/money.ts';

const open = async (books: Books) =>
  (await read(books, (tx) => readOpenItems(tx, books.clientAccountId, sql`true`)))
    .map(({ account_code, remaining }) => `${account_code} ${formatAmount(remaining)}`)
    .sort();

async function setting() {
  const books = await openBooks();
  const bank = await addHouseAccount(books);
  const customer = await addPartner(books, 'Kunde AS');
  const supplier = await addPartner(books, 'Leverandør AS');
  const invoice = async (kroner: number, more = {}) =>
    (
      await books.post('2026-02-01', [
        debit('1500', kroner, { business_partner_id: customer, ...more }),
        credit('3200', kroner),
      ])
    ).id;
  const bill = async (kroner: number, more = {}) =>
    (
      await books.post('2026-02-01', [
        debit('6800', kroner),
        credit('2400', kroner, { business_partner_id: supplier, ...more }),
      ])
    ).id;
  const accept = async (wish: Partial<MatchWish>, key?: string) =>
    (await books.run(acceptMatches, { matches: [{ ...EMPTY_WISH, ...wish }] }, key ? { idempotencyKey: key } : {}))
      .data[0]!;
  return { books, bank, customer, supplier, invoice, bill, accept };
}

const whole = (transactionId: number) => ({ transactionId, detailId: null, amount: null });
const item = (entryId: number, lineNo = 1, amount: bigint | null = null) => ({ entryId, lineNo, amount });

async function lines(books: Books, entryId: number): Promise<string[]> {
  const rows = await read(books, (tx) =>
    tx.rows<{ account_code: string; amount: number }>(sql`
      select account_code, debit - credit as amount from journal_entry_lines
      where client_account_id = ${books.clientAccountId} and entry_id = ${entryId} order by line_no`),
  );
  return rows.map(({ account_code, amount }) => `${account_code} ${amount / 100}`);
}

test('a payment settles an invoice and is posted once; undone, all is as before', async () => {
  const { books, bank, invoice, accept } = await setting();
  const entry = await invoice(1000);
  const [paid] = await addTransactions(books, bank, [{ amount: 1000_00, name: 'Kunde AS' }]);
  const match = await accept({ transactions: [whole(paid!.id)], items: [item(entry)] });
  expect(match).toMatchObject({
    kind: 'posted',
    is_active: true,
    items: [{ journal_entry_id: entry, amount: '1000.00' }],
  });
  expect(await lines(books, match.entries[0]!.journal_entry_id)).toEqual(['1920 1000', '1500 -1000']);
  expect(await open(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
  await expect(accept({ transactions: [whole(paid!.id)], items: [item(entry)] })).rejects.toMatchObject({
    code: 'matching.not_open',
  });
  await expect(books.run(cancelEntry, { id: match.entries[0]!.journal_entry_id, reason: 'x' })).rejects.toMatchObject({
    code: 'ledger.entry_is_matched',
  });
  await expect(books.run(cancelEntry, { id: entry, reason: 'x' })).rejects.toMatchObject({
    code: 'ledger.entry_is_matched',
  });
  const undone = await books.run(undoMatch, { id: match.id, reason: 'feil kunde', entryDate: null });
  expect(undone).toMatchObject({
    is_active: false,
    undo_reason: 'feil kunde',
    entries: [{ cancellation_entry_id: expect.any(Number) }],
  });
  expect(await open(books)).toEqual(['1500 1000.00']);
  expect(await findings(books)).toEqual([]);
  await expect(books.run(undoMatch, { id: match.id, reason: 'igjen', entryDate: null })).rejects.toMatchObject({
    code: 'matching.already_undone',
  });
  await accept({ transactions: [whole(paid!.id)], items: [item(entry)] });
  expect(await open(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
});

test.each([
  {
    name: 'a smaller payment leaves the rest open',
    amount: 400_00,
    items: [1000],
    difference: null,
    posted: ['1920 400', '1500 -400'],
    left: ['1500 600.00'],
  },
  {
    name: 'an overpayment stays on account',
    amount: 1200_00,
    items: [1000],
    difference: 'on_account',
    posted: ['1920 1200', '1500 -1000', '1500 -200'],
    left: ['1500 -200.00'],
  },
  {
    name: 'a rounding within the tolerance',
    amount: 999_50,
    items: [1000],
    difference: 'rounding',
    posted: ['1920 999.5', '1500 -1000', '7740 0.5'],
    left: [],
  },
  {
    name: 'a fee that the bank took',
    amount: 950_00,
    items: [1000],
    difference: 'fee',
    posted: ['1920 950', '1500 -1000', '7770 50'],
    left: [],
  },
  {
    name: 'a discount for early payment',
    amount: 980_00,
    items: [1000],
    difference: 'discount',
    posted: ['1920 980', '1500 -1000', '3080 20'],
    left: [],
  },
  {
    name: 'interest on top',
    amount: 1030_00,
    items: [1000],
    difference: 'interest',
    posted: ['1920 1030', '1500 -1000', '8055 -30'],
    left: [],
  },
  {
    name: 'several invoices',
    amount: 1500_00,
    items: [1000, 500],
    difference: null,
    posted: ['1920 1500', '1500 -1000', '1500 -500'],
    left: [],
  },
] as const)('$name', async ({ amount, items, difference, posted, left }) => {
  const { books, bank, invoice, accept } = await setting();
  const entries = [];
  for (const kroner of items) entries.push(item(await invoice(kroner)));
  const [paid] = await addTransactions(books, bank, [{ amount }]);
  const match = await accept({
    transactions: [whole(paid!.id)],
    items: entries,
    difference: difference && { kind: difference, accountCode: null },
  });
  expect(await lines(books, match.entries[0]!.journal_entry_id)).toEqual(posted);
  expect(await open(books)).toEqual(left);
  expect(await findings(books)).toEqual([]);
  await books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: null });
  expect(await open(books)).toEqual(items.map((kroner) => `1500 ${kroner}.00`).sort());
  expect(await findings(books)).toEqual([]);
});

test.each([
  { difference: null, code: 'matching.difference', amount: 1500_00 },
  { difference: 'rounding', code: 'matching.difference_not_allowed', amount: 1002_00 },
  { difference: 'currency', code: 'matching.difference_not_allowed', amount: 1002_00 },
  { difference: 'fee', code: 'matching.difference_not_allowed', amount: 1002_00 },
  { difference: 'discount', code: 'matching.difference_not_allowed', amount: 1002_00 },
  { difference: 'interest', code: 'matching.difference_not_allowed', amount: 998_00 },
] as const)('a difference is never silent: $difference of $amount', async ({ difference, code, amount }) => {
  const { books, bank, invoice, accept } = await setting();
  const [paid] = await addTransactions(books, bank, [{ amount }]);
  const wish = { transactions: [whole(paid!.id)], items: [item(await invoice(1000))] };
  await expect(
    accept({ ...wish, difference: difference && { kind: difference, accountCode: null } }),
  ).rejects.toMatchObject({ code });
  expect(await findings(books)).toEqual([]);
});

test('an invoice with its credit note, and a refund of what was left', async () => {
  const { books, bank, customer, invoice, accept } = await setting();
  const sold = await invoice(1000);
  const { id: credited } = await books.post('2026-02-03', [
    debit('3200', 300),
    credit('1500', 300, { business_partner_id: customer }),
  ]);
  const [paid] = await addTransactions(books, bank, [{ amount: 700_00 }]);
  const match = await accept({ transactions: [whole(paid!.id)], items: [item(sold), item(credited, 2)] });
  expect(await lines(books, match.entries[0]!.journal_entry_id)).toEqual(['1920 700', '1500 -1000', '1500 300']);
  expect(await open(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
});

test('two payments on two days for three bills: an entry a day, each bill settled to the øre', async () => {
  const { books, bank, bill, accept } = await setting();
  const bills = [await bill(300), await bill(400), await bill(500)];
  const paid = await addTransactions(books, bank, [
    { amount: -450_00, date: '2026-03-02' },
    { amount: -750_00, date: '2026-03-04' },
  ]);
  const match = await accept({ transactions: paid.map(({ id }) => whole(id)), items: bills.map((id) => item(id, 2)) });
  expect(match.entries).toHaveLength(2);
  expect(await lines(books, match.entries[0]!.journal_entry_id)).toEqual(['1920 -450', '2400 300', '2400 150']);
  expect(await lines(books, match.entries[1]!.journal_entry_id)).toEqual(['1920 -750', '2400 250', '2400 500']);
  expect(await open(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
  await books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: null });
  expect(await open(books)).toEqual(['2400 -300.00', '2400 -400.00', '2400 -500.00']);
  expect(await findings(books)).toEqual([]);
});

test('an invoice in euro, paid in kroner and from an account in euro', async () => {
  const { books, bank, customer, accept } = await setting();
  const euro = { currency_code: 'EUR', currency_amount: 100, exchange_rate: '11.5' };
  const sell = async () =>
    (
      await books.post('2026-02-01', [
        debit('1501', 1150, { business_partner_id: customer, ...euro }),
        credit('3110', 1150),
      ])
    ).id;
  const [paid] = await addTransactions(books, bank, [
    { amount: 1170_00, instructed: { amount: '100', currency: 'EUR' } },
  ]);
  const gain = await accept({
    transactions: [whole(paid!.id)],
    items: [item(await sell())],
    difference: { kind: 'currency', accountCode: null },
  });
  expect(await lines(books, gain.entries[0]!.journal_entry_id)).toEqual(['1920 1170', '1501 -1150', '8060 -20']);
  const foreign = await addHouseAccount(books, { code: '1925', currency: 'EUR' });
  const [other] = await addTransactions(books, foreign, [{ amount: 100_00, currency: 'EUR' }]);
  const wish = {
    transactions: [whole(other!.id)],
    items: [item(await sell())],
    difference: { kind: 'currency' as const, accountCode: null },
  };
  await expect(accept(wish)).rejects.toMatchObject({ code: 'matching.exchange_rate_missing' });
  const loss = await accept({ ...wish, exchangeRate: '11.2' });
  expect(await lines(books, loss.entries[0]!.journal_entry_id)).toEqual(['1925 1120', '1501 -1150', '8160 30']);
  expect(await open(books)).toEqual([]);
  expect(await findings(books)).toEqual([]);
});

test('a payment that the books have already is paired, not posted again', async () => {
  const { books, bank, bill, accept } = await setting();
  const { id: entry } = await books.post('2026-03-09', [debit('6800', 250), credit('1920', 250)]);
  const paid = await addTransactions(books, bank, [{ amount: -250_00 }, { amount: -255_00 }]);
  const match = await accept({ transactions: [whole(paid[0]!.id)], lines: [{ entryId: entry, lineNo: 2 }] });
  expect(match).toMatchObject({ kind: 'ledger', entries: [], lines: [{ journal_entry_id: entry, amount: '-250.00' }] });
  await expect(
    accept({ transactions: [whole(paid[1]!.id)], lines: [{ entryId: entry, lineNo: 2 }] }),
  ).rejects.toMatchObject({
    code: 'matching.not_open',
  });
  await bill(1);
  await books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: null });
  const withFee = await accept({
    transactions: [whole(paid[1]!.id)],
    lines: [{ entryId: entry, lineNo: 2 }],
    difference: { kind: 'fee', accountCode: null },
  });
  expect(await lines(books, withFee.entries[0]!.journal_entry_id)).toEqual(['1920 -5', '7770 5']);
  expect(await findings(books)).toEqual([]);
});

test('a transfer goes through the transit account', async () => {
  const { books, bank, accept } = await setting();
  const savings = await addHouseAccount(books, { code: '1921' });
  const [out] = await addTransactions(books, bank, [{ amount: -5000_00, date: '2026-03-02' }]);
  const [into] = await addTransactions(books, savings, [{ amount: 5000_00, date: '2026-03-03' }]);
  const match = await accept({ transactions: [whole(out!.id), whole(into!.id)], transfer: true });
  expect(await Promise.all(match.entries.map(({ journal_entry_id }) => lines(books, journal_entry_id)))).toEqual([
    ['1920 -5000', '1945 5000'],
    ['1921 5000', '1945 -5000'],
  ]);
  expect(await findings(books)).toEqual([]);
  await books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: null });
  expect(await findings(books)).toEqual([]);
});

test('a purchase with VAT, and the payments of a batch one by one', async () => {
  const { books, bank, invoice, accept } = await setting();
  const [card] = await addTransactions(books, bank, [{ amount: -125_00, name: 'Kiosken' }]);
  const posting = {
    accountCode: '6800',
    amount: -125_00n,
    taxCode: '1',
    businessPartnerId: null,
    dimensions: [],
    memo: null,
  };
  const bought = await accept({ transactions: [whole(card!.id)], postings: [posting] });
  expect(await lines(books, bought.entries[0]!.journal_entry_id)).toEqual(['1920 -125', '6800 100', '2710 25']);
  const [batch] = await addTransactions(books, bank, [
    { amount: 300_00, details: [{ amount: 100_00 }, { amount: 200_00 }] },
  ]);
  const part = (i: number) => ({ transactionId: batch!.id, detailId: batch!.details[i]!, amount: null });
  await accept({ transactions: [part(0)], items: [item(await invoice(100))] });
  await expect(accept({ transactions: [part(0)], items: [item(await invoice(100))] })).rejects.toMatchObject({
    code: 'matching.not_open',
  });
  await accept({ transactions: [part(1)], items: [item(await invoice(200))] });
  expect(await open(books)).toEqual(['1500 100.00']);
  expect(await findings(books)).toEqual([]);
});

test('two people at once: one settles it, the other is told', async () => {
  const { books, bank, invoice, accept } = await setting();
  const entry = await invoice(1000);
  const paid = await addTransactions(books, bank, [{ amount: 1000_00 }, { amount: 1000_00 }]);
  const answers = await Promise.allSettled(
    [0, 1, 0, 1].map((i) => accept({ transactions: [whole(paid[i]!.id)], items: [item(entry)] })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'matching.not_open' });
  expect(await findings(books)).toEqual([]);
  const again = await addTransactions(books, bank, [{ amount: 10_00 }]);
  const wish = { transactions: [whole(again[0]!.id)], items: [item(await invoice(10))] };
  const first = await accept(wish, 'a key');
  expect(await accept(wish, 'a key')).toEqual(first);
});

test('in a locked period: refused; undone, the counter-entry goes on the first open day', async () => {
  const { books, bank, invoice, accept } = await setting();
  const paid = await addTransactions(books, bank, [{ amount: 100_00 }, { amount: 100_00 }]);
  const match = await accept({ transactions: [whole(paid[0]!.id)], items: [item(await invoice(100))] });
  await books.run(createPeriodLock, { lockedUntilDate: '2026-03-11', comment: 'mva' });
  const { id } = await books.post('2026-03-12', [
    debit('1500', 100, { business_partner_id: await addPartner(books) }),
    credit('3200', 100),
  ]);
  const wish = { transactions: [whole(paid[1]!.id)], items: [item(id)] };
  await expect(accept(wish)).rejects.toMatchObject({ code: 'ledger.period_locked' });
  await accept({ ...wish, entryDate: '2026-03-12' });
  await expect(books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: '2026-03-11' })).rejects.toMatchObject({
    code: 'matching.period_locked',
  });
  const undone = await books.run(undoMatch, { id: match.id, reason: 'feil', entryDate: null });
  const date = await read(books, (tx) =>
    tx.one<{ entry_date: string }>(sql`select entry_date from journal_entries
      where client_account_id = ${books.clientAccountId} and id = ${undone.entries[0]!.cancellation_entry_id}`),
  );
  expect(date.entry_date).toBe('2026-03-12');
  expect(await findings(books)).toEqual([]);
});

test('what lies is found', async () => {
  const { books, bank, invoice, accept } = await setting();
  const [paid] = await addTransactions(books, bank, [{ amount: 100_00 }]);
  await accept({ transactions: [whole(paid!.id)], items: [item(await invoice(100))] });
  await write(books, async (tx) => {
    await tx.execute(
      sql`update item_settlements set amount = amount * 2 where client_account_id = ${books.clientAccountId} and amount > 0`,
    );
    await tx.execute(
      sql`update bank_transactions set matched_amount = 1 where client_account_id = ${books.clientAccountId}`,
    );
    await tx.execute(sql`update bank_match_lines set amount = 1 where client_account_id = ${books.clientAccountId}`);
  });
  const found = (await findings(books)).join('\n');
  expect(found).toMatch(/200.00 settled of 100.00/);
  expect(found).toMatch(/its parts add up to 100.00/);
  expect(found).toMatch(/transaction \d+: 0.01 matched/);
  expect(found).toMatch(/match \d+: ledger lines of 0.01, transactions of 100.00/);
});
