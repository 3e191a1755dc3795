import type { PropertyHit, RegisteredProperty } from '../../integrations/index.ts';
import type { AssetProperty } from '../property.ts';

/** The registry's fields of a property; overwritten at every sync, never by users. */
export type RegistryFields = Pick<
  AssetProperty,
  | 'municipality_code'
  | 'municipality_name'
  | 'land_number'
  | 'title_number'
  | 'lease_number'
  | 'section_number'
  | 'cooperative_org_number'
  | 'share_number'
  | 'country_code'
  | 'street_address'
  | 'postal_code'
  | 'postal_area'
  | 'additional_addresses'
  | 'cadastral_number'
  | 'established_date'
  | 'is_historical'
>;

/** `hit`: additional fields from the search; null if it did not find the property. */
export function registryFields(registered: RegisteredProperty, hit: PropertyHit | null): RegistryFields {
  const [address, ...others] = registered.addresses;
  return {
    municipality_code: registered.municipalityCode,
    municipality_name: hit?.municipalityName ?? null,
    land_number: registered.landNumber,
    title_number: registered.titleNumber,
    lease_number: registered.leaseNumber,
    section_number: registered.sectionNumber,
    cooperative_org_number: registered.cooperativeNumber,
    share_number: registered.shareNumber,
    country_code: 'NO',
    street_address: address?.street_address ?? null,
    postal_code: address?.postal_code ?? null,
    postal_area: address?.postal_area ?? null,
    additional_addresses: others.length > 0 ? others : null,
    cadastral_number: cadastralNumber(registered),
    established_date: hit?.establishedDate ?? null,
    is_historical: hit?.isHistorical ?? null,
  };
}

/** `4601-31/139/0/0`: municipality, gnr, bnr, fnr and snr, with 0 for none. A share has no such number. */
export function cadastralNumber(registered: RegisteredProperty): string | null {
  const { municipalityCode, landNumber, titleNumber, leaseNumber, sectionNumber } = registered;
  if (municipalityCode === null || landNumber === null) return null;
  return `${municipalityCode}-${[landNumber, titleNumber, leaseNumber, sectionNumber].map((one) => one ?? '0').join('/')}`;
}
