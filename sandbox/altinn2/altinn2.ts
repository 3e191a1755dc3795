import { bearerClaims, hasScope } from '../bearer.ts';
import { partiesOf, type SandboxParty } from '../altinn/authorized-parties.ts';
import { htmlPage } from '../html.ts';
import type { StandIn, StandInAnswer, StandInRequest, StandInWorld } from '../stand-in.ts';

/** As issued to the vendor. */
export const API_KEY = 'C0FFEE00-1111-4222-8333-444455556666';

const WORDS: Record<string, [person: string, unit: string, subunit: string]> = {
  '1044': ['Person', 'Foretak', 'Bedrift'],
  '2068': ['Person', 'Føretak', 'Bedrift'],
  '1033': ['Person', 'Enterprise', 'Business'],
};

type Reportee = SandboxParty & { parent?: SandboxParty };
type Shutdown = 'gone' | 'not_found' | 'notice' | null;

/** Altinn 2: the list of reportees. It can be shut down, in each of the ways that may happen. */
export function altinn2(world: StandInWorld): StandIn {
  let shutdown: Shutdown = null;
  /** For an invalid token: a redirect to the login page, or that page itself. */
  let login: 'redirect' | 'page' = 'redirect';
  let many = 0;

  async function answer(request: StandInRequest): Promise<StandInAnswer> {
    if (shutdown === 'gone') return { status: 410 };
    if (shutdown === 'not_found') return { status: 404 };
    if (shutdown === 'notice') return htmlPage('Altinn 2 er lagt ned', '<p>Bruk nye Altinn.</p>');
    if (`${request.method} ${request.path}` !== 'GET /api/reportees') return { status: 404 };
    const key = request.headers.apikey;
    if (key === undefined) return { status: 400, phrase: 'Required header ApiKey is missing' };
    if (key !== API_KEY) return { status: 403, phrase: 'API key is not authorized for this operation' };
    const claims = await bearerClaims(request, world, ['altinn']);
    if (!claims || typeof claims.pid !== 'string')
      return login === 'redirect'
        ? { status: 302, headers: { location: `${world.address}/ui/Authentication` } }
        : htmlPage('Logg inn i Altinn', '<form></form>');
    if (!hasScope(claims, 'altinn:reportees') && !hasScope(claims, 'altinn:enduser'))
      return { status: 403, phrase: 'The scope is missing' };
    return reportees(request.query, claims.pid);
  }

  function reportees(query: URLSearchParams, pid: string): StandInAnswer {
    const [person, unit, subunit] = WORDS[query.get('language') ?? '1044'] ?? WORDS['1044']!;
    const all = [...partiesOf(pid), ...manyReportees(many)]
      .flatMap((party): Reportee[] => [party, ...party.subunits.map((one) => ({ ...one, parent: party }))])
      .filter((party) => !party.onlyHierarchyElementWithNoAccess)
      .map((party) => ({
        ReporteeId: `r${party.partyId}`,
        PartyUUID: party.partyUuid,
        Name: party.name,
        Type: party.parent ? subunit : party.personId ? person : unit,
        ...(party.personId ? { SocialSecurityNumber: party.personId } : {}),
        ...(party.organizationNumber ? { OrganizationNumber: party.organizationNumber } : {}),
        ...(party.parent ? { ParentOrganizationNumber: party.parent.organizationNumber } : {}),
        ...(party.unitType ? { OrganizationForm: party.unitType } : {}),
        ...(party.isDeleted ? { Status: 'Inactive' } : { Status: 'Active' }),
      }));
    const skip = Number(query.get('$skip') ?? 0);
    const page = all.slice(skip, skip + Number(query.get('$top') ?? 500));
    return {
      status: 200,
      headers: { 'content-type': 'application/hal+json; charset=utf-8' },
      body: JSON.stringify({
        _links: { self: { href: `${world.address}/api/reportees` } },
        _embedded: { reportees: page },
      }),
    };
  }

  return {
    answer,
    error: (status) => ({ status, phrase: 'Something failed' }),
    help: {
      shutdown: {
        nb: 'Steng Altinn 2: gone (410), not_found (404), notice (side); null åpner igjen',
        en: 'Close Altinn 2: gone (410), not_found (404), notice (a page); null opens it again',
        example: { how: 'gone' },
      },
      login: {
        nb: 'Uten gyldig token: omdirigering til innlogging (redirect) eller en side (page)',
        en: 'Without a valid token: a redirect to the login (redirect) or a page (page)',
        example: { how: 'page' },
      },
      many: {
        nb: 'Så mange flere representerte får daglig leder se',
        en: 'So many more reportees the daily manager is shown',
        example: { count: 500 },
      },
    },
    actions: {
      shutdown: ({ how = null }) => void (shutdown = how as Shutdown),
      login: ({ how }) => void (login = how === 'page' ? 'page' : 'redirect'),
      many: ({ count = 0 }) => void (many = Number(count)),
    },
  };
}

function manyReportees(count: number) {
  const [, one] = partiesOf('21865898093');
  return Array.from({ length: count }, (_, i) => ({ ...one!, partyId: 70_000_000 + i, name: `REPRESENTERT ${i} AS` }));
}
