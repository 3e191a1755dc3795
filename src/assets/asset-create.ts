import sql from 'sql-template-tag';
import { takeIds } from '../ledger/index.ts';
import { insertDimensionValue } from '../masters/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { insertion } from '../platform/database/columns.ts';
import { writeOperation } from '../platform/operation.ts';
import { type AssetChanges, findAsset, registerColumns, requireOrder, viewOf } from './asset.ts';

/**
 * Creates an asset with the next number of the client account; numbers have no gaps. Errors:
 * assets.retired_before_acquired.
 */
export const createAsset = writeOperation({
  name: 'asset.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { name: string } & Omit<AssetChanges, 'name' | 'is_active' | 'earlier_months'>) {
    const { tx, clientAccountId, audit } = context;
    requireOrder({ acquisition_date: input.acquisition_date ?? null, retirement_date: input.retirement_date ?? null });
    const id = await takeIds(tx, clientAccountId);
    const { name, autonomy_level } = input;
    await insertDimensionValue(context, { id, type: 'asset', name: name.trim(), autonomy_level });
    await tx.execute(sql`
      insert into assets ${insertion({ client_account_id: clientAccountId, id, ...registerColumns(input) })}`);
    const made = viewOf(await findAsset(tx, clientAccountId, id));
    audit({ recordType: 'asset', recordId: id, after: made });
    return made;
  },
});
