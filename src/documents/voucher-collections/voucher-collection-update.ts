import sql from 'sql-template-tag';
import { clientAccountOf } from '../../kernel/ids.ts';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import { invalid, problem } from '../../platform/errors.ts';
import type { Static } from '../../platform/http/schema.ts';
import { writeOperation } from '../../platform/operation.ts';
import { type CollectionChanges, findCollection } from './voucher-collection.ts';

/** Changes name and description; omitted fields stay. */
export const updateCollection = writeOperation({
  name: 'voucher-collection.update',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, input: { id: number; changes: Static<typeof CollectionChanges> }) {
    const { tx, clientAccountId, caller, now } = context;
    const { id, changes } = input;
    if (changes.client_account_id !== undefined && changes.client_account_id !== clientAccountOf(id)) {
      throw invalid([
        problem('client_account_id', 'cannot be changed after creation', 'kan ikke endres etter opprettelsen'),
      ]);
    }
    const before = await findCollection(tx, clientAccountId, id);
    await tx.execute(sql`
      update voucher_collections set ${assignments({
        name: changes.name?.trim(),
        description: changes.description,
        updated_at: now,
        updated_by_id: caller.userId,
      })}
      where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = await findCollection(tx, clientAccountId, id);
    context.audit({ recordType: 'voucher_collection', recordId: id, before, after });
    return after;
  },
});
