import { isSynthetic } from '../organizations.ts';
import { STATUSES } from './dialogs.ts';

const LIMITS = { party: 100, serviceResource: 20, org: 20, extendedStatus: 20 } as const;
const ORDER = ['createdAt', 'updatedAt', 'dueAt', 'contentUpdatedAt'] as const;
const KNOWN = new Set(
  Object.keys(LIMITS).concat(
    ['status', 'orderBy', 'continuationToken', 'limit', 'search', 'searchLanguageCode', 'externalReference'],
    ['process', 'systemLabel', 'isContentSeen', 'excludeApiOnly'],
    ['created', 'updated', 'contentUpdated', 'due'].flatMap((name) => [`${name}After`, `${name}Before`]),
  ),
);

export interface SearchQuery {
  parties: string[];
  serviceResources: string[];
  orgs: string[];
  statuses: string[];
  extendedStatuses: string[];
  order: { by: (typeof ORDER)[number]; descending: boolean; text: string };
  limit: number;
  offset: number;
  search: string | null;
}

/** Field and messages, in the form of Dialogporten's validation. */
export type QueryFaults = Record<string, string[]>;

export function readQuery(query: URLSearchParams): { query: SearchQuery } | { faults: QueryFaults } {
  const faults: QueryFaults = {};
  const fault = (field: string, text: string) => void (faults[field] ??= []).push(text);
  for (const name of new Set(query.keys())) if (!KNOWN.has(name)) fault(name, 'unknown');
  const [parties, serviceResources] = [query.getAll('party'), query.getAll('serviceResource')];
  if (parties.length + serviceResources.length === 0)
    fault('party', "Either 'serviceResource' or 'party' must be specified.");
  for (const party of parties) {
    const number = /^urn:altinn:organization:identifier-no:(\d{9})$/.exec(party)?.[1];
    if (!number || !isSynthetic(number)) fault('party', `'${party}' is not a valid party`);
  }
  for (const one of serviceResources)
    if (!one.startsWith('urn:altinn:resource:'))
      fault('serviceResource', "'ServiceResource' must start with 'urn:altinn:resource:'.");
  for (const [name, most] of Object.entries(LIMITS))
    if (query.getAll(name).length > most) fault(name, `at most ${most} values`);
  const statuses = query.getAll('status');
  for (const one of statuses) if (!STATUSES.includes(one)) fault('status', `'${one}' is not a status`);
  const search = query.get('search');
  if (search !== null && search.length < 3) fault('search', 'at least 3 characters');
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) fault('limit', 'must be between 1 and 1000');
  const order = readOrder(query.get('orderBy') ?? 'contentUpdatedAt_desc');
  if (!order) fault('orderBy', 'unknown order');
  const offset = readToken(query.get('continuationToken'), order?.text ?? '');
  if (offset === null) fault('continuationToken', 'is not valid with this order');
  if (Object.keys(faults).length > 0) return { faults };
  return {
    query: {
      parties,
      serviceResources,
      orgs: query.getAll('org'),
      statuses,
      extendedStatuses: query.getAll('extendedStatus'),
      order: order!,
      limit,
      offset: offset!,
      search,
    },
  };
}

function readOrder(text: string): SearchQuery['order'] | null {
  const [, name, direction] = /^(\w+?)_(asc|desc)$/.exec(text) ?? [];
  const by = ORDER.find((one) => one === name);
  return by ? { by, descending: direction === 'desc', text } : null;
}

export function makeToken(offset: number, order: string): string {
  return Buffer.from(`${order}:${offset}`).toString('base64url');
}

/** The position of the next page; null for a token of another order, or none. */
function readToken(token: string | null, order: string): number | null {
  if (token === null) return 0;
  const [bound, offset] = Buffer.from(token, 'base64url').toString().split(':');
  return bound === order && /^\d{1,6}$/.test(offset ?? '') ? Number(offset) : null;
}
