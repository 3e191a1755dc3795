import type { Ore } from '../kernel/money.ts';

/** Identifiers by which a notification (camt.054, OCR giro) and a booked entry of the same account can be matched. */
export interface EnrichableEntry {
  bookingDate: string;
  amount: Ore;
  currency: string;
  bankReference: string | null;
  /** Ids of the payment order that the entry debits. */
  messageId: string | null;
  paymentId: string | null;
  /** Number of payments according to the bank; null: not stated. */
  batchCount: number | null;
}

export type Enrichment =
  | { found: number; by: 'bank reference' | 'payment order' | 'date, amount and count' }
  /** Not booked yet, or ambiguous: hold the notification. `candidates` are the ambiguous entries. */
  | { found: null; candidates: number[] };

/**
 * Finds the booked entry of a notification. Amounts must be equal. Date and amount alone are enough only for a single entry:
 * two settlements of the same sum on one day need references or a person.
 */
export function enrichedEntry(notification: EnrichableEntry, booked: readonly EnrichableEntry[]): Enrichment {
  const sameAmount = [...booked.entries()].filter(
    ([, entry]) => entry.amount === notification.amount && entry.currency === notification.currency,
  );
  const pick = (
    by: (Enrichment & { found: number })['by'],
    fits: (entry: EnrichableEntry) => boolean,
  ): Enrichment | null => {
    const fitting = sameAmount.filter(([, entry]) => fits(entry)).map(([index]) => index);
    if (fitting.length === 0) return null;
    return fitting.length === 1 ? { found: fitting[0]!, by } : { found: null, candidates: fitting };
  };
  const { bankReference, messageId, paymentId, batchCount } = notification;
  const agrees = (entry: EnrichableEntry) =>
    entry.bookingDate === notification.bookingDate &&
    (entry.batchCount === null || batchCount === null || entry.batchCount === batchCount) &&
    (entry.bankReference === null || bankReference === null || entry.bankReference === bankReference);
  return (
    (bankReference === null ? null : pick('bank reference', (entry) => entry.bankReference === bankReference)) ??
    (messageId === null || paymentId === null
      ? null
      : pick('payment order', (entry) => entry.messageId === messageId && entry.paymentId === paymentId)) ??
    pick('date, amount and count', agrees) ?? { found: null, candidates: [] }
  );
}
