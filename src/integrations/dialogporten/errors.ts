import { catalogue } from '../../platform/errors.ts';

const source = 'specification: integrations, search dialogs';

/** Why a search could not be made; returned with the empty list, as in the specification. */
export const dialogportenErrors = catalogue('dialogporten', {
  unknown_client_account: {
    status: 400,
    nb: 'Klientkontoen finnes ikke',
    en: 'Client account not found',
    source,
  },
  no_organization_number: {
    status: 400,
    nb: 'Klientkontoen har ikke noe organisasjonsnummer',
    en: 'No organization number',
    source,
  },
  invalid_organization_number: {
    status: 400,
    nb: '{organization_number} er ikke et gyldig organisasjonsnummer',
    en: 'Invalid organization number',
    source: 'Dialogporten: party, MOD11',
  },
  no_active_system_user: {
    status: 400,
    nb: 'Ingen aktiv systembruker',
    en: 'No active system user',
    source,
  },
  refused: {
    status: 400,
    nb: 'Dialogporten avslo søket: {reason}',
    en: 'Dialogporten refused the search: {reason}',
    source: 'Dialogporten, problem details',
  },
});
