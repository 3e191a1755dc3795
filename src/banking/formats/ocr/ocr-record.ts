import type { LocalDate } from '../../../kernel/local-date.ts';
import { MAX_AMOUNT, type Ore } from '../../../kernel/money.ts';
import type { BankFaults } from '../fault.ts';
import { readShortDate } from '../read-value.ts';

/** One record of 80 characters. Positions are those of the specification: from 1, both ends included. */
export class OcrRecord {
  readonly line: number;
  readonly text: string;
  readonly #faults: BankFaults;

  constructor(line: number, text: string, faults: BankFaults) {
    this.line = line;
    this.text = text;
    this.#faults = faults;
  }

  get service(): string {
    return this.text.slice(2, 4);
  }

  get type(): string {
    return this.text.slice(4, 6);
  }

  get recordType(): string {
    return this.text.slice(6, 8);
  }

  at(from: number, to: number): string {
    return this.text.slice(from - 1, to);
  }

  /** Digits, zero-filled. */
  digits(from: number, to: number, what: string): string {
    const text = this.at(from, to);
    if (!/^\d+$/.test(text)) this.fault('number-malformed', what, text, `${to - from + 1} digits`);
    return text;
  }

  number(from: number, to: number, what: string): number {
    const value = Number(this.digits(from, to, what));
    return Number.isSafeInteger(value) ? value : 0;
  }

  /** Øre. */
  amount(from: number, to: number, what: string): Ore {
    const text = this.digits(from, to, what);
    const value = /^\d+$/.test(text) ? BigInt(text) : 0n;
    if (value <= MAX_AMOUNT) return value;
    this.fault('amount-malformed', what, text, `at most ${MAX_AMOUNT}`);
    return 0n;
  }

  /** DDMMYY; null for 000000 where that is allowed, or after a fault. */
  date(from: number, to: number, what: string, optional: boolean): LocalDate | null {
    const text = this.at(from, to);
    if (optional && /^[0 ]{6}$/.test(text)) return null;
    const date = readShortDate(text, 'DDMMYY');
    if (date === null) this.fault('date-malformed', what, text, 'DDMMYY');
    return date;
  }

  fault(code: Parameters<BankFaults['add']>[0], what: string, found: string | null, expected: string | null): void {
    this.#faults.add(code, { line: this.line, path: `${this.text.slice(0, 8)} ${what}`, found, expected });
  }
}
