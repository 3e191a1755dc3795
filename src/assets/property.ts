import sql from 'sql-template-tag';
import { isoSeconds } from '../kernel/clock.ts';
import type { Transaction } from '../platform/database/pool.ts';
import { DateText, Id, nullable, type Static, strict, TimeText, Type } from '../platform/http/schema.ts';

export const BUILDING_TYPES = [
  'DETACHED_HOUSE',
  'DETACHED_HOUSE_WITH_UNIT',
  'SEMI_DETACHED_HOUSE',
  'ROW_HOUSE',
  'LINKED_HOUSE',
  'APARTMENT',
  'STUDIO',
  'MULTI_UNIT_BUILDING',
  'CABIN',
  'HOLIDAY_APARTMENT',
  'COMMERCIAL_BUILDING',
  'AGRICULTURAL_BUILDING',
  'OUTBUILDING',
  'OTHER',
] as const;
export const OWNERSHIP_TYPES = ['SELF_OWNED', 'LEASED_SITE', 'HOUSING_COOPERATIVE', 'SHARE_HOUSING'] as const;
export const RENTAL_STATUSES = ['NOT_RENTED', 'PARTIALLY_RENTED', 'FULLY_RENTED'] as const;

const text = nullable(Type.String());
const area = nullable(Type.Integer());

/** The real estate of an asset, as the registry describes it and users have completed it. */
export const AssetProperty = strict({
  id: Id,
  asset_id: Id,
  municipality_code: text,
  municipality_name: text,
  land_number: text,
  title_number: text,
  lease_number: text,
  section_number: text,
  cooperative_org_number: text,
  share_number: text,
  country_code: Type.String(),
  street_address: text,
  postal_code: text,
  postal_area: text,
  additional_addresses: nullable(Type.Array(strict({ street_address: text, postal_code: text, postal_area: text }))),
  cadastral_number: text,
  established_date: nullable(DateText),
  is_historical: nullable(Type.Boolean()),
  building_type: nullable(Type.Enum([...BUILDING_TYPES])),
  construction_year: nullable(Type.Integer()),
  ownership_type: nullable(Type.Enum([...OWNERSHIP_TYPES])),
  rental_status: nullable(Type.Enum([...RENTAL_STATUSES])),
  usable_area_m2: area,
  bra_internal_m2: area,
  bra_external_m2: area,
  bra_enclosed_balcony_m2: area,
  gross_area_m2: area,
  primary_area_m2: area,
  secondary_area_m2: area,
  ownership_share: nullable(Type.String({ description: 'A share of one, such as 0.500' })),
  documented_market_value: nullable(Type.String()),
  created_at: TimeText,
  created_by_id: nullable(Id),
  updated_at: TimeText,
  updated_by_id: nullable(Id),
});
export type AssetProperty = Static<typeof AssetProperty>;

type Row = Omit<AssetProperty, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date };

/** The properties of the assets that have one, by asset. */
export async function readProperties(
  tx: Transaction,
  clientAccountId: number,
  assetIds: readonly number[],
): Promise<Map<number, AssetProperty>> {
  const rows = await tx.rows<Row>(sql`
    select id, asset_id, municipality_code, municipality_name, land_number, title_number, lease_number, section_number,
      cooperative_org_number, share_number, country_code, street_address, postal_code, postal_area, additional_addresses,
      cadastral_number, established_date, is_historical, building_type, construction_year, ownership_type, rental_status,
      usable_area_m2, bra_internal_m2, bra_external_m2, bra_enclosed_balcony_m2, gross_area_m2, primary_area_m2,
      secondary_area_m2, round(ownership_share, greatest(3, scale(trim_scale(ownership_share))))::text as ownership_share,
      documented_market_value::text as documented_market_value, created_at, created_by_id, updated_at, updated_by_id
    from asset_properties where client_account_id = ${clientAccountId} and asset_id = any(${[...assetIds]}::bigint[])`);
  return new Map(
    rows.map((row) => [
      row.asset_id,
      { ...row, created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at) },
    ]),
  );
}
