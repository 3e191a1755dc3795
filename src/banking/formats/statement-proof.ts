import type { LocalDate } from '../../kernel/local-date.ts';
import { formatAmount, type Ore } from '../../kernel/money.ts';
import type { BankEntry, BankStatement, BankStatementEnd } from './bank-file.ts';
import type { BankFaults } from './fault.ts';

/** Running totals of a statement while its entries are read: constant memory for any length. */
export class StatementProof {
  readonly statement: BankStatement;
  readonly #faults: BankFaults;
  entryCount = 0;
  pendingCount = 0;
  sum: Ore = 0n;
  #first: LocalDate | null = null;
  #last: LocalDate | null = null;

  constructor(statement: BankStatement, faults: BankFaults) {
    this.statement = statement;
    this.#faults = faults;
  }

  /** Adds a booked entry and returns the balance after it. */
  add(entry: BankEntry): void {
    this.entryCount++;
    this.sum += entry.amount;
    if (this.#first === null || entry.bookingDate < this.#first) this.#first = entry.bookingDate;
    if (this.#last === null || entry.bookingDate > this.#last) this.#last = entry.bookingDate;
    if (entry.balanceAfter === null && this.statement.opening) {
      entry.balanceAfter = this.statement.opening.amount + this.sum;
    }
  }

  /** Ends the statement: opening + entries = closing, if it has balances. */
  end(line: number, path: string): BankStatementEnd {
    const { statement } = this;
    const { opening, closing } = statement;
    if (opening && closing && opening.amount + this.sum !== closing.amount) {
      this.#faults.add('balance-mismatch', {
        statement: statement.index,
        line,
        path,
        found: formatAmount(closing.amount),
        expected: `${formatAmount(opening.amount)} + ${formatAmount(this.sum)} = ${formatAmount(opening.amount + this.sum)}`,
      });
    }
    statement.from ??= this.#first ?? opening?.date ?? closing?.date ?? null;
    statement.to ??= closing?.date ?? this.#last ?? opening?.date ?? null;
    if (this.#last !== null && statement.to !== null && this.#last > statement.to) statement.to = this.#last;
    if (this.#first !== null && statement.from !== null && this.#first < statement.from) statement.from = this.#first;
    return {
      kind: 'statement-end',
      statement,
      entryCount: this.entryCount,
      sum: this.sum,
      pendingCount: this.pendingCount,
      refused: this.#faults.fileRefused || this.#faults.refusedStatements.has(statement.index),
    };
  }
}
