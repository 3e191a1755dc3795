import type { CsvProfile } from './csv-profile.ts';

/** SpareBank 1: two amount columns, the outgoing one signed; an empty last column. */
export const SPAREBANK1: CsvProfile = {
  format: 'csv-sparebank1',
  bank: 'SpareBank 1',
  columns: {
    dato: 'bookingDate',
    date: 'bookingDate',
    beskrivelse: 'text',
    skildring: 'text',
    description: 'text',
    rentedato: 'valueDate',
    'interest date': 'valueDate',
    'value date': 'valueDate',
    inn: 'in',
    in: 'in',
    ut: 'out',
    out: 'out',
    'til konto': 'toAccount',
    'to account': 'toAccount',
    'fra konto': 'fromAccount',
    'frå konto': 'fromAccount',
    'from account': 'fromAccount',
    valuta: 'currency',
    currency: 'currency',
    saldo: 'balance',
    balance: 'balance',
  },
  marks: [
    ['dato', 'date'],
    ['beskrivelse', 'skildring', 'description'],
    ['inn', 'in'],
    ['ut', 'out'],
  ],
};
