import type { CsvProfile } from './csv-profile.ts';

/** Nordea: one signed amount; `Reservert` instead of the date is not booked. */
export const NORDEA: CsvProfile = {
  format: 'csv-nordea',
  bank: 'Nordea',
  columns: {
    bokføringsdato: 'bookingDate',
    beløp: 'amount',
    avsender: 'fromAccount',
    mottaker: 'toAccount',
    navn: 'counterpartyName',
    tittel: 'text',
    valuta: 'currency',
    betalingstype: 'type',
    saldo: 'balance',
    rentedato: 'valueDate',
  },
  marks: ['bokføringsdato', 'beløp'],
  decimal: ',',
  isPending: (cell) => /^reservert/i.test(cell('bookingDate')),
};
