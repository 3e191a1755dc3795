import sql, { join, type Sql } from 'sql-template-tag';
import { isoSeconds } from '../kernel/clock.ts';
import type { LocalDate } from '../kernel/local-date.ts';
import { AUDIT_FIELDS, BalanceStatistics, balanceStatistics, dimensionBalances, readOnly } from '../masters/index.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { requestErrors } from '../platform/errors.ts';
import { groupBy } from '../kernel/group-by.ts';
import { attachRelations, RelationFields } from '../platform/http/relations.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../platform/http/schema.ts';
import { ASSET_CLASS_CODES } from './asset-class.ts';
import { assetErrors } from './errors.ts';
import { AssetProperty, readProperties } from './property.ts';

export const ASSET_RELATIONS = ['client_account', 'created_by', 'statistics', 'property'] as const;

const name = Type.String({ minLength: 1, maxLength: 150, pattern: '\\S' });
const AssetClassCode = Type.Enum([...ASSET_CLASS_CODES]);
const AutonomyLevel = Type.Enum(['NONE', 'DRAFT', 'FULL'], {
  description: 'NONE: depreciation is proposed. DRAFT: drafted. FULL: posted. null inherits the client account’s level',
});
const changeable = {
  asset_class: Type.Optional(nullable(AssetClassCode)),
  acquisition_date: Type.Optional(nullable(DateText)),
  retirement_date: Type.Optional(nullable(DateText)),
  auto_depreciate: Type.Optional(Type.Boolean()),
  autonomy_level: Type.Optional(nullable(AutonomyLevel)),
};

const serverFields = {
  ...readOnly(...AUDIT_FIELDS, 'sequence_number', 'external_source', 'external_id', 'property', 'statistics'),
  ...readOnly('client_account', 'created_by'),
};

export const NewAsset = strict({ client_account_id: Id, name, ...changeable, ...serverFields });
export const AssetChanges = strict({
  client_account_id: Type.Optional(Id),
  name: Type.Optional(name),
  ...changeable,
  is_active: Type.Optional(Type.Boolean()),
  earlier_months: Type.Optional(
    Type.Enum(['keep', 'correct'], {
      description:
        'Where a change of class or dates would rewrite months that are depreciated or locked. keep: it acts from the first ' +
        'open month. correct: the next run posts the difference',
    }),
  ),
  ...serverFields,
});
export type AssetChanges = Pick<
  Static<typeof AssetChanges>,
  | 'name'
  | 'asset_class'
  | 'acquisition_date'
  | 'retirement_date'
  | 'auto_depreciate'
  | 'autonomy_level'
  | 'is_active'
  | 'earlier_months'
>;

const { client_account: clientAccount, created_by: createdBy } = RelationFields;
export const AssetView = strict({
  id: Id,
  name: Type.String(),
  client_account_id: Id,
  sequence_number: Type.Integer({ description: 'Consecutive within the client account' }),
  is_active: Type.Boolean(),
  asset_class: nullable(AssetClassCode),
  acquisition_date: nullable(DateText),
  retirement_date: nullable(DateText),
  auto_depreciate: Type.Boolean(),
  autonomy_level: nullable(AutonomyLevel),
  external_source: nullable(Type.String()),
  external_id: nullable(Type.String()),
  created_at: TimeText,
  updated_at: TimeText,
  created_by_id: nullable(Id),
  updated_by_id: nullable(Id),
  client_account: clientAccount,
  created_by: createdBy,
  statistics: Type.Optional(BalanceStatistics),
  property: Type.Optional(nullable(AssetProperty)),
});
export type AssetView = Static<typeof AssetView>;

