import sql from 'sql-template-tag';
import { takeIds } from '../ledger/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { insertion } from '../platform/database/columns.ts';
import { writeOperation } from '../platform/operation.ts';
import { type AssetChanges, findAsset, registerColumns, requireOrder, viewOf } from './asset.ts';

/** Makes an asset with the next number of the client account; numbers have no gaps. Errors: assets.retired_before_acquired. */
export const createAsset = writeOperation({
  name: 'asset.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(
    { tx, clientAccountId, caller, now, audit },
    input: { name: string } & Omit<AssetChanges, 'name' | 'is_active'>,
  ) {
    requireOrder({ acquisition_date: input.acquisition_date ?? null, retirement_date: input.retirement_date ?? null });
    // Takes the row lock of the client account: nobody else reads the same highest number.
    const id = await takeIds(tx, clientAccountId);
    const { next } = await tx.one<{ next: number }>(sql`
      select coalesce(max(sequence_number), 0) + 1 as next from dimension_values
      where client_account_id = ${clientAccountId} and dimension_type = 'asset'`);
    await tx.execute(sql`
      insert into dimension_values ${insertion({
        client_account_id: clientAccountId,
        dimension_type: 'asset',
        id,
        sequence_number: next,
        name: input.name.trim(),
        autonomy_level: input.autonomy_level,
        created_at: now,
        created_by_id: caller.userId,
        updated_at: now,
        updated_by_id: caller.userId,
      })}`);
    await tx.execute(sql`
      insert into assets ${insertion({ client_account_id: clientAccountId, id, ...registerColumns(input) })}`);
    const made = viewOf(await findAsset(tx, clientAccountId, id));
    audit({ recordType: 'asset', recordId: id, after: made });
    return made;
  },
});
