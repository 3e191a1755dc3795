import sql from 'sql-template-tag';
import { takeIds } from '../../ledger/index.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { insertion } from '../../platform/database/columns.ts';
import { writeOperation } from '../../platform/operation.ts';
import { findCollection } from './voucher-collection.ts';

export const createCollection = writeOperation({
  name: 'voucher-collection.create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { name: string; description?: string | null | undefined }) {
    const { tx, clientAccountId, caller, now } = context;
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into voucher_collections ${insertion({
        client_account_id: clientAccountId,
        id,
        name: input.name.trim(),
        description: input.description,
        created_at: now,
        created_by_id: caller.userId,
        updated_at: now,
        updated_by_id: caller.userId,
      })}`);
    const collection = await findCollection(tx, clientAccountId, id);
    context.audit({ recordType: 'voucher_collection', recordId: id, after: collection });
    return collection;
  },
});
