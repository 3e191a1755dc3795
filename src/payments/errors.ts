import { catalogue } from '../platform/errors.ts';

export const paymentErrors = catalogue('payments', {
  nothing_to_pay: {
    status: 409,
    nb: 'Ingen dokumenter kan betales: de er betalt, ligger i en annen betalingsordre, eller mangler noe',
    en: 'No document can be paid: they are paid, in another payment order, or lack something',
  },
  in_order: {
    status: 409,
    nb: 'Dokument {document_id} ligger allerede i betalingsordre {payment_order_id}',
    en: 'Document {document_id} is already in payment order {payment_order_id}',
  },
  too_many: {
    status: 400,
    nb: 'En betalingsordre kan ha høyst {limit} betalinger; velg et tidligere forfall',
    en: 'A payment order may have {limit} payments at most; choose an earlier due date',
  },
  too_large: {
    status: 400,
    nb: 'En betalingsordre kan være på høyst {limit} i alt; velg færre dokumenter',
    en: 'A payment order may come to {limit} at most; choose fewer documents',
  },
  wrong_status: {
    status: 409,
    nb: 'Betalingsordren er {status}; dette går bare når den er {expected}',
    en: 'The payment order is {status}; this can be done only while it is {expected}',
  },
  being_sent: {
    status: 409,
    nb: 'Betalingsordren er sendt til banken, eller er på vei; stopp den i nettbanken',
    en: 'The payment order was sent to the bank, or is on its way; stop it in the net bank',
  },
  same_person: {
    status: 403,
    nb: 'Den som har laget betalingsordren, kan ikke godkjenne den her',
    en: 'Whoever prepared the payment order may not approve it here',
  },
  not_approver: {
    status: 403,
    nb: 'Rollen din kan ikke godkjenne betalinger på denne klientkontoen; det kan {roles}',
    en: 'Your role may not approve payments of this client account; these may: {roles}',
  },
  changed: {
    status: 409,
    nb: '{count} betaling(er) stemmer ikke lenger med dokument eller kontonummer; kanseller ordren og lag den på nytt',
    en: '{count} payment(s) no longer agree with the document or the account number; cancel the order and make it anew',
  },
  no_file_yet: {
    status: 409,
    nb: 'Betalingsfilen finnes når ordren er godkjent',
    en: 'The payment file exists once the order is approved',
  },
});
