import type { CsvProfile } from './csv-profile.ts';

/** SpareBank 1: two amount columns, the one for money out with a sign; a last column without content. */
export const SPAREBANK1: CsvProfile = {
  format: 'csv-sparebank1',
  bank: 'SpareBank 1',
  columns: {
    dato: 'bookingDate',
    beskrivelse: 'text',
    rentedato: 'valueDate',
    inn: 'in',
    ut: 'out',
    'til konto': 'toAccount',
    'fra konto': 'fromAccount',
    valuta: 'currency',
    saldo: 'balance',
  },
  marks: ['dato', 'beskrivelse', 'inn', 'ut'],
  decimal: ',',
  isPending: (cell) => /^reservert/i.test(cell('bookingDate')),
};
