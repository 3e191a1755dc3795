import sql, { type Sql, join } from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../platform/http/paging.ts';
import { readOperation } from '../platform/operation.ts';
import { ASSET_COLUMNS, type AssetRow, attachAssetRelations, viewOf } from './asset.ts';

export interface ListAssets extends Page {
  /** null: both active and inactive assets. */
  isActive: boolean | null;
  with: ReadonlySet<string>;
}

/** Assets of one client account, or of all that the caller may read, by client account and number. */
export const listAssets = readOperation({
  name: 'asset.list',
  access: { kind: 'clients', scope: 'read:accounting', roles: READERS },
  async run({ tx, clientAccountIds }, input: ListAssets) {
    const conditions: Sql[] = [
      sql`d.client_account_id = any(${[...clientAccountIds]}::bigint[]) and d.dimension_type = 'asset'`,
    ];
    if (input.isActive !== null) conditions.push(sql`d.is_active = ${input.isActive}`);
    const { records } = await tx.one<{ records: number }>(
      sql`select count(*) as records from dimension_values d where ${join(conditions, ' and ')}`,
    );
    // The page is cut before the register is joined, so that skipped rows are never looked up.
    const rows = await tx.rows<AssetRow>(sql`
      select ${ASSET_COLUMNS}
      from (
        select d.id, d.name, d.client_account_id, d.sequence_number, d.is_active, d.autonomy_level, d.created_at,
          d.updated_at, d.created_by_id, d.updated_by_id
        from dimension_values d where ${join(conditions, ' and ')}
        order by d.client_account_id, d.sequence_number ${limitOffset(input)}
      ) d
      left join assets a on a.client_account_id = d.client_account_id and a.id = d.id
      order by d.client_account_id, d.sequence_number`);
    const assets = rows.map(viewOf);
    await attachAssetRelations(tx, assets, input.with);
    return envelope(assets, input, records);
  },
});
