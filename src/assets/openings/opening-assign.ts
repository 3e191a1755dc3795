import { assert } from '../../kernel/assert.ts';
import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import { type NewLine, postingOperation } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type FieldProblem, invalid, problem, requestErrors } from '../../platform/errors.ts';
import { DateText, Id, type Static, strict, Type } from '../../platform/http/schema.ts';
import sql from 'sql-template-tag';
import { type AssetRow, assetRows } from '../asset.ts';
import { assetClass } from '../asset-class.ts';
import { accountsOf, chosenAccounts } from '../asset-class-accounts.ts';
import { accountsInUse } from '../asset-class-choose-accounts.ts';
import { OPENING_SOURCE } from '../depreciation/asset-openings.ts';
import { assetErrors } from '../errors.ts';
import { touchAsset } from '../standing-disposal.ts';
import { openingDay, readUnassigned } from './unassigned-balances.ts';

/** The opening amounts of one asset. */
export interface OpeningOfAsset {
  assetId: number;
  /** Null: the account of its class. */
  costAccount: string | null;
  cost: Ore;
  accumulatedAccount: string | null;
  /** Depreciated before, positive or zero. */
  accumulated: Ore;
}

export interface AssignOpenings {
  /** Null: `openingDay`. */
  entryDate: LocalDate | null;
  assets: readonly OpeningOfAsset[];
}

export const OpeningsAssigned = strict({
  journal_entry_id: Id,
  entry_date: DateText,
  assets: Type.Array(strict({ asset_id: Id, cost: Type.String(), accumulated_depreciation: Type.String() })),
});
export type OpeningsAssigned = Static<typeof OpeningsAssigned>;

interface Placed extends OpeningOfAsset {
  asset: AssetRow;
  costAccount: string;
  accumulatedAccount: string | null;
}

/**
 * Assigns balances on fixed asset accounts to assets, in one entry on the same accounts: cost and accumulated
 * depreciation of each. These are opening amounts, not purchases. It never moves more than the balance, so the account
 * totals are unchanged. Throws 400 with all faults.
 */
export const assignOpenings = postingOperation<AssignOpenings, { placed: Placed[]; day: LocalDate }, OpeningsAssigned>({
  name: 'asset-opening.assign',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async decide({ tx, clientAccountId }, input) {
    const day = input.entryDate ?? (await openingDay(tx, clientAccountId));
    if (day === null) throw assetErrors.nothing_imported();
    const placed = await place(tx, clientAccountId, input.assets);
    const problems = await beyondBalances(tx, clientAccountId, placed, day);
    if (problems.length > 0) throw invalid(problems);
    const lines = placed.flatMap(linesOf);
    const entry = { entryDate: day, memo: 'Inngående verdier på eiendeler', relationType: 'asset_opening', lines };
    return { on: { placed, day }, entries: [{ entry, source: OPENING_SOURCE }] };
  },
  async recheck({ tx, clientAccountId }, { placed, day }) {
    // With the entry posted, the remaining balance must not have changed sides.
    for (const { account, role, balance } of await readUnassigned(tx, clientAccountId, day)) {
      const isTouched = placed.some(({ costAccount, accumulatedAccount }) =>
        [costAccount, accumulatedAccount].includes(account),
      );
      if (isTouched && (role === 'cost' ? balance < 0n : balance > 0n)) throw requestErrors.concurrent_change();
    }
  },
  async record(recording, { placed, day }, [entry]) {
    assert(entry, 'openings are posted as one entry');
    for (const { asset } of placed) await touchAsset(recording, asset.id);
    const view: OpeningsAssigned = {
      journal_entry_id: entry.id,
      entry_date: day,
      assets: placed.map(({ asset, cost, accumulated }) => ({
        asset_id: asset.id,
        cost: formatAmount(cost),
        accumulated_depreciation: formatAmount(accumulated),
      })),
    };
    recording.audit({ recordType: 'asset_opening', recordId: entry.id, after: view });
    return view;
  },
});

/**
 * The assets with their accounts. Throws 400 for those that do not exist, are listed twice or have no active account.
 */
