import { error, type FaultEntry, warning } from '../../platform/file-faults.ts';

/**
 * Every fault that a bank file can have. An error refuses its statement, or the file if it belongs to none. A warning does
 * not affect the books.
 */
export const BANK_FAULTS = {
  // The container
  'format-unknown': error(
    'Filen er ikke i noe bankformat som leses her (camt.053, camt.054, OCR giro, MT940, CSV fra DNB, SpareBank 1, Nordea, Handelsbanken, Eika).',
    'The file is in no bank format that is read here (camt.053, camt.054, OCR giro, MT940, CSV of DNB, SpareBank 1, Nordea, Handelsbanken, Eika).',
  ),
  'format-refused': error(
    'Formatet leses ikke her; be banken om camt.053.',
    'The format is not read here; ask the bank for camt.053.',
  ),
  'file-empty': error('Filen er tom.', 'The file is empty.'),
  'no-statements': error('Filen har ingen kontoutdrag eller betalinger.', 'The file holds no statements or payments.'),
  'file-too-large': error('Filen er større enn grensen.', 'The file is larger than the limit.'),
  'file-unreadable': error('Filen kan ikke leses.', 'The file cannot be read.'),
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
  'line-too-long': error('Linjen er lengre enn grensen.', 'The line is longer than the limit.'),
  'zip-invalid': error('ZIP-filen er skadet eller tom.', 'The ZIP file is damaged or empty.'),
  'zip-encrypted': error('ZIP-filen er kryptert.', 'The ZIP file is encrypted.'),
  'zip-path': error('ZIP-filen inneholder ulovlige stier.', 'The ZIP file holds illegal paths.'),
  'zip-bomb': error('ZIP-filen pakkes ut til mer enn rimelig.', 'The ZIP file unpacks to more than is reasonable.'),

  // The form
  'element-missing': error('Noe obligatorisk mangler.', 'Something mandatory is missing.'),
  'element-repeated': error('Dette kan bare stå én gang.', 'This can stand only once.'),
  'amount-malformed': error('Beløpet er ikke et gyldig beløp.', 'The amount is not a valid amount.'),
  'amount-decimals': error(
    'Beløpet har flere desimaler enn øre har plass til; det avrundes aldri.',
    'The amount has more decimals than hundredths hold; it is never rounded.',
  ),
  'currency-malformed': error(
    'Valutaen er ikke en kode på tre bokstaver.',
    'The currency is not a code of three letters.',
  ),
  'currency-mismatch': error('Valutaen er ikke kontoens.', "The currency is not the account's."),
  'date-malformed': error('Dette er ingen dato i kalenderen.', 'This is no date of the calendar.'),
  'number-malformed': error('Dette er ikke et tall.', 'This is not a number.'),
  'mark-unknown': error('Merket for inn eller ut er ukjent.', 'The credit/debit mark is unknown.'),
  'status-unknown': error('Posteringens status er ukjent.', 'The status of the entry is unknown.'),
  'text-too-long': error('Teksten er lengre enn grensen.', 'The text is longer than the limit.'),
  'value-unexpected': error('Verdien kan ikke stå her.', 'The value cannot stand here.'),
  'booking-date-missing': warning(
    'Posteringen har ingen bokføringsdato; valuteringsdatoen er brukt.',
    'The entry has no booking date; the value date is used.',
  ),

  'value-date-february': warning(
    'Valuteringsdatoen er en dag som februar ikke har; måneden ut er ment.',
    'The value date is a day that February lacks; the end of the month is meant.',
  ),

  // What a statement must prove
  'balance-missing': error(
    'Kontoutskriften mangler inngående eller utgående saldo.',
    'The statement lacks its opening or closing balance.',
  ),
  'balance-mismatch': error(
    'Inngående saldo pluss posteringer er ikke utgående saldo.',
    'Opening balance plus entries is not the closing balance.',
  ),
  'running-balance': error(
    'Saldoen på linjene følger ikke av beløpene.',
    'The balances on the rows do not follow from the amounts.',
  ),
  'summary-mismatch': warning(
    'Antall eller sum i sammendraget er ikke posteringenes.',
    'The count or sum of the summary is not that of the entries.',
  ),
  'batch-mismatch': warning(
    'Detaljene i samleposten er ikke så mange, eller summerer seg ikke til det, som posten sier.',
    'The details of the batch are not as many, or do not sum up to what, the entry says.',
  ),
  'account-doubtful': warning('Kontonummeret har feil kontrollsiffer.', 'The account number has a wrong check digit.'),
  'version-unknown': warning(
    'Filen sier ikke hvilken versjon av meldingen den er.',
    'The file does not say which version of the message it is.',
  ),

  // Fixed records
  'record-length': error('Posten har ikke 80 tegn.', 'The record does not have 80 characters.'),
  'record-unexpected': error('Posten kan ikke stå her.', 'The record cannot stand here.'),
  'record-linkage': error(
    'Posten har ikke samme nummer og type som beløpspost 1 foran den.',
    'The record does not have the number and type of amount item 1 before it.',
  ),
  'total-count': error('Antallet i sluttposten stemmer ikke.', 'The count in the end record is wrong.'),
  'total-records': error(
    'Antall poster i sluttposten stemmer ikke.',
    'The number of records in the end record is wrong.',
  ),
  'total-sum': error('Summen i sluttposten stemmer ikke.', 'The sum in the end record is wrong.'),
  'service-skipped': warning(
    'Oppdraget gjelder en annen tjeneste og er hoppet over.',
    'The assignment is of another service and is skipped.',
  ),
  'kid-doubtful': warning('KID har ikke gyldig kontrollsiffer.', 'The KID has no valid check digit.'),

  // Columns
  'column-count': error(
    'Raden har ikke like mange kolonner som overskriften.',
    'The row does not have the columns of the header.',
  ),
  'amount-ambiguous': error(
    'Raden har beløp i begge kolonner, eller i ingen.',
    'The row has an amount in both columns, or in none.',
  ),
  'amount-two-readings': error(
    'Beløpet kan leses på to måter, og resten av filen avgjør det ikke. Skriv det med to desimaler.',
    'The amount can be read in two ways, and the rest of the file does not decide it. Write it with two decimals.',
  ),
  'footer-mismatch': error('Totalen under radene er ikke summen av dem.', 'The total below the rows is not their sum.'),
  'quote-open': error('En celle med anførselstegn slutter aldri.', 'A quoted cell never ends.'),

  // What the books must contain, and consistency with them
  'account-unknown': error(
    'Kontoen er ingen av bankkontoene våre. Registrer den med POST /bank-accounts, og importer filen på nytt.',
    'The account is none of our bank accounts. Register it with POST /bank-accounts, and import the file again.',
  ),
  'account-not-named': error(
    'Filen sier ikke hvilken konto den gjelder. Oppgi bank_account_id (--bank-account).',
    'The file does not say which account it is of. Give bank_account_id (--bank-account).',
  ),
  'account-other': error(
    'Filen gjelder en annen konto enn den som er oppgitt.',
    'The file is of another account than the one that was given.',
  ),
  'account-inactive': error('Bankkontoen er ikke i bruk.', 'The bank account is not in use.'),
  'account-currency': error('Kontoen føres i en annen valuta her.', 'The account is kept in another currency here.'),
  'days-missing': warning(
    'Mellom kontoutskriftene mangler dager: saldoene møtes ikke.',
    'Days are missing between the statements: their balances do not meet.',
  ),
  'chain-broken': warning(
    'Saldoen er ikke den som kontoutskriften ved siden av har.',
    'The balance is not the one that the statement beside it has.',
  ),
  'entries-mismatch': warning(
    'Transaksjonene på disse dagene summerer seg ikke til endringen i saldo: noe mangler, eller står to ganger.',
    'The transactions of these days do not add up to the change of balance: something is missing, or stands twice.',
  ),
  'start-missing': warning(
    'Kontoutskrifter mangler fra dagen kjeden skal begynne.',
    'Statements are missing from the day on which the chain is to begin.',
  ),
} satisfies Record<string, FaultEntry>;

export type BankFaultCode = keyof typeof BANK_FAULTS;
