import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientAccountOf, recordId } from './ids.ts';

const LARGEST_CLIENT_ACCOUNT = 2 ** 22 - 1;
const LARGEST_NUMBER = 2 ** 31 - 1;

test('an id tells its client account, is exact and belongs to no other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: LARGEST_CLIENT_ACCOUNT }),
      fc.integer({ min: 1, max: LARGEST_NUMBER }),
      (clientAccountId, n) => {
        const id = recordId(clientAccountId, n);
        expect(Number.isSafeInteger(id)).toBe(true);
        expect(clientAccountOf(id)).toBe(clientAccountId);
        expect(BigInt(id)).toBe((BigInt(clientAccountId) << 31n) + BigInt(n));
        expect(JSON.parse(JSON.stringify(id))).toBe(id);
      },
    ),
    { seed: 1814, numRuns: 500 },
  );
});

test('the ids of two client accounts never meet', () => {
  expect(recordId(7, LARGEST_NUMBER)).toBeLessThan(recordId(8, 1));
  expect(clientAccountOf(recordId(LARGEST_CLIENT_ACCOUNT, LARGEST_NUMBER))).toBe(LARGEST_CLIENT_ACCOUNT);
});

test('small numbers belong to no client account', () => {
  expect([0, 1, 1920, LARGEST_NUMBER].map(clientAccountOf)).toEqual([0, 0, 0, 0]);
});

test.each([0, -1, 2 ** 31])('record number %s is a fault', (n) => {
  expect(() => recordId(1, n)).toThrow(`record number ${n} outside`);
});
