import type { LocalDate } from '../../kernel/local-date.ts';
import type { Ore } from '../../kernel/money.ts';

/** `camt.053.001.08` and the like: the version is the file's own. */
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
 * What a bank file says, in file order: `file`, then for each statement `statement`, its `entry`s, `statement-end`.
 * Statements of a CSV export with several accounts are open side by side; an entry names its own by index.
 *
 * All amounts are hundredths of the account's currency, signed as the account's owner sees them: positive came in. The
 * sign comes from the credit/debit mark of the bank alone. Only booked entries come out.
 */
export type BankRecord = BankFileHead | BankStatementBegin | BankEntry | BankStatementEnd;

export interface BankFileHead {
  kind: 'file';
  format: BankFileFormat;
  /** The message's own id: camt GrpHdr/MsgId, the transmission number of OCR giro. */
  messageId: string | null;
  /** As written, ISO 8601 where the format has it. */
  createdAt: string | null;
  /** Whom the bank wrote to; some banks put the organisation number here. */
  recipientName: string | null;
  recipientId: string | null;
}

/** Where in the file: line from 1, and the element, record, tag or column. */
export interface SourcePlace {
  line: number;
  path: string;
}

/** Our own account, as the file names it. All null where an export does not say: then the person who imports does. */
export interface BankFileAccount {
  iban: string | null;
  /** Eleven digits, also where the file gave the IBAN of a Norwegian account. */
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
  /** Of the account; null where neither account nor balance says. */
  currency: string | null;
  id: string | null;
  /** The bank's running number of it. Jumps are a hint, no proof. */
  number: string | null;
  page: string | null;
  createdAt: string | null;
  /** The period; where the file says none, the dates of balances or entries, known at the end. */
  from: LocalDate | null;
  to: LocalDate | null;
  /** Null where the format has none (notifications, most exports). */
  opening: BankBalance | null;
  closing: BankBalance | null;
  place: SourcePlace;
}

export interface BankStatementBegin {
  kind: 'statement';
  statement: BankStatement;
}

/** The statement is complete now. Refused: its faults stand in the fault list, and nothing of it may be kept. */
export interface BankStatementEnd {
  kind: 'statement-end';
  statement: BankStatement;
  entryCount: number;
  /** Of the booked entries. */
  sum: Ore;
  /** Entries that are not booked (pending, expected, information): read, judged and left out. */
  pendingCount: number;
  refused: boolean;
}

export interface BankParty {
  name: string | null;
  /** Digits of a Norwegian account, an IBAN, or what the bank wrote. */
  account: string | null;
  bic: string | null;
}

/** An amount in another currency, as decimal text: it may have decimals that ours do not have. */
export interface OriginalAmount {
  amount: string;
  currency: string;
  /** As the bank quotes it; `unit` is the currency that one (or a hundred) of is priced. */
  rate: string | null;
  unit: string | null;
}

export interface BankFee {
  /** Negative: charged. */
  amount: Ore;
  currency: string;
  /** Whether the entry's amount is after this fee; null where the bank does not say. */
  included: boolean | null;
}

export interface BankReturn {
  /** ISO code as `AC04`, or the bank's own. */
  reason: string | null;
  text: string | null;
}

/** Fields that an entry has when it is one payment, and that each payment of a batch has for itself. */
export interface BankPayment {
  /** Ids of the payment order, as the one who ordered gave them. `NOTPROVIDED` is null. */
  messageId: string | null;
  paymentId: string | null;
  instructionId: string | null;
  endToEndId: string | null;
  /** KID or other structured reference; `structuredReferences` has all of them where there are several. */
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
  /** Signed; null where the bank gives none. */
  amount: Ore | null;
  currency: string | null;
  /** What the bank's support asks for. */
  archiveReference: string | null;
  /** Remittance text, parts joined by a blank. */
  text: string | null;
  /** What the bank adds of its own. */
  bankInformation: string | null;
  /** `PMNT-RCDT-DMCT`, OCR giro `10`..`21`, or the bank's own code. */
  transactionCode: string | null;
  purpose: string | null;
  ultimateCounterpartyName: string | null;
  place: SourcePlace;
}

/** One movement on the account: one change of its balance, however many payments it holds. */
export interface BankEntry extends BankPayment {
  kind: 'entry';
  /** BankStatement.index */
  statement: number;
  /** From 1 within its statement, pending ones counted too. */
  position: number;
  bookingDate: LocalDate;
  valueDate: LocalDate | null;
  amount: Ore;
  currency: string;
  /** The bank undoes an earlier entry. Says nothing more about the sign. */
  isReversal: boolean;
  /** The bank's reference of the entry: what recognises it again. */
  bankReference: string | null;
  /** Its number within the statement, on some banks a reference; never unique. */
  entryReference: string | null;
  transactionCode: string | null;
  text: string | null;
  /** The bank says that this is one movement of several payments, with or without telling them. */
  batch: BankBatch | null;
  details: BankDetail[];
  /** The account's balance after it, in the file's order; null where the file has no balances. */
  balanceAfter: Ore | null;
  place: SourcePlace;
}

export interface BankBatch {
  count: number | null;
  total: Ore | null;
  messageId: string | null;
  paymentId: string | null;
}

/** The account of a text: IBAN, eleven digits, or something else. Blanks and dots are how people write them. */
export function fileAccount(text: string | null): Pick<BankFileAccount, 'iban' | 'bban' | 'other'> {
  const compact = text?.replace(/[\s.]/g, '') ?? '';
  if (compact === '') return { iban: null, bban: null, other: null };
  if (/^\d{11}$/.test(compact)) return { iban: null, bban: compact, other: null };
  if (/^[A-Z]{2}\d{2}[A-Z0-9]{5,30}$/.test(compact)) {
    return { iban: compact, bban: /^NO\d{13}$/.test(compact) ? compact.slice(4) : null, other: null };
  }
  return { iban: null, bban: null, other: text!.trim() };
}
