import { PERSONS } from '../persons.ts';

/** A party in Altinn's form. */
export interface SandboxParty {
  partyUuid: string;
  name: string;
  organizationNumber: string | null;
  personId: string | null;
  partyId: number;
  type: 'Person' | 'Organization' | 'SelfIdentified';
  unitType: string | null;
  isDeleted: boolean;
  onlyHierarchyElementWithNoAccess: boolean;
  authorizedResources: string[];
  authorizedRoles: string[];
  authorizedAccessPackages: string[];
  subunits: SandboxParty[];
}

interface Given {
  name: string;
  unitType: string;
  isDeleted?: boolean;
  hierarchyOnly?: boolean;
  roles?: string[];
  subunits?: SandboxParty[];
}

function organization(number: string, given: Given): SandboxParty {
  return {
    partyUuid: `00000000-0000-4000-9000-000${number}`,
    name: given.name,
    organizationNumber: number,
    personId: null,
    partyId: 50_000_000 + Number(number.slice(-7)),
    type: 'Organization',
    unitType: given.unitType,
    isDeleted: given.isDeleted ?? false,
    onlyHierarchyElementWithNoAccess: given.hierarchyOnly ?? false,
    authorizedResources: given.hierarchyOnly ? [] : ['app_skd_formueinntekt-skattemelding-v2'],
    authorizedRoles: given.roles ?? ['DAGL'],
    authorizedAccessPackages: [],
    subunits: given.subunits ?? [],
  };
}

function self(pid: string): SandboxParty {
  const name = PERSONS.find((one) => one.pid === pid)?.name ?? 'Ukjent';
  return {
    ...organization('310049573', { name, unitType: '' }),
    partyUuid: `00000000-0000-4000-8000-0${pid}`,
    organizationNumber: null,
    personId: pid,
    partyId: 50_000_000 + Number(pid.slice(-6)),
    type: 'Person',
    unitType: null,
    authorizedResources: [],
    authorizedRoles: ['PRIV'],
  };
}

const REGNA = ['REGNA'];

/** The parties that each synthetic person may act for, in Altinn's order. */
export const PARTIES_OF: Readonly<Record<string, SandboxParty[]>> = {
  '06891548603': [
    self('06891548603'),
    organization('310049573', { name: 'FJELL OG FJORD EIENDOM AS', unitType: 'AS', roles: REGNA }),
    organization('312974436', { name: 'LUNDE NÆRING AS', unitType: 'AS', roles: REGNA }),
    organization('213796712', {
      name: 'HOVEDENHETEN KOMMUNE',
      unitType: 'KOMM',
      hierarchyOnly: true,
      roles: [],
      subunits: [organization('315166969', { name: 'UNDERENHETEN SKOLE', unitType: 'BEDR', roles: REGNA })],
    }),
    organization('312169053', { name: 'NEDLAGT VERKSTED AS', unitType: 'AS', isDeleted: true, roles: REGNA }),
    organization('314112938', { name: 'TALL OG ORDEN REGNSKAP AS', unitType: 'AS', roles: ['ANSATT'] }),
  ],
  '21865898093': [
    self('21865898093'),
    organization('310049573', { name: 'FJELL OG FJORD EIENDOM AS', unitType: 'AS' }),
  ],
  '27889398510': [
    self('27889398510'),
    {
      ...organization('311123254', { name: 'TT02 PRØVE AS', unitType: 'AS' }),
      partyId: 51_624_048,
      partyUuid: 'b8ebab4d-3894-4016-937e-4901a43327cd',
    },
  ],
  '01816497767': [],
};

export function partiesOf(pid: string): SandboxParty[] {
  return PARTIES_OF[pid] ?? [];
}
