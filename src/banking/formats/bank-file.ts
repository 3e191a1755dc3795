import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';

/** `camt.053.001.08` and the like: the version is the one in the file. */
export type BankFileFormat =
  | `camt.053${string}`
  | `camt.054${string}`
  | 'ocr-giro'
  | 'mt940'
  | 'csv-dnb'
  | 'csv-sparebank1'
  | 'csv-nordea'
  | 'csv-handelsbanken'
  | 'csv-eika';

/**
 * The content of a bank file, in file order: `file`, then for each statement `statement`, its `entry`s, `statement-end`.
 * Statements of a CSV export with several accounts are open in parallel; an entry refers to its statement by index.
 *
 * All amounts are hundredths of the account's currency, signed from the view of the account's owner: positive is incoming.
 * The sign is taken from the bank's credit/debit mark alone. Only booked entries are returned.
 */
export type BankRecord = BankFileHeader | BankStatementBegin | BankEntry | BankStatementEnd;

export interface BankFileHeader {
  kind: 'file';
  format: BankFileFormat;
  /** The message's own id: camt GrpHdr/MsgId, the transmission number of OCR giro. */
  messageId: string | null;
  /** As written, ISO 8601 if the format has it. */
  createdAt: string | null;
  /** The addressee; some banks write the organisation number here. */
  recipientName: string | null;
  recipientId: string | null;
}

/** Position in the file: line from 1, and the element, record, tag or column. */
export interface SourcePlace {
  line: number;
  path: string;
}

/** Our own account, as the file names it. All null if an export does not state it: then the importing user does. */
export interface BankFileAccount {
  iban: string | null;
  /** Eleven digits, also if the file has the IBAN of a Norwegian account. */
  bban: string | null;
  /** Neither IBAN nor Norwegian account number. */
  other: string | null;
  currency: string | null;
  ownerName: string | null;
  ownerId: string | null;
  bic: string | null;
}

export interface BankBalance {
  amount: Ore;
  date: LocalDate | null;
}

export interface BankStatement {
  /** From 0, in file order. */
  index: number;
  /** A notification (camt.054, OCR giro) enriches entries that a statement books; it never adds one. */
  role: 'statement' | 'notification';
  account: BankFileAccount;
  /** Of the account; null if neither account nor balance states it. */
  currency: string | null;
  id: string | null;
  /** The bank's sequence number. Gaps are a hint, not proof. */
  number: string | null;
  page: string | null;
  createdAt: string | null;
  /** The period; if the file has none, the dates of balances or entries, known at the end. */
  from: LocalDate | null;
  to: LocalDate | null;
  /** Null if the format has none (notifications, most exports). */
  opening: BankBalance | null;
  closing: BankBalance | null;
  place: SourcePlace;
}

export interface BankStatementBegin {
  kind: 'statement';
  statement: BankStatement;
}

/** The statement is complete. Refused: its faults are in the fault list, and nothing of it may be stored. */
export interface BankStatementEnd {
  kind: 'statement-end';
  statement: BankStatement;
  entryCount: number;
  /** Of the booked entries. */
  sum: Ore;
  /** Entries that are not booked (pending, expected, information): read, checked and left out. */
  pendingCount: number;
  refused: boolean;
}

export interface BankParty {
  name: string | null;
  /** Digits of a Norwegian account, an IBAN, or the bank's own text. */
  account: string | null;
  bic: string | null;
}

/** An amount in another currency, as decimal text: it may have more decimals than our amounts. */
export interface OriginalAmount {
  amount: string;
  currency: string;
  /** As the bank quotes it; `unit` is the currency of which one (or a hundred) is priced. */
  rate: string | null;
  unit: string | null;
}

export interface BankFee {
  /** Negative: charged. */
  amount: Ore;
  currency: string;
  /** Whether the entry's amount is net of this fee; null if the bank does not state it. */
  included: boolean | null;
}

export interface BankReturn {
  /** ISO code as `AC04`, or the bank's own. */
  reason: string | null;
  text: string | null;
}

/** Fields of an entry that is one payment, and of each payment of a batch. */
export interface BankPayment {
  /** Ids from the payment order, as given by the ordering party. `NOTPROVIDED` is null. */
  messageId: string | null;
  paymentId: string | null;
  instructionId: string | null;
  endToEndId: string | null;
  /** KID or other structured reference; `structuredReferences` has all of them if there are several. */
  structuredReference: string | null;
  structuredReferences: string[];
  invoiceNumbers: string[];
  counterparty: BankParty;
  original: OriginalAmount | null;
  fees: BankFee[];
  return: BankReturn | null;
}

/** One payment within an entry. */
export interface BankDetail extends BankPayment {
  /** Signed; null if the bank gives none. */
  amount: Ore | null;
  currency: string | null;
  /** Reference for inquiries to the bank's support. */
  archiveReference: string | null;
  /** Remittance text, parts joined by a blank. */
  text: string | null;
  /** Additional information of the bank. */
  bankInformation: string | null;
  /** `PMNT-RCDT-DMCT`, OCR giro `10`..`21`, or the bank's own code. */
  transactionCode: string | null;
  purpose: string | null;
  ultimateCounterpartyName: string | null;
  place: SourcePlace;
}

/** One movement on the account: one change of its balance, with any number of payments. */
export interface BankEntry extends BankPayment {
  kind: 'entry';
  /** BankStatement.index */
  statement: number;
  /** From 1 within its statement, including pending ones. */
  position: number;
  bookingDate: LocalDate;
  valueDate: LocalDate | null;
  amount: Ore;
  currency: string;
  /** The bank reverses an earlier entry. Does not affect the sign. */
  isReversal: boolean;
  /** The bank's reference of the entry: identifies it in other files. */
  bankReference: string | null;
  /** Its number within the statement, used as a reference by some banks; never unique. */
  entryReference: string | null;
  transactionCode: string | null;
  text: string | null;
  /** The bank marks this as one movement of several payments, with or without details of them. */
  batch: BankBatch | null;
  details: BankDetail[];
  /** The account's balance after it, in the file's order; null if the file has no balances. */
  balanceAfter: Ore | null;
  place: SourcePlace;
}

export interface BankBatch {
  count: number | null;
  total: Ore | null;
  messageId: string | null;
  paymentId: string | null;
}

/** The account in a text: IBAN, eleven digits, or another form. Removes the spaces and dots that people write. */
export function fileAccount(text: string | null): Pick<BankFileAccount, 'iban' | 'bban' | 'other'> {
  const compact = text?.replace(/[\s.]/g, '') ?? '';
  if (compact === '') return { iban: null, bban: null, other: null };
  if (/^\d{11}$/.test(compact)) return { iban: null, bban: compact, other: null };
  if (/^[A-Z]{2}\d{2}[A-Z0-9]{5,30}$/.test(compact)) {
    return { iban: compact, bban: /^NO\d{13}$/.test(compact) ? compact.slice(4) : null, other: null };
  }
  return { iban: null, bban: null, other: text!.trim() };
}
