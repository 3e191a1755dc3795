export type Severity = 'error' | 'warning';

interface FaultEntry {
  severity: Severity;
  nb: string;
  en: string;
}

const error = (nb: string, en: string): FaultEntry => ({ severity: 'error', nb, en });
const warning = (nb: string, en: string): FaultEntry => ({ severity: 'warning', nb, en });

/**
 * All faults of a SAF-T file. An error refuses the whole file, because the books would be wrong. A warning is harmless
 * to the books; its sentence says how it is corrected. Sources: the schemas 1.20, 1.30 and 1.40, and the rules of the
 * official descriptions beyond the schemas.
 */
export const FAULTS = {
  // The container
  'not-saf-t': error('Filen er ikke SAF-T Regnskap.', 'The file is not SAF-T Financial.'),
  'not-well-formed': error('Filen er ikke gyldig XML.', 'The file is not well-formed XML.'),
  truncated: error('Filen slutter før den er ferdig.', 'The file ends before it is complete.'),
  encoding: error(
    'Tegnsettet er ukjent, eller filen følger det ikke.',
    'The encoding is unknown, or the file does not keep to it.',
  ),
  'doctype-refused': error(
    'Filen erklærer en dokumenttype eller entiteter; det godtas aldri.',
    'The file declares a document type or entities, which is never accepted.',
  ),
  'xml-limit': error('Filen sprenger grensene for XML.', 'The file goes beyond the limits for XML.'),
  'zip-invalid': error('ZIP-filen er skadet eller tom for XML.', 'The ZIP file is damaged or holds no XML.'),
  'zip-encrypted': error('ZIP-filen er kryptert.', 'The ZIP file is encrypted.'),
  'zip-path': error(
    'ZIP-filen inneholder mapper eller ulovlige stier.',
    'The ZIP file holds folders or illegal paths.',
  ),
  'zip-bomb': error(
    'ZIP-filen pakkes ut til mer enn det som er rimelig.',
    'The ZIP file unpacks to more than is reasonable.',
  ),
  'set-incomplete': error(
    'Settet mangler deler: filnavnene sier n av m.',
    'The set lacks parts: the file names say n of m.',
  ),
  'set-differs': error(
    'Delene i settet hører ikke til samme eksport.',
    'The parts of the set do not belong to one export.',
  ),

  // The form
  'version-unknown': error('Ukjent versjon av SAF-T.', 'Unknown version of SAF-T.'),
  'country-unknown': error('Filen gjelder et annet land.', 'The file is for another country.'),
  'element-unknown': error(
    'Elementet finnes ikke i SAF-T på dette stedet.',
    'The element does not exist in SAF-T at this place.',
  ),
  'element-missing': error('Et obligatorisk element mangler.', 'A mandatory element is missing.'),
  'element-repeated': error('Elementet kan bare stå én gang.', 'The element can stand only once.'),
  'amount-malformed': error(
    'Beløpet er ikke skrevet som tall med høyst to desimaler og desimalpunktum.',
    'The amount is not a number with at most two decimals and a decimal point.',
  ),
  'currency-too-large': error(
    'Valutabeløpet eller kursen er større enn en linje kan ha.',
    'The amount in currency or the rate is larger than a line can have.',
  ),
  'amount-too-large': error('Beløpet er større enn en linje kan være.', 'The amount is larger than a line can be.'),
  'voucher-too-large': error(
    'Bilaget er større enn et bilag kan være.',
    'The voucher is larger than a voucher can be.',
  ),
  'books-full': error(
    'Bilagene er til sammen større enn en klientkonto kan ha.',
    'The vouchers are in all larger than a client account can hold.',
  ),
  'date-malformed': error(
    'Datoen er ikke en gyldig kalenderdato (ÅÅÅÅ-MM-DD).',
    'The date is no date of the calendar (YYYY-MM-DD).',
  ),
  'number-malformed': error('Verdien er ikke et gyldig tall.', 'The value is not a valid number.'),
  'both-sides': error('Linjen har både debet og kredit.', 'The line has both debit and credit.'),
  'customer-and-supplier': error(
    'Linjen har både kunde og leverandør.',
    'The line has both a customer and a supplier.',
  ),

  // The keys
  'account-duplicate': error('Kontoen er oppført to ganger.', 'The account is listed twice.'),
  'customer-duplicate': error('Kunden er oppført to ganger.', 'The customer is listed twice.'),
  'supplier-duplicate': error('Leverandøren er oppført to ganger.', 'The supplier is listed twice.'),
  'tax-code-duplicate': error(
    'Avgiftskoden er oppført to ganger for samme tid.',
    'The tax code is listed twice for the same time.',
  ),
  'analysis-duplicate': error('Analyseverdien er oppført to ganger.', 'The analysis value is listed twice.'),
  'owner-duplicate': error('Eieren er oppført to ganger.', 'The owner is listed twice.'),
  'transaction-duplicate': error('Bilagsnummeret er brukt to ganger.', 'The TransactionID is used twice.'),
  'account-unknown': error(
    'Kontoen finnes ikke i kontoplanen i filen.',
    'The account is not in the account list of the file.',
  ),
  'tax-code-unknown': error(
    'Avgiftskoden finnes ikke i filen, og linjen har avgift: hva den skal rapporteres som, kan ikke vites.',
    'The tax code is not in the file, and the line has tax: what it is to be reported as cannot be known.',
  ),

  // The figures
  'transaction-unbalanced': error('Bilaget går ikke i null.', 'The transaction does not balance.'),
  'debit-total': error('Sum debet er ikke som filen oppgir.', 'The total debit is not what the file declares.'),
  'credit-total': error('Sum kredit er ikke som filen oppgir.', 'The total credit is not what the file declares.'),
  'closing-balance': error(
    'Inngående saldo og bevegelser gir ikke kontoens utgående saldo.',
    'The opening balance and the movements do not give the closing balance of the account.',
  ),
  'date-outside-selection': error(
    'Bilaget er utenfor perioden som filen gjelder.',
    'The transaction is outside the selection of the file.',
  ),
  'closing-differs': error(
    'Kontoens utgående saldo i regnskapet ville ikke blitt lik filens; regnskapet har andre bilag i perioden.',
    'The closing balance of the account in the books would not be that of the file; the books have other entries in the period.',
  ),
  'selection-invalid': error('Perioden som filen gjelder, er ugyldig.', 'The selection of the file is not valid.'),

  // Compared with the books that the file is imported into
  'organization-differs': error(
    'Filen gjelder en annen virksomhet enn klientkontoen.',
    'The file belongs to another organisation than the client account.',
  ),
  'currency-differs': error(
    'Filen føres i en annen valuta enn klientkontoen.',
    'The file is kept in another currency than the client account.',
  ),
  'opening-differs': error(
    'Kontoens inngående saldo er ikke lik det regnskapet viser på samme tid.',
    'The opening balance of the account is not what the books show at that time.',
  ),
  'transaction-present': error(
    'Bilaget finnes i regnskapet fra før, med annet innhold eller i en annen fil.',
    'The transaction is in the books already, with other contents or from another file.',
  ),
  'period-locked': error('Perioden er låst i regnskapet.', 'The period is locked in the books.'),
  'master-differs': error(
    'Regnskapet har samme nøkkel fra før, med en annen betydning.',
    'The books have the same key already, with another meaning.',
  ),

  // Warnings
  'customer-unknown': warning(
    'Kunden finnes ikke i filen; den er opprettet med nummeret som navn.',
    'The customer is not in the file; it is made with its number as its name.',
  ),
  'supplier-unknown': warning(
    'Leverandøren finnes ikke i filen; den er opprettet med nummeret som navn.',
    'The supplier is not in the file; it is made with its number as its name.',
  ),
  'owner-unknown': warning(
    'Eieren finnes ikke i filen; den er opprettet med nummeret som navn.',
    'The owner is not in the file; it is made with its number as its name.',
  ),
  'analysis-unknown': warning(
    'Analyseverdien finnes ikke i filen; den er opprettet med koden som navn.',
    'The analysis value is not in the file; it is made with its code as its name.',
  ),
  'tax-code-made': warning(
    'Avgiftskoden finnes ikke i filen og linjen har ingen avgift; koden er opprettet med 0 %.',
    'The tax code is not in the file and the line has no tax; the code is made with 0 %.',
  ),
  'tax-code-standard': warning(
    'Avgiftskoden finnes ikke i filen; nummer og sats er standardkodens, og den er brukt.',
    'The tax code is not in the file; number and rate are those of the standard code, which is used.',
  ),
  'entries-total': warning(
    'Antall bilag er ikke som filen oppgir; bilagene i filen er importert.',
    'The number of transactions is not what the file declares; those in the file are imported.',
  ),
  'transaction-empty': warning(
    'Bilaget har ingen linjer; det er ikke ført.',
    'The transaction has no lines; no entry is made of it.',
  ),
  'zero-side': warning(
    'Både debet og kredit er oppgitt, den ene som null; nullen er sett bort fra.',
    'Both debit and credit are given, one of them as zero; the zero is left out.',
  ),
  'credit-signed': warning(
    'Kredit er skrevet med fortegn; beløpet er lest slik at bilaget og saldoene går opp.',
    'Credit is written with a sign; the amount is read so that the voucher and the balances add up.',
  ),
  'date-with-time': warning(
    'Datoen har klokkeslett; klokkeslettet er sett bort fra.',
    'The date has a time of day, which is left out.',
  ),
  'date-without-time': warning(
    'Tidspunktet mangler klokkeslett; midnatt er brukt.',
    'The point in time has no time of day; midnight is used.',
  ),
  'registration-number': warning(
    'Organisasjonsnummeret er skrevet med tillegg; bare de ni sifrene er brukt.',
    'The organisation number is written with additions; only its nine digits are used.',
  ),
  'year-closed': warning(
    'Året er avsluttet uten at avslutningsbilaget er i filen; endringen i egenkapitalen er ført mot disponering av resultatet.',
    'The year is closed and the closing voucher is not in the file; the change of equity is posted against appropriation of the result.',
  ),
  'opening-sum': warning(
    'Inngående saldoer går ikke i null; forskjellen er ført på en egen konto.',
    'The opening balances do not sum to zero; the difference is posted on an account of its own.',
  ),
  'amount-negative': warning('Negativt beløp; ført på motsatt side.', 'Negative amount; posted on the other side.'),
  'element-expected': warning('Et element som skulle vært med, mangler.', 'An element that is expected is missing.'),
  'element-empty': warning(
    'Elementet er tomt; det er lest som om det ikke var der.',
    'The element is empty; it is read as if it were absent.',
  ),
  'text-too-long': warning(
    'Teksten er lengre enn skjemaet tillater; den er beholdt.',
    'The text is longer than the schema allows; it is kept.',
  ),
  'value-unexpected': warning(
    'Verdien er ikke en av dem skjemaet tillater.',
    'The value is not among those that the schema allows.',
  ),
  'section-skipped': warning('Denne delen av filen importeres ikke.', 'This part of the file is not imported.'),
  'grouping-missing': warning(
    'Kontoen mangler gruppering; den er avledet av kontonummer og standard kontoplan.',
    'The account has no grouping; it is derived from the account number and the national chart.',
  ),
  'grouping-unknown': warning(
    'Grupperingen er ukjent; kontoen er plassert etter kontonummeret.',
    'The grouping is unknown; the account is placed by its number.',
  ),
  'loose-account': warning(
    'Viser til en konto som ikke er i kontoplanen.',
    'Points to an account that is not in the account list.',
  ),
  'loose-analysis': warning(
    'Viser til en analyseverdi som ikke er i filen.',
    'Points to an analysis value that is not in the file.',
  ),
  'currency-amount': warning(
    'Valutabeløp ganger kurs gir ikke beløpet.',
    'Currency amount times exchange rate does not give the amount.',
  ),
  'currency-incomplete': warning(
    'Valutabeløpet mangler kurs; kursen er regnet ut av beløpene.',
    'The currency amount has no exchange rate; the rate is computed from the amounts.',
  ),
  'party-balance': warning(
    'Reskontroen stemmer ikke med kontoens saldo.',
    'The sub-ledger does not agree with the balance of the account.',
  ),
  'party-balance-opening': warning(
    'Reskontroens inngående saldo er større enn kontoens; saldoen er ført uten reskontro.',
    'The opening sub-ledger goes beyond the balance of the account; the balance is posted without parties.',
  ),
  'tax-amount': warning('Avgiften er ikke grunnlag ganger sats.', 'The tax is not base times rate.'),
  'tax-code-validity': warning(
    'Avgiftskoden gjelder ikke på bilagsdatoen.',
    'The tax code is not valid on the date of the transaction.',
  ),
  'standard-tax-code': warning(
    'Standard avgiftskode mangler eller er ukjent.',
    'The standard tax code is missing or unknown.',
  ),
  'organization-number': warning(
    'Organisasjonsnummeret er ikke gyldig; klientkontoen er opprettet uten.',
    'The organisation number is not valid; the client account is made without one.',
  ),
  'record-duplicate': warning(
    'RecordID er brukt to ganger i bilaget.',
    'The RecordID is used twice in the transaction.',
  ),
  'date-outside-periods': warning(
    'Bilagsdatoen ligger utenfor regnskapsperioden; bilaget er ført i perioden, og bilagsdatoen er beholdt.',
    'The transaction date is outside its accounting period; the entry is posted in the period and keeps the date.',
  ),
} as const satisfies Record<string, FaultEntry>;

export type FaultCode = keyof typeof FAULTS;
