import type { LocalDate } from '../../kernel/local-date.ts';
import type { BankFault } from '../formats/fault.ts';

/** The outcome of one statement or notification of a file. */
export interface StatementResult {
  /** The member of a ZIP; null for a plain file. */
  file: string | null;
  /** From 0, in file order. */
  index: number;
  role: 'statement' | 'notification';
  status: 'imported' | 'known' | 'refused';
  /** As the file names it. */
  account: string | null;
  bank_account_id: number | null;
  /** The bank's own id and number. */
  statement_id: string | null;
  statement_number: string | null;
  /** Our id; null if the statement was known, or has no balances. */
  bank_statement_id: number | null;
  from_date: LocalDate | null;
  to_date: LocalDate | null;
  opening_balance: string | null;
  closing_balance: string | null;
  currency_code: string | null;
  entries: number;
  imported: number;
  already_known: number;
  /** Number of notifications that enriched a transaction, and of those that are held. */
  enriched: number;
  waiting: number;
  suspicious: number;
  /** Not booked by the bank: left out. */
  pending: number;
  /** Statements with overlapping days. */
  overlaps: { bank_statement_id: number; from_date: LocalDate; to_date: LocalDate }[];
}

/** An entry that is probably a known transaction with a different wording: left out until a person decides. */
export interface SuspiciousEntry {
  file: string | null;
  statement: number;
  line: number;
  booking_date: LocalDate;
  amount: string;
  text: string | null;
  known_transaction_id: number;
  reason: string;
  reason_en: string;
}

export type Counts = Record<
  'entries' | 'imported' | 'already_known' | 'enriched' | 'waiting' | 'suspicious' | 'pending',
  number
>;

export interface BankImportResult {
  client_account_id: number;
  /** True: identical bytes were imported completely before, and nothing was changed. */
  already_imported: boolean;
  import_id: number | null;
  file_id: number | null;
  format: string;
  message_id: string | null;
  counts: Counts & { statements: number; refused: number };
  statements: StatementResult[];
  suspicious: SuspiciousEntry[];
  warnings: BankFault[];
  warning_count: number;
  errors: BankFault[];
  error_count: number;
}

export type BankImportOutcome =
  | { status: 'succeeded'; result: BankImportResult }
  /** Nothing of the file was stored. */
  | { status: 'refused'; errors: BankFault[]; errorCount: number; warnings: BankFault[]; warningCount: number };

export function noCounts(): Counts {
  return { entries: 0, imported: 0, already_known: 0, enriched: 0, waiting: 0, suspicious: 0, pending: 0 };
}
