import { catalogue } from '../../platform/errors.ts';

export const reconciliationErrors = catalogue('reconciliation', {
  does_not_agree: {
    status: 409,
    nb: 'Bank {bank_balance} + ikke i bank {not_in_bank} − ikke bokført {not_booked} er ikke hovedbok {ledger_balance}; {unexplained} er uforklart',
    en: 'Bank {bank_balance} + not in the bank {not_in_bank} − not booked {not_booked} is not ledger {ledger_balance}; {unexplained} is unexplained',
    source: 'bokføringsloven § 11',
  },
  already_signed: {
    status: 409,
    nb: 'Kontoen er allerede avstemt per {reconciled_on}; gjenåpne den først',
    en: 'The account is already signed off for {reconciled_on}; reopen it first',
  },
  not_signed: {
    status: 409,
    nb: 'Avstemmingen er allerede gjenåpnet',
    en: 'The reconciliation was already reopened',
  },
  no_balance: {
    status: 409,
    nb: 'Det finnes ingen saldo fra banken per {date}: last inn et kontoutdrag',
    en: 'There is no balance from the bank for {date}: take in a statement',
  },
});
