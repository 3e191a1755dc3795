import { groupBy } from '../../../kernel/group-by.ts';
import { evidence } from './evidence.ts';
import type { BankLine } from './ledger-candidates.ts';
import type { MatchUnit } from '../matches/match-units.ts';
import { daysBetween, nameIn, plain, type Proposal, proposal } from './proposal.ts';
import { subsetSum } from './subset-sum.ts';

/** Days that a posting may differ from the bank's day. */
const BEFORE = 5;
const AFTER = 3;
/** With the same reference they may be further apart. */
const WITH_REFERENCE = 30;
const LARGEST_GROUP = 50;

/** A transaction as compared with the ledger: one movement, also for a batch. */
export interface Whole extends MatchUnit {
  payments: readonly MatchUnit[];
}

export interface PostedResult {
  proposals: Proposal[];
  /** Transactions that a proposal covers completely. */
  covered: Set<number>;
  /** Transactions that the ledger may have posted, without certainty. */
  contested: Set<number>;
}

/** Batches as one movement each; others unchanged. */
export function wholesOf(units: readonly MatchUnit[]): Whole[] {
  return [...groupBy(units, ({ transaction_id }) => transaction_id).values()].map((payments) => {
    const first = payments[0]!;
    if (first.detail_id === null) return { ...first, payments };
    const amount = payments.reduce((sum, each) => sum + each.amount, 0);
    return { ...first, detail_id: null, amount, ore: null, kid: null, name: null, account: null, text: '', payments };
  });
}

/**
 * Existing ledger lines are proposed first, so that nothing is posted twice. Amount alone pairs nothing: it takes a
 * reference, or being the only one of that amount on both sides in the window, or a batch whose payments are all posted.
 */
export function proposePosted(wholes: readonly Whole[], lines: readonly BankLine[]): PostedResult {
  const result: PostedResult = { proposals: [], covered: new Set(), contested: new Set() };
  const usedLines = new Set<BankLine>();
  const free = (line: BankLine) => !usedLines.has(line);
  const open = (whole: Whole) => !result.covered.has(whole.transaction_id);
  const pair = (
    units: readonly Whole[],
    with_: readonly BankLine[],
    made: Proposal['wish']['evidence'],
    hold: Proposal['hold'],
  ) => {
    result.proposals.push(
      proposal(
        units,
        made,
        { lines: with_.map(({ entry_id, line_no }) => ({ entryId: entry_id, lineNo: line_no })) },
        hold,
      ),
    );
    for (const line of with_) usedLines.add(line);
    for (const whole of units) result.covered.add(whole.transaction_id);
  };
  const linesBy = groupBy(lines, bucket);
  const wholesBy = groupBy(wholes, bucket);
  const eachBucket = (work: (wholes: Whole[], lines: BankLine[]) => void) => {
    for (const [key, all] of wholesBy) {
      const those = (linesBy.get(key) ?? []).filter(free);
      const these = those.length === 0 ? [] : all.filter(open);
      if (these.length > 0) work(these, those);
    }
  };
  const onlyPairs = (these: Whole[], those: BankLine[], fits: (whole: Whole, line: BankLine) => boolean) => {
    const candidates = new Map(these.map((whole) => [whole, those.filter((line) => fits(whole, line))]));
    const asked = new Map<BankLine, number>();
    for (const found of candidates.values()) for (const line of found) asked.set(line, (asked.get(line) ?? 0) + 1);
    return [...candidates].flatMap(([whole, found]) =>
      found.length === 1 && asked.get(found[0]!) === 1 ? [[whole, found[0]!] as const] : [],
    );
  };

  eachBucket((these, those) => {
    for (const [whole, line] of onlyPairs(these, those, agreesByReference))
      pair([whole], [line], [evidence('posted_reference', whole.kid), evidence('amount_date')], null);
  });
  eachBucket((these, those) => {
    const byDay = groupBy(those, ({ entry_date }) => entry_date);
    for (const [day, here] of groupBy(these, ({ booking_date }) => booking_date)) {
      const there = byDay.get(day) ?? [];
      if (there.length !== here.length || here.length > LARGEST_GROUP) continue;
      const hold = here.some((whole) => there.some((line) => contradicts(whole, line))) ? 'contradiction' : null;
      pair(
        here,
        there,
        [evidence(here.length === 1 ? 'only_one_that_day' : 'same_count_that_day', day), evidence('amount_date')],
        hold,
      );
    }
  });
  eachBucket((these, those) => {
    for (const [whole, line] of onlyPairs(these, those, isNear))
      pair(
        [whole],
        [line],
        [evidence('only_one_in_window', line.entry_date), evidence('amount_date')],
        contradicts(whole, line) ? 'contradiction' : null,
      );
  });
  const byDay = groupBy(lines.filter(free), ({ bank_account_id, entry_date }) => `${bank_account_id} ${entry_date}`);
  for (const whole of wholes.filter(open)) {
    const near = daysAround(whole)
      .flatMap((day) => byDay.get(`${whole.bank_account_id} ${day}`) ?? [])
      .filter(free);
    if (whole.payments.length > 1) {
      const found = paymentsPosted(whole, near);
      if (found)
        pair(
          [whole],
          found.lines,
          [evidence('batch', String(found.lines.length))],
          found.isUnique ? null : 'ambiguous',
        );
    } else if (near.length <= 24) {
      const sum = subsetSum(
        near.map(({ amount }) => amount),
        whole.amount,
      );
      const chosen = sum?.chosen.map((i) => near[i]!) ?? [];
      if (chosen.length > 1 && new Set(chosen.map(({ entry_id }) => entry_id)).size === 1)
        pair([whole], chosen, [evidence('sum_of_items', String(chosen.length))], 'weak');
    }
  }
  proposeDays(wholes.filter(open), lines.filter(free), pair);
  eachBucket((these, those) => {
    for (const whole of these)
      for (const line of those.filter((each) => isNear(whole, each)).slice(0, 5)) {
        result.contested.add(whole.transaction_id);
        result.proposals.push(
          proposal(
            [whole],
            [evidence('amount_date', line.entry_date)],
            { lines: [{ entryId: line.entry_id, lineNo: line.line_no }] },
            'ambiguous',
          ),
        );
      }
  });
  return result;
}

