import { ownValue } from '../../kernel/own-value.ts';
import type { RegisteredProperty } from '../../integrations/index.ts';
import type { AssetProperty } from '../property.ts';

/** Fields that users may correct; the registry only fills empty ones. */
export type InferredFields = Pick<
  AssetProperty,
  | 'building_type'
  | 'construction_year'
  | 'ownership_type'
  | 'rental_status'
  | 'usable_area_m2'
  | 'ownership_share'
  | 'documented_market_value'
>;

type Building = AssetProperty['building_type'];

/** By `eiendomstype` of Skatteetaten's code list; dwellings by their `boligtype`. */
const BUILDINGS: Record<string, Building> = {
  flerboligbygning: 'MULTI_UNIT_BUILDING',
  selveidFritidseiendom: 'CABIN',
  ikkeUtleidNaeringseiendomINorge: 'COMMERCIAL_BUILDING',
  naeringseiendom: 'COMMERCIAL_BUILDING',
  gaardsbruk: 'AGRICULTURAL_BUILDING',
  jordbrukseiendom: 'AGRICULTURAL_BUILDING',
  tomt: 'OTHER',
  skogeiendom: 'OTHER',
  skogeiendomINorge: 'OTHER',
  skalIkkeFastsettes: 'OTHER',
  annenFastEiendomInnenforInntektsgivendeAktivitet: 'OTHER',
  annenFastEiendomUtenforInntektsgivendeAktivitet: 'OTHER',
};
/** The registry has one kind of small house; users distinguish four. */
const DWELLINGS: Record<string, Building> = {
  enebolig: 'DETACHED_HOUSE',
  smaahus: 'ROW_HOUSE',
  leilighet: 'APARTMENT',
};
const RENTALS: Record<string, AssetProperty['rental_status']> = {
  ikkeUtleidNaeringseiendomINorge: 'NOT_RENTED',
  naeringseiendom: 'FULLY_RENTED',
};

/** Values inferred from the wealth-tax basis; null if it has none. */
export function inferredFields(registered: RegisteredProperty): InferredFields {
  const type = registered.propertyType ?? '';
  return {
    building_type: buildingType(registered),
    construction_year: registered.constructionYear,
    ownership_type: ownershipType(registered),
    rental_status: ownValue(RENTALS, type) ?? null,
    usable_area_m2: registered.areaM2,
    ownership_share: shareOf(registered.ownershipPercent),
    documented_market_value: amountOf(registered.documentedValue),
  };
}

function buildingType({ propertyType, dwellingType }: RegisteredProperty): Building {
  const dwelling = ownValue(DWELLINGS, dwellingType ?? '') ?? null;
  if (propertyType === 'boenhetIBoligselskap') return dwelling ?? 'APARTMENT';
  if (propertyType === 'selveidBolig') return dwelling;
  return ownValue(BUILDINGS, propertyType ?? '') ?? null;
}

function ownershipType(registered: RegisteredProperty): AssetProperty['ownership_type'] {
  if (registered.propertyType === null) return null;
  if (registered.propertyType === 'boenhetIBoligselskap')
    return registered.isShareHousing ? 'SHARE_HOUSING' : 'HOUSING_COOPERATIVE';
  return registered.leaseNumber === null ? 'SELF_OWNED' : 'LEASED_SITE';
}

/** `50.00` percent is `0.500000`. */
function shareOf(percent: string | null): string | null {
  if (percent === null || !/^\d{1,3}(\.\d+)?$/.test(percent)) return null;
  const share = Number(percent) / 100;
  return share > 0 && share <= 1 ? share.toFixed(6) : null;
}

function amountOf(kroner: string | null): string | null {
  return kroner !== null && /^\d{1,12}(\.\d{1,2})?$/.test(kroner) && Number(kroner) > 0 ? kroner : null;
}
