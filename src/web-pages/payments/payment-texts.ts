import type { Text } from '../../platform/errors.ts';

export const ORDER_WORDS: Record<string, Text> = {
  PREPARED: { nb: 'venter på godkjenning', en: 'waits for approval' },
  APPROVED: { nb: 'godkjent, sendes', en: 'approved, to be sent' },
  SENT: { nb: 'sendt', en: 'sent' },
  RECEIVED: { nb: 'mottatt av banken', en: 'received by the bank' },
  WAITING: { nb: 'venter i banken', en: 'waits at the bank' },
  ACCEPTED: { nb: 'godtatt av banken', en: 'accepted by the bank' },
  EXECUTED: { nb: 'utført av banken', en: 'carried out by the bank' },
  PARTLY_REJECTED: { nb: 'delvis avvist', en: 'rejected in part' },
  REJECTED: { nb: 'avvist', en: 'rejected' },
  SETTLED: { nb: 'betalt', en: 'paid' },
  RETURNED: { nb: 'kom i retur', en: 'came back' },
  CANCELLED: { nb: 'kansellert', en: 'cancelled' },
};

export const EVENT_WORDS: Record<string, Text> = {
  prepared: { nb: 'Laget', en: 'Prepared' },
  approved: { nb: 'Godkjent', en: 'Approved' },
  cancelled: { nb: 'Kansellert', en: 'Cancelled' },
  sent: { nb: 'Sendt til banken', en: 'Sent to the bank' },
  status: { nb: 'Svar fra banken', en: 'Answer of the bank' },
  booked: { nb: 'Bokført av banken', en: 'Booked by the bank' },
  returned: { nb: 'Penger i retur', en: 'Money came back' },
};
