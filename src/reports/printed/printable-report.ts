import type { Database, Transaction } from '../../platform/database/pool.ts';
import type { Language } from '../../platform/errors.ts';
import type { ReportModel, ReportStream } from '../foundations/report-model.ts';

/** What a report is read with: one snapshot of the books, of one client account. */
export interface PrintContext {
  tx: Transaction;
  /** For what is kept in memory beside the connection, such as copies of masters. */
  database: Database;
  clientAccountId: number;
  language: Language;
  now: Date;
}

/** A report that can be printed: read in one snapshot of the books, also in a rendering thread. */
export interface PrintableReport<Q> {
  /** `balance-sheet`: how a rendering thread finds it. */
  name: string;
  /** May have more lines than a page should wait for: its HTML too is made by a rendering thread, and streamed. */
  long?: boolean;
  /** Throws what is wrong with the question and can be told without the books, such as an impossible range. */
  check?(question: Q): void;
  /**
   * `Q` survives structured cloning: plain objects, text, numbers, dates, maps. A `ReportStream` may read through the
   * transaction until its rows were taken.
   */
  open(context: PrintContext, question: Q): Promise<ReportModel | ReportStream>;
}
