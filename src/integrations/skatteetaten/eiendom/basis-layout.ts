import { isObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';

/** From this income year a property's objects are nested inside it; before, they are in one list per type beside it. */
const NESTED_FROM = 2024;

export function isNested(taxYear: number): boolean {
  return taxYear >= NESTED_FROM;
}

export const FLAT_PREFIX = 'formuesspesifikasjonFor';
export const NESTED_OBJECTS = 'fastEiendomSomFormuesobjekt';
const JOIN = 'internEiendomsidentifikator';

/** A property of a wealth-tax basis and its objects by type; references, not copies. */
export interface BasisProperty {
  property: JsonObject;
  objects: JsonObject[];
}

/** The property with the id, in the layout of its income year; null if the basis has none. */
export function propertyOf(basis: JsonObject, taxYear: number, propertyId: string): BasisProperty | null {
  const properties = objectsIn(basis.fastEiendom);
  const property = properties.find((one) => textOf(one.sergEiendomsidentifikator) === propertyId);
  if (!property) return null;
  if (isNested(taxYear)) return { property, objects: objectsIn(property[NESTED_OBJECTS]) };
  const objects = Object.entries(basis)
    .filter(([name]) => name.startsWith(FLAT_PREFIX))
    .flatMap(([, list]) => objectsIn(list))
    .filter((one) => belongs(one, property, properties));
  return { property, objects };
}

/** In the flat layout the two are joined by a separate id; with a single property nothing needs joining. */
export function belongs(object: JsonObject, property: JsonObject, properties: readonly JsonObject[]): boolean {
  return object[JOIN] === property[JOIN] && (object[JOIN] !== undefined || properties.length === 1);
}

/** Skatteetaten responds with status 200 and this list if it cannot value the property. */
export function isUnknown(basis: JsonObject): boolean {
  return Array.isArray(basis.ukjentEiendomINorge) && basis.ukjentEiendomINorge.length > 0;
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Text or number as text; the documents use both. Null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** A whole number of at least 1; null for anything else. */
export function countOf(value: unknown): number | null {
  const text = textOf(value);
  if (text === null || !/^\d{1,9}(\.0+)?$/.test(text)) return null;
  return Number(text) || null;
}
