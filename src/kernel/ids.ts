import { assert } from './assert.ts';

const SPAN = 2 ** 31;

/**
 * Ids of a client account's records carry the client account: `client_account_id << 31 | n`. With client accounts below
 * 2^22 every id is an exact JSON number, and access is decided without a query.
 */
export function recordId(clientAccountId: number, n: number): number {
  assert(n > 0 && n < SPAN, `record number ${n} outside 1..2^31`);
  return clientAccountId * SPAN + n;
}

/** The client account of an id; 0 for an id without one. */
export function clientAccountOf(id: number): number {
  return Math.floor(id / SPAN);
}
