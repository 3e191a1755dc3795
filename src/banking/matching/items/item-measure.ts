import { divideRounded, type Ore } from '../../../kernel/money.ts';
import type { OpenItem } from './open-items.ts';

/** The remainder of an item, in the unit in which items are compared. */
type Measure = (item: OpenItem) => Ore;

const inKroner: Measure = ({ remaining }) => remaining;
const inCurrency: Measure = ({ currency_remaining }) => currency_remaining!;

/** Hundredths of their currency if all items have the same foreign one, else øre. */
export function measureOf(items: readonly OpenItem[]): Measure {
  return isOneCurrency(items) ? inCurrency : inKroner;
}

/** Whether they settle each other in a foreign currency, whatever their kroner. */
export function isOneCurrency(items: readonly OpenItem[]): boolean {
  const [first] = items;
  return (
    first !== undefined &&
    first.currency_code !== null &&
    items.every((item) => item.currency_code === first.currency_code && item.currency_remaining !== null)
  );
}

/** The kroner of a part of an item. */
export function amountOf(item: OpenItem, part: Ore, measure: Measure): Ore {
  return part === measure(item) ? item.remaining : share(item.remaining, part, measure(item));
}

/** The currency of a part in kroner. */
export function currencyOf(item: OpenItem, amount: Ore): Ore {
  return amount === item.remaining ? item.currency_remaining! : share(item.currency_remaining!, amount, item.remaining);
}

function share(whole: Ore, part: Ore, of: Ore): Ore {
  return of < 0n ? divideRounded(-whole * part, -of) : divideRounded(whole * part, of);
}
