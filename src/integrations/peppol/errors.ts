import { catalogue } from '../../platform/errors.ts';

const source = 'specification: integrations, Peppol';

export const peppolErrors = catalogue('peppol', {
  no_valid_number: {
    status: 400,
    nb: 'Klientkontoen har ikke et gyldig norsk organisasjonsnummer; Peppol krever det',
    en: 'The client account has no valid Norwegian organization number; Peppol requires one',
    source,
  },
  taken_elsewhere: {
    status: 400,
    nb: 'Virksomheten {organization_number} er registrert i Peppol hos en annen leverandør. Be den avslutte registreringen, eller oppgi flyttenøkkelen derfra som migration_key',
    en: 'The organization {organization_number} is registered in Peppol through another provider. Ask that one to end it, or give its migration key as migration_key',
    source,
  },
  taken_here: {
    status: 400,
    nb: 'En annen klientkonto her med organisasjonsnummer {organization_number} bruker Peppol',
    en: 'Another client account here with organization number {organization_number} uses Peppol',
    source,
  },
  refused: {
    status: 400,
    nb: 'Aksesspunktet registrerer ikke virksomheten: {reason}',
    en: 'The access point does not register the organization: {reason}',
    source,
  },
});
