import type { LocalDate } from '../../../kernel/local-date.ts';
import { divideRounded, formatAmount, type Ore, parseScaled } from '../../../kernel/money.ts';
import { trimZeros } from '../../../kernel/trim.ts';
import { matchingErrors } from '../errors.ts';
import type { MatchWish } from './match-wish.ts';
import type { MatchingSettings } from '../matching-accounts.ts';
import { differenceTarget } from './match-difference.ts';
import type { PlannedPart, Target } from './match-part.ts';
import type { StandingBooks, StandingLine, StandingTransaction } from '../standing-books.ts';

export interface Slice extends Target {
  part: number;
}

/** A match whose rules have been checked, ready to be posted and recorded. */
export interface MatchPlan {
  wish: MatchWish;
  kind: 'posted' | 'ledger' | 'external';
  parts: PlannedPart[];
  lines: StandingLine[];
  slices: Slice[];
  /** Amounts of the bank lines of its entries, for each part; null if the ledger already has all of it. */
  posted: (Ore | null)[];
  entryDate(part: number): LocalDate;
}

/** Decides a match from the current books, and consumes the parts that it uses. Throws 400, 404, 409. */
export function planMatch(wish: MatchWish, books: StandingBooks, settings: MatchingSettings): MatchPlan {
  if (wish.transactions.length === 0) throw matchingErrors.nothing_to_match();
  const parts = wish.transactions.map((each): PlannedPart => {
    const transaction = books.transaction(each.transactionId);
    const amount = books.takeTransaction(each.transactionId, each.detailId, each.amount);
    const detail = each.detailId === null ? undefined : books.details.get(each.detailId);
    return {
      transaction,
      detailId: each.detailId,
      counterpartyName: detail?.counterparty_name ?? transaction.counterparty_name,
      counterpartyAccount: detail?.counterparty_account ?? transaction.counterparty_account,
      amount,
      ...inKroner(transaction, amount, wish.exchangeRate, !wish.external && needsKroner(wish)),
    };
  });
  const plan = { wish, parts, entryDate: (part: number) => wish.entryDate ?? parts[part]!.transaction.booking_date };
  if (wish.external) return { ...plan, kind: 'external', lines: [], slices: [], posted: parts.map(() => null) };
  const lines = wish.lines.map(({ entryId, lineNo }) => books.takeLine(entryId, lineNo));
  for (const line of lines)
    if (!parts.some(({ transaction }) => transaction.account_code === line.account_code))
      throw matchingErrors.not_open({
        what: `line on account ${line.account_code}`,
        id: `${line.entry_id}/${line.line_no}`,
        open: '0.00',
        wanted: '',
      });
  if (wish.transfer) return { ...plan, kind: 'posted', lines: [], ...transferSlices(parts, settings) };
  const rest = openOf(parts, lines);
  if (rest === 0n && wish.items.length + wish.postings.length === 0) {
    if (lines.length === 0) throw matchingErrors.nothing_to_match();
    return { ...plan, kind: 'ledger', lines, slices: [], posted: parts.map(() => null) };
  }
  if (wish.items.length + wish.postings.length === 0 && wish.difference === null && lines.length === 0)
    throw matchingErrors.nothing_to_match();
  if (lines.length > 0 && parts[0]!.transaction.account_currency !== 'NOK')
    throw matchingErrors.difference({
      bank: formatAmount(sum(parts.map(({ amount }) => amount))),
      chosen: formatAmount(sum(parts.map(({ amount }) => amount)) - rest),
      difference: formatAmount(rest),
    });
  const targets = targetsOf(wish, books, settings, parts, rest);
  if (lines.length === 0)
    return {
      ...plan,
      kind: 'posted',
      lines,
      slices: allocate(parts, targets, plan.entryDate),
      posted: parts.map(({ ore }) => ore),
    };
  // With existing ledger lines only the rest is posted, for the last of the transactions.
  const last = parts.length - 1;
  return {
    ...plan,
    kind: 'posted',
    lines,
    slices: targets.map((target) => ({ ...target, part: last })),
    posted: parts.map((_, i) => (i === last ? rest : null)),
  };
}

function needsKroner(wish: MatchWish): boolean {
  return wish.lines.length === 0 || wish.items.length + wish.postings.length > 0;
}

function inKroner(transaction: StandingTransaction, amount: Ore, given: string | null, needed: boolean) {
  if (transaction.account_currency === 'NOK') return { ore: amount, rate: null };
  const rate = given ?? transaction.exchange_rate;
  const scaled = rate === null ? null : parseScaled(trimZeros(rate), 18);
  if (scaled === null || scaled <= 0n) {
    if (!needed) return { ore: 0n, rate: null };
    throw matchingErrors.exchange_rate_missing({ id: transaction.id, currency_code: transaction.account_currency });
  }
  return { ore: divideRounded(amount * scaled, 10n ** 18n), rate };
}

