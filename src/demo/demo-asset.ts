import sql from 'sql-template-tag';
import { takeIds } from '../ledger/index.ts';
import { BOOKKEEPERS } from '../platform/caller.ts';
import { writeOperation } from '../platform/operation.ts';

/** An asset as a value of its dimension, with nothing but a name, until there is a register that makes assets. */
export const createDemoAsset = writeOperation({
  name: 'demo.asset-create',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run({ tx, clientAccountId, caller, audit }, { name }: { name: string }) {
    // Takes the row lock of the client account: nobody else reads the same highest number.
    const id = await takeIds(tx, clientAccountId);
    await tx.execute(sql`
      insert into dimension_values (client_account_id, dimension_type, id, sequence_number, name, created_by_id,
        updated_by_id)
      select ${clientAccountId}, 'asset', ${id}, coalesce(max(sequence_number), 0) + 1, ${name}, ${caller.userId},
        ${caller.userId}
      from dimension_values where client_account_id = ${clientAccountId} and dimension_type = 'asset'`);
    audit({ recordType: 'asset', recordId: id, after: { name } });
    return { id };
  },
});