/** An asset and its plan, as stored. */
export interface AssetRow {
  id: number;
  name: string;
  client_account_id: number;
  sequence_number: number;
  is_active: boolean;
  asset_class: AssetView['asset_class'];
  acquisition_date: LocalDate | null;
  retirement_date: LocalDate | null;
  auto_depreciate: boolean;
  autonomy_level: AssetView['autonomy_level'];
  external_source: string | null;
  external_id: string | null;
  /** Earlier months stay as posted; null: planned from its start. */
  plan_restarts_on: LocalDate | null;
  /** Number of changes of the asset; 0 before the first. */
  version: number;
  created_at: Date;
  updated_at: Date;
  created_by_id: number | null;
  updated_by_id: number | null;
}

// The date of a valid disposal takes precedence over the register. An asset from imported books is only a dimension
// value until it gets a record in the register.
export const ASSET_COLUMNS = sql`d.id, d.name, d.client_account_id, d.sequence_number, d.is_active, a.asset_class,
  a.acquisition_date, coalesce((select s.disposed_on from standing_disposals s
    where s.client_account_id = d.client_account_id and s.asset_id = d.id), a.retirement_date) as retirement_date, coalesce(a.auto_depreciate, true) as auto_depreciate, d.autonomy_level,
  a.external_source, a.external_id, a.plan_restarts_on, coalesce(a.version, 0) as version, d.created_at, d.updated_at, d.created_by_id,
  d.updated_by_id`;
export const FROM_ASSETS = sql`from dimension_values d
  left join assets a on a.client_account_id = d.client_account_id and a.id = d.id`;

export function viewOf({ created_at, updated_at, version: _, plan_restarts_on: __, ...row }: AssetRow): AssetView {
  return { ...row, created_at: isoSeconds(created_at), updated_at: isoSeconds(updated_at) };
}

/** One asset. `lock`: throws 409 instead of waiting for another change of the same asset. Throws 404. */
export async function findAsset(
  tx: Transaction,
  clientAccountId: number,
  id: number,
  options: { lock?: boolean } = {},
): Promise<AssetRow> {
  const row = await tx.maybe<AssetRow>(sql`
    select ${ASSET_COLUMNS} ${FROM_ASSETS}
    where d.client_account_id = ${clientAccountId} and d.dimension_type = 'asset' and d.id = ${id}
    ${options.lock ? sql`for update of d nowait` : sql``}`);
  if (!row) throw requestErrors.not_found({ what: 'Asset' });
  return row;
}

export async function assetRows(tx: Transaction, conditions: readonly Sql[], tail: Sql): Promise<AssetRow[]> {
  return tx.rows<AssetRow>(sql`select ${ASSET_COLUMNS} ${FROM_ASSETS} where ${join([...conditions], ' and ')} ${tail}`);
}

/** Adds the requested relations. */
export async function attachAssetRelations(
  tx: Transaction,
  assets: readonly AssetView[],
  asked: ReadonlySet<string>,
): Promise<void> {
  await attachRelations(tx, assets, asked);
  for (const [clientAccountId, group] of groupBy(assets, (asset) => asset.client_account_id)) {
    const ids = group.map(({ id }) => id);
    if (asked.has('statistics')) {
      const balances = await dimensionBalances(tx, clientAccountId, 'asset', ids);
      for (const asset of group) asset.statistics = balanceStatistics(balances.get(asset.id)!);
    }
    if (asked.has('property')) {
      const properties = await readProperties(tx, clientAccountId, ids);
      for (const asset of group) asset.property = properties.get(asset.id) ?? null;
    }
  }
}

/** The columns of the register; the others belong to the dimension value. */
export function registerColumns(changes: AssetChanges) {
  const { asset_class, acquisition_date, retirement_date, auto_depreciate } = changes;
  return { asset_class, acquisition_date, retirement_date, auto_depreciate };
}

/** Throws if the asset would be retired before it was acquired. */
export function requireOrder({
  acquisition_date,
  retirement_date,
}: Pick<AssetRow, 'acquisition_date' | 'retirement_date'>) {
  if (acquisition_date && retirement_date && retirement_date < acquisition_date)
    throw assetErrors.retired_before_acquired({ retirement_date, acquisition_date });
}
