import fc from 'fast-check';
import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { read } from '../../../../test/support/bank/bank.ts';
import { addPartner, type Books, credit, debit, openBooks } from '../../../../test/support/books/books.ts';
import { addDays, type LocalDate } from '../../../kernel/local-date.ts';
import { cancelEntry } from '../../../ledger/index.ts';
import { createDocument } from '../../documents/document-write.ts';
import { settleItems } from './item-settle.ts';
import { undoSettlement } from './item-settle-undo.ts';
import { openItemsSelect, readOpenItems } from './open-items.ts';

const FIRST_DAY = '2026-01-01';
const DAYS = 40;

interface Story {
  kind: 'claim' | 'debt' | 'bill';
  fate: 'open' | 'cancelled' | 'settled' | 'settled in part' | 'settled and opened';
  /** After the first day; the fate comes as many days after that. */
  day: number;
  after: number;
  kroner: number;
}

const stories: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom('claim', 'debt', 'bill'),
  fate: fc.constantFrom('open', 'cancelled', 'settled', 'settled in part', 'settled and opened'),
  day: fc.nat(20),
  after: fc.nat(15),
  kroner: fc.integer({ min: 2, max: 9 }),
});

/** A line of a subsidiary ledger, in kroner with its sign. */
interface Item {
  entryId: number;
  from: LocalDate;
  amount: number;
  /** Side, reference, document. */
  described: string;
  cancelledOn?: LocalDate;
  settled?: { on: LocalDate; amount: number };
}

/** What is open at the end of a day; without one, at last. */
function expected(items: readonly Item[], at: LocalDate | null): string[] {
  const isBy = (day: LocalDate | undefined) => day !== undefined && (at === null || day <= at);
  return items.flatMap(({ entryId, from, amount, described, cancelledOn, settled }) => {
    if (!isBy(from) || isBy(cancelledOn)) return [];
    const remaining = amount - (isBy(settled?.on) ? settled!.amount : 0);
    return remaining === 0 ? [] : [`${entryId} ${remaining} of ${amount} ${described}`];
  });
}

const found = (books: Books, at: LocalDate | null) =>
  read(books, (tx) =>
    tx.rows<{ described: string }>(sql`
      select entry_id || ' ' || remaining / 100 || ' of ' || amount / 100 || ' ' || side || ' ' || document_reference
        || case when document_id is null then '' else ' document' end as described
      from (${openItemsSelect(books.clientAccountId, { at })}) i order by entry_id, line_no`),
  );

/** Posts what the story tells and returns its items: the first, and what it was settled with. */
async function play(books: Books, partner: number, story: Story, reference: string): Promise<Item[]> {
  const day = addDays(FIRST_DAY, story.day);
  const then = addDays(day, story.after);
  const account = story.kind === 'claim' ? '1500' : '2400';
  const side = story.kind === 'claim' ? 'customer' : 'supplier';
  const post = async (from: LocalDate, amount: number, name: string): Promise<Item> => {
    const [here, there] = amount > 0 ? [debit, credit] : [credit, debit];
    const kroner = Math.abs(amount);
    const lines = [here(account, kroner, { business_partner_id: partner }), there('1920', kroner)];
    const { id } = await books.post(from, lines, { document_reference: name });
    return { entryId: id, from, amount, described: `${side} ${name}` };
  };
  const bill = async (): Promise<Item> => {
    const { journal_entry_id } = await books.run(createDocument, {
      document_type: 'APINV',
      document_date: day,
      document_number: reference,
      business_partner_id: partner,
      lines: [{ account_code: '6800', amount: `${story.kroner}.00` }],
    });
    return { entryId: journal_entry_id!, from: day, amount: -story.kroner, described: `${side} ${reference} document` };
  };
  const sign = story.kind === 'claim' ? 1 : -1;
  const item = story.kind === 'bill' ? await bill() : await post(day, sign * story.kroner, reference);
  if (story.fate === 'open') return [item];
  if (story.fate === 'cancelled') {
    // A document is cancelled as such.
    if (story.kind === 'bill') return [item];
    await books.run(cancelEntry, { id: item.entryId, reason: 'feil', entryDate: then });
    return [{ ...item, cancelledOn: then }];
  }
  const amount = story.fate === 'settled in part' ? sign : item.amount;
  const paid = await post(then, -amount, `${reference}-betalt`);
  const chosen = [item, paid].map(({ entryId }, i) => ({
    entryId,
    lineNo: 1,
    amount: BigInt((i ? -1 : 1) * amount * 100),
  }));
  const { groups } = await books.run(settleItems, { groups: [{ items: chosen, settledOn: then }] });
  if (story.fate === 'settled and opened') {
    await books.run(undoSettlement, { id: groups[0]!, reason: 'feil' });
    return [item, paid];
  }
  return [item, paid].map((each, i) => ({ ...each, settled: { on: then, amount: (i ? -1 : 1) * amount } }));
}

test('at the end of every day, before and after cancellations and settlements, and at last', async () => {
  const books = await openBooks();
  const partner = await addPartner(books);
  const items: Item[] = [];
  for (const [i, story] of fc.sample(stories, { seed: 20260301, numRuns: 60 }).entries())
    items.push(...(await play(books, partner, story, `F${i}`)));
  items.sort((a, b) => a.entryId - b.entryId);
  const days = [null, ...Array.from({ length: DAYS }, (_, i) => addDays(FIRST_DAY, i - 1))];
  for (const at of days)
    expect(
      (await found(books, at)).map(({ described }) => described),
      at ?? 'at last',
    ).toEqual(expected(items, at));
});

test('what remains in a foreign currency is exact, and half a hundredth is rounded up', async () => {
  const books = await openBooks();
  const partner = await addPartner(books);
  const of = { business_partner_id: partner };
  const euro = { currency_code: 'EUR', currency_amount: '0.05', exchange_rate: '20' };
  const claim = await books.post('2026-01-01', [debit('1501', 1, { ...of, ...euro }), credit('1920', 1)]);
  const paid = await books.post('2026-01-02', [credit('1501', '0.50', of), debit('1920', '0.50')]);
  const items = [claim, paid].map(({ id }, i) => ({ entryId: id, lineNo: 1, amount: i ? -50n : 50n }));
  await books.run(settleItems, { groups: [{ items, settledOn: null }] });
  const open = await read(books, (tx) => readOpenItems(tx, books.clientAccountId, sql`true`));
  expect(open).toMatchObject([{ remaining: 50n, currency_remaining: 3n }]);
});