async function place(tx: Transaction, clientAccountId: number, openings: readonly OpeningOfAsset[]): Promise<Placed[]> {
  const ids = openings.map(({ assetId }) => assetId);
  const rows = await assetRows(
    tx,
    [
      sql`d.client_account_id = ${clientAccountId} and d.dimension_type = 'asset' and d.is_active
        and d.id = any(${ids}::bigint[])`,
    ],
    sql`order by d.sequence_number`,
  );
  const byId = new Map(rows.map((asset) => [asset.id, asset]));
  const chosen = await chosenAccounts(tx, clientAccountId);
  const named = openings.flatMap(({ costAccount, accumulatedAccount }) => [costAccount, accumulatedAccount]);
  const inUse = await accountsInUse(tx, clientAccountId, named);
  const problems: FieldProblem[] = [];
  const placed = openings.flatMap((opening, i): Placed[] => {
    const at = `assets[${i}]`;
    for (const [name, code] of [
      ['cost_account_code', opening.costAccount],
      ['accumulated_account_code', opening.accumulatedAccount],
    ] as const)
      if (code !== null && !inUse.has(code))
        problems.push(problem(`${at}.${name}`, `"${code}" is no account in use`, `«${code}» er ingen konto i bruk`));
    const asset = byId.get(opening.assetId);
    if (!asset || ids.indexOf(opening.assetId) !== i) {
      problems.push(
        asset
          ? problem(`${at}.asset_id`, 'stands twice', 'står to ganger')
          : problem(`${at}.asset_id`, 'is no asset in use', 'er ingen eiendel i bruk'),
      );
      return [];
    }
    const accounts = asset.asset_class ? accountsOf(assetClass(asset.asset_class)!, chosen) : null;
    const costAccount = opening.costAccount ?? accounts?.asset ?? null;
    const accumulatedAccount = opening.accumulatedAccount ?? accounts?.accumulated ?? null;
    const isMissing = (path: string) =>
      problems.push(
        problem(`${at}.${path}`, 'is required for an asset without a class', 'må oppgis for en eiendel uten klasse'),
      );
    if (costAccount === null) isMissing('cost_account_code');
    if (opening.accumulated > 0n && accumulatedAccount === null) isMissing('accumulated_account_code');
    return costAccount === null ? [] : [{ ...opening, asset, costAccount, accumulatedAccount }];
  });
  if (problems.length > 0) throw invalid(problems);
  return placed;
}

/** Amounts that exceed an account's balance without an asset; reported for each asset concerned. */
async function beyondBalances(
  tx: Transaction,
  clientAccountId: number,
  placed: readonly Placed[],
  day: LocalDate,
): Promise<FieldProblem[]> {
  const stands = new Map(
    (await readUnassigned(tx, clientAccountId, day)).map(({ account, role, balance }) => [
      `${role} ${account}`,
      role === 'cost' ? balance : -balance,
    ]),
  );
  const left = new Map(stands);
  return placed.flatMap(({ costAccount, cost, accumulatedAccount, accumulated }, i) => {
    const take = (path: string, key: string, account: string, amount: Ore): FieldProblem[] => {
      const rest = (left.get(key) ?? 0n) - amount;
      left.set(key, rest);
      if (amount === 0n || rest >= 0n) return [];
      const [all, lacking] = [formatAmount(stands.get(key) ?? 0n), formatAmount(-rest)];
      return [
        problem(
          `assets[${i}].${path}`,
          `account ${account} has ${all} without an asset on ${day}; ${lacking} is lacking`,
          `konto ${account} har ${all} uten eiendel ${day}; det mangler ${lacking}`,
        ),
      ];
    };
    return [
      ...take('cost', `cost ${costAccount}`, costAccount, cost),
      ...(accumulatedAccount === null
        ? []
        : take('accumulated_depreciation', `accumulated ${accumulatedAccount}`, accumulatedAccount, accumulated)),
    ];
  });
}

function linesOf({ asset, costAccount, cost, accumulatedAccount, accumulated }: Placed): NewLine[] {
  const dimensions = [{ type: 'asset', id: asset.id }];
  const moved = (account: string, amount: Ore): NewLine[] =>
    amount === 0n
      ? []
      : [
          { account, amount, memo: asset.name, dimensions },
          { account, amount: -amount, memo: asset.name, lacksDimensions: true },
        ];
  return [...moved(costAccount, cost), ...(accumulatedAccount === null ? [] : moved(accumulatedAccount, -accumulated))];
}
