import { catalogue } from '../../platform/errors.ts';

export const idPortenErrors = catalogue('id_porten', {
  refused: {
    status: 503,
    nb: 'ID-porten gir ikke denne installasjonen tilgang ({reason}); det må ordnes av den som drifter den',
    en: 'ID-porten does not give this installation access ({reason}); whoever runs it has to mend it',
    source: 'RFC 6749 section 5.2',
  },
  login_unknown: {
    status: 400,
    nb: 'Innloggingen er ukjent, allerede brukt eller for gammel; start den på nytt',
    en: 'The login is unknown, was used already or is too old; start it again',
    source: 'RFC 6749 section 10.12',
  },
  login_of_another: {
    status: 403,
    nb: 'Innloggingen ble startet av en annen bruker; logg inn som den, eller start den på nytt',
    en: 'The login was begun by another user; sign in as that one, or start it again',
    source: 'RFC 6749 section 10.12',
  },
  cancelled: {
    status: 400,
    nb: 'Innloggingen ble avbrutt i ID-porten',
    en: 'The login was cancelled at ID-porten',
    source: 'RFC 6749 section 4.1.2.1, access_denied',
  },
  login_failed: {
    status: 400,
    nb: 'ID-porten avsluttet innloggingen ({reason}); prøv igjen',
    en: 'ID-porten ended the login ({reason}); try again',
    source: 'RFC 6749 section 4.1.2.1',
  },
  code_refused: {
    status: 400,
    nb: 'ID-porten godtar ikke koden fra innloggingen lenger; start den på nytt',
    en: 'ID-porten does not accept the code of the login any more; start it again',
    source: 'RFC 6749 section 5.2, invalid_grant',
  },
  level_too_low: {
    status: 403,
    nb: 'Du logget inn på et lavere sikkerhetsnivå ({acr}) enn det som kreves ({asked}); logg inn med en annen eID',
    en: 'You logged in at a lower level of assurance ({acr}) than is needed ({asked}); log in with another eID',
    source: 'ID-porten, acr_values: the client must look at the level again',
  },
  person_missing: {
    status: 403,
    nb: 'Innloggingen gir ikke noe norsk fødselsnummer eller D-nummer, som Altinn krever; logg inn med en annen eID',
    en: 'The login gives no Norwegian national identity number or D-number, which Altinn needs; log in with another eID',
    source: 'ID-porten, claim pid',
  },
  another_person: {
    status: 409,
    nb: 'En annen person enn før logget inn i ID-porten. Start på nytt og bekreft at brukeren skal kobles til en annen person',
    en: 'Another person than before logged in at ID-porten. Start again and confirm that the user is to be connected to another person',
  },
});
