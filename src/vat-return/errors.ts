import { catalogue } from '../platform/errors.ts';

export const vatReturnErrors = catalogue('vat_return', {
  not_a_term: {
    status: 422,
    nb: '{from_date} til {to_date} er ingen termin: oppgi en hel måned, to måneder, et kvartal, halvår eller år',
    en: '{from_date} to {to_date} is no term: give a whole month, two months, a quarter, half a year or a year',
    source: 'skatteforvaltningsforskriften § 8-3-1',
  },
  already_settled: {
    status: 409,
    nb: 'Terminen {from_date} til {to_date} er gjort opp (bilag {journal_entry_id}), og avgiften er uendret siden',
    en: 'The term {from_date} to {to_date} is settled (entry {journal_entry_id}), and its VAT has not changed since',
  },
  overlapping: {
    status: 409,
    nb: '{from_date} til {to_date} overlapper {settled_from} til {settled_to}, som er gjort opp',
    en: '{from_date} to {to_date} overlaps {settled_from} to {settled_to}, which is settled',
  },
  settlement_under_way: {
    status: 409,
    nb: 'Et oppgjør av terminen {from_date} til {to_date} er i gang; prøv igjen om litt',
    en: 'A settlement of the term {from_date} to {to_date} is under way; try again shortly',
  },
  nothing_to_settle: {
    status: 422,
    nb: 'Ingen avgift er bokført i terminen {from_date} til {to_date}',
    en: 'No VAT was posted in the term {from_date} to {to_date}',
  },
  organization_number_missing: {
    status: 422,
    nb: 'Mva-meldingen trenger klientens organisasjonsnummer',
    en: 'The VAT return needs the client account’s organisation number',
    source: 'mva-melding v1.0: skattepliktig',
  },
  not_settled: {
    status: 409,
    nb: 'Terminen {from_date} til {to_date} må gjøres opp (POST /vat-return/settlements) før meldingen sendes: avgift er bokført som ikke er med i oppgjøret',
    en: 'The term {from_date} to {to_date} must be settled (POST /vat-return/settlements) before its return is sent: VAT is posted that no settlement holds',
  },
  already_sent: {
    status: 409,
    nb: 'Meldingen for {from_date} til {to_date} er sendt og mottatt (innsending {submission_id}), og ingenting i den er endret siden',
    en: 'The return of {from_date} to {to_date} was sent and received (submission {submission_id}), and nothing in it has changed since',
  },
  refused_by_validation: {
    status: 422,
    nb: 'Skatteetaten godtar ikke meldingen, {count} feil: {first}',
    en: 'Skatteetaten does not accept the return, {count} fault(s): {first_en}',
    source: 'Skatteetaten/mva-meldingen: valideringsregler',
  },
  instance_gone: {
    status: 409,
    nb: 'Innsendingen ble fjernet fra Altinn før den var besvart; siste komplette melding gjelder, så den kan sendes på nytt',
    en: 'The submission was removed from Altinn before it was answered; the last complete return counts, so it can be sent again',
  },
  no_answer: {
    status: 409,
    nb: 'Skatteetaten har ikke svart på {days} dager; se i Altinn, og send på nytt for å spørre igjen',
    en: 'Skatteetaten has not answered in {days} days; look in Altinn, and send again to ask once more',
  },
  broken_off: {
    status: 500,
    nb: 'Innsendingen brøt av hos oss; den prøves igjen av seg selv',
    en: 'The submission broke off on our side; it is tried again by itself',
  },
  nobody_to_keep_for: {
    status: 409,
    nb: 'Svaret kan ikke legges som bilag: ingen har rett til å føre regnskapet',
    en: 'The answer cannot be kept as a voucher: nobody has the right to keep these books',
  },
});