/**
 * The part of the transactions that the ledger lines leave open. In the account's currency if the lines cover everything,
 * else kroner.
 */
function openOf(parts: readonly PlannedPart[], lines: readonly StandingLine[]): Ore {
  const foreign = parts[0]?.transaction.account_currency !== 'NOK';
  const total = (each: StandingLine) => (foreign ? (each.currency_amount ?? each.amount) : each.amount);
  if (lines.length === 0) return sum(parts.map((part) => part.ore));
  return sum(parts.map((part) => part.amount)) - sum(lines.map(total));
}

function targetsOf(
  wish: MatchWish,
  books: StandingBooks,
  settings: MatchingSettings,
  parts: readonly PlannedPart[],
  rest: Ore,
): Target[] {
  const postings = wish.postings.map((posting): Target => ({
    amount: posting.amount,
    item: null,
    remaining: 0n,
    posting,
  }));
  const posted = sum(postings.map(({ amount }) => amount));
  const items = wish.items.map(({ entryId, lineNo, amount }): Target => {
    const item = { ...books.item(entryId, lineNo) };
    const left = rest - posted;
    const isPartial =
      wish.items.length === 1 && wish.difference === null && covers(item.remaining, left) && left !== 0n;
    const settled = amount ?? (isPartial ? left : item.remaining);
    books.takeItem(entryId, lineNo, settled);
    return { amount: settled, item, remaining: item.remaining, posting: null };
  });
  const difference = rest - posted - sum(items.map(({ amount }) => amount));
  const targets = [...items, ...postings].filter(({ amount }) => amount !== 0n);
  if (difference === 0n) return targets;
  if (wish.difference === null)
    throw matchingErrors.difference({
      bank: formatAmount(rest),
      chosen: formatAmount(rest - difference),
      difference: formatAmount(difference),
    });
  return [...targets, differenceTarget(wish, difference, { items, parts, settings })];
}

function covers(open: Ore, amount: Ore): boolean {
  return open >= 0n ? amount >= 0n && amount <= open : amount <= 0n && amount >= open;
}

function transferSlices(parts: readonly PlannedPart[], { accounts }: MatchingSettings) {
  const [one, other] = parts;
  if (!one || !other || parts.length !== 2 || one.ore !== -other.ore) throw matchingErrors.not_a_transfer();
  if (one.transaction.bank_account_id === other.transaction.bank_account_id) throw matchingErrors.not_a_transfer();
  const posting = {
    accountCode: accounts.transfer,
    taxCode: null,
    businessPartnerId: null,
    dimensions: [],
    memo: null,
  };
  const slices = parts.map(({ ore }, part): Slice => ({
    part,
    amount: ore,
    item: null,
    remaining: 0n,
    posting: { ...posting, amount: ore },
  }));
  return { slices, posted: parts.map(({ ore }) => ore) };
}

/**
 * Assigns targets to parts. Targets on the other side (a credit note, a fee) go with the first part, so that every part is
 * used up exactly; a target may be split between two parts.
 */
export function allocate(
  parts: readonly Pick<PlannedPart, 'ore'>[],
  targets: readonly Target[],
  dateOf: (part: number) => LocalDate,
): Slice[] {
  const positive = parts[0]!.ore > 0n;
  if (parts.length === 1) return targets.map((target) => ({ ...target, part: 0 }));
  if (parts.some(({ ore }) => ore > 0n !== positive)) {
    if (parts.some((_, i) => dateOf(i) !== dateOf(0))) throw matchingErrors.mixed_signs();
    return targets.map((target) => ({ ...target, part: 0 }));
  }
  const across = targets.filter(({ amount }) => amount > 0n !== positive);
  const slices: Slice[] = across.map((target) => ({ ...target, part: 0 }));
  let part = 0;
  let room = parts[0]!.ore - sum(across.map(({ amount }) => amount));
  for (const target of targets) {
    if (target.amount > 0n !== positive) continue;
    let left = target.amount;
    while (left !== 0n) {
      if (room === 0n) room = parts[++part]!.ore;
      const amount = covers(room, left) ? left : room;
      slices.push({ ...target, part, amount, posting: target.posting && { ...target.posting, amount } });
      left -= amount;
      room -= amount;
    }
  }
  return slices;
}

function sum(amounts: readonly Ore[]): Ore {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
