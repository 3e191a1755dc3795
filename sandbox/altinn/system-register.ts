import type { StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';
import { type Breach, jsonBody, problem, validationProblem } from './problem.ts';
import type { RegisteredSystem, Registry, Right } from './registry.ts';
import { checkVendor, type Vendor } from './vendor-check.ts';

const PREFIX = '/authentication/api/v1/systemregister/vendor';
const SCOPE = 'altinn:authentication/systemregister.write';
/** Resources that can be delegated to a system user. */
const RESOURCES = new Set([
  'app_skd_formueinntekt-skattemelding-v2',
  'ske-innrapportering-boligselskap',
  'app_skd_mva-melding-v1',
  'skd-dialog',
]);
const PACKAGES = new Set([
  'urn:altinn:accesspackage:regnskapsforer-med-signeringsrettighet',
  'urn:altinn:accesspackage:skattegrunnlag',
]);

/** The system register's interface for vendors. Null for other paths. */
export async function systemRegister(
  request: StandInRequest,
  world: StandInWorld,
  registry: Registry,
): Promise<StandInAnswer | null> {
  if (request.path !== PREFIX && !request.path.startsWith(`${PREFIX}/`)) return null;
  const vendor = await checkVendor(request, world, [SCOPE]);
  if ('refused' in vendor) return vendor.refused;
  const [id, part] = request.path
    .slice(PREFIX.length + 1)
    .split('/')
    .map(decodeURIComponent);
  if (!id) {
    if (request.method === 'GET')
      return { status: 200, body: [...registry.systems.values()].filter((one) => isOf(one, vendor)) };
    return request.method === 'POST' ? write(request, registry, vendor, null) : { status: 405 };
  }
  const system = registry.systems.get(id);
  if (!system || !isOf(system, vendor)) return problem('AUTH-00011');
  switch (`${request.method} ${part ?? ''}`) {
    case 'GET ':
      return { status: 200, body: system };
    case 'PUT ':
      return write(request, registry, vendor, system);
    case 'DELETE ':
      registry.systems.delete(id);
      return { status: 200, body: { success: true } };
    default:
      return { status: 404 };
  }
}

function isOf(system: RegisteredSystem, { organizationNumber }: Vendor): boolean {
  return system.vendor.ID === `0192:${organizationNumber}`;
}

function write(
  request: StandInRequest,
  registry: Registry,
  vendor: Vendor,
  before: RegisteredSystem | null,
): StandInAnswer {
  const system = readSystem(request.body);
  if (!system) return validationProblem([{ code: 'AUTH.VLD-00000', detail: 'no system', paths: ['/'] }]);
  const breaches = breachesOf(system, registry, vendor, before);
  if (breaches.length > 0) return validationProblem(breaches);
  registry.systems.set(system.id, system);
  return { status: 200, body: before ? { success: true } : system.id };
}

/** Null if the body has other types. */
export function readSystem(body: string): RegisteredSystem | null {
  const given = jsonBody(body);
  const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);
  if (!given || typeof given.id !== 'string') return null;
  return {
    id: given.id,
    vendor: given.vendor as RegisteredSystem['vendor'],
    name: (given.name ?? {}) as Record<string, string>,
    description: (given.description ?? {}) as Record<string, string>,
    rights: list(given.rights) as Right[],
    accessPackages: list(given.accessPackages) as { urn: string }[],
    clientId: list(given.clientId).map(String),
    isVisible: given.isVisible === true,
    allowedRedirectUrls: list(given.allowedRedirectUrls).map(String),
  };
}

function breachesOf(
  system: RegisteredSystem,
  registry: Registry,
  vendor: Vendor,
  before: RegisteredSystem | null,
): Breach[] {
  const found: Breach[] = [];
  const breach = (isBroken: boolean, code: string, detail: string, path: string) => {
    if (isBroken) found.push({ code: `AUTH.VLD-${code}`, detail, paths: [path] });
  };
  const resources = system.rights.flatMap(({ resource }) => resource ?? []);
  const urns = system.accessPackages.map(({ urn }) => urn);
  breach(
    system.vendor?.ID !== `0192:${vendor.organizationNumber}`,
    '00000',
    'the vendor is not the token’s',
    '/vendor/id',
  );
  breach(
    !system.id.startsWith(`${vendor.organizationNumber}_`),
    '00001',
    'the id begins with the vendor’s number',
    '/id',
  );
  breach(/\s/.test(system.id), '00013', 'no blanks in the id', '/id');
  breach(!before && registry.systems.has(system.id), '00002', 'the id is taken', '/id');
  breach(before !== null && before.id !== system.id, '00012', 'the id differs from that of the address', '/id');
  breach(
    resources.some(({ value }) => !RESOURCES.has(value)),
    '00003',
    'a resource was not found',
    '/rights/resource',
  );
  breach(
    resources.some(({ id }) => id !== 'urn:altinn:resource'),
    '00009',
    'the id of a resource',
    '/rights/resource',
  );
  breach(hasTwice(resources.map(({ value }) => value)), '00006', 'a right twice', '/rights');
  breach(hasTwice(urns), '00007', 'a package twice', '/accessPackages');
  breach(
    urns.some((urn) => !PACKAGES.has(urn)),
    '00008',
    'a package is not known',
    '/accessPackages',
  );
  breach(hasTwice(system.clientId), '00011', 'a client twice', '/clientId');
  const others = [...registry.systems.values()]
    .filter(({ id }) => id !== system.id)
    .flatMap(({ clientId }) => clientId);
  breach(
    system.clientId.some((id) => others.includes(id)),
    '00004',
    'the client is used by another system',
    '/clientId',
  );
  breach(!system.allowedRedirectUrls.every(isRedirect), '00005', 'https is required', '/allowedRedirectUrls');
  return found;
}

/** Without TLS only on this machine, which has no certificate. */
function isRedirect(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname));
}

function hasTwice(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}
