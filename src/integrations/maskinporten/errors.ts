import { catalogue } from '../../platform/errors.ts';

export const maskinportenErrors = catalogue('maskinporten', {
  refused: {
    status: 503,
    nb: 'Maskinporten gir ikke denne installasjonen tilgang ({reason}); det må ordnes av den som drifter den',
    en: 'Maskinporten does not give this installation access ({reason}); whoever runs it has to mend it',
    source: 'Maskinporten, token endpoint errors',
  },
  system_user_missing: {
    status: 400,
    nb: 'Organisasjonen {organization_number} har ingen godkjent systembruker for denne løsningen i Altinn',
    en: 'The organisation {organization_number} has no approved system user for this system in Altinn',
    source: 'Maskinporten MP-303',
  },
});
