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
  fiscal_year_rewrites: {
    status: 400,
    nb: 'Bilag fra {entry_month} er nummerert i regnskapsåret de hadde; regnskapsåret kan tidligst endres fra {earliest}',
    en: 'Entries of {entry_month} are numbered in the fiscal year they had; it can change from {earliest} at the earliest',
    source: 'regnskapsloven § 1-7; bokføringsloven § 9',
  },
  first_year_rewrites: {
    status: 400,
    nb: 'Bilag fra {entry_month} er nummerert i regnskapsåret de hadde; det første regnskapsåret velges før det bokføres i det',
    en: 'Entries of {entry_month} are numbered in the fiscal year they had; the first fiscal year is chosen before anything is posted in it',
    source: 'regnskapsloven § 1-7; bokføringsloven § 9',
  },
  fiscal_year_too_long: {
    status: 400,
    nb: 'Regnskapsåret {from} til {to} ville ha {months} måneder; det kan ha høyst {longest}',
    en: 'The fiscal year {from} to {to} would have {months} months; it can have {longest} at most',
    source: 'regnskapsloven § 1-7',
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
    status: 409,
    nb: 'Bilaget er allerede reversert av bilag {cancellation_entry_id}',
    en: 'The entry is already cancelled by entry {cancellation_entry_id}',
  },
  cancels_itself: {
    status: 400,
    nb: 'Bilaget er selv en reversering og kan ikke reverseres; bokfør et nytt bilag',
    en: 'The entry is itself a cancellation and cannot be cancelled; post a new entry',
  },
  cancelled_before_entry: {
    status: 400,
    nb: 'Reverseringen kan ikke dateres {entry_date}, før bilaget selv ({original_date})',
    en: 'The cancellation cannot be dated {entry_date}, before the entry itself ({original_date})',
    source: 'bokføringsloven § 9',
  },
  entry_is_matched: {
    status: 409,
    nb: 'Bilaget {entry_id} er avstemt mot bank eller utlignet; opphev avstemming {record_id} i stedet',
    en: 'Entry {entry_id} is matched with the bank or settled; undo match {record_id} instead',
  },
  entry_is_settled: {
    status: 409,
    nb: 'En linje i bilaget {entry_id} er utlignet; opphev utligning {record_id} først',
    en: 'A line of entry {entry_id} is settled; undo settlement {record_id} first',
  },
  entry_is_document: {
    status: 409,
    nb: 'Bilaget {entry_id} er bokføringen av dokument {record_id}; kanseller dokumentet i stedet',
    en: 'Entry {entry_id} is the posting of document {record_id}; cancel the document instead',
  },
  draft_posted: {
    status: 409,
    nb: 'Kladden er allerede bokført som bilag {journal_entry_id}',
    en: 'The draft was already posted, as entry {journal_entry_id}',
  },
  draft_incomplete: {
    status: 400,
    nb: 'Kladden kan ikke bokføres: {first}',
    en: 'The draft cannot be posted: {first}',
  },
});
