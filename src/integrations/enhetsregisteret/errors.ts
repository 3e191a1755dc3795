import { catalogue } from '../../platform/errors.ts';

export const enhetsregisteretErrors = catalogue('enhetsregisteret', {
  not_found: {
    status: 404,
    nb: 'Enhetsregisteret kjenner ingen enhet med organisasjonsnummer {organization_number}',
    en: 'Enhetsregisteret knows no unit with organization number {organization_number}',
  },
  removed: {
    status: 404,
    nb: 'Enheten {organization_number} er fjernet fra Enhetsregisteret av juridiske årsaker',
    en: 'The unit {organization_number} was removed from Enhetsregisteret for legal reasons',
  },
});
