import sql from 'sql-template-tag';
import { carryOut, missingEntryLines, unknownReferences } from '../../../ledger/index.ts';
import type { Transaction } from '../../../platform/database/pool.ts';
import type { Outcome, OwnTransactionWork } from '../../../platform/operation.ts';
import { type FieldProblem, invalid, problem } from '../../../platform/errors.ts';
import { numberArray, textArray } from '../../../platform/database/arrays.ts';
import { matchEntries } from './match-entry.ts';
import { planMatch } from './match-plan.ts';
import { type PlannedMatch, recordMatches } from './match-record.ts';
import type { MatchWish } from './match-wish.ts';
import { type MatchingSettings, readMatchingSettings } from '../matching-accounts.ts';
import { StandingBooks } from '../standing-books.ts';

/**
 * Creates matches, all of them or none: entries, settlements and links in one transaction. Their inputs are read again under
 * the row lock of the client account, so that concurrent users settle nothing twice: the second gets 409.
 */
export async function makeMatches<O>(
  work: OwnTransactionWork,
  operation: string,
  wishes: readonly MatchWish[],
  answer: (tx: Transaction, ids: number[]) => Promise<O>,
): Promise<Outcome<O>> {
  return carryOut<readonly MatchWish[], Planned, O>(
    work,
    {
      name: operation,
      async decide({ tx, clientAccountId }, wished) {
        const planned = await plan(tx, clientAccountId, wished);
        const entries = planned.matches.flatMap((match) => match.entries);
        return { on: planned, entries: entries.map(({ entry }) => ({ entry, source: 'bank' })) };
      },
      async recheck({ tx, clientAccountId }, { exact, settings }) {
        const books = await StandingBooks.read(tx, clientAccountId, wishes);
        for (const wish of exact) planMatch(wish, books, settings);
      },
      async record({ tx, clientAccountId, caller, now, audit }, { matches }, made) {
        const ids = await recordMatches({ tx, clientAccountId, userId: caller.userId, now }, matches, made);
        audit({
          recordType: 'bank_match',
          ...(ids.length === 1 ? { recordId: ids[0]! } : { recordIds: ids }),
          after: { count: ids.length },
        });
        return answer(tx, ids);
      },
    },
    wishes,
  );
}

interface Planned {
  matches: PlannedMatch[];
  /** The requests with every amount filled in, so that the second check finds exactly that or refuses. */
  exact: MatchWish[];
  settings: MatchingSettings;
}

async function plan(tx: Transaction, clientAccountId: number, wishes: readonly MatchWish[]): Promise<Planned> {
  const settings = await readMatchingSettings(tx, clientAccountId);
  const books = await StandingBooks.read(tx, clientAccountId, wishes);
  await refuseUnknown(tx, clientAccountId, wishes, books);
  const netCodes = await reverseChargeCodes(tx, clientAccountId, wishes);
  const matches = wishes.map((wish): PlannedMatch => {
    const made = planMatch(wish, books, settings);
    return { plan: made, entries: matchEntries(made, netCodes) };
  });
  return { matches, exact: matches.map(exactWish), settings };
}

/** Checks that every referenced record exists, whatever its state. */
async function refuseUnknown(
  tx: Transaction,
  clientAccountId: number,
  wishes: readonly MatchWish[],
  books: StandingBooks,
): Promise<void> {
  const lines = wishes.flatMap((wish) => [...wish.items, ...wish.lines]);
  const missing = await missingEntryLines(tx, clientAccountId, lines);
  const rules = await tx.rows<{ id: number }>(sql`
    select id from bank_rules where client_account_id = ${clientAccountId}
      and id = any(${numberArray(wishes.flatMap(({ ruleId }) => ruleId ?? []))}::bigint[])`);
  const known = new Set(rules.map(({ id }) => id));
  const problems: FieldProblem[] = [];
  const say = (path: string, en: string, nb: string) => problems.push(problem(path, en, nb));
  wishes.forEach(({ transactions, items, lines: standing, ruleId }, i) => {
    transactions.forEach(({ transactionId, detailId }, j) => {
      const at = `matches[${i}].transactions[${j}]`;
      if (!books.transactions.has(transactionId))
        say(`${at}.bank_transaction_id`, 'no such bank transaction', 'ingen slik banktransaksjon');
      else if (detailId !== null && books.details.get(detailId)?.transaction_id !== transactionId)
        say(`${at}.detail_id`, 'no such detail of the bank transaction', 'ingen slik detalj på banktransaksjonen');
    });
    for (const [name, named] of [
      ['items', items],
      ['lines', standing],
    ] as const)
      named.forEach(({ entryId, lineNo }, j) => {
        if (missing.has(`${entryId} ${lineNo}`))
          say(`matches[${i}].${name}[${j}].journal_entry_id`, 'no such entry line', 'ingen slik bilagslinje');
      });
    if (ruleId !== null && !known.has(ruleId)) say(`matches[${i}].rule_id`, 'no such rule', 'ingen slik regel');
  });
  const named = wishes.flatMap(({ postings }, i) =>
    postings.map(({ accountCode, taxCode, businessPartnerId, dimensions }, j) => ({
      at: `matches[${i}].postings[${j}].`,
      account_code: accountCode,
      tax_code: taxCode,
      business_partner_id: businessPartnerId,
      dimensions,
    })),
  );
  const differences = wishes.map(({ difference }, i) => ({
    at: `matches[${i}].difference.`,
    account_code: difference?.accountCode,
  }));
  problems.push(...(await unknownReferences(tx, clientAccountId, [...named, ...differences])));
  if (problems.length > 0) throw invalid(problems);
}

function exactWish({ plan: { wish, parts, slices } }: PlannedMatch): MatchWish {
  const settled = new Map<string, bigint>();
  for (const { item, amount } of slices)
    if (item) {
      const key = `${item.entry_id}:${item.line_no}`;
      settled.set(key, (settled.get(key) ?? 0n) + amount);
    }
  return {
    ...wish,
    transactions: wish.transactions.map((each, i) => ({ ...each, amount: parts[i]!.amount })),
    items: wish.items.map((item) => ({
      ...item,
      amount: settled.get(`${item.entryId}:${item.lineNo}`) ?? item.amount,
    })),
  };
}

/** VAT codes whose VAT is not included in the paid amount. */
async function reverseChargeCodes(
  tx: Transaction,
  clientAccountId: number,
  wishes: readonly MatchWish[],
): Promise<ReadonlySet<string>> {
  const codes = wishes.flatMap(({ postings }) => postings.flatMap(({ taxCode }) => taxCode ?? []));
  if (codes.length === 0) return new Set();
  const rows = await tx.rows<{ code: string }>(sql`
    select code from tax_codes where client_account_id = ${clientAccountId} and direction = 'reverse'
      and code = any(${textArray([...new Set(codes)])}::text[])`);
  return new Set(rows.map(({ code }) => code));
}
