import { isObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';
import { belongs, FLAT_PREFIX, isNested, NESTED_OBJECTS, objectsIn, propertyOf } from './basis-layout.ts';
import type { Valuation } from './valuations.ts';

/** The input of a valuation; absent fields are taken from the basis. */
export interface ValuationInput {
  valuation: Valuation;
  /** `eiendomstype` and, for dwellings, `boligtype` of the code lists. */
  propertyType: string;
  dwellingType?: string;
  constructionYear?: number | undefined;
  areaM2?: number | undefined;
  /** Whole kroner. */
  documentedValue?: bigint | undefined;
}

/** The names of the flat lists and of the fields in each layout. */
const NAMES = {
  markedsverdi_bolig: {
    list: 'Bolig',
    flat: { area: 'boligensAreal', documented: 'dokumentertMarkedsverdi' },
    nested: { area: 'boligensAreal', documented: 'dokumentertMarkedsverdiForBolig' },
  },
  markedsverdi_flerbolig: {
    list: 'Flerboligbygning',
    // Area and year are on the units.
    flat: { area: null, documented: 'dokumentertMarkedsverdi' },
    nested: { area: null, documented: 'dokumentertMarkedsverdiForFlerboligbygning' },
  },
  utleieverdi: {
    list: 'IkkeUtleidNaeringseiendomINorge',
    flat: { area: 'areal', documented: 'dokumentertMarkedsverdi' },
    nested: {
      area: 'arealForIkkeUtleidNaeringseiendomINorge',
      documented: 'dokumentertMarkedsverdiForIkkeUtleidNaeringseiendomINorge',
    },
  },
} as const;

/**
 * The body of a valuation: the whole basis, with the better known values in the property's object. All numbers are
 * strings of digits, as Skatteetaten writes them there. The given basis is not modified.
 */
export function valuationBasis(
  basis: JsonObject,
  { taxYear, propertyId }: { taxYear: number; propertyId: string },
  input: ValuationInput,
): JsonObject {
  const body = structuredClone(basis);
  const nested = isNested(taxYear);
  const names = NAMES[input.valuation][nested ? 'nested' : 'flat'];
  const object = nested ? nestedObject(body, propertyId, input) : flatObject(body, taxYear, propertyId, input);
  const put = (name: string, value: string | number | bigint | undefined) => {
    if (value !== undefined) object[name] = String(value);
  };
  put('eiendomstype', input.propertyType);
  put('boligtype', input.dwellingType);
  if (names.area) put(names.area, input.areaM2);
  if (input.valuation === 'markedsverdi_bolig') {
    put('byggeaar', input.constructionYear);
    // A company's dwelling is a secondary one unless its basis says otherwise.
    if (nested) object.boligbruk ??= 'sekundaerbolig';
    else object.andelAvFormuesverdi ??= '100.00';
  }
  if (input.valuation === 'utleieverdi')
    object[nested ? 'naeringseiendomstypeForIkkeUtleidNaeringseiendomINorge' : 'naeringseiendomstype'] ??= 'annet';
  put(names.documented, input.documentedValue);
  return body;
}

function nestedObject(body: JsonObject, propertyId: string, { propertyType }: ValuationInput): JsonObject {
  let property = objectsIn(body.fastEiendom).find((one) => String(one.sergEiendomsidentifikator) === propertyId);
  if (!property) {
    property = { sergEiendomsidentifikator: propertyId };
    body.fastEiendom = [...objectsIn(body.fastEiendom), property];
  }
  const objects = objectsIn(property[NESTED_OBJECTS]);
  const object = objects.find((one) => one.eiendomstype === propertyType) ?? objects[0] ?? {};
  if (!objects.includes(object)) property[NESTED_OBJECTS] = [object];
  return object;
}

function flatObject(body: JsonObject, taxYear: number, propertyId: string, { valuation }: ValuationInput): JsonObject {
  const name = FLAT_PREFIX + NAMES[valuation].list;
  const property = propertyOf(body, taxYear, propertyId)?.property;
  const properties = objectsIn(body.fastEiendom);
  const list = objectsIn(body[name]);
  const found = list.find((one) => !property || belongs(one, property, properties));
  if (found) return found;
  const joined = property?.internEiendomsidentifikator;
  const object: JsonObject = joined === undefined ? {} : { internEiendomsidentifikator: joined };
  body[name] = [...list, object];
  return object;
}

/** Whether the response contains a valuation in the form of its year; the computed values are not checked. */
export function isValuation(answer: JsonObject, taxYear: number, valuation: Valuation): boolean {
  if (!isNested(taxYear)) return objectsIn(answer[FLAT_PREFIX + NAMES[valuation].list]).length > 0;
  return objectsIn(answer.fastEiendom).some((one) => objectsIn(one[NESTED_OBJECTS]).some(isObject));
}
