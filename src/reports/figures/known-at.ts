import type { Transaction } from '../../platform/database/pool.ts';
import { reportErrors } from '../errors.ts';

/**
 * The books as known at a point in time: the entries posted until then, with the names of that time. Null instead means
 * the current books.
 */
export interface KnownAt {
  at: Date;
  /**
   * Of the last entry included; 0: none. Numbers are assigned in the order of posting, so later entries have higher
   * ones.
   */
  postingNo: number;
  /** Of the last entry now. */
  lastPostingNo: number;
}

const KNOWN = `
select posting_known_at($1, $2) as known,
  coalesce((select last_posting_no from client_account_heads where client_account_id = $1), 0) as last`;

/** Throws 422 for a time in the future, because the books of that time are not known yet. */
export async function readKnownAt(
  tx: Transaction,
  clientAccountId: number,
  asOf: Date | null,
  now: Date,
): Promise<KnownAt | null> {
  if (asOf === null) return null;
  if (asOf > now) throw reportErrors.as_of_future({ as_of: asOf.toISOString(), now: now.toISOString() });
  const [row] = await tx.named<{ known: number; last: number }>('report-known-at', KNOWN, [clientAccountId, asOf]);
  return { at: asOf, postingNo: row!.known, lastPostingNo: row!.last };
}

/** A table of masters for a report: the current rows, or those at the time given as the parameter `at`. */
export function mastersTable(
  table: 'business_partners' | 'dimension_values' | 'client_gl_accounts' | 'client_gl_account_versions' | 'tax_codes',
  at: string | null,
): string {
  return at === null ? table : `${table}_at($1, ${at}::timestamptz)`;
}
