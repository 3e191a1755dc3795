import { bearerClaims } from '../bearer.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

const PATH = '/storage/api/v1/instances';
const PAGE = 10;

interface StoredInstance {
  appId: string;
  created: string;
  instanceOwner: { organisationNumber: string };
  process: { ended: string | null };
}

/** The search for instances across apps; null for any other request. An end user must name the owner. */
export async function storedInstances(request: StandInRequest, world: StandInWorld): Promise<StandInAnswer | null> {
  if (request.method !== 'GET' || request.path !== PATH) return null;
  const claims = await bearerClaims(request, world, ['altinn']);
  if (!claims) return { status: 401 };
  const owner = /^organisation:(\d{9})$/i.exec(request.headers['x-ai-instanceowneridentifier'] ?? '')?.[1];
  const { query } = request;
  if (!owner) return { status: 400, body: 'InstanceOwnerPartyId must be defined.' };
  const [comparison, since] = /^(gte?):(.+)$/.exec(query.get('created') ?? '')?.slice(1) ?? [];
  const all = (await world.act('mva_app', 'instances', {})) as StoredInstance[];
  const found = all.filter(
    ({ appId, created, instanceOwner, process }) =>
      instanceOwner.organisationNumber === owner &&
      (!query.has('appId') || appId === query.get('appId')) &&
      (query.get('process.isComplete') !== 'false' || process.ended === null) &&
      (!since ||
        (comparison === 'gt' ? Date.parse(created) > Date.parse(since) : Date.parse(created) >= Date.parse(since))),
  );
  const first = Number(query.get('continuationToken') ?? 0);
  const next = new URL(`${world.address}${PATH}?${query.toString()}`);
  next.searchParams.set('continuationToken', String(first + PAGE));
  return {
    status: 200,
    body: {
      count: Math.min(PAGE, Math.max(0, found.length - first)),
      self: `${world.address}${PATH}?${query.toString()}`,
      next: found.length > first + PAGE ? next.href : null,
      instances: found.slice(first, first + PAGE),
    },
  };
}
