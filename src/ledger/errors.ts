import { catalogue } from '../platform/errors.ts';

export const ledgerErrors = catalogue('ledger', {
  unbalanced: {
    status: 400,
    nb: 'Bilaget er ikke i balanse: debet {debit}, kredit {credit}, differanse {difference}',
    en: 'The entry does not balance: debit {debit}, credit {credit}, difference {difference}',
    source: 'bokføringsloven § 4 no. 1; requirement B1',
  },
  invalid_entry: {
    status: 400,
    nb: 'Bilaget kan ikke bokføres: {first}',
    en: 'The entry cannot be posted: {first}',
    source: 'bokføringsloven § 4, § 10',
  },
  period_locked: {
    status: 400,
    nb: 'Perioden er låst til og med {locked_until}; bilagsdato {entry_date} kan ikke bokføres',
    en: 'The period is locked until and including {locked_until}; entry date {entry_date} cannot be posted',
    source: 'bokføringsloven § 9, § 13; requirement B5',
  },
  bulk_refused: {
    status: 400,
    nb: '{failed} av {count} bilag kan ikke bokføres; ingen ble bokført',
    en: '{failed} of {count} entries cannot be posted; none was posted',
  },
  line_too_large: {
    status: 400,
    nb: 'En linje på {amount} er større enn grensen {limit}',
    en: 'A line of {amount} is larger than the limit {limit}',
  },
  entry_too_large: {
    status: 400,
    nb: 'Bilaget på {total} er større enn grensen {limit}',
    en: 'The entry of {total} is larger than the limit {limit}',
  },
  books_full: {
    status: 400,
    nb: 'Bilag på til sammen {turnover} er bokført; {total} til går over grensen {limit}',
    en: 'Entries of {turnover} in all are posted; {total} more would pass the limit {limit}',
  },
  posted_is_final: {
    status: 400,
    nb: 'Et bokført bilag kan ikke endres eller slettes; reverser det og bokfør på nytt',
    en: 'A posted entry cannot be changed or deleted; cancel it and post again',
    source: 'bokføringsloven § 9, § 13; requirement B2',
  },
  already_cancelled: {
    status: 400,
    nb: 'Bilaget er allerede reversert av bilag {cancellation_entry_id}',
    en: 'The entry is already cancelled by entry {cancellation_entry_id}',
  },
  cancels_itself: {
    status: 400,
    nb: 'Bilaget er selv en reversering og kan ikke reverseres; bokfør et nytt bilag',
    en: 'The entry is itself a cancellation and cannot be cancelled; post a new entry',
  },
  draft_incomplete: {
    status: 400,
    nb: 'Kladden kan ikke bokføres: {first}',
    en: 'The draft cannot be posted: {first}',
  },
});
