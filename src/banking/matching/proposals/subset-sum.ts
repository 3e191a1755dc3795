/** Limits of items tried and chosen: beyond them sums agree by chance. */
const MOST_ITEMS = 24;
const MOST_CHOSEN = 8;
const MOST_STEPS = 50_000;

/**
 * The amounts, at least two, that add up to the target. Null if there are none or the search became too long; `isUnique` is
 * false if another choice does so too. Signs may be mixed (credit notes).
 */
export function subsetSum(amounts: readonly number[], target: number): { chosen: number[]; isUnique: boolean } | null {
  if (amounts.length > MOST_ITEMS) return null;
  const order = amounts.map((_, i) => i).sort((a, b) => Math.abs(amounts[b]!) - Math.abs(amounts[a]!));
  // Lowest and highest sum that can be reached from each position: prunes the search.
  const lowest: number[] = [];
  const highest: number[] = [];
  let low = 0;
  let high = 0;
  for (let i = order.length - 1; i >= 0; i--) {
    const amount = amounts[order[i]!]!;
    lowest[i] = low += Math.min(amount, 0);
    highest[i] = high += Math.max(amount, 0);
  }
  const found: number[][] = [];
  const chosen: number[] = [];
  let steps = 0;
  const search = (at: number, left: number): void => {
    if (found.length > 1 || ++steps > MOST_STEPS) return;
    if (left === 0 && chosen.length > 1) {
      found.push([...chosen]);
      return;
    }
    if (at === order.length || chosen.length === MOST_CHOSEN || left < lowest[at]! || left > highest[at]!) return;
    chosen.push(order[at]!);
    search(at + 1, left - amounts[order[at]!]!);
    chosen.pop();
    search(at + 1, left);
  };
  search(0, target);
  const [first] = found;
  if (!first) return null;
  return { chosen: first.sort((a, b) => a - b), isUnique: found.length === 1 && steps <= MOST_STEPS };
}
