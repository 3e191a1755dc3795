import { catalogue } from '../platform/errors.ts';

export const mastersErrors = catalogue('masters', {
  has_balance: {
    status: 400,
    nb: 'Kan ikke deaktivere {what_nb}: {balances_nb}',
    en: 'Cannot deactivate {what_en}: {balances}',
    source: 'specification: deactivation validation',
  },
  account_has_balance: {
    status: 400,
    nb: 'Kan ikke deaktivere konto {account_code}: saldoen er {balance}',
    en: 'Cannot deactivate account {account_code}: its balance is {balance}',
  },
  account_in_use: {
    status: 400,
    nb: 'Konto {account_code} brukes av mva-kode {tax_codes} og kan ikke deaktiveres',
    en: 'Account {account_code} is used by VAT code {tax_codes} and cannot be deactivated',
  },
  rates_in_use: {
    status: 400,
    nb: 'Mva-kode {tax_code} er brukt {entry_date} med satsen {rate}; satsen for den datoen kan ikke endres',
    en: 'VAT code {tax_code} was used on {entry_date} with the rate {rate}; the rate of that date cannot change',
    source: 'bokføringsloven § 9, § 13',
  },
  code_in_use: {
    status: 400,
    nb: 'Mva-kode {tax_code} er brukt på bokførte bilag; {field} kan ikke endres. Lag en ny kode',
    en: 'VAT code {tax_code} is used by posted entries; {field} cannot change. Make a new code',
    source: 'bokføringsloven § 9, § 13',
  },
});
