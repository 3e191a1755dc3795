import { catalogue } from '../platform/errors.ts';

export const integrationErrors = catalogue('integrations', {
  no_organization_number: {
    status: 400,
    nb: 'Klientkontoen har ikke noe organisasjonsnummer',
    en: 'The client account has no organization number',
    source: 'specification: assets, attach property',
  },
});
