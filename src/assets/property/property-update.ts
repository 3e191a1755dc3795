import sql from 'sql-template-tag';
import { BOOKKEEPERS } from '../../platform/caller.ts';
import { assignments } from '../../platform/database/columns.ts';
import { writeOperation } from '../../platform/operation.ts';
import type { AssetProperty } from '../property.ts';
import { lockStanding, propertyView, readStanding, requireProperty } from './property-standing.ts';

/** Fields that users may change; null empties a field, and the next sync fills it again if the registry can. */
export type PropertyChanges = Partial<
  Pick<
    AssetProperty,
    | 'building_type'
    | 'construction_year'
    | 'ownership_type'
    | 'rental_status'
    | 'usable_area_m2'
    | 'bra_internal_m2'
    | 'bra_external_m2'
    | 'bra_enclosed_balcony_m2'
    | 'gross_area_m2'
    | 'primary_area_m2'
    | 'secondary_area_m2'
    | 'ownership_share'
    | 'documented_market_value'
  >
>;

/** Changes the given fields of the property. Throws assets.no_property, 404, 409. */
export const updateProperty = writeOperation({
  name: 'asset.update-property',
  access: { kind: 'client', scope: 'write:accounting', roles: BOOKKEEPERS },
  async run(context, { id, changes }: { id: number; changes: PropertyChanges }) {
    const { tx, clientAccountId, now, caller } = context;
    const before = await lockStanding(context, id);
    requireProperty(before);
    await tx.execute(sql`
      update asset_properties set ${assignments({
        building_type: changes.building_type,
        construction_year: changes.construction_year,
        ownership_type: changes.ownership_type,
        rental_status: changes.rental_status,
        usable_area_m2: changes.usable_area_m2,
        bra_internal_m2: changes.bra_internal_m2,
        bra_external_m2: changes.bra_external_m2,
        bra_enclosed_balcony_m2: changes.bra_enclosed_balcony_m2,
        gross_area_m2: changes.gross_area_m2,
        primary_area_m2: changes.primary_area_m2,
        secondary_area_m2: changes.secondary_area_m2,
        ownership_share: changes.ownership_share,
        documented_market_value: changes.documented_market_value,
        updated_at: now,
        updated_by_id: caller.userId,
      })}
      where client_account_id = ${clientAccountId} and asset_id = ${id}`);
    await tx.execute(sql`
      update assets set version = version + 1 where client_account_id = ${clientAccountId} and id = ${id}`);
    const after = propertyView(await readStanding(tx, clientAccountId, id));
    context.audit({ recordType: 'asset', recordId: id, before: propertyView(before), after });
    return after;
  },
});
