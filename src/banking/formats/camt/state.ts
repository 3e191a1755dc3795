import type { Ore } from '../../../kernel/money.ts';
import type {
  BankDetail,
  BankEntry,
  BankFee,
  BankFileHeader,
  BankParty,
  BankRecord,
  BankStatement,
} from '../bank-file.ts';
import type { BankFaultCode } from '../fault-catalogue.ts';
import type { BankFaults } from '../fault.ts';
import { besideCore, newDetail } from '../new-entry.ts';
import { isCurrency, readDate, readDateTime, readUnsigned } from '../read-value.ts';
import type { StatementProof } from '../statement-proof.ts';

/** State of the open element. The objects are reused: a file has one statement and one entry open at a time. */
export class CamtState {
  readonly faults: BankFaults;
  records: BankRecord[] = [];
  header: BankFileHeader;
  role: 'statement' | 'notification' = 'statement';
  statement: BankStatement | null = null;
  proof: StatementProof | null = null;
  statementCount = 0;
  begun = false;
  balances: Balance[] = [];
  summaries: Summary[] = [];
  entryPosition = 0;
  /** Payments of the open entry. */
  details: PartialDetail[] = [];
  /** Number of errors before the open element: a malformed value is not also reported as missing. */
  errorsBefore = 0;
  seen: EntryTotals = newTotals();

  balance: Balance = newBalance();
  entry: PartialEntry = newPartialEntry();
  detail: PartialDetail = newPartialDetail();
  /** Buffer for the agent being read. */
  party: PartialParty = newParty();
  /** That of the entry or of the detail. */
  fees: BankFee[] = [];
  chargeTotal: { amount: Ore | null; currency: string } = { amount: null, currency: '' };
  fee: { amount: Ore | null; currency: string; credit: boolean; included: boolean | null } = newFee();
  exchange: Exchange = newExchange();
  accountText: string | null = null;

  line: () => number = () => 0;
  path: () => string = () => '';

  constructor(faults: BankFaults, header: BankFileHeader) {
    this.faults = faults;
    this.header = header;
  }

  fault(code: BankFaultCode, found: string | null = null, expected: string | null = null, path = this.path()): void {
    this.faults.add(code, { line: this.line(), path, statement: this.statement?.index ?? null, found, expected });
  }

  /** Null after a fault was reported. */
  amount(text: string): Ore | null {
    const value = readUnsigned(text);
    if (typeof value === 'bigint') return value;
    this.fault(value, text, value === 'amount-decimals' ? 'at most two decimals' : '1234.50, without a sign');
    return null;
  }

  currency(text: string | undefined): string | null {
    if (text !== undefined && isCurrency(text)) return text;
    this.fault('currency-malformed', text ?? 'no Ccy', 'NOK');
    return null;
  }

  date(text: string): string | null {
    const date = readDate(text);
    if (date === null) this.fault('date-malformed', text, '2026-01-31');
    return date;
  }

  dateTime(text: string): string | null {
    const date = readDateTime(text);
    if (date === null) this.fault('date-malformed', text, '2026-01-31T12:00:00');
    return date;
  }

  /** True for incoming. Null after a fault was reported. */
  mark(text: string): boolean | null {
    if (text === 'CRDT') return true;
    if (text === 'DBIT') return false;
    this.fault('mark-unknown', text, 'CRDT | DBIT');
    return null;
  }

  flag(text: string): boolean {
    if (text === 'true' || text === '1') return true;
    if (text !== 'false' && text !== '0') this.fault('value-unexpected', text, 'true | false');
    return false;
  }

  count(text: string): number | null {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    this.fault('number-malformed', text, '1');
    return null;
  }
}

export interface Balance {
  code: string | null;
  amount: Ore | null;
  currency: string | null;
  credit: boolean | null;
  date: string | null;
  line: number;
}

export function newBalance(): Balance {
  return { code: null, amount: null, currency: null, credit: null, date: null, line: 0 };
}

/** A count and a sum stated by the bank: of all entries, of incoming, of outgoing ones. */
export interface Summary {
  of: 'all' | 'credit' | 'debit';
  count: number | null;
  sum: Ore | null;
  line: number;
}

/** The totals of the entries: of every status, and of booked ones alone, because banks differ in which they sum. */
export interface EntryTotals {
  every: Record<Summary['of'], { count: number; sum: Ore }>;
  booked: Record<Summary['of'], { count: number; sum: Ore }>;
}

export function newTotals(): EntryTotals {
  const three = () => ({ all: { count: 0, sum: 0n }, credit: { count: 0, sum: 0n }, debit: { count: 0, sum: 0n } });
  return { every: three(), booked: three() };
}

export interface Exchange {
  rate: string | null;
  unit: string | null;
}

export function newExchange(): Exchange {
  return { rate: null, unit: null };
}

export interface PartialParty extends BankParty {
  ultimate: string | null;
}

export function newParty(): PartialParty {
  return { name: null, account: null, bic: null, ultimate: null };
}

export function newFee(): CamtState['fee'] {
  return { amount: null, currency: '', credit: false, included: null };
}

/** An incomplete entry while it is read. */
export interface PartialEntry {
  line: number;
  amount: Ore | null;
  currency: string | null;
  credit: boolean | null;
  status: string | null;
  result: Omit<BankEntry, 'amount' | 'currency' | 'bookingDate'> & { bookingDate: string | null };
  proprietaryCode: string | null;
  domain: string | null;
  family: string | null;
  subFamily: string | null;
  instructed: { amount: string; currency: string } | null;
  exchange: Exchange;
}

export function newPartialEntry(): PartialEntry {
  return {
    line: 0,
    amount: null,
    currency: null,
    credit: null,
    status: null,
    proprietaryCode: null,
    domain: null,
    family: null,
    subFamily: null,
    instructed: null,
    exchange: { rate: null, unit: null },
    result: { kind: 'entry', statement: 0, position: 0, bookingDate: null, ...besideCore(0, '') },
  };
}

/** An incomplete payment within an entry while it is read. */
export interface PartialDetail {
  amount: Ore | null;
  currency: string | null;
  credit: boolean | null;
  /** AmtDtls/TxAmt: used in version 02 instead of Amt. */
  transactionAmount: string | null;
  transactionCurrency: string | null;
  instructed: { amount: string; currency: string } | null;
  exchange: Exchange;
  domain: string | null;
  family: string | null;
  subFamily: string | null;
  proprietaryCode: string | null;
  debtor: PartialParty;
  creditor: PartialParty;
  texts: string[];
  remarks: string[];
  result: BankDetail;
}

export function newPartialDetail(): PartialDetail {
  return {
    amount: null,
    currency: null,
    credit: null,
    transactionAmount: null,
    transactionCurrency: null,
    instructed: null,
    exchange: { rate: null, unit: null },
    domain: null,
    family: null,
    subFamily: null,
    proprietaryCode: null,
    debtor: newParty(),
    creditor: newParty(),
    texts: [],
    remarks: [],
    result: newDetail(0, ''),
  };
}
