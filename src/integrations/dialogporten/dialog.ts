import { outboundErrors } from '../../platform/outbound/errors.ts';
import { isObject, type JsonObject } from '../../platform/outbound/json-answer.ts';
import { nullable, strict, Type } from '../../platform/http/schema.ts';

export const SERVICE = 'Dialogporten';

/** A dialog in a list, with Dialogporten's names and values. */
export const DialogShape = strict({
  id: Type.String(),
  status: Type.String({ description: 'As Dialogporten has it; an open list' }),
  extendedStatus: nullable(Type.String()),
  serviceResource: Type.String(),
  party: Type.String(),
  org: Type.String({ description: 'The service owner: `skd`, `nav`' }),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export interface Dialog {
  id: string;
  status: string;
  extendedStatus: string | null;
  serviceResource: string;
  party: string;
  org: string;
  createdAt: string;
  updatedAt: string;
}

export interface DialogPage {
  dialogs: Dialog[];
  /** Position of the next page; null at the end. */
  continuationToken: string | null;
}

/**
 * Reads a page of the search; unknown fields are dropped, unknown statuses kept. Throws outbound.contract_broken, also
 * for a dialog of a party that was not requested.
 */
export function readDialogPage(answer: JsonObject, party: string): DialogPage {
  const { items, hasNextPage, continuationToken: token } = answer;
  if (!Array.isArray(items)) throw broken('a search without items');
  if (token !== null && token !== undefined && typeof token !== 'string') throw broken('a token that is no text');
  if (hasNextPage === true && !token) throw broken('a next page without its token');
  return {
    dialogs: items.map((one) => readDialog(one, party)),
    continuationToken: hasNextPage === true ? (token as string) : null,
  };
}

function readDialog(found: unknown, party: string): Dialog {
  if (!isObject(found)) throw broken('a dialog that is no object');
  const text = (name: string) => {
    const value = found[name];
    if (typeof value !== 'string') throw broken(`a dialog without ${name}`);
    return value;
  };
  const { extendedStatus = null } = found;
  if (extendedStatus !== null && typeof extendedStatus !== 'string') throw broken('an extendedStatus that is no text');
  if (text('party').toLowerCase() !== party) throw broken('a dialog of another party');
  return {
    id: text('id'),
    status: text('status'),
    extendedStatus,
    serviceResource: text('serviceResource'),
    party: text('party'),
    org: text('org'),
    createdAt: text('createdAt'),
    updatedAt: text('updatedAt'),
  };
}

function broken(reason: string) {
  return outboundErrors.contract_broken({ service: SERVICE, reason });
}
