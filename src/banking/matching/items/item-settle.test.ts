import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { read } from '../../../../test/support/bank/bank.ts';
import { findings } from '../../../../test/support/bank/bank-findings.ts';
import { addPartner, type Books, credit, debit, openBooks } from '../../../../test/support/books/books.ts';
import { formatAmount } from '../../../kernel/money.ts';
import { cancelEntry, createPeriodLock } from '../../../ledger/index.ts';
import { settleAutomatically, settleItems } from './item-settle.ts';
import { undoSettlement } from './item-settle-undo.ts';
import { readOpenItems } from './open-items.ts';

const euro = (amount: string, rate: string) => ({ currency_code: 'EUR', currency_amount: amount, exchange_rate: rate });

async function setting() {
  const books = await openBooks();
  const customer = await addPartner(books, 'Kunde AS');
  const item = async (date: string, kroner: number, amount: string, rate: string, more = {}) => {
    const partner = { business_partner_id: customer, ...euro(amount, rate), ...more };
    const side = kroner > 0 ? debit : credit;
    const other = kroner > 0 ? credit : debit;
    const { id } = await books.post(date, [side('1501', Math.abs(kroner), partner), other('1920', Math.abs(kroner))]);
    return { entryId: id, lineNo: 1, amount: null as bigint | null };
  };
  const settle = (
    items: { entryId: number; lineNo: number; amount: bigint | null }[],
    settledOn: string | null = null,
  ) => books.run(settleItems, { groups: [{ items, settledOn }] });
  return { books, item, settle };
}

const open = async (books: Books) =>
  (await read(books, (tx) => readOpenItems(tx, books.clientAccountId, sql`true`))).map(
    ({ remaining, currency_remaining }) => `${formatAmount(remaining)} ${formatAmount(currency_remaining ?? 0n)}`,
  );

const posted = (books: Books) =>
  read(books, (tx) =>
    tx.rows<{ entry_date: string; lines: string }>(sql`
      select e.entry_date, string_agg(l.account_code || ' ' || (l.debit - l.credit) / 100, ', ' order by l.line_no) as lines
      from journal_entries e join journal_entry_lines l on l.client_account_id = e.client_account_id and l.entry_id = e.id
      where e.client_account_id = ${books.clientAccountId} and e.source in ('settlement', 'cancellation')
      group by e.id, e.entry_date order by e.id`),
  );

test.each([
  ['paid with more kroner: a gain', '11.7', -1170, '11.5', 1150, '1501 20, 8060 -20'],
  ['paid with fewer: a loss', '11.5', -1150, '11.7', 1170, '1501 -20, 8160 20'],
])('%s is posted, and taken back with the settlement', async (_, paidRate, paid, rate, claimed, lines) => {
  const { books, item, settle } = await setting();
  const claim = await item('2026-02-01', claimed, '100', rate);
  const payment = await item('2026-02-20', paid, '100', paidRate);
  const { groups } = await settle([claim, payment]);
  expect(await open(books)).toEqual([]);
  expect(await posted(books)).toEqual([{ entry_date: '2026-02-20', lines }]);
  expect(await findings(books)).toEqual([]);
  const [entry] = await read(books, (tx) =>
    tx.rows<{ id: number }>(sql`
      select id from journal_entries where client_account_id = ${books.clientAccountId} and source = 'settlement'`),
  );
  await expect(books.run(cancelEntry, { id: entry!.id, reason: 'x' })).rejects.toMatchObject({
    code: 'ledger.entry_is_settled',
  });
  await books.run(createPeriodLock, { lockedUntilDate: '2026-02-28', comment: 'mva' });
  await books.run(undoSettlement, { id: groups[0]!, reason: 'feil' });
  expect(await open(books)).toHaveLength(2);
  expect((await posted(books)).at(-1)!.entry_date).toBe('2026-03-01');
  expect(await findings(books)).toEqual([]);
});

test('a part in euro: the difference of that part alone', async () => {
  const { books, item, settle } = await setting();
  const claim = await item('2026-02-01', 1150, '100', '11.5');
  const payment = await item('2026-02-20', -702, '60', '11.7');
  await expect(settle([claim, payment])).rejects.toMatchObject({ code: 'matching.not_zero' });
  await settle([{ ...claim, amount: 690_00n }, payment]);
  expect(await open(books)).toEqual(['460.00 40.00']);
  expect((await posted(books)).map(({ lines }) => lines)).toEqual(['1501 12, 8060 -12']);
  expect(await findings(books)).toEqual([]);
});

test('by reference, of themselves: as much as both have in euro', async () => {
  const { books, item } = await setting();
  const named = { document_reference: 'F7' };
  await item('2026-02-01', 1150, '100', '11.5', named);
  await item('2026-02-20', -702, '60', '11.7', named);
  expect(await books.run(settleAutomatically, undefined)).toEqual({ groups: 1, items: 2 });
  expect(await open(books)).toEqual(['460.00 40.00']);
  expect((await posted(books)).map(({ lines }) => lines)).toEqual(['1501 12, 8060 -12']);
  expect(await findings(books)).toEqual([]);
});

test('not before the latest of its lines, and not two currencies', async () => {
  const { books, item, settle } = await setting();
  const claim = await item('2026-02-01', 1150, '100', '11.5');
  const payment = await item('2026-02-20', -1170, '100', '11.7');
  await expect(settle([claim, payment], '2026-02-10')).rejects.toMatchObject({ code: 'matching.settled_before' });
  const dollars = await item('2026-02-20', -1000, '100', '10', { currency_code: 'USD' });
  await expect(settle([claim, dollars])).rejects.toMatchObject({ code: 'matching.not_zero' });
  expect(await posted(books)).toEqual([]);
});