function bucket({ bank_account_id, amount }: { bank_account_id: number; amount: number }): string {
  return `${bank_account_id} ${amount}`;
}

function isNear({ booking_date }: Whole, { entry_date }: BankLine): boolean {
  const days = daysBetween(booking_date, entry_date);
  return days >= -BEFORE && days <= AFTER;
}

function daysAround({ booking_date }: Whole): string[] {
  const start = Date.parse(booking_date);
  return Array.from({ length: BEFORE + AFTER + 1 }, (_, i) =>
    new Date(start + (i - BEFORE) * 86_400_000).toISOString().slice(0, 10),
  );
}

function agreesByReference(whole: Whole, { references, entry_date }: BankLine): boolean {
  if (references.length === 0 || Math.abs(daysBetween(whole.booking_date, entry_date)) > WITH_REFERENCE) return false;
  const { kid } = whole;
  return references.some((reference) => (kid ? plain(reference) === plain(kid) : nameIn(whole.text, reference)));
}

/** Both have a reference, and the references differ. */
function contradicts({ kid }: Whole, { references }: BankLine): boolean {
  if (!kid) return false;
  const numbers = references.map(plain).filter((reference) => /^\d{4,25}-?$/.test(reference));
  return numbers.length > 0 && !numbers.includes(plain(kid));
}

/** The lines for the payments of a batch, one each. */
function paymentsPosted(
  { payments }: Whole,
  lines: readonly BankLine[],
): { lines: BankLine[]; isUnique: boolean } | null {
  const byAmount = groupBy(lines, ({ amount }) => amount);
  const chosen: BankLine[] = [];
  let isUnique = true;
  for (const [amount, same] of groupBy(payments, (payment) => payment.amount)) {
    const found = byAmount.get(amount) ?? [];
    if (found.length < same.length) return null;
    if (found.length > same.length) isUnique = false;
    chosen.push(...found.slice(0, same.length));
  }
  return { lines: chosen, isUnique };
}

type Pair = (
  units: readonly Whole[],
  lines: readonly BankLine[],
  made: Proposal['wish']['evidence'],
  hold: Proposal['hold'],
) => void;

/** Days on which the unpaired amounts of both sides have the same sum. */
function proposeDays(wholes: readonly Whole[], lines: readonly BankLine[], pair: Pair): void {
  const day = (account: number, date: string) => `${account} ${date}`;
  const there = groupBy(lines, ({ bank_account_id, entry_date }) => day(bank_account_id, entry_date));
  for (const [key, here] of groupBy(wholes, ({ bank_account_id, booking_date }) =>
    day(bank_account_id, booking_date),
  )) {
    const those = there.get(key) ?? [];
    if (those.length === 0 || here.length > LARGEST_GROUP || those.length > LARGEST_GROUP) continue;
    const total = (of: readonly { amount: number }[]) => of.reduce((sum, { amount }) => sum + amount, 0);
    if (total(here) === total(those)) pair(here, those, [evidence('day_total', here[0]!.booking_date)], 'weak');
  }
}
