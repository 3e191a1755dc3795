import type { Text } from '../platform/errors.ts';

/** Why a bank refuses or delays: ISO 20022 external status reason codes, in an accountant's words. */
const REASONS: Record<string, Text> = {
  AB01: { nb: 'avbrutt fordi det tok for lang tid', en: 'stopped because it took too long' },
  AC01: { nb: 'kontonummeret er ugyldig', en: 'the account number is wrong' },
  AC02: { nb: 'belastningskontoen er ugyldig', en: 'the debit account is wrong' },
  AC03: { nb: 'mottakerens kontonummer er ugyldig', en: 'the creditor’s account number is wrong' },
  AC04: { nb: 'kontoen er avsluttet', en: 'the account is closed' },
  AC05: { nb: 'belastningskontoen er avsluttet', en: 'the debit account is closed' },
  AC06: { nb: 'kontoen er sperret', en: 'the account is blocked' },
  AC07: { nb: 'mottakerens konto er avsluttet', en: 'the creditor’s account is closed' },
  AC13: { nb: 'kontoen er av feil type', en: 'the account is of the wrong kind' },
  AG01: { nb: 'kontoen tillater ikke slike betalinger', en: 'the account does not permit such payments' },
  AG02: { nb: 'betalingstypen stemmer ikke', en: 'the kind of payment is wrong' },
  AG08: { nb: 'den som godkjente, mangler rettigheter i banken', en: 'the approver lacks rights at the bank' },
  AM01: { nb: 'beløpet er null', en: 'the amount is zero' },
  AM02: { nb: 'beløpet er over grensen', en: 'the amount is above the limit' },
  AM03: { nb: 'valutaen kan ikke brukes', en: 'the currency cannot be used' },
  AM04: { nb: 'det er ikke dekning på kontoen', en: 'the account lacks funds' },
  AM05: { nb: 'betalingen er sendt før', en: 'the payment was sent before' },
  AM07: { nb: 'beløpet er sperret', en: 'the amount is blocked' },
  AM09: { nb: 'beløpet er feil', en: 'the amount is wrong' },
  AM10: { nb: 'kontrollsummen stemmer ikke', en: 'the control sum is wrong' },
  AM18: { nb: 'antallet betalinger stemmer ikke', en: 'the number of payments is wrong' },
  BE01: { nb: 'navnet hører ikke til kontoen', en: 'the name does not belong to the account' },
  BE04: { nb: 'mottakerens adresse mangler eller er feil', en: 'the creditor’s address is missing or wrong' },
  BE05: { nb: 'banken kjenner ikke avsenderen', en: 'the bank does not know the sender' },
  CH03: { nb: 'betalingsdatoen er for langt fram', en: 'the execution date is too far ahead' },
  CH04: { nb: 'betalingsdatoen er passert', en: 'the execution date has passed' },
  CNOR: { nb: 'mottakerens bank er ikke registrert', en: 'the creditor’s bank is not registered' },
  CUST: { nb: 'stanset av kunden', en: 'stopped by the customer' },
  DS02: { nb: 'en betaling ble slettet i nettbanken', en: 'a payment was deleted in the net bank' },
  DT01: { nb: 'datoen er ugyldig', en: 'the date is wrong' },
  DT06: { nb: 'banken har flyttet betalingsdatoen', en: 'the bank moved the execution date' },
  DU01: { nb: 'meldingen er sendt før', en: 'the message was sent before' },
  DU02: { nb: 'betalingsbunten er sendt før', en: 'the batch was sent before' },
  DU04: { nb: 'ende-til-ende-id-en er brukt før', en: 'the end-to-end id was used before' },
  DUPL: { nb: 'betalingen er sendt før', en: 'the payment was sent before' },
  ED05: { nb: 'oppgjøret mislyktes', en: 'the settlement failed' },
  FF01: { nb: 'filen følger ikke formatet', en: 'the file does not follow the format' },
  MD07: { nb: 'kontohaveren er død', en: 'the account holder is dead' },
  MS02: { nb: 'avvist av mottakeren uten begrunnelse', en: 'refused by the creditor without a reason' },
  MS03: { nb: 'avvist av banken uten begrunnelse', en: 'refused by the bank without a reason' },
  NARR: { nb: 'se bankens tekst', en: 'see the bank’s text' },
  RC01: { nb: 'bankens identifikator (BIC) er feil', en: 'the bank’s identifier (BIC) is wrong' },
  RC04: { nb: 'mottakerbanken er feil', en: 'the creditor’s bank is wrong' },
  RF01: { nb: 'referansen er ikke unik', en: 'the reference is not unique' },
  RR01: { nb: 'opplysninger om avsenderens konto mangler', en: 'facts of the debtor’s account are missing' },
  RR03: { nb: 'mottakerens navn eller adresse mangler', en: 'the creditor’s name or address is missing' },
  RR04: { nb: 'avvist av hensyn til regelverket', en: 'refused for regulatory reasons' },
  RR07: { nb: 'KID eller betalingsinformasjon er feil', en: 'the KID or remittance information is wrong' },
  SL11: { nb: 'mottakeren er sperret', en: 'the creditor is blocked' },
  TD03: { nb: 'filen kan ikke leses', en: 'the file cannot be read' },
  TM01: { nb: 'sendt etter bankens frist', en: 'sent after the bank’s cut-off' },
};

const UNKNOWN: Text = { nb: 'banken oppgir en kode vi ikke kjenner', en: 'the bank gives a code that we do not know' };

/** The reason in words; null if there is none. */
export function reasonInWords(code: string | null): Text | null {
  if (code === null) return null;
  return Object.hasOwn(REASONS, code) ? REASONS[code]! : UNKNOWN;
}
