import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { ChainLink } from './statement-chain.ts';

/** Days that statements cover without a gap, and the account's balance before and after them. */
export interface CoveredDays {
  from: LocalDate;
  to: LocalDate;
  opening: Ore;
  closing: Ore;
}

/**
 * The days of a statement and of all that share days with it, directly or through others. Null if their balances do not
 * determine the first and the last one: then the chain is broken, and is reported as that.
 */
export function coveredDays(link: ChainLink, stored: readonly ChainLink[]): CoveredDays | null {
  const links = [link];
  let rest = [...stored];
  for (let grown = true; grown;) {
    const joined = rest.filter((one) => links.some(({ from, to }) => one.from <= to && one.to >= from));
    rest = rest.filter((one) => !joined.includes(one));
    links.push(...joined);
    grown = joined.length > 0;
  }
  const from = links.map((one) => one.from).reduce((a, b) => (a < b ? a : b));
  const to = links.map((one) => one.to).reduce((a, b) => (a > b ? a : b));
  const first = links.filter((one) => one.from === from);
  const last = links.filter((one) => one.to === to);
  const opening = theOne(first.map((one) => one.opening).filter((amount) => !ends(first, amount)));
  const closing = theOne(last.map((one) => one.closing).filter((amount) => !begins(last, amount)));
  return opening === null || closing === null ? null : { from, to, opening, closing };
}

function ends(links: readonly ChainLink[], amount: Ore): boolean {
  return links.some(({ opening, closing }) => closing === amount && opening !== closing);
}

function begins(links: readonly ChainLink[], amount: Ore): boolean {
  return links.some(({ opening, closing }) => opening === amount && opening !== closing);
}

function theOne(amounts: readonly Ore[]): Ore | null {
  return new Set(amounts).size === 1 ? amounts[0]! : null;
}
