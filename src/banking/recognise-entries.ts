import type { Ore } from '../kernel/money.ts';
import type { EntryKeys } from './entry-key.ts';

/** The properties of an entry that recognition uses, of one account. */
export interface RecognisableEntry extends EntryKeys {
  bookingDate: string;
  /** The kind of source: files of one kind word an entry identically each time, those of two kinds do not. */
  origin: string;
  amount: Ore;
  /** The account's balance after it, in file order; null if the file had none. */
  balanceAfter: Ore | null;
}

export type Recognition =
  | { verdict: 'new' }
  /** The books contain it: `known` is its index there. */
  | { verdict: 'known'; known: number }
  /**
   * The books contain one of its date and amount from another kind of source, with a different wording. A person decides.
   */
  | { verdict: 'suspicious'; known: number };

/**
 * Finds the entries of a delivery that the books already contain. Deliveries may be repeated, overlap and come in any order.
 *
 * Each stored entry matches one delivered entry at most, so equal entries are counted: of three in the delivery and two in
 * the books, one is new. A reference of the bank decides if there is one and the balances do not contradict it. Without it,
 * entries with the same content are the same, unless their balances show them to be two movements of one day: a bank that
 * delivers a day in parts sends equal entries in each.
 *
 * One case cannot be decided from content: equal entries without references and balances in two parts of one day.
 *
 * @param known all stored entries of the account on the booking dates of the delivery, in any order.
 * @param delivered the entries of one statement, in its order.
 * @returns a recognition for each delivered entry.
 */
export function recogniseEntries(
  known: readonly RecognisableEntry[],
  delivered: readonly RecognisableEntry[],
): Recognition[] {
  const result: Recognition[] = delivered.map(() => ({ verdict: 'new' }));
  const days = groupByDate(known);
  for (const [date, entries] of groupByDate(delivered)) {
    for (const [index, recognition] of new Day(days.get(date) ?? [], entries).recognise()) result[index] = recognition;
  }
  return result;
}

interface Placed {
  entry: RecognisableEntry;
  index: number;
}

function groupByDate(entries: readonly RecognisableEntry[]): Map<string, Placed[]> {
  const days = new Map<string, Placed[]>();
  for (const [index, entry] of entries.entries()) {
    const day = days.get(entry.bookingDate);
    if (day) day.push({ entry, index });
    else days.set(entry.bookingDate, [{ entry, index }]);
  }
  return days;
}

type KeyOf = (entry: RecognisableEntry) => string | null;

/** One booking date: entries of different dates are never the same. */
class Day {
  readonly #known: Set<Placed>;
  readonly #delivered: Set<Placed>;
  /** Entries not found at the same balance: they may have moved, or belong to another part of the day. */
  readonly #displacedKnown: Set<Placed>;
  readonly #displacedDelivered: Set<Placed>;
  readonly #result = new Map<number, Recognition>();

  constructor(known: readonly Placed[], delivered: readonly Placed[]) {
    this.#known = new Set(known);
    this.#delivered = new Set(delivered);
    this.#displacedKnown = new Set(known);
    this.#displacedDelivered = new Set(delivered);
  }

  recognise(): Map<number, Recognition> {
    if (this.#known.size === 0) return this.#result;
    this.#matchStrong();
    this.#match(
      'known',
      unreferenced(({ weak, origin, balanceAfter }) =>
        balanceAfter === null ? null : `${origin} ${weak} ${balanceAfter}`,
      ),
    );
    this.#matchWeak();
    this.#matchOtherOrigins();
    return this.#result;
  }

