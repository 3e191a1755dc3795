import sql, { type Sql, join } from 'sql-template-tag';
import { READERS } from '../platform/caller.ts';
import { envelope, limitOffset, type Page } from '../platform/http/paging.ts';
import { readOperation } from '../platform/operation.ts';
import { assetRows, attachAssetRelations, FROM_ASSETS, viewOf } from './asset.ts';

export interface ListAssets extends Page {
  /** null: active and inactive ones. */
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
      sql`select count(*) as records ${FROM_ASSETS} where ${join(conditions, ' and ')}`,
    );
    const rows = await assetRows(
      tx,
      conditions,
      sql`order by d.client_account_id, d.sequence_number ${limitOffset(input)}`,
    );
    const assets = rows.map(viewOf);
    await attachAssetRelations(tx, assets, input.with);
    return envelope(assets, input, records);
  },
});
