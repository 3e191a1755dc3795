import { catalogue } from '../../platform/errors.ts';

export const matchingErrors = catalogue('matching', {
  not_open: {
    status: 409,
    nb: 'Av {what} {id} står {open} åpent; {wanted} kan ikke dekkes',
    en: 'Of {what} {id}, {open} is open; {wanted} cannot be settled',
    source: 'reference: reconciliation 3, the sum matched is never more than the amount',
  },
  difference: {
    status: 400,
    nb: 'Banken sier {bank}, det som er valgt er {chosen}; differansen {difference} må forklares med difference',
    en: 'The bank says {bank}, what was chosen is {chosen}; say with difference what the remaining {difference} is',
  },
  difference_not_allowed: {
    status: 400,
    nb: 'Differansen {difference} kan ikke være {kind}: {reason_nb}',
    en: 'The difference {difference} cannot be {kind}: {reason_en}',
  },
  nothing_to_match: {
    status: 400,
    nb: 'Oppgi hva transaksjonene er: items, lines, postings, transfer eller external',
    en: 'Say what the transactions are: items, lines, postings, transfer or external',
  },
  exchange_rate_missing: {
    status: 400,
    nb: 'Transaksjon {id} er i {currency_code} uten kurs; oppgi exchange_rate',
    en: 'Transaction {id} is in {currency_code} without a rate; give exchange_rate',
  },
  mixed_signs: {
    status: 400,
    nb: 'Transaksjoner på flere datoer må ha samme fortegn når de dekker det samme',
    en: 'Transactions booked on several dates must have the same sign to settle the same things',
  },
  not_a_transfer: {
    status: 400,
    nb: 'En overføring er to transaksjoner på to egne konti med samme beløp i hver sin retning',
    en: 'A transfer is two transactions on two own accounts, equal and opposite',
  },
  already_undone: {
    status: 409,
    nb: 'Avstemmingen er allerede opphevet',
    en: 'The match was already undone',
  },
  settled_later: {
    status: 409,
    nb: 'Linje {line} i bilag {entry_id} er siden brukt av en annen utligning; opphev den først',
    en: 'Line {line} of entry {entry_id} has been used by a later settlement; undo that first',
  },
  entry_is_matched: {
    status: 409,
    nb: 'Bilaget {entry_id} er avstemt mot bank eller utlignet; opphev avstemming {match_id} i stedet',
    en: 'Entry {entry_id} is matched with the bank or settled; undo match {match_id} instead',
  },
  period_locked: {
    status: 409,
    nb: 'Regnskapet er låst til og med {locked_until}; oppgi entry_date fra dagen etter',
    en: 'The books are locked until and including {locked_until}; give an entry_date after it',
    source: 'bokføringsloven § 9, § 13',
  },
  not_zero: {
    status: 400,
    nb: 'Linjene summerer til {sum}, ikke til null',
    en: 'The lines add up to {sum}, not to zero',
  },
  settled_before: {
    status: 400,
    nb: 'settled_on er {settled_on}; den siste av linjene er datert {latest}',
    en: 'settled_on is {settled_on}; the latest of the lines is dated {latest}',
  },
  different_partners: {
    status: 400,
    nb: 'Linjer av ulike forretningspartnere eller konti kan ikke utlignes mot hverandre',
    en: 'Lines of different business partners or accounts cannot settle each other',
  },
});
