import { catalogue } from '../platform/errors.ts';

export const consumerInvoicingErrors = catalogue('consumer_invoicing', {
  user_key_unknown: {
    status: 403,
    nb: 'Brukernøkkelen er ukjent eller trukket tilbake',
    en: 'The user key is unknown or revoked',
  },
  user_inactive: { status: 403, nb: 'Brukeren er ikke aktiv', en: 'The user is not active' },
  vendor_key_unknown: {
    status: 403,
    nb: 'Programvarenøkkelen er ukjent eller trukket tilbake',
    en: 'The vendor key is unknown or revoked',
  },
  company_unknown: { status: 404, nb: 'Firmaet finnes ikke', en: 'The company does not exist' },
  company_not_given: {
    status: 400,
    nb: 'Brukeren har flere firmaer; oppgi hvilket',
    en: 'The user has several companies; say which',
  },
  company_not_theirs: {
    status: 403,
    nb: 'Brukeren har ingen rolle i firmaet',
    en: 'The user has no role in the company',
  },
  company_locked: { status: 403, nb: 'Firmaets konto er stengt', en: 'The company’s account is locked' },
  vendor_key_not_owned: {
    status: 404,
    nb: 'Programvarenøkkelen tilhører ikke firmaet',
    en: 'The vendor key does not belong to the company',
  },
  signer_invalid: {
    status: 400,
    nb: 'Oppgi navn og gyldig e-postadresse til den som skal godta avtalen',
    en: 'Give the name and a valid e-mail address of the person who shall accept the agreement',
  },
  ocr_account_number_invalid: {
    status: 400,
    nb: 'Kontoen for avtalefangst er ikke et gyldig kontonummer på 11 sifre',
    en: 'The account for agreement capture is not a valid account number of 11 digits',
  },
  ocr_kid_length_invalid: {
    status: 400,
    nb: 'KID-lengden for avtalefangst må være et helt tall fra 4 til 25',
    en: 'The KID length for agreement capture must be an integer from 4 to 25',
  },
  ocr_reference_position_invalid: {
    status: 400,
    nb: 'Referansens plass i KID må skrives som 1-6 og ligge foran kontrollsifferet',
    en: 'The reference’s position in the KID must be written as 1-6 and lie before the check digit',
  },
  issuer_check_failed: {
    status: 409,
    nb: 'Organisasjonsnummeret har allerede utstederavtale hos en annen, eller kan ikke ha en',
    en: 'The organisation number already has an issuer agreement elsewhere, or cannot have one',
  },
  issuer_already_confirmed: {
    status: 409,
    nb: 'Firmaet har allerede en bekreftet utstederavtale',
    en: 'The company already has a confirmed issuer agreement',
  },
  issuer_not_ordered: {
    status: 404,
    nb: 'Firmaet har ingen utstederavtale',
    en: 'The company has no issuer agreement',
  },
  issuer_not_confirmed: {
    status: 409,
    nb: 'Avtalen kan ikke avsluttes; den har tilstanden {state}',
    en: 'The agreement cannot be disabled; its state is {state}',
  },
  issuer_link_invalid: {
    status: 404,
    nb: 'Lenken er brukt, utløpt eller erstattet av en nyere. Be firmaet om en ny.',
    en: 'The link has been used, has expired or was replaced by a newer one. Ask the company for a new one.',
  },
  consumer_unknown: {
    status: 404,
    nb: 'Firmaet har ingen forbruker med referansen',
    en: 'The company has no consumer with the reference',
  },
  consumer_state: {
    status: 409,
    nb: 'Forbrukeren har tilstanden {state}, og kan ikke få tilstanden {wanted}',
    en: 'The consumer’s state is {state}; it cannot become {wanted}',
  },
  account_number_invalid: {
    status: 400,
    nb: 'Kontonummeret må være 11 sifre med riktig kontrollsiffer',
    en: 'The account number must be 11 digits with the right check digit',
  },
  kid_length_invalid: {
    status: 400,
    nb: 'KID-lengden må være et helt tall fra 4 til 25',
    en: 'The KID length must be an integer from 4 to 25',
  },
  reference_position_invalid: {
    status: 400,
    nb: 'Referansens plass må skrives som 1-6 og ligge foran kontrollsifferet',
    en: 'The reference position must be written as 1-6 and lie before the check digit',
  },
  payment_type_position_invalid: {
    status: 400,
    nb: 'Betalingstypens plass må skrives som 7-8, ligge foran kontrollsifferet og utenfor referansen',
    en: 'The payment type position must be written as 7-8, lie before the check digit and outside the reference',
  },
  notices_invalid: {
    status: 400,
    nb: 'Valgene for varsel må være et JSON-objekt med notif_print og notif_email, sann eller usann',
    en: 'The notice options must be a JSON object with notif_print and notif_email, true or false',
  },
  file_refused: {
    status: 400,
    nb: 'Filen er avvist, linje {line}: {reason_nb}',
    en: 'The file is refused, line {line}: {reason_en}',
    source: 'AvtaleGiro, systemspesifikasjon',
  },
  file_without_agreement: {
    status: 400,
    nb: 'Linje {line}: firmaet har ikke fortalt om en AvtaleGiro-avtale på konto {account_number}',
    en: 'Line {line}: the company has told of no AvtaleGiro agreement on account {account_number}',
  },
  cannot_claim: {
    status: 409,
    nb: 'Dokument {document_id} kan ikke kreves med AvtaleGiro: {reason_nb}',
    en: 'Document {document_id} cannot be claimed by AvtaleGiro: {reason_en}',
  },
  claim_over: {
    status: 409,
    nb: 'Krav {claim_id} kan ikke stanses; det har tilstanden {state}',
    en: 'Claim {claim_id} cannot be stopped; its state is {state}',
  },
  claim_stop_late: {
    status: 409,
    nb: 'Krav {claim_id} er sendt og kunne stanses til {stop_by} klokken 14',
    en: 'Claim {claim_id} was sent and could be stopped until {stop_by} at 14:00',
    source: 'AvtaleGiro, systemspesifikasjon',
  },
  no_jobs: {
    status: 503,
    nb: 'Bakgrunnsarbeid er ikke i gang; last opp mindre filer til mandate-files',
    en: 'Background work is not running; upload smaller files to mandate-files',
  },
  file_empty: { status: 400, nb: 'Filen er tom', en: 'The file is empty' },
});
