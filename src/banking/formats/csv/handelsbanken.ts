import type { CsvColumn, CsvProfile } from './csv-profile.ts';

/** Columns of the online bank that Handelsbanken and the Eika banks share. Cells may contain line breaks. */
const SHARED: Readonly<Record<string, CsvColumn>> = {
  'utført dato': 'ignored',
  'execution date': 'ignored',
  'bokført dato': 'bookingDate',
  'booking date': 'bookingDate',
  rentedato: 'valueDate',
  valuteringsdato: 'valueDate',
  'value date': 'valueDate',
  beskrivelse: 'text',
  skildring: 'text',
  description: 'text',
  type: 'type',
  undertype: 'subtype',
  subtype: 'subtype',
  'fra konto': 'fromAccount',
  'frå konto': 'fromAccount',
  'from account': 'fromAccount',
  avsender: 'payerName',
  avsendar: 'payerName',
  sender: 'payerName',
  'til konto': 'toAccount',
  'to account': 'toAccount',
  mottakernavn: 'payeeName',
  mottakarnamn: 'payeeName',
  'recipient name': 'payeeName',
  'beløp inn': 'in',
  'amount in': 'in',
  'beløp ut': 'out',
  'amount out': 'out',
  valuta: 'currency',
  currency: 'currency',
  status: 'status',
  'melding/kid/fakt.nr': 'reference',
  'message/kid/invoice no': 'reference',
};

const AMOUNTS = [
  ['bokført dato', 'booking date'],
  ['beløp inn', 'amount in'],
  ['beløp ut', 'amount out'],
] as const;

/** Handelsbanken: balances or totals below the rows. */
export const HANDELSBANKEN: CsvProfile = {
  format: 'csv-handelsbanken',
  bank: 'Handelsbanken',
  columns: SHARED,
  marks: AMOUNTS,
};

/** The Eika banks: the same online bank with columns for eFaktura. */
export const EIKA: CsvProfile = {
  format: 'csv-eika',
  bank: 'Eika',
  columns: {
    ...SHARED,
    betalingstidspunkt: 'ignored',
    'payment time': 'ignored',
    efaktura: 'ignored',
    'efaktura eier': 'ignored',
    'efaktura eigar': 'ignored',
    'efaktura type': 'ignored',
    melding: 'ignored',
    message: 'ignored',
    kid: 'ignored',
    'faktura nr.': 'ignored',
    'invoice no.': 'ignored',
  },
  marks: [...AMOUNTS, ['betalingstidspunkt', 'payment time', 'efaktura']],
};
