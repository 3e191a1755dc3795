import type { NewEntry, NewLine } from '../../ledger/index.ts';
import { assert } from '../../kernel/assert.ts';
import { monthOf, yearOf } from '../../kernel/local-date.ts';
import { monthName } from '../../kernel/month-name.ts';
import type { ProposedAsset, RunProposal } from './run-proposal.ts';
import { firstDay } from './month.ts';

/**
 * The entry of a run: a pair of lines for each asset, cost against accumulated depreciation, each with the asset as its
 * dimension. Excess depreciation is on the other side.
 */
export function runEntry({ month, entryDate }: RunProposal, assets: readonly ProposedAsset[]): NewEntry {
  const first = firstDay(month);
  const name = `${monthName(monthOf(first))} ${yearOf(first)}`;
  return {
    entryDate,
    memo: `Avskrivning ${name}`,
    relationType: 'depreciation_run',
    lines: assets.flatMap((proposed) => linesOf(proposed)),
  };
}

function linesOf({ asset, amount, accounts }: ProposedAsset): NewLine[] {
  assert(accounts.expense !== null, 'a class that is depreciated has an account for it');
  const dimensions = [{ type: 'asset', id: asset.id }];
  const more = { dimensions, memo: asset.name };
  return [
    { account: accounts.expense, amount, ...more },
    // Without an accumulated account the asset's account is credited directly.
    { account: accounts.accumulated ?? accounts.asset, amount: -amount, ...more },
  ];
}
