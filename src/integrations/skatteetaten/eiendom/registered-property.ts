import { outboundErrors } from '../../../platform/outbound/errors.ts';
import type { JsonObject } from '../../../platform/outbound/json-answer.ts';
import { skatteetatenErrors } from '../errors.ts';
import { countOf, isUnknown, objectsIn, propertyOf, textOf } from './basis-layout.ts';
import { SERVICE } from './refusal.ts';

export interface RegisteredAddress {
  street_address: string | null;
  postal_code: string | null;
  postal_area: string | null;
}

/** A property from the wealth-tax basis of an income year, in one form for both layouts. */
export interface RegisteredProperty {
  municipalityCode: string | null;
  landNumber: string | null;
  titleNumber: string | null;
  leaseNumber: string | null;
  sectionNumber: string | null;
  /** For a unit in a housing company: the company, and the share or unit. */
  cooperativeNumber: string | null;
  shareNumber: string | null;
  isShareHousing: boolean;
  addresses: RegisteredAddress[];
  /** `eiendomstype` and `boligtype` of the code lists. */
  propertyType: string | null;
  dwellingType: string | null;
  constructionYear: number | null;
  areaM2: number | null;
  /** Percent, as text. */
  ownershipPercent: string | null;
  /** Kroner, as text. */
  documentedValue: string | null;
}

/**
 * Reads the property out of its basis. Throws skatteetaten.unknown_property (400), and 502 if the response neither
 * contains the property nor says that it is unknown.
 */
export function readRegisteredProperty(
  basis: JsonObject,
  { taxYear, propertyId, externalId }: { taxYear: number; propertyId: string; externalId: string },
): RegisteredProperty {
  if (isUnknown(basis)) throw skatteetatenErrors.unknown_property({ external_id: externalId });
  const found = propertyOf(basis, taxYear, propertyId);
  if (!found) throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a basis without the property' });
  const { property } = found;
  const object = mainObject(found.objects);
  const number = (value: unknown) => {
    const text = textOf(value);
    return text === null || /^0+$/.test(text) ? null : text;
  };
  const cooperative = number(property.boligselskapetsOrganisasjonsnummer);
  const unit = number(property.aksjeboenhetsnummer);
  const landNumber = number(property.gaardsnummer);
  if (landNumber === null && cooperative === null)
    throw outboundErrors.contract_broken({ service: SERVICE, reason: 'a property without a cadastral number' });
  return {
    municipalityCode: textOf(property.kommunenummer),
    landNumber,
    titleNumber: number(property.bruksnummer),
    leaseNumber: number(property.festenummer),
    sectionNumber: number(property.seksjonsnummer),
    cooperativeNumber: cooperative,
    shareNumber: number(property.andelsnummer) ?? unit,
    isShareHousing: unit !== null,
    addresses: addressesOf(property),
    propertyType: textOf(object.eiendomstype),
    dwellingType: textOf(object.boligtype),
    ...buildingOf(object),
    ownershipPercent: textOf(object.eierandel) ?? textOf(property.eierandel),
    documentedValue: firstOf(object, (name) => name.startsWith('dokumentertMarkedsverdi')),
  };
}

/** The main object of a property: a farm may also have a parcel that is not valued. */
function mainObject(objects: readonly JsonObject[]): JsonObject {
  return objects.find((one) => one.eiendomstype !== 'skalIkkeFastsettes') ?? objects[0] ?? {};
}

function addressesOf(property: JsonObject): RegisteredAddress[] {
  const postal_code = textOf(property.postnummer);
  const postal_area = titleCase(textOf(property.poststedsnavn));
  const roads = objectsIn(property.vegadresse).map((road) => {
    const number = `${textOf(road.husnummer) ?? ''}${textOf(road.husbokstav) ?? ''}`;
    return [textOf(road.adressenavn), number].filter(Boolean).join(' ') || null;
  });
  if (roads.length === 0 && postal_code !== null) roads.push(null);
  return roads.map((street_address) => ({ street_address, postal_code, postal_area }));
}

/** A building with separate units has no area and year itself. */
function buildingOf(object: JsonObject): Pick<RegisteredProperty, 'constructionYear' | 'areaM2'> {
  const units = objectsIn(object.useksjonertBoenhet);
  const areas = units.map((unit) => countOf(unit.boligensAreal));
  const years = new Set(units.map((unit) => countOf(unit.byggeaar)));
  const area =
    countOf(object.boligensAreal) ??
    countOf(object.arealForIkkeUtleidNaeringseiendomINorge) ??
    countOf(object.areal) ??
    (areas.includes(null) ? null : areas.reduce<number>((sum, one) => sum + one!, 0) || null);
  const year = countOf(object.byggeaar) ?? (years.size === 1 ? [...years][0]! : null);
  return { constructionYear: year, areaM2: area };
}

function firstOf(object: JsonObject, has: (name: string) => boolean): string | null {
  for (const [name, value] of Object.entries(object)) if (has(name) && textOf(value) !== null) return textOf(value);
  return null;
}

/** The registry writes places in capitals: `SØR-VARANGER` becomes `Sør-Varanger`. */
export function titleCase(text: string | null): string | null {
  if (text === null || text !== text.toUpperCase()) return text;
  return text
    .toLowerCase()
    .replace(/(^|[\s\-(/])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
    .replace(/ (I|Og|På|Ved) /g, (word) => word.toLowerCase());
}
