import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { writeOperation } from '../../platform/operation.ts';
import { lockStanding, propertyView, requireProperty, writeLink } from './property-standing.ts';

/** Unlinks the property and deletes the users' fields of it. Throws assets.no_property, 404, 409. */
export const detachProperty = writeOperation({
  name: 'asset.detach-property',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, { id }: { id: number }) {
    const { tx, clientAccountId, now, caller } = context;
    const before = await lockStanding(context, id);
    requireProperty(before);
    await tx.execute(sql`
      delete from asset_properties where client_account_id = ${clientAccountId} and asset_id = ${id}`);
    const after = await writeLink({ tx, clientAccountId, now, userId: caller.userId }, id, null);
    context.audit({ recordType: 'asset', recordId: id, before: propertyView(before), after });
    return after;
  },
});
