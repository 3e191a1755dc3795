import type { Language } from '../../platform/errors.ts';
import type { JsonObject } from '../../platform/outbound/json-answer.ts';
import type { Party } from './party.ts';

const TYPES = {
  person: { nb: 'Person', en: 'Person' },
  unit: { nb: 'Foretak', en: 'Enterprise' },
  subunit: { nb: 'Bedrift', en: 'Business' },
};

/** Converts Altinn 3's parties to the form of Altinn 2's reportees; parties that are not selectable are left out. */
export function reporteesFromParties(parties: readonly Party[], self: string, language: Language): JsonObject {
  const reportees: JsonObject[] = [];
  const add = (party: Party, parent: Party | null) => {
    const { organizationNumber, personId } = party;
    if (party.selectable)
      reportees.push({
        ReporteeId: party.partyUuid ?? party.partyId ?? null,
        ...given('PartyUUID', party.partyUuid),
        Name: party.name ?? null,
        Type: TYPES[parent ? 'subunit' : organizationNumber ? 'unit' : 'person'][language],
        ...given('SocialSecurityNumber', personId),
        ...given('OrganizationNumber', organizationNumber),
        ...given('ParentOrganizationNumber', parent?.organizationNumber),
        ...given('OrganizationForm', party.unitType),
      });
    for (const below of party.subunits ?? []) add(below, party);
  };
  for (const party of parties) add(party, null);
  return { _links: { self: { href: self } }, _embedded: { reportees } };
}

function given(name: string, value: unknown): JsonObject {
  return value === undefined || value === null ? {} : { [name]: value };
}
