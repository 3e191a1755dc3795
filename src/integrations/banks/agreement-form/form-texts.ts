import type { Text } from '../../../platform/errors.ts';
import type { HouseAccount } from '../../../banking/index.ts';

const USES: Record<HouseAccount['type'], Text> = {
  CURRENT: { nb: 'Drift', en: 'Operations' },
  SAVINGS: { nb: 'Sparing', en: 'Savings' },
  LOAN: { nb: 'Lån', en: 'Loan' },
  TAX: { nb: 'Skattetrekk', en: 'Withheld tax' },
  INVESTMENT: { nb: 'Plassering', en: 'Investment' },
};

/** The texts of the form, written by us. */
export const TEXTS = {
  title: { nb: 'Avtale om integrasjon med økonomisystem', en: 'Agreement on integration with an accounting system' },
  lead: { nb: 'Sendes signert til {bank}.', en: 'To be signed and sent to {bank}.' },
  filled: { nb: 'Utfylt', en: 'Filled in' },
  version: { nb: 'Skjema versjon 1', en: 'Form version 1' },

  customer: { nb: '1  Kunde', en: '1  Customer' },
  company: { nb: 'Foretak', en: 'Company' },
  number: { nb: 'Organisasjonsnummer', en: 'Organisation number' },
  address: { nb: 'Postadresse', en: 'Postal address' },
  contact: { nb: 'Kontaktperson', en: 'Contact person' },
  email: { nb: 'E-post', en: 'E-mail' },
  phone: { nb: 'Telefon', en: 'Telephone' },

  supplier: { nb: '2  Leverandør av systemet', en: '2  Supplier of the system' },
  system: { nb: 'Økonomisystem', en: 'Accounting system' },
  supplierNumber: { nb: 'Leverandørens organisasjonsnummer', en: 'Organisation number of the supplier' },
  carrier: { nb: 'Filer formidles av', en: 'Files are carried by' },
  agreementId: { nb: 'Avtale-ID', en: 'Agreement id' },
  dataReceiver: { nb: 'Kundeenhet-ID (datamottaker)', en: 'Customer unit id (data receiver)' },

  accounts: { nb: '3  Kontoer i {bank}', en: '3  Accounts at {bank}' },
  accountNumber: { nb: 'Kontonummer', en: 'Account number' },
  currency: { nb: 'Valuta', en: 'Currency' },
  use: { nb: 'Bruk', en: 'Use' },
  uses: USES,
  divisionNumber: { nb: 'Divisjonsnummer', en: 'Division number' },
  divisionName: { nb: 'Divisjonsnavn', en: 'Division name' },

  outgoing: { nb: '4  Utbetalinger og kontoutdrag', en: '4  Payments and statements' },
  payments: { nb: 'Remittering (pain.001 og pain.002)', en: 'Remittance (pain.001 and pain.002)' },
  statements: { nb: 'Kontoutskrift (camt.053)', en: 'Account statements (camt.053)' },
  notifications: { nb: 'Meldinger om bevegelser (camt.054)', en: 'Notifications (camt.054)' },
  approvedAgain: { nb: 'Betalinger godkjennes i nettbanken', en: 'Payments are approved in the net bank' },
  approvedHere: {
    nb: 'Regnskapsgodkjente betalinger (RGB)',
    en: 'Payments are approved in the accounting system',
  },

  incoming: { nb: '5  Innbetalinger, for hver konto', en: '5  Incoming payments, of each account' },
  ocr: { nb: 'OCR med KID', en: 'OCR with KID' },
  kidLength: { nb: 'Lengde på KID', en: 'Length of KID' },
  modulus: { nb: 'Modulus', en: 'Modulus' },
  withoutKid: { nb: 'Uten KID (camt.054)', en: 'Without KID (camt.054)' },

  terms: { nb: '6  Vilkår', en: '6  Terms' },
  termsText: {
    nb: 'Kunden samtykker i at banken sender opplysninger om kontoene over til leverandøren og den som formidler filene, og tar imot betalingsoppdrag fra dem på vegne av kunden. Kunden svarer overfor banken for oppdrag som er gitt etter denne avtalen. Avtalen gjelder kontoene som er ført opp, til den sies opp skriftlig av kunden eller banken. Bankens egne vilkår gjelder ved siden av.',
    en: 'The customer agrees that the bank sends information on the accounts above to the supplier and to who carries the files, and receives payment orders from them on the customer’s behalf. The customer is liable to the bank for orders given under this agreement. It is valid for the accounts listed until the customer or the bank terminates it in writing. The bank’s own terms apply beside it.',
  },

  signatures: { nb: '7  Underskrift', en: '7  Signature' },
  forCustomer: { nb: 'For kunden', en: 'For the customer' },
  jointly: { nb: 'For kunden, ved felles signatur', en: 'For the customer, where two sign' },
  forBank: { nb: 'For {bank}', en: 'For {bank}' },
  placeAndDate: { nb: 'Sted og dato', en: 'Place and date' },
  signature: { nb: 'Underskrift', en: 'Signature' },
  nameInCapitals: { nb: 'Navn med blokkbokstaver', en: 'Name in capitals' },
} satisfies Record<string, Text | Record<string, Text>>;
