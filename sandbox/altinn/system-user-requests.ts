import { randomUUID } from 'node:crypto';
import { isSynthetic } from '../organizations.ts';
import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { jsonBody, problem } from './problem.ts';
import type { RegisteredSystem, Registry, Right, SystemUserRequest } from './registry.ts';
import { checkVendor, type Vendor } from './vendor-check.ts';

const PREFIX = '/authentication/api/v1/systemuser/';
const WRITE = 'altinn:authentication/systemuser.request.write';
const READ = 'altinn:authentication/systemuser.request.read';
const PAGE = 50;

/** Requests for system users, and the system users created from them. Null for other paths. */
export async function systemUserRequests(
  request: StandInRequest,
  world: StandInWorld,
  registry: Registry,
): Promise<StandInAnswer | null> {
  if (!request.path.startsWith(PREFIX)) return null;
  const path = request.path.slice(PREFIX.length).split('/').map(decodeURIComponent);
  const readsRequest = request.method === 'GET' && path[0] === 'request';
  const vendor = await checkVendor(request, world, readsRequest ? [READ] : [WRITE]);
  if ('refused' in vendor) return vendor.refused;
  const [first, second, third, ...rest] = path;
  if (first === 'vendor' && request.method === 'GET' && second === 'byquery') return byQuery(request, registry, vendor);
  if (first !== 'request' || second !== 'vendor') return { status: 404 };
  const show = (one: SystemUserRequest) => shown(one, world);
  if (third === undefined)
    return request.method === 'POST' ? create(request, world, registry, vendor) : { status: 405 };
  if (third === 'bysystem') return bySystem(request, registry, vendor, rest[0] ?? '', world);
  if (third === 'byexternalref') {
    const [systemId, orgNo, externalRef] = rest;
    const found = registry.requests.find(
      (one) => one.systemId === systemId && one.partyOrgNo === orgNo && one.externalRef === externalRef,
    );
    return found ? { status: 200, body: show(found) } : problem('AUTH-00010');
  }
  const found = registry.request(third);
  if (!found) return problem('AUTH-00010');
  if (!systemOfVendor(registry, vendor, found.systemId)) return problem('AUTH-00011');
  if (request.method === 'GET') return { status: 200, body: show(found) };
  if (request.method !== 'DELETE') return { status: 405 };
  registry.remove(third);
  return { status: 202 };
}

function systemOfVendor(
  registry: Registry,
  { organizationNumber, clientId }: Vendor,
  id: string,
): RegisteredSystem | undefined {
  const system = registry.systems.get(id);
  return system?.vendor.ID === `0192:${organizationNumber}` && system.clientId.includes(clientId) ? system : undefined;
}

function create(request: StandInRequest, world: StandInWorld, registry: Registry, vendor: Vendor): StandInAnswer {
  const given = jsonBody(request.body);
  const system = systemOfVendor(registry, vendor, String(given?.systemId));
  if (!given || !system) return problem('AUTH-00011');
  const partyOrgNo = String(given.partyOrgNo);
  if (!isSynthetic(partyOrgNo)) return problem('AUTH-00000');
  const externalRef = typeof given.externalRef === 'string' ? given.externalRef : partyOrgNo;
  const rights = (given.rights ?? []) as Right[];
  const accessPackages = (given.accessPackages ?? []) as { urn: string }[];
  const refusal = contentRefusal(system, { rights, accessPackages, redirectUrl: given.redirectUrl });
  if (refusal) return refusal;
  const same = (one: { systemId: string; externalRef: string }, number: string) =>
    one.systemId === system.id && one.externalRef === externalRef && number === partyOrgNo;
  const known = registry.requests.find((one) => one.status !== 'Timedout' && same(one, one.partyOrgNo));
  if (known) return { status: 200, body: shown(known, world) };
  if ([...registry.users.values()].some((one) => !one.isDeleted && same(one, one.reporteeOrgNo)))
    return problem('AUTH-00004');
  const made: SystemUserRequest = {
    id: randomUUID(),
    systemId: system.id,
    partyOrgNo,
    externalRef,
    integrationTitle: typeof given.integrationTitle === 'string' ? given.integrationTitle : null,
    rights,
    accessPackages,
    redirectUrl: typeof given.redirectUrl === 'string' ? given.redirectUrl : null,
    status: 'New',
    escalated: false,
    created: world.clock.now(),
  };
  registry.add(made);
  world.journal(`request made for ${partyOrgNo} as ${externalRef}`);
  const location = `${world.address}${PREFIX}request/vendor/${made.id}`;
  return { status: 201, headers: { location }, body: shown(made, world) };
}

