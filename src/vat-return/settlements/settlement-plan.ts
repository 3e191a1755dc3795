import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type { VatReport } from '../../reports/index.ts';
import { vatReturnErrors } from '../errors.ts';
import { returnLines, totalOf } from '../message/return-lines.ts';
import type { AccountAmounts, Settlement } from './settlement.ts';
import type { TermName } from '../terms/term.ts';

export const SETTLEMENT_ACCOUNT = '2740';
const ROUNDING_LOSS = '7740';
const ROUNDING_GAIN = '3990';

export type SettlementPlan = Pick<
  Settlement,
  'from' | 'to' | 'version' | 'kind' | 'entryDate' | 'payable' | 'entry'
> & { settled: AccountAmounts };

/**
 * The entry that settles the term: its posted VAT leaves the VAT accounts, whole kroner go to 2740, the øre to
 * rounding. Amounts of earlier settlements of the term are subtracted. Throws 409 if nothing remains, or if an
 * overlapping range is settled; 422 if there is no VAT.
 */
export function planSettlement(
  term: TermName,
  report: VatReport,
  earlier: readonly Settlement[],
  entryDate: LocalDate,
): SettlementPlan {
  const { from, to } = term;
  const standing = earlier.filter(({ cancelled }) => !cancelled);
  const other = standing.find((one) => one.from !== from || one.to !== to);
  if (other)
    throw vatReturnErrors.overlapping({
      from_date: from,
      to_date: to,
      settled_from: other.from,
      settled_to: other.to,
    });
  const payable = totalOf(returnLines(report.rows, () => null));
  const settled = settlementOf(report, payable);
  const entry = difference(settled, standing);
  if (entry.size === 0) {
    const last = standing.at(-1);
    if (last)
      throw vatReturnErrors.already_settled({
        from_date: from,
        to_date: to,
        journal_entry_id: last.journalEntryId,
      });
    throw vatReturnErrors.nothing_to_settle({ from_date: from, to_date: to });
  }
  return {
    from,
    to,
    version: earlier.filter((one) => one.from === from && one.to === to).length + 1,
    kind: standing.length === 0 ? 'FULL' : 'DIFFERENCE',
    entryDate,
    payable,
    entry,
    settled,
  };
}

/** Debit − credit per account of the term's whole settlement. */
function settlementOf({ accounts }: VatReport, payable: bigint): Map<string, Ore> {
  const amounts = new Map<string, Ore>();
  let exact = 0n;
  for (const { account, reported } of accounts) {
    if (reported !== 0n) amounts.set(account, reported);
    exact += reported;
  }
  const kroner = payable * 100n;
  if (kroner !== 0n) amounts.set(SETTLEMENT_ACCOUNT, -kroner);
  // More was posted than is payable: a gain.
  const rounding = exact - kroner;
  if (rounding !== 0n) amounts.set(rounding > 0n ? ROUNDING_GAIN : ROUNDING_LOSS, -rounding);
  return amounts;
}

function difference(settled: AccountAmounts, standing: readonly Settlement[]): Map<string, Ore> {
  const left = new Map(settled);
  for (const { entry } of standing)
    for (const [account, amount] of entry) left.set(account, (left.get(account) ?? 0n) - amount);
  return new Map([...left].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}
