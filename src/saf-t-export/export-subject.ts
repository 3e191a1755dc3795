import type { LocalDate } from '../kernel/local-date.ts';
import type { Transaction } from '../platform/database/pool.ts';

export type SafTVersion = '1.30' | '1.40';

/** What is exported: one client account, a range of days, read in one snapshot. */
export interface ExportSubject {
  tx: Transaction;
  clientAccountId: number;
  range: { from: LocalDate; to: LocalDate };
  version: SafTVersion;
  /** The moment the books are asked about, and the last entry known then; null: as they are. */
  asOf: Date | null;
  knownPostingNo: number | null;
  /** Who asks, as the file shall say. */
  userName: string | null;
  now: Date;
}
