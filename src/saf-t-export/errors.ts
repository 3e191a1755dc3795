import { catalogue } from '../platform/errors.ts';

export const safTExportErrors = catalogue('saf_t_export', {
  inconsistent: {
    status: 422,
    nb: 'SAF-T-filen ville hatt {count} feil; den første: {first}',
    en: 'The SAF-T file would have {count} fault(s); the first: {first}',
    source: 'SAF-T Financial: a file that contradicts itself is never handed out',
  },
  organization_number_missing: {
    status: 422,
    nb: 'Klientkontoen har ikke organisasjonsnummer; SAF-T krever det (Header/Company/RegistrationNumber)',
    en: 'The client account has no organisation number; SAF-T demands one (Header/Company/RegistrationNumber)',
    source: 'SAF-T Financial 1.30, CompanyHeaderStructure',
  },
  file_limit_too_small: {
    status: 422,
    nb: 'max_file_bytes {limit} er for lite: {part} alene trenger {needed} byte, og kan ikke deles',
    en: 'max_file_bytes {limit} is too small: {part} alone needs {needed} bytes and cannot be divided',
    source: 'SAF-T Financial: no transaction is divided between files',
  },
});
