import type { JsonObject } from '../../platform/outbound/json-answer.ts';
import { isObject } from '../../platform/outbound/json-answer.ts';

/** A party in Altinn's form, and whether the user may act for it. */
export type Party = JsonObject & { selectable: boolean; subunits?: Party[] };

/** Sub-units have no sub-units of their own; a deeper tree is not Altinn's. */
const DEEPEST = 5;

/**
 * The parties of a response, each with `selectable`: false for one that is included only because one of its sub-units
 * may be used, and for a deleted one. Unknown fields stay. Null if it is not a list of parties.
 */
export function readParties(value: unknown, depth = 1): Party[] | null {
  if (!Array.isArray(value) || depth > DEEPEST) return null;
  const parties: Party[] = [];
  for (const one of value) {
    if (!isObject(one)) return null;
    const { subunits, ...fields } = one;
    const below = subunits === undefined || subunits === null ? undefined : readParties(subunits, depth + 1);
    if (below === null) return null;
    const selectable = fields.onlyHierarchyElementWithNoAccess !== true && fields.isDeleted !== true;
    parties.push({ ...fields, selectable, ...(below ? { subunits: below } : {}) });
  }
  return parties;
}
