import type { CsvProfile } from './csv-profile.ts';

/** DNB: two amount columns without signs, newest row first; the account is not stated. */
export const DNB: CsvProfile = {
  format: 'csv-dnb',
  bank: 'DNB',
  columns: {
    dato: 'bookingDate',
    date: 'bookingDate',
    forklaring: 'text',
    explanation: 'text',
    rentedato: 'valueDate',
    'interest date': 'valueDate',
    'value date': 'valueDate',
    'ut fra konto': 'out',
    'ut frå konto': 'out',
    'out of account': 'out',
    'out from account': 'out',
    'inn på konto': 'in',
    'into account': 'in',
    uttak: 'out',
    withdrawals: 'out',
    innskudd: 'in',
    innskot: 'in',
    deposits: 'in',
    saldo: 'balance',
    balance: 'balance',
    valuta: 'currency',
    currency: 'currency',
    referanse: 'ignored',
    reference: 'ignored',
    arkivref: 'ignored',
  },
  marks: [
    ['forklaring', 'explanation'],
    ['rentedato', 'interest date', 'value date'],
  ],
};
