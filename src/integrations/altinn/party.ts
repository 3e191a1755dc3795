import type { JsonObject } from '../../platform/outbound/json-answer.ts';
import { isObject } from '../../platform/outbound/json-answer.ts';

/** A party as Altinn tells it, and whether the user may act for it. */
export type Party = JsonObject & { selectable: boolean; subunits?: Party[] };

/** Sub-units have none of their own; a deeper tree is not theirs. */
const DEEPEST = 5;

/**
 * The parties of an answer, each with `selectable`: false for one that is shown only because a sub-unit of it may be used,
 * and for one that is deleted. Fields that we do not know stay. Null where it is no list of parties.
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
