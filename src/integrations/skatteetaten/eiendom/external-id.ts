import type { RegisteredProperty } from './registered-property.ts';

/** An id as users write it: Skatteetaten's number of the property, and its cadastral number or share as a check. */
export interface ExternalId {
  propertyId: string;
  tail: string | null;
}

const FORM = /^(\d{1,18})(?:-(\d{1,9}(?:\/\d{1,9}){1,3}))?$/;

/** `3817404-31/139/0/0`, `57-933794164/1` or `3817404`; null for anything else. */
export function readExternalId(text: string): ExternalId | null {
  const found = FORM.exec(text);
  return found && { propertyId: found[1]!, tail: found[2] ?? null };
}

/** Whether the property matches the tail: a typing error in the number shows here. */
export function namesProperty({ tail }: ExternalId, property: RegisteredProperty): boolean {
  if (tail === null) return true;
  const given = tail.split('/').map(Number);
  const share = [property.cooperativeNumber, property.shareNumber];
  const cadastral = [property.landNumber, property.titleNumber, property.leaseNumber, property.sectionNumber];
  return [share, cadastral].some(
    (numbers) => numbers[0] !== null && numbers.every((number, i) => Number(number ?? 0) === (given[i] ?? 0)),
  );
}

/** The search text that finds the property. */
export function searchText(property: RegisteredProperty): string {
  return property.cooperativeNumber
    ? `${property.cooperativeNumber}/${property.shareNumber ?? ''}`
    : `${property.landNumber}/${property.titleNumber ?? 0}`;
}
