import type { LocalDate } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';

export type SafTVersion = '1.30' | '1.40';

/** The scope of an export: one client account, a range of days, read in one snapshot. */
export interface ExportSubject {
  tx: Transaction;
  clientAccountId: number;
  range: { from: LocalDate; to: LocalDate };
  version: SafTVersion;
  /** The point in time of the books, and the last entry posted by then; null: the current books. */
  asOf: Date | null;
  knownPostingNo: number | null;
  /** The user who requests the export, for the file's header. */
  userName: string | null;
  now: Date;
}
