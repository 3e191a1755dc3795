import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportModel, ReportStream } from '../foundations/report-model.ts';

/** The context in which a report is read: one snapshot of the books, of one client account. */
export interface PrintContext {
  tx: Transaction;
  /** For caches that outlive the connection, such as copies of masters. */
  database: Database;
  clientAccountId: number;
  language: Language;
  now: Date;
}

/** A report that can be printed: read in one snapshot of the books, possibly in a rendering thread. */
export interface PrintableReport<Q> {
  /** `balance-sheet`: the name by which a rendering thread finds it. */
  name: string;
  /** Possibly too long for a page to wait for: its HTML too is streamed from a rendering thread. */
  long?: boolean;
  /** Throws faults of the parameters that can be detected without the books, such as an impossible range. */
  check?(question: Q): void;
  /**
   * `Q` must survive structured cloning: plain objects, text, numbers, dates, maps. A `ReportStream` may read through
   * the transaction until all its rows are read.
   */
  open(context: PrintContext, question: Q): Promise<ReportModel | ReportStream>;
}
