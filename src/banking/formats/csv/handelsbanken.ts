import type { CsvProfile } from './csv-profile.ts';

/** Handelsbanken: decimal point, cells over several lines, the balances below the rows. */
export const HANDELSBANKEN: CsvProfile = {
  format: 'csv-handelsbanken',
  bank: 'Handelsbanken',
  columns: {
    'utført dato': 'ignored',
    'bokført dato': 'bookingDate',
    rentedato: 'valueDate',
    beskrivelse: 'text',
    type: 'type',
    undertype: 'subtype',
    'fra konto': 'fromAccount',
    avsender: 'payerName',
    'til konto': 'toAccount',
    mottakernavn: 'payeeName',
    'beløp inn': 'in',
    'beløp ut': 'out',
    valuta: 'currency',
    status: 'status',
    'melding/kid/fakt.nr': 'reference',
  },
  marks: ['bokført dato', 'beløp inn', 'beløp ut'],
  decimal: '.',
  isPending: (cell) => /^reservert/i.test(cell('status')) || /^reservert/i.test(cell('bookingDate')),
};
