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
});
