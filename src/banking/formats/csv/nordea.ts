import type { CsvProfile } from './csv-profile.ts';

/** Nordea: one signed amount; pending rows have `Reservert` instead of a date. */
export const NORDEA: CsvProfile = {
  format: 'csv-nordea',
  bank: 'Nordea',
  columns: {
    bokføringsdato: 'bookingDate',
    'booking date': 'bookingDate',
    beløp: 'amount',
    amount: 'amount',
    avsender: 'fromAccount',
    avsendar: 'fromAccount',
    sender: 'fromAccount',
    mottaker: 'toAccount',
    mottakar: 'toAccount',
    recipient: 'toAccount',
    navn: 'counterpartyName',
    namn: 'counterpartyName',
    name: 'counterpartyName',
    tittel: 'text',
    title: 'text',
    valuta: 'currency',
    currency: 'currency',
    betalingstype: 'type',
    'payment type': 'type',
    saldo: 'balance',
    balance: 'balance',
    rentedato: 'valueDate',
    'interest date': 'valueDate',
    'value date': 'valueDate',
  },
  marks: [
    ['bokføringsdato', 'booking date'],
    ['beløp', 'amount'],
  ],
};
