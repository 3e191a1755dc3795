import type { LocalDate } from '../../../kernel/local-date.ts';
import { formatAmount, type Ore, parseScaled } from '../../../kernel/money.ts';
import { trimZeros } from '../../../kernel/trim.ts';
import { type NewEntry, openDay, RATE_DECIMALS } from '../../../ledger/index.ts';
import { matchingErrors } from '../errors.ts';
import { currencyOf, isOneCurrency } from './item-measure.ts';
import type { MatchingSettings } from '../matching-accounts.ts';
import type { OpenItem } from './open-items.ts';

export interface ChosenItem {
  item: OpenItem;
  /** In øre, with the sign of the line. */
  amount: Ore;
}

/** Items that settle each other, and the line that balances their kroner if only their currency adds up. */
export interface SettledGroup {
  items: ChosenItem[];
  settledOn: LocalDate;
  /** The currency difference: its first line belongs to the group. */
  difference: NewEntry | null;
}

/**
 * A group of items of one partner and account. They add up to zero: in kroner, or in the foreign currency that all of them
 * have; the difference in kroner is then a gain or loss (agio, disagio). Throws 400 otherwise.
 */
export function settledGroup(
  items: ChosenItem[],
  asked: LocalDate | null,
  lockedUntil: LocalDate | null,
  { accounts }: MatchingSettings,
): SettledGroup {
  const [{ item: first }] = items as [ChosenItem];
  if (
    items.some(
      ({ item }) => item.account_code !== first.account_code || item.business_partner_id !== first.business_partner_id,
    )
  )
    throw matchingErrors.different_partners();
  const latest = items.map(({ item }) => item.entry_date).reduce((a, b) => (a > b ? a : b));
  if (asked !== null && asked < latest) throw matchingErrors.settled_before({ settled_on: asked, latest });
  const settledOn = asked ?? latest;
  const sum = items.reduce((total, { amount }) => total + amount, 0n);
  if (sum === 0n) return { items, settledOn, difference: null };
  if (!addUpInCurrency(items)) throw matchingErrors.not_zero({ sum: formatAmount(sum) });
  const entryDate = asked ?? openDay(latest, lockedUntil);
  const difference: NewEntry = {
    entryDate,
    memo: `Valutadifferanse ${first.currency_code} ved utligning`,
    lines: [
      { account: first.account_code, amount: -sum, businessPartnerId: first.business_partner_id },
      { account: sum > 0n ? accounts.currency_loss : accounts.currency_gain, amount: sum },
    ],
  };
  return { items, settledOn: entryDate, difference };
}

/** Parts in kroner of partly settled items determine their currency amount to half an øre and half a hundredth each. */
function addUpInCurrency(items: readonly ChosenItem[]): boolean {
  if (!isOneCurrency(items.map(({ item }) => item))) return false;
  const sum = items.reduce((total, { item, amount }) => total + currencyOf(item, amount), 0n);
  const inexact = items.filter(({ item, amount }) => amount !== item.amount).length;
  const rate = items
    .map(({ item }) => parseScaled(trimZeros(item.exchange_rate!), RATE_DECIMALS)!)
    .reduce((a, b) => (a > b ? a : b));
  return 2n * (sum < 0n ? -sum : sum) * rate <= BigInt(inexact) * (10n ** BigInt(RATE_DECIMALS) + rate);
}
