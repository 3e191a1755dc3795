import { catalogue } from '../../platform/errors.ts';

const source = 'specification: integrations, banks';

export const bankErrors = catalogue('banks', {
  not_supported: {
    status: 404,
    nb: 'Ingen leverandør har forbindelse til banken {bic}',
    en: 'Bank not supported: no provider is connected to {bic}',
    source,
  },
  no_active_account: {
    status: 400,
    nb: 'Klientkontoen har ingen aktiv bankkonto i {bank} ({bic})',
    en: 'No active bank account with this BIC: the client account has none at {bank} ({bic})',
    source,
  },
});