  /**
   * Same reference of the bank. Some banks give one to several equal movements of a day: if the balances of the delivery
   * continue from those of the books, entries at different balances are two movements.
   */
  #matchStrong(): void {
    const strong = (entry: RecognisableEntry) => entry.strong;
    const sameBalance = (known: RecognisableEntry, delivered: RecognisableEntry) =>
      known.balanceAfter === delivered.balanceAfter;
    this.#match('known', strong, sameBalance);
    const { isOtherOrder, isContinued } = this.#balances();
    if (isOtherOrder || !isContinued) return this.#match('known', strong);
    this.#match('known', strong, (known, delivered) => !hasBalance(known) || !hasBalance(delivered));
  }

  /** Same content. Two entries with balances are the same only if the order of the day has changed. */
  #matchWeak(): void {
    const key = unreferenced(({ origin, weak }) => `${origin} ${weak}`);
    if (this.#balances().isOtherOrder) return this.#match('known', key);
    this.#match('known', key, (known, delivered) => !hasBalance(known) || !hasBalance(delivered));
  }

  /**
   * The balances of a day form one path. If a stored and a delivered entry begin or end at one balance and are not the same
   * there, the path would fork: so the same movements come in another order. If one begins at the balance at which the other
   * ends, the path continues.
   */
  #balances(): { isOtherOrder: boolean; isContinued: boolean } {
    const before = new Set<Ore>();
    const after = new Set<Ore>();
    for (const { entry } of this.#displacedKnown) {
      if (entry.balanceAfter === null) continue;
      before.add(entry.balanceAfter - entry.amount);
      after.add(entry.balanceAfter);
    }
    const met = { isOtherOrder: false, isContinued: false };
    for (const { entry } of this.#displacedDelivered) {
      if (entry.balanceAfter === null) continue;
      const begin = entry.balanceAfter - entry.amount;
      if (before.has(begin) || after.has(entry.balanceAfter)) met.isOtherOrder = true;
      if (after.has(begin) || before.has(entry.balanceAfter)) met.isContinued = true;
    }
    return met;
  }

  #matchOtherOrigins(): void {
    const other = (known: RecognisableEntry, delivered: RecognisableEntry) => known.origin !== delivered.origin;
    this.#match('known', (entry) => entry.weak, other);
    this.#match('suspicious', (entry) => entry.loose, other);
  }

  /** Pairs entries with the same key, first with first, each once. */
  #match(
    verdict: 'known' | 'suspicious',
    keyOf: KeyOf,
    fits: (known: RecognisableEntry, delivered: RecognisableEntry) => boolean = () => true,
  ): void {
    if (this.#known.size === 0 || this.#delivered.size === 0) return;
    const shelf = new Map<string, Placed[]>();
    for (const placed of this.#known) {
      const key = keyOf(placed.entry);
      if (key === null) continue;
      const equal = shelf.get(key);
      if (equal) equal.push(placed);
      else shelf.set(key, [placed]);
    }
    for (const placed of this.#delivered) {
      const key = keyOf(placed.entry);
      const equal = key === null ? undefined : shelf.get(key);
      if (!equal?.length) continue;
      // Most keys have one entry; of several, the one at the same balance comes first.
      const same = equal.findIndex(
        ({ entry }) => entry.balanceAfter === placed.entry.balanceAfter && fits(entry, placed.entry),
      );
      const at = same >= 0 ? same : equal.findIndex(({ entry }) => fits(entry, placed.entry));
      if (at < 0) continue;
      const [found] = equal.splice(at, 1) as [Placed];
      this.#result.set(placed.index, { verdict, known: found.index });
      this.#known.delete(found);
      this.#delivered.delete(placed);
      if (found.entry.balanceAfter !== placed.entry.balanceAfter) continue;
      this.#displacedKnown.delete(found);
      this.#displacedDelivered.delete(placed);
    }
  }
}

function hasBalance({ balanceAfter }: RecognisableEntry): boolean {
  return balanceAfter !== null;
}

/** A reference that is not in the books is another movement, whatever its content: content decides only for the others. */
function unreferenced(keyOf: KeyOf): KeyOf {
  return (entry) => (entry.strong === null ? keyOf(entry) : null);
}
