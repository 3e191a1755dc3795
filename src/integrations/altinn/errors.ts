import { catalogue } from '../../platform/errors.ts';

export const altinnErrors = catalogue('altinn', {
  no_access_token: {
    status: 403,
    nb: 'Ingen gyldig tilgang til Altinn; koble til Altinn gjennom ID-porten',
    en: 'No valid Altinn access token; connect to Altinn through ID-porten',
    source: 'specification: integrations, 403 No valid Altinn access token',
  },
  parties_failed: {
    status: 500,
    nb: 'Aktørene kunne ikke hentes fra Altinn ({reason}); prøv igjen senere',
    en: 'Error fetching parties from Altinn ({reason}); try again later',
    source: 'specification: integrations, 500 Error fetching parties from Altinn',
  },
  altinn2_closed: {
    status: 502,
    nb: 'Altinn 2 er stengt ({reason}); den som drifter installasjonen kan hente avgivere fra Altinn 3 (ALTINN_REPORTEES)',
    en: 'Altinn 2 is closed ({reason}); whoever runs this installation can take reportees from Altinn 3 (ALTINN_REPORTEES)',
    source: 'Altinn, closing of Altinn 2',
  },
  api_key_refused: {
    status: 502,
    nb: 'Altinn 2 godtar ikke API-nøkkelen til denne installasjonen; det må ordnes av den som drifter den',
    en: 'Altinn 2 does not accept this installation’s API key; whoever runs it has to mend it',
    source: 'Altinn 2 REST API, header ApiKey',
  },
});
