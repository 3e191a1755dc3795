import { randomUUID } from 'node:crypto';
import { bearerClaims, customerOf, hasScope } from '../bearer.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { type Dialog, dialogsOf } from './dialogs.ts';
import { makeToken, type QueryFaults, readQuery, type SearchQuery } from './search-query.ts';

const PREFIX = '/dialogporten/api/v1/';
const SCOPE = 'digdir:dialogporten';

/** Dialogporten's end-user search, with the dialogs of the system user's organisation. */
export function dialogporten(world: StandInWorld): StandIn {
  const added = new Map<string, Dialog[]>();

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    const path = request.path.startsWith(PREFIX) ? request.path.slice(PREFIX.length) : '';
    if (request.method !== 'GET') return { status: 405 };
    if (path === 'metadata/limits') return { status: 200, body: LIMITS };
    if (path !== 'enduser/dialogs') return { status: 404 };
    const claims = await bearerClaims(request, world, ['maskinporten', 'altinn']);
    if (!claims) return { status: 401 };
    if (!hasScope(claims, SCOPE)) return problem(403, 'Forbidden.', { Forbidden: ['Missing scope.'] });
    const read = readQuery(request.query);
    if ('faults' in read) return problem(400, 'One or more validation errors occurred.', read.faults);
    if (read.query.parties.length === 0)
      return problem(422, 'Unprocessable request.', { search: ['The search is too broad.'] });
    const customer = customerOf(claims);
    world.journal(`dialogs of ${read.query.parties.join(', ')} for ${customer}`);
    // Without access to a party the list is empty, without an error.
    const dialogs = customer ? [...(added.get(customer) ?? []), ...dialogsOf(customer)] : [];
    return { status: 200, body: page(dialogs, read.query) };
  }

  return {
    answer,
    error(status) {
      if (status === 401) return { status };
      if (status === 503) return { status, headers: { 'content-type': 'text/plain' }, body: 'Under maintenance' };
      return problem(status, `status ${status}`, { Error: [`status ${status}`] });
    },
    help: {
      add: {
        nb: 'Legg til en dialog for en organisasjon; det som ikke er gitt, er som i den første den har',
        en: 'Add a dialog for an organisation; what is not given is as in the first one that it has',
        example: { organizationNumber: '310049573', dialog: { status: 'Awaiting', org: 'skd' } },
      },
      forget: { nb: 'Ta bort dialoger som er lagt til', en: 'Take away the dialogs that were added' },
    },
    actions: {
      /** Adds a dialog to an organisation, for example one of another party. */
      add({ organizationNumber, dialog }) {
        const number = String(organizationNumber);
        const [first] = dialogsOf(number);
        const made = { ...first, id: randomUUID(), ...(dialog as Partial<Dialog>) } as Dialog;
        added.set(number, [...(added.get(number) ?? []), made]);
      },
      forget: () => added.clear(),
    },
  };
}

const LIMITS = {
  endUserSearch: {
    maxPartyFilterValues: 100,
    maxServiceResourceFilterValues: 20,
    maxOrgFilterValues: 20,
    maxExtendedStatusFilterValues: 20,
  },
};

function page(dialogs: readonly Dialog[], query: SearchQuery) {
  const isIn = (values: readonly string[], value: string | null) =>
    values.length === 0 || (value !== null && values.includes(value));
  const { by, descending, text } = query.order;
  const found = dialogs
    .filter(
      (one) =>
        query.parties.includes(one.party) &&
        isIn(query.serviceResources, one.serviceResource) &&
        isIn(query.orgs, one.org) &&
        isIn(query.statuses, one.status) &&
        isIn(query.extendedStatuses, one.extendedStatus) &&
        (query.search === null || JSON.stringify(one.content).includes(query.search)),
    )
    .toSorted((a, b) => ((a[by] ?? '') < (b[by] ?? '') ? -1 : 1) * (descending ? -1 : 1));
  const end = query.offset + query.limit;
  const hasNextPage = end < found.length;
  return {
    items: found.slice(query.offset, end),
    hasNextPage,
    continuationToken: hasNextPage ? makeToken(end, text) : null,
    orderBy: text,
  };
}

function problem(status: number, title: string, errors: QueryFaults): StandInAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'about:blank', title, status, traceId: '00-0-0-00', errors },
  };
}
