import { expect, test } from 'vitest';
import { type EnrichableEntry, enrichedEntry } from './enriched-entry.ts';

const entry = (of: Partial<EnrichableEntry>): EnrichableEntry => ({
  bookingDate: '2026-03-17',
  amount: 2348000n,
  currency: 'NOK',
  bankReference: null,
  messageId: null,
  paymentId: null,
  batchCount: null,
  ...of,
});

const booked = [
  entry({ bankReference: 'OCR1', batchCount: 3 }),
  entry({ bankReference: 'OCR2', batchCount: 4 }),
  entry({ amount: -500n, messageId: 'M', paymentId: 'P' }),
  entry({ amount: 700n }),
  entry({ amount: 700n }),
];

test.each([
  ['its reference', entry({ bankReference: 'OCR2' }), { found: 1, by: 'bank reference' }],
  [
    'its payment order',
    entry({ amount: -500n, messageId: 'M', paymentId: 'P', bookingDate: '2026-03-18' }),
    { found: 2, by: 'payment order' },
  ],
  ['date, amount and count', entry({ batchCount: 3 }), { found: 0, by: 'date, amount and count' }],
  ['nothing: two of the sum', entry({ amount: 700n }), { found: null, candidates: [3, 4] }],
  ['nothing: neither count nor reference', entry({}), { found: null, candidates: [0, 1] }],
  [
    'nothing: another amount, the same reference',
    entry({ amount: 1n, bankReference: 'OCR1' }),
    { found: null, candidates: [] },
  ],
  ['nothing: another reference', entry({ bankReference: 'OCR9', batchCount: 3 }), { found: null, candidates: [] }],
  ['nothing: another day', entry({ batchCount: 3, bookingDate: '2026-03-18' }), { found: null, candidates: [] }],
])('a notification finds its entry by %s', (_, notification, found) => {
  expect(enrichedEntry(notification, booked)).toEqual(found);
});
