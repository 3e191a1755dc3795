import { bearerClaims, hasScope } from '../bearer.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { partiesOf, type SandboxParty } from './authorized-parties.ts';

const PREFIX = '/accessmanagement/api/v1';
const A_PAGE = 3;

/** Optional flags of the request for parties. */
interface Flags {
  roles: boolean;
  resources: boolean;
  packages: boolean;
}

/** Access management: the parties a user may act for, by both APIs. Null for other paths. */
export async function accessManagement(
  request: StandInRequest,
  world: StandInWorld,
  { many }: { many: number },
): Promise<StandInAnswer | null> {
  const { method, path, query } = request;
  if (method !== 'GET' || !path.startsWith(`${PREFIX}/`)) return null;
  const rest = path.slice(PREFIX.length);
  const isEndUser = rest === '/enduser/authorizedparties';
  const one = /^\/authorizedparty\/(\d+)$/.exec(rest)?.[1];
  if (!isEndUser && rest !== '/authorizedparties' && one === undefined) return null;
  const claims = await bearerClaims(request, world, ['altinn']);
  // An organisation's token names no user.
  if (!claims || typeof claims.pid !== 'string' || claims['urn:altinn:userid'] === undefined) return { status: 401 };
  const allowed = ['altinn:portal/enduser', 'altinn:accessmanagement/authorizedparties'];
  if (isEndUser && !allowed.some((scope) => hasScope(claims, scope))) return { status: 403 };
  const parties = [...partiesOf(claims.pid), ...manyParties(many)];
  const asked = (name: string, otherwise: boolean) => (query.get(name) ?? String(otherwise)) === 'true';
  const flags = {
    roles: asked('includeRoles', !isEndUser),
    resources: asked('includeResources', !isEndUser),
    packages: asked('includeAccessPackages', false),
  };
  if (one !== undefined) {
    const found = parties.find(({ partyId }) => partyId === Number(one));
    return found ? { status: 200, body: shown(found, flags) } : { status: 404 };
  }
  const list = parties.map((party) => shown(party, flags));
  if (!isEndUser) return { status: 200, body: list };
  const from = Number(query.get('from') ?? 0);
  const next = new URL(`${world.address}${path}?${query.toString()}`);
  next.searchParams.set('from', String(from + pageSize(many)));
  return {
    status: 200,
    body: {
      links: from + pageSize(many) < list.length ? { next: next.href } : {},
      data: list.slice(from, from + pageSize(many)),
    },
  };
}

const pageSize = (many: number) => (many > 0 ? 100 : A_PAGE);

function shown(party: SandboxParty, flags: Flags): object {
  const { authorizedRoles, authorizedResources, authorizedAccessPackages, subunits, ...rest } = party;
  return {
    ...rest,
    authorizedRoles: flags.roles ? authorizedRoles : [],
    authorizedResources: flags.resources ? authorizedResources : [],
    authorizedAccessPackages: flags.packages ? authorizedAccessPackages : [],
    subunits: subunits.map((one) => shown(one, flags)),
  };
}

/** A large number, with long names and with unknown fields and values. */
function manyParties(count: number): SandboxParty[] {
  return Array.from({ length: count }, (_, i) => ({
    ...partiesOf('27889398510')[1]!,
    partyUuid: `00000000-0000-4000-a000-${String(i).padStart(12, '0')}`,
    partyId: 60_000_000 + i,
    name: `${'Meget lang '.repeat(30)}${i}`,
    type: 'Something new' as never,
    somethingNew: { nested: [i] },
  }));
}
