import { type FieldProblem, problem } from '../platform/errors.ts';
import { route, type Route } from '../platform/http/route.ts';
import { Id, strict, Type } from '../platform/http/schema.ts';
import { kindsOf } from './event-kinds.ts';
import { EventPageShape, listEvents } from './event-list.ts';

const tag = 'Events';
const MOST_KINDS = 100;

/** The unknown ones in a list of kinds and groups of kinds. */
export function kindFaults(path: string, asked: readonly string[]): FieldProblem[] {
  return asked
    .filter((kind) => !kindsOf(kind))
    .map((kind) => problem(path, `"${kind}" is no kind of event`, `«${kind}» er ikke en hendelsestype`));
}

export function kindsOfAll(asked: readonly string[]): string[] {
  return [...new Set(asked.flatMap((kind) => kindsOf(kind) ?? []))].sort();
}

function listed(kinds: string | string[] | undefined): string[] {
  return [kinds ?? []].flat().flatMap((text) => text.split(','));
}

export const eventListRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/events',
    tag,
    summary: 'What happened in a client account, in one order that never gets an event in front of a known one',
    operation: listEvents,
    client: 'query',
    query: strict({
      client_account_id: Id,
      after: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          default: 0,
          description: 'The last position that is known; events are kept for 90 days',
        }),
      ),
      kinds: Type.Optional(
        Type.Union(
          [Type.String({ maxLength: 2_000 }), Type.Array(Type.String({ maxLength: 60 }), { maxItems: MOST_KINDS })],
          { description: 'Such as document.final,payment_order.*' },
        ),
      ),
      per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
    }),
    response: EventPageShape,
    faults: (query) => kindFaults('kinds', listed(query.kinds)),
    input: ({ query }) => ({
      after: query.after ?? 0,
      kinds: query.kinds === undefined ? null : kindsOfAll(listed(query.kinds)),
      perPage: query.per_page ?? 100,
    }),
  }),
];
