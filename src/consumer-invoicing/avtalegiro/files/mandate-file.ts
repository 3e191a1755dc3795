import { type NetsRecord, refusal } from './records.ts';

/** The operator's record of one mandate (fast betalingsoppdrag). */
export interface MandateNews {
  line: number;
  accountNumber: string;
  kid: string;
  /** 0: part of a full list; 1: new or changed; 2: deleted. */
  registration: 0 | 1 | 2;
  /** Whether the payer wants a notice of each claim. */
  notification: boolean;
}

export interface MandateAssignment {
  line: number;
  accountNumber: string;
  /** A list of all mandates of the account: those that are not in it have ended. */
  isFullList: boolean;
}

export interface MandateFileListener {
  assignment(line: number, accountNumber: string): void;
  mandate(news: MandateNews): void;
  assignmentEnd(assignment: MandateAssignment): void;
  /** An assignment of another service. */
  skipped(line: number, kind: string): void;
}

export interface Transmission {
  sender: string;
  number: string;
  receiver: string;
}

interface Assignment {
  line: number;
  kind: string;
  accountNumber: string;
  transactions: number;
  records: number;
  sum: bigint;
  fullEntries: number;
}

const MANDATES = 'NY2124';

/**
 * The grammar of a file from the operator: one transmission of assignments, each of one kind, with totals that must be
 * right. Returns mandates; other services are counted and skipped.
 */
export class MandateFileReader {
  #transmission: Transmission | null = null;
  #assignment: Assignment | null = null;
  #isOver = false;
  #records = 0;
  #transactions = 0;
  #sum = 0n;
  readonly #listener: MandateFileListener;

  constructor(listener: MandateFileListener) {
    this.#listener = listener;
  }

  /** Throws consumer_invoicing.file_refused, with the line. */
  read(record: NetsRecord): void {
    const { kind } = record;
    this.#records++;
    if (this.#isOver) record.refuse('det står noe etter siste post', 'something follows the last record');
    if (!this.#transmission) return this.#begin(record);
    if (this.#assignment) return this.#inAssignment(record, this.#assignment);
    if (kind === 'NY000089') return this.#end(record);
    if (!/^NY\d{4}20$/.test(kind))
      record.refuse(`ventet start på oppdrag, fant ${kind}`, `expected the start of an assignment, found ${kind}`);
    const assignment: Assignment = {
      line: record.line,
      kind: kind.slice(0, 6),
      accountNumber: record.digits(25, 35, 'oppdragskontoen', 'the assignment account'),
      transactions: 0,
      records: 1,
      sum: 0n,
      fullEntries: 0,
    };
    record.digits(18, 24, 'oppdragsnummeret', 'the assignment number');
    this.#assignment = assignment;
    if (assignment.kind === MANDATES) this.#listener.assignment(record.line, assignment.accountNumber);
    else this.#listener.skipped(record.line, assignment.kind);
  }

  /** The summary of a file that was read entirely. Throws consumer_invoicing.file_refused if it ended early. */
  finish(): Transmission {
    if (!this.#isOver || !this.#transmission)
      throw refusal(this.#records + 1, 'filen slutter før sluttposten', 'the file ends before its last record');
    return this.#transmission;
  }

  #begin(record: NetsRecord): void {
    if (record.kind !== 'NY000010') record.refuse('filen må begynne med NY000010', 'the file must begin with NY000010');
    this.#transmission = {
      sender: record.digits(9, 16, 'avsenderen', 'the data sender'),
      number: record.digits(17, 23, 'forsendelsesnummeret', 'the transmission number'),
      receiver: record.digits(24, 31, 'mottakeren', 'the data receiver'),
    };
  }

  #inAssignment(record: NetsRecord, assignment: Assignment): void {
    const { kind } = record;
    assignment.records++;
    if (kind === `${assignment.kind}88`) return this.#endAssignment(record, assignment);
    if (/^NY\d{4}(10|20|88|89)$/.test(kind))
      record.refuse(
        `ventet slutt på oppdraget ${assignment.kind}, fant ${kind}`,
        `expected the end of assignment ${assignment.kind}, found ${kind}`,
      );
    if (assignment.kind === MANDATES) this.#mandate(record, assignment);
    else if (kind.endsWith('30')) {
      const amount = record.amount(33, 49, 'beløpet', 'the amount');
      assignment.transactions++;
      assignment.sum += record.at(32, 32) === '-' ? -amount : amount;
    }
  }

  #mandate(record: NetsRecord, assignment: Assignment): void {
    if (record.kind !== 'NY219470')
      record.refuse(`ventet NY219470, fant ${record.kind}`, `expected NY219470, found ${record.kind}`);
    record.digits(9, 15, 'løpenummeret', 'the serial number');
    const registration = record.at(16, 16);
    if (registration !== '0' && registration !== '1' && registration !== '2')
      record.refuse(
        `registreringstypen er ${registration}, ikke 0, 1 eller 2`,
        `the registration type is ${registration}, not 0, 1 or 2`,
      );
    const kid = record.at(17, 41).trim();
    if (!/^\d{2,25}$|^\d{1,24}-$/.test(kid))
      record.refuse('KID mangler eller er ikke sifre', 'the KID is missing or not digits');
    const written = record.at(42, 42);
    if (written !== 'J' && written !== 'N')
      record.refuse(`varsel er ${written}, ikke J eller N`, `written notice is ${written}, not J or N`);
    assignment.transactions++;
    if (registration === '0') assignment.fullEntries++;
    this.#listener.mandate({
      line: record.line,
      accountNumber: assignment.accountNumber,
      kid,
      registration: Number(registration) as 0 | 1 | 2,
      notification: written === 'J',
    });
  }

  #endAssignment(record: NetsRecord, assignment: Assignment): void {
    this.#totals(record, assignment);
    this.#transactions += assignment.transactions;
    this.#sum += assignment.sum;
    this.#assignment = null;
    if (assignment.kind !== MANDATES) return;
    const { line, accountNumber, fullEntries, transactions } = assignment;
    if (fullEntries > 0 && fullEntries < transactions)
      record.refuse(
        'fullstendig liste og endringer står i samme oppdrag',
        'a full list and changes stand in one assignment',
      );
    this.#listener.assignmentEnd({ line, accountNumber, isFullList: fullEntries > 0 });
  }

  #end(record: NetsRecord): void {
    this.#totals(record, { transactions: this.#transactions, records: this.#records, sum: this.#sum });
    this.#isOver = true;
  }

  #totals(record: NetsRecord, counted: { transactions: number; records: number; sum: bigint }): void {
    const check = (what: readonly [nb: string, en: string], stated: bigint, found: bigint) => {
      if (stated !== found)
        record.refuse(
          `${what[0]}: filen sier ${stated}, det er ${found}`,
          `${what[1]}: the file says ${stated}, there are ${found}`,
        );
    };
    check(
      ['antall transaksjoner', 'number of transactions'],
      record.amount(9, 16, 'antall transaksjoner', 'the number of transactions'),
      BigInt(counted.transactions),
    );
    check(
      ['antall poster', 'number of records'],
      record.amount(17, 24, 'antall poster', 'the number of records'),
      BigInt(counted.records),
    );
    const sum = record.at(25, 41);
    // The sum is zero in a file of mandates only.
    check(
      ['sum', 'sum'],
      /^0*\s*$/.test(sum) ? 0n : record.amount(25, 41, 'summen', 'the sum'),
      counted.sum < 0n ? -counted.sum : counted.sum,
    );
  }
}
