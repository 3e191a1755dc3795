import type { LocalDate } from '../../../kernel/local-date.ts';
import { WIDTH } from './records.ts';

/** One claim (betalingskrav) to the operator, or its cancellation. */
export interface Claim {
  kid: string;
  /** Øre, above 0. */
  amount: bigint;
  dueDate: LocalDate;
  /** `bank`: the bank notifies the payer (type 21); `payee`: we do, or the payer wants no notice (type 02). */
  notice: 'bank' | 'payee';
  /** The payer's short name: its first ten characters are sent. */
  payerName: string;
  /** Shown to the payer instead of the mandate's own text; at most 25 characters. */
  reference: string;
  /** With notice by the bank: at most 42 lines of 80 characters. */
  specification: readonly string[];
}

export interface ClaimAssignment {
  /** Of the payee. */
  accountNumber: string;
  /** Unique for the agreement within a year. */
  number: number;
  /** Claims, or cancellations of claims: the same due date, amount and KID. */
  kind: 'claims' | 'cancellations';
}

export interface ClaimTransmission {
  /** Customer unit id of the sender. */
  sender: string;
  /** Unique for the sender. */
  number: number;
}

const OPERATOR = '00008080';
const MOST_LINES = 42;
const ITEM = { claims: { bank: '21', payee: '02' }, cancellations: { bank: '93', payee: '93' } } as const;
const ASSIGNMENT = { claims: '2100', cancellations: '2136' } as const;

/** A character that ISO-8859-1 cannot represent. */
export class NotInFile extends Error {
  override name = 'NotInFile';
}

/** Writes a file for the operator, record by record: memory holds one claim. Lines end in CR LF. */
export class ClaimFileWriter {
  readonly #write: (text: string) => void;
  readonly #lineEnd: string;
  #records = 0;
  #transactions = 0;
  #sum = 0n;
  #earliest: string | null = null;
  #dueDate = '';
  #sortableDue = '';
  /** DDMMYY. */
  #due = '';
  #assignment: {
    start: ClaimAssignment;
    records: number;
    transactions: number;
    sum: bigint;
    earliest: string;
    latest: string;
  } | null = null;

  /** `write` takes text in which each character is one byte. */
  constructor({ sender, number }: ClaimTransmission, write: (text: string) => void, lineEnd = '\r\n') {
    this.#write = write;
    this.#lineEnd = lineEnd;
    this.#record(`NY000010${sender}${digits(number, 7)}${OPERATOR}`);
  }

  begin(start: ClaimAssignment): void {
    this.#assignment = { start, records: 0, transactions: 0, sum: 0n, earliest: '999999', latest: '000000' };
    this.#record(`NY${ASSIGNMENT[start.kind]}20${digits(0, 9)}${digits(start.number, 7)}${start.accountNumber}`);
  }

  claim(claim: Claim): void {
    const assignment = this.#assignment!;
    const number = digits(++assignment.transactions, 7);
    const type = ITEM[assignment.start.kind][claim.notice];
    const sortable = this.#sortable(claim.dueDate);
    this.#record(
      `NY21${type}30${number}${this.#due}${' '.repeat(11)}${digits(claim.amount, 17)}${claim.kid.padStart(25)}`,
    );
    this.#record(`NY21${type}31${number}${left(claim.payerName, 10)}${' '.repeat(25)}${left(claim.reference, 25)}`);
    if (type === '21') this.#specification(number, claim.specification);
    assignment.sum += claim.amount;
    if (sortable < assignment.earliest) assignment.earliest = sortable;
    if (sortable > assignment.latest) assignment.latest = sortable;
  }

  end(): void {
    const { start, transactions, sum, earliest, latest, records } = this.#assignment!;
    const dates = `${turned(earliest)}${turned(latest)}`;
    this.#record(
      `NY${ASSIGNMENT[start.kind]}88${digits(transactions, 8)}${digits(records + 1, 8)}${digits(sum, 17)}${dates}`,
    );
    this.#assignment = null;
    this.#transactions += transactions;
    this.#sum += sum;
    if (this.#earliest === null || earliest < this.#earliest) this.#earliest = earliest;
  }

  finish(): void {
    const earliest = turned(this.#earliest ?? '000000');
    this.#record(
      `NY000089${digits(this.#transactions, 8)}${digits(this.#records + 1, 8)}${digits(this.#sum, 17)}${earliest}`,
    );
  }

  /** YYMMDD. Claims are sorted by due date: the last one is usually the next one. */
  #sortable(date: LocalDate): string {
    if (date !== this.#dueDate) {
      this.#dueDate = date;
      this.#sortableDue = date.slice(2).replaceAll('-', '');
      this.#due = turned(this.#sortableDue);
    }
    return this.#sortableDue;
  }

  #specification(number: string, lines: readonly string[]): void {
    for (const [i, line] of lines.slice(0, MOST_LINES).entries())
      for (const column of [1, 2]) {
        const half = line.slice((column - 1) * 40, column * 40);
        if (half.trim() !== '') this.#record(`NY212149${number}4${digits(i + 1, 3)}${column}${left(half, 40)}`);
      }
  }

  #record(text: string): void {
    this.#records++;
    if (this.#assignment) this.#assignment.records++;
    this.#write(text.padEnd(WIDTH, '0') + this.#lineEnd);
  }
}

function digits(value: bigint | number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Text fields; all others contain digits. Throws NotInFile. */
function left(text: string, width: number): string {
  const shown = text.slice(0, width);
  if (/[^\u0020-\u007e\u00a0-\u00ff]/.test(shown)) throw new NotInFile('a character that the file cannot hold');
  return shown.padEnd(width);
}

/** YYMMDD to DDMMYY. */
function turned(date: string): string {
  return `${date.slice(4)}${date.slice(2, 4)}${date.slice(0, 2)}`;
}
