import { type LocalDate, yearOf } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';
import type {
  Account,
  AnalysisRecord,
  AnalysisReference,
  Balances,
  Header,
  Journal,
  Line,
  Owner,
  Party,
  TaxCodeRecord,
  Totals,
  Transaction,
} from './audit-records.ts';
import type { AccountingCalendar, Selection } from '../accounting-day.ts';
import { KeySet } from '../key-set.ts';

/** An account of the file with its movements so far. Signed: debit positive. */
export interface BookAccount {
  id: string;
  record: Account;
  opening: Ore;
  closing: Ore;
  debit: Ore;
  credit: Ore;
  lines: number;
  /** The part of the set that contains it. */
  part: number;
  /** Movement by a closing of the year that the file has no voucher for: declared closing less counted closing. */
  closedBy: Ore;
}

export interface BookParty {
  id: string;
  record: Party;
  /** Signed balances per control account. */
  balances: PartyBalance[];
  /** Signed movement per account of the party's lines. */
  movements: Map<BookAccount, Ore>;
  part: number;
}

export interface PartyBalance {
  account: BookAccount;
  opening: Ore;
  closing: Ore | null;
  at: number;
  /** As written in the file. */
  written: Balances;
}

export interface BookTaxCode {
  code: string;
  /** One record for each period of validity, in file order. */
  records: TaxCodeRecord[];
  part: number;
  /** The file does not list it; only for lines without tax, unless it is a standard code. */
  made?: boolean;
}

/** A line with checked references and amounts. Both amounts are zero or positive, at least one is zero. */
export interface CheckedLine {
  line: Line;
  account: BookAccount;
  debit: Ore;
  credit: Ore;
  party: BookParty | null;
}

export interface CheckedTransaction {
  transaction: Transaction;
  /** The posting day, in its accounting period. */
  date: LocalDate;
  period: number;
  fiscalYear: number;
  lines: CheckedLine[];
  /** Total debit, equal to total credit. */
  total: Ore;
}

/** The masters of an audit file and its running totals: all data needed to check the next voucher. */
export class AuditBook {
  header: Header | null = null;
  selection: Selection | null = null;
  readonly accounts = new Map<string, BookAccount>();
  readonly customers = new Map<string, BookParty>();
  readonly suppliers = new Map<string, BookParty>();
  readonly taxCodes = new Map<string, BookTaxCode>();
  /** By `analysisKey`. */
  readonly analyses = new Map<string, AnalysisRecord>();
  readonly owners = new Map<string, Owner>();
  readonly ownerList: Owner[] = [];
  /** Analysis values that parties refer to, not checked yet. */
  readonly partyAnalyses: { reference: AnalysisReference; element: string }[] = [];
  /** By JournalID. */
  readonly journals = new Map<string, Journal>();
  readonly transactions = new KeySet();
  /** Known with the first voucher. */
  calendar: AccountingCalendar | null = null;
  /** Masters that lines refer to but the file does not list, created since the importer last took them. */
  made: MadeMasters = noneMade();
  totals: Totals | null = null;
  entriesSeen = false;
  transactionCount = 0;
  /** The number of those without lines. */
  emptyCount = 0;
  lineCount = 0;
  debit: Ore = 0n;
  credit: Ore = 0n;
  /** In addition to `debit` and `credit`: the sums of the amounts as written, with and without their signs. */
  readonly written = { debit: 0n, credit: 0n, debitUnsigned: 0n, creditUnsigned: 0n };
  /** The last voucher with negative amounts was read with the sign of its credit amounts inverted. */
  creditTurned = false;
  /** Index of the current part of the set, from 0. */
  part = 0;
}

export function analysisKey(type: string, id: string): string {
  return `${type}\u0000${id}`;
}

/** A voucher number is unique within its journal, and restarts each financial year in many systems. */
export function transactionKey(periodYear: number, journalId: string, id: string): string {
  return `${periodYear}\u0000${journalId}\u0000${id}`;
}

interface MadeMasters {
  parties: BookParty[];
  owners: Owner[];
  taxCodes: BookTaxCode[];
  analyses: number;
}

export function noneMade(): MadeMasters {
  return { parties: [], owners: [], taxCodes: [], analyses: 0 };
}

export function openingOf(balances: Balances): Ore {
  return (balances.openingDebit ?? 0n) - (balances.openingCredit ?? 0n);
}

export function closingOf(balances: Balances): Ore {
  return (balances.closingDebit ?? 0n) - (balances.closingCredit ?? 0n);
}

/** Opening and movements of an account, signed. */
export function countedClosing({ opening, debit, credit }: BookAccount): Ore {
  return opening + debit - credit;
}

/** The first day of the financial year of a day; by the calendar year for a file without vouchers. */
export function yearStartOf(book: AuditBook, day: LocalDate): LocalDate {
  return book.calendar?.yearStart(day) ?? `${yearOf(day)}-01-01`;
}
