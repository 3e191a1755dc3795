import { catalogue } from '../../platform/errors.ts';

export const reminderErrors = catalogue('reminders', {
  not_open: {
    status: 409,
    nb: 'Dokument {document_id} har ikke noe utestående; det er betalt, kreditert eller ikke bokført som salg',
    en: 'Nothing is open of document {document_id}; it is paid, credited or not posted as a sale',
  },
  not_due: {
    status: 409,
    nb: 'Dokument {document_id} forfaller {due_date}; det kan purres fra dagen etter',
    en: 'Document {document_id} is due on {due_date}; a reminder can be made from the day after',
    source: 'inkassoloven § 9',
  },
  disputed: {
    status: 409,
    nb: 'Kravet i dokument {document_id} er bestridt: {reason}',
    en: 'The claim of document {document_id} is disputed: {reason}',
    source: 'inkassoloven § 8 (god inkassoskikk)',
  },
  deadline_runs: {
    status: 409,
    nb: 'Fristen i purring {number} løper til {due_date}; neste kan lages fra dagen etter',
    en: 'The deadline of reminder {number} runs until {due_date}; the next can be made from the day after',
    source: 'inkassoforskriften § 1-3',
  },
  noticed: {
    status: 409,
    nb: 'Inkassovarsel {number} er laget; etter det kommer ingen purring',
    en: 'Collection notice {number} has been made; no reminder comes after it',
  },
  undone: {
    status: 409,
    nb: 'Purring {number} er tatt tilbake',
    en: 'Reminder {number} has been taken back',
  },
  later_reminder: {
    status: 409,
    nb: 'Purring {number} kom etter; ta den tilbake først',
    en: 'Reminder {number} came after it; take that back first',
  },
  no_recipient: {
    status: 409,
    nb: 'Kunden har ingen e-postadresse; oppgi email, eller send som PRINT',
    en: 'The customer has no e-mail address; give email, or send as PRINT',
  },
});
