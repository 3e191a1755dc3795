import { expect, test } from 'vitest';
import { asOwner } from '../../test/support/books/people.ts';
import { credit, debit, openBooks } from '../../test/support/books/books.ts';
import { postEntries } from './entries/entries-post-bulk.ts';

/** Entries in so many months, from 2020 on: two deltas each. */
const entriesOf = (months: number) =>
  Array.from({ length: months }, (_, i) => ({
    entry_date: `${2020 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-10`,
    lines: [debit('1920', i + 1), credit('2050', i + 1)],
  }));

test.each([
  [1, 1],
  [16, 1],
  [17, 2],
  [33, 3],
])('the deltas of %i months are in %i rows, beside those of others, and add up to the lines', async (months, rows) => {
  const books = [await openBooks(), await openBooks(), await openBooks()];
  await Promise.all(
    books.map((one) => one.run(postEntries, { entries: entriesOf(months), mode: 'all', language: 'nb' })),
  );
  for (const { clientAccountId } of books) {
    const { rows: seen } = await asOwner(
      `select (select count(*)::int from balance_delta_batches where client_account_id = $1) as rows,
        (select jsonb_agg(jsonb_build_array(account_code, month, dimension_set_id, debit, credit, line_count)
          order by account_code, month) from balance_deltas where client_account_id = $1)
        = (select jsonb_agg(jsonb_build_array(account_code, date_trunc('month', entry_date)::date, 0, debit, credit, 1)
          order by account_code, entry_date) from journal_entry_lines where client_account_id = $1) as equal`,
      [clientAccountId],
    );
    expect(seen).toEqual([{ rows, equal: true }]);
  }
});

test.each([
  ['no delta', `'{}', '{}', '{}', '{}', '{}', '{}'`],
  ['an amount without an account', `'{1920}', '{2026-01-01}', '{0}', '{1,2}', '{0}', '{1}'`],
  ['an account without a month', `'{1920,3000}', '{2026-01-01}', '{0,0}', '{1,0}', '{0,1}', '{1,1}'`],
])('a row with %s is refused', async (_, values) => {
  const { clientAccountId } = await openBooks();
  await expect(
    asOwner(
      `insert into balance_delta_batches
        (client_account_id, account_codes, months, dimension_set_ids, debits, credits, line_counts) values ($1, ${values})`,
      [clientAccountId],
    ),
  ).rejects.toMatchObject({ code: '23514', constraint: 'as_many_of_each' });
});
