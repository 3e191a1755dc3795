import type { ValuationInput } from '../../integrations/index.ts';
import type { AssetProperty } from '../property.ts';

type Choice = Pick<ValuationInput, 'valuation' | 'propertyType' | 'dwellingType'>;

/**
 * Which of Skatteetaten's services values a property, and as what. Null: none does, such as property that is let (valued
 * from its rents in the tax return), farms and land.
 */
export function chooseValuation({
  building_type,
  rental_status,
  ownership_type,
}: Pick<AssetProperty, 'building_type' | 'rental_status' | 'ownership_type'>): Choice | null {
  const isUnit = ownership_type === 'HOUSING_COOPERATIVE' || ownership_type === 'SHARE_HOUSING';
  const dwelling = (dwellingType: string, propertyType = isUnit ? 'boenhetIBoligselskap' : 'selveidBolig'): Choice => ({
    valuation: 'markedsverdi_bolig',
    propertyType,
    dwellingType,
  });
  switch (building_type) {
    case 'DETACHED_HOUSE':
    case 'DETACHED_HOUSE_WITH_UNIT':
      return dwelling('enebolig');
    case 'SEMI_DETACHED_HOUSE':
    case 'ROW_HOUSE':
    case 'LINKED_HOUSE':
      return dwelling('smaahus');
    case 'APARTMENT':
    case 'STUDIO':
      return dwelling('leilighet');
    case 'CABIN':
      return dwelling('enebolig', 'selveidFritidseiendom');
    case 'HOLIDAY_APARTMENT':
      return dwelling('leilighet', 'selveidFritidseiendom');
    case 'MULTI_UNIT_BUILDING':
      return { valuation: 'markedsverdi_flerbolig', propertyType: 'flerboligbygning' };
    case 'COMMERCIAL_BUILDING':
      return rental_status === 'NOT_RENTED'
        ? { valuation: 'utleieverdi', propertyType: 'ikkeUtleidNaeringseiendomINorge' }
        : null;
    case 'AGRICULTURAL_BUILDING':
    case 'OUTBUILDING':
    case 'OTHER':
    case null:
      return null;
  }
}

/** A holiday home may have no table value; what stands in its basis is then all there is. */
export function mayHaveNoValue({ building_type }: Pick<AssetProperty, 'building_type'>): boolean {
  return building_type === 'CABIN' || building_type === 'HOLIDAY_APARTMENT';
}
