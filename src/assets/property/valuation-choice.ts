import type { ValuationInput } from '../../integrations/index.ts';
import type { AssetProperty } from '../property.ts';

type Choice = Pick<ValuationInput, 'valuation' | 'propertyType' | 'dwellingType'>;
type Building = NonNullable<AssetProperty['building_type']>;

/** `boligtype` of dwellings, permanent or for holidays. */
const DWELLINGS: Partial<Record<Building, string>> = {
  DETACHED_HOUSE: 'enebolig',
  DETACHED_HOUSE_WITH_UNIT: 'enebolig',
  SEMI_DETACHED_HOUSE: 'smaahus',
  ROW_HOUSE: 'smaahus',
  LINKED_HOUSE: 'smaahus',
  APARTMENT: 'leilighet',
  STUDIO: 'leilighet',
  CABIN: 'enebolig',
  HOLIDAY_APARTMENT: 'leilighet',
};

/**
 * Which of Skatteetaten's services values a property, and as which kind. Null if none does, such as property that is
 * let (valued from its rents in the tax return), farms and land.
 */
export function chooseValuation(
  property: Pick<AssetProperty, 'building_type' | 'rental_status' | 'ownership_type'>,
): Choice | null {
  const { building_type: building, rental_status: rental, ownership_type: ownership } = property;
  if (building === 'MULTI_UNIT_BUILDING')
    return { valuation: 'markedsverdi_flerbolig', propertyType: 'flerboligbygning' };
  if (building === 'COMMERCIAL_BUILDING' && rental === 'NOT_RENTED')
    return { valuation: 'utleieverdi', propertyType: 'ikkeUtleidNaeringseiendomINorge' };
  const dwellingType = building === null ? undefined : DWELLINGS[building];
  if (!dwellingType) return null;
  const isUnit = ownership === 'HOUSING_COOPERATIVE' || ownership === 'SHARE_HOUSING';
  const dwelling = isUnit ? 'boenhetIBoligselskap' : 'selveidBolig';
  const propertyType = mayHaveNoValue(property) ? 'selveidFritidseiendom' : dwelling;
  return { valuation: 'markedsverdi_bolig', propertyType, dwellingType };
}

/** A holiday home may have no table value; the value in its basis is then the only one. */
export function mayHaveNoValue({ building_type }: Pick<AssetProperty, 'building_type'>): boolean {
  return building_type === 'CABIN' || building_type === 'HOLIDAY_APARTMENT';
}
