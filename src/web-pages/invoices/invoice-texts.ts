import type { Text } from '../../platform/errors.ts';

export const RECEIVED_WORDS: Record<string, Text> = {
  NEW: { nb: 'ny', en: 'new' },
  MANUAL: { nb: 'må leses av en person', en: 'to be read by a person' },
  DUPLICATE: { nb: 'mottatt før', en: 'received before' },
  PREPARED: { nb: 'klargjort, venter på godkjenning', en: 'prepared, waits for approval' },
  APPROVED: { nb: 'godkjent og bokført', en: 'approved and posted' },
  REJECTED: { nb: 'avvist', en: 'rejected' },
};

export const CHANNEL_WORDS: Record<string, Text> = {
  PEPPOL: { nb: 'Peppol', en: 'Peppol' },
  MAIL: { nb: 'e-post', en: 'e-mail' },
  EMAIL: { nb: 'e-post', en: 'e-mail' },
  UPLOAD: { nb: 'lastet opp', en: 'uploaded' },
  PRINT: { nb: 'utskrift', en: 'print' },
  EFAKTURA: { nb: 'eFaktura', en: 'eFaktura' },
  AVTALEGIRO: { nb: 'AvtaleGiro', en: 'AvtaleGiro' },
};

export const DELIVERY_WORDS: Record<string, Text> = {
  QUEUED: { nb: 'i kø', en: 'queued' },
  SENT: { nb: 'sendt', en: 'sent' },
  FAILED: { nb: 'ikke levert', en: 'not delivered' },
};

export const PAYMENT_WORDS: Record<string, Text> = {
  UNPAID: { nb: 'ubetalt', en: 'unpaid' },
  PARTIALLY_PAID: { nb: 'delvis betalt', en: 'paid in part' },
  PAID: { nb: 'betalt', en: 'paid' },
  NOT_PAYABLE: { nb: 'ikke til betaling', en: 'not to be paid' },
};

export const KIND_WORDS: Record<string, Text> = {
  ARINV: { nb: 'Faktura', en: 'Invoice' },
  ARCRN: { nb: 'Kreditnota', en: 'Credit note' },
  ARCIN: { nb: 'Kontantfaktura', en: 'Cash invoice' },
  ARDEB: { nb: 'Debetnota', en: 'Debit note' },
  INVOICE: { nb: 'Faktura', en: 'Invoice' },
  CREDIT_NOTE: { nb: 'Kreditnota', en: 'Credit note' },
};

export const wordOf = (words: Record<string, Text>, key: string, language: keyof Text): string =>
  words[key]?.[language] ?? key;
