import type { CsvProfile } from './csv-profile.ts';

/** DNB: two amount columns without signs, newest row first; the account stands nowhere. */
export const DNB: CsvProfile = {
  format: 'csv-dnb',
  bank: 'DNB',
  columns: {
    dato: 'bookingDate',
    forklaring: 'text',
    rentedato: 'valueDate',
    'ut fra konto': 'out',
    'inn på konto': 'in',
    uttak: 'out',
    innskudd: 'in',
    saldo: 'balance',
    valuta: 'currency',
    referanse: 'ignored',
  },
  marks: ['dato', 'forklaring', 'rentedato'],
  decimal: ',',
  isPending: (cell) => /^reservert transaksjon/i.test(cell('text')),
};
