import fc from 'fast-check';
import sql from 'sql-template-tag';
import { expect, test } from 'vitest';
import { addHouseAccount, addTransactions, read } from '../../../test/support/bank/bank.ts';
import { findings } from '../../../test/support/bank/bank-findings.ts';
import { addPartner, credit, debit, openBooks } from '../../../test/support/books/books.ts';
import { cancelEntry } from '../../ledger/index.ts';
import { AppError } from '../../platform/errors.ts';
import '../index.ts';
import { settleAutomatically } from './items/item-settle.ts';
import { undoSettlement } from './items/item-settle-undo.ts';
import { acceptMatches } from './matches/match-accept.ts';
import { matchAutomatically } from './matches/match-automatic.ts';
import { undoMatch } from './matches/match-undo.ts';
import { EMPTY_WISH } from './matches/match-wish.ts';
import { readOpenItems } from './items/open-items.ts';

const small = fc.integer({ min: 1, max: 4 }).map((n) => n * 100);
const step = fc.oneof(
  fc.record({ do: fc.constant('sell' as const), amount: small, kid: fc.constantFrom('12344', '12351', null) }),
  fc.record({ do: fc.constant('buy' as const), amount: small }),
  fc.record({ do: fc.constant('credit' as const), amount: small, kid: fc.constantFrom('12344', null) }),
  fc.record({
    do: fc.constant('bank' as const),
    amount: fc.oneof(
      small,
      small.map((n) => -n),
    ),
    kid: fc.constantFrom('12344', '12351', null),
  }),
  fc.record({
    do: fc.constant('match' as const),
    transactions: fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }),
    items: fc.array(fc.nat(9), { maxLength: 3 }),
    difference: fc.constantFrom(null, 'on_account' as const, 'fee' as const),
  }),
  fc.record({ do: fc.constantFrom('automatic' as const, 'settle' as const) }),
  fc.record({ do: fc.constantFrom('undo' as const, 'unsettle' as const, 'cancel' as const), which: fc.nat(9) }),
);

test('posting, matching, settling, undoing and cancelling in any order leaves books that prove themselves', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 22 }), async (steps) => {
      const books = await openBooks();
      const bank = await addHouseAccount(books);
      const partner = await addPartner(books);
      const id = books.clientAccountId;
      const facts = (kid: string | null) => ({ business_partner_id: partner, payment_reference: kid });
      const ids = (from: ReturnType<typeof sql>) => read(books, (tx) => tx.rows<{ id: number }>(from));
      const pick = (rows: readonly { id: number }[], which: number) => rows[which % Math.max(rows.length, 1)]?.id;
      const carryOut = async (each: (typeof steps)[number]): Promise<unknown> => {
        switch (each.do) {
          case 'sell':
            return books.post('2026-03-01', [debit('1500', each.amount, facts(each.kid)), credit('3200', each.amount)]);
          case 'credit':
            return books.post('2026-03-02', [debit('3200', each.amount), credit('1500', each.amount, facts(each.kid))]);
          case 'buy':
            return books.post('2026-03-01', [debit('6800', each.amount), credit('2400', each.amount, facts(null))]);
          case 'bank':
            return addTransactions(books, bank, [
              { amount: each.amount * 100, ...(each.kid ? { kid: each.kid } : {}) },
            ]);
          case 'match': {
            const transactions = await ids(
              sql`select id from bank_transactions where client_account_id = ${id} order by id`,
            );
            const items = await read(books, (tx) => readOpenItems(tx, id, sql`true`));
            const chosen = [...new Set(each.items.flatMap((i) => items[i] ?? []))];
            return books.run(acceptMatches, {
              matches: [
                {
                  ...EMPTY_WISH,
                  transactions: [...new Set(each.transactions.flatMap((i) => transactions[i]?.id ?? []))].map(
                    (transactionId) => ({ transactionId, detailId: null, amount: null }),
                  ),
                  items: chosen.map(({ entry_id, line_no }) => ({ entryId: entry_id, lineNo: line_no, amount: null })),
                  difference: each.difference && { kind: each.difference, accountCode: null },
                },
              ],
            });
          }
          case 'automatic':
            return books.run(matchAutomatically, {
              bankAccountId: null,
              transactionId: null,
              fromDate: null,
              toDate: null,
              dryRun: false,
            });
          case 'settle':
            return books.run(settleAutomatically, undefined);
          case 'undo': {
            const match = pick(
              await ids(sql`select id from bank_matches where client_account_id = ${id} order by id`),
              each.which,
            );
            return match && books.run(undoMatch, { id: match, reason: 'prøve', entryDate: null });
          }
          case 'unsettle': {
            const group = pick(
              await ids(
                sql`select distinct group_id as id from item_settlements where client_account_id = ${id} order by 1`,
              ),
              each.which,
            );
            return group && books.run(undoSettlement, { id: group, reason: 'prøve' });
          }
          case 'cancel': {
            const entry = pick(
              await ids(sql`select id from journal_entries where client_account_id = ${id} order by id`),
              each.which,
            );
            return entry && books.run(cancelEntry, { id: entry, reason: 'prøve' });
          }
          default:
            return undefined;
        }
      };
      for (const each of steps)
        try {
          await carryOut(each);
        } catch (error) {
          // Refusals are valid responses; anything else is a fault.
          if (!(error instanceof AppError)) throw error;
        }
      expect(await findings(books)).toEqual([]);
      // The sum of open items equals the balance of the subsidiary ledgers' accounts.
      const open = await read(books, (tx) => readOpenItems(tx, id, sql`true`));
      const { balance } = await read(books, (tx) =>
        tx.one<{ balance: string }>(sql`select coalesce(sum(debit - credit), 0) as balance from journal_entry_lines
          where client_account_id = ${id} and account_code in ('1500', '2400')`),
      );
      expect(open.reduce((sum, { remaining }) => sum + remaining, 0n)).toBe(BigInt(balance));
    }),
    { numRuns: 12, seed: 4, endOnFailure: true },
  );
}, 120_000);