function contentRefusal(
  system: RegisteredSystem,
  asked: { rights: Right[]; accessPackages: { urn: string }[]; redirectUrl: unknown },
): StandInAnswer | null {
  if (asked.rights.length + asked.accessPackages.length === 0) return problem('AUTH-00059');
  const values = (rights: Right[]) => rights.flatMap(({ resource }) => resource.map(({ value }) => value));
  const registered = values(system.rights);
  if (values(asked.rights).some((value) => !registered.includes(value))) return problem('AUTH-00001');
  const packages = system.accessPackages.map(({ urn }) => urn);
  if (asked.accessPackages.some(({ urn }) => !packages.includes(urn))) return problem('AUTH-00027');
  if (typeof asked.redirectUrl !== 'string') return null;
  if (system.allowedRedirectUrls.length === 0) return problem('AUTH-00026');
  const wanted = placeOf(asked.redirectUrl);
  return system.allowedRedirectUrls.some((url) => placeOf(url) === wanted) ? null : problem('AUTH-00021');
}

/** Scheme, host and path; on this machine any port, because ports are not known in advance. */
function placeOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, host, pathname } = new URL(url);
  return `${protocol}//${hostname === '127.0.0.1' || hostname === 'localhost' ? 'here' : host}${pathname}`;
}

function shown(one: SystemUserRequest, { addressOf }: StandInWorld) {
  const { created, ...rest } = one;
  return {
    ...rest,
    confirmUrl: `${addressOf('altinn_access')}/accessmanagement/ui/systemuser/request?id=${one.id}&DONTCHOOSEREPORTEE=true`,
    created: created.toISOString(),
    timedOut: one.status === 'Timedout',
  };
}

function bySystem(
  request: StandInRequest,
  registry: Registry,
  vendor: Vendor,
  systemId: string,
  world: StandInWorld,
): StandInAnswer {
  if (!systemOfVendor(registry, vendor, systemId)) return problem('AUTH-00011');
  const all = registry.requests.filter((one) => one.systemId === systemId);
  const from = Number(request.query.get('token') ?? 0);
  const data = all.slice(from, from + PAGE).map((one) => shown(one, world));
  const next = from + PAGE < all.length ? `${world.address}${request.path}?token=${from + PAGE}` : undefined;
  return { status: 200, body: { links: next ? { next } : {}, data } };
}

function byQuery(request: StandInRequest, registry: Registry, vendor: Vendor): StandInAnswer {
  const asked = (name: string) => request.query.get(name) ?? '';
  if (!systemOfVendor(registry, vendor, asked('system-id'))) return problem('AUTH-00011');
  const found = [...registry.users.values()].find(
    (user) =>
      !user.isDeleted &&
      user.systemId === asked('system-id') &&
      user.reporteeOrgNo === asked('orgno') &&
      user.externalRef === asked('external-ref'),
  );
  if (!found) return problem('AUTH-00015');
  return {
    status: 200,
    body: {
      ...found,
      created: found.created.toISOString(),
      productName: found.systemId,
      supplierOrgno: vendor.organizationNumber,
      userType: 'standard',
      accessPackages: [],
    },
  };
}
