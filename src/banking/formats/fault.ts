import { visibleLine } from '../../kernel/visible.ts';
import { type BankFaultCode, BANK_FAULTS } from './fault-catalogue.ts';

/** One thing that is wrong in a bank file: what, where, what stood there and what should have. */
export interface BankFault {
  code: BankFaultCode;
  /** An error refuses its statement, or the whole file where `statement` is null. */
  severity: 'error' | 'warning';
  message: string;
  message_en: string;
  /** The member of a ZIP; null for a plain file. */
  file: string | null;
  line: number | null;
  /** Element, record, tag or column. */
  path: string | null;
  /** BankStatement.index; null: the file. */
  statement: number | null;
  found: string | null;
  expected: string | null;
}

export type BankFaultPlace = Partial<Pick<BankFault, 'file' | 'line' | 'path' | 'statement' | 'found' | 'expected'>>;

/** How many of each severity are kept word for word; the rest is counted. */
const LISTED = 1000;

/** Everything found wrong with one file. */
export class BankFaults {
  readonly errors: BankFault[] = [];
  readonly warnings: BankFault[] = [];
  readonly counts: Partial<Record<BankFaultCode, number>> = {};
  errorCount = 0;
  warningCount = 0;
  /** The file as a whole is refused: nothing that came out of it may be kept. */
  fileRefused = false;
  readonly refusedStatements = new Set<number>();
  /** The member of a ZIP that is being read, put on every fault. */
  file: string | null = null;

  add(code: BankFaultCode, place: BankFaultPlace = {}): void {
    const { severity, nb, en } = BANK_FAULTS[code];
    this.counts[code] = (this.counts[code] ?? 0) + 1;
    const statement = place.statement ?? null;
    if (severity === 'error') {
      if (statement === null) this.fileRefused = true;
      else this.refusedStatements.add(statement);
    }
    const count = severity === 'error' ? ++this.errorCount : ++this.warningCount;
    if (count > LISTED) return;
    (severity === 'error' ? this.errors : this.warnings).push({
      code,
      severity,
      message: nb,
      message_en: en,
      file: place.file ?? this.file,
      line: place.line ?? null,
      path: place.path ?? null,
      statement,
      found: short(place.found),
      expected: short(place.expected),
    });
  }
}

function short(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > 200 ? text.slice(0, 200) + '…' : text;
}

/** One line for a terminal: `balance-mismatch: line 12, Stmt[1]/Bal: ... (found 100.00, expected 90.00)`. */
export function bankFaultLine(fault: BankFault): string {
  const where = [fault.file, fault.line === null ? null : `line ${fault.line}`, fault.path].filter(
    (part) => part !== null,
  );
  const facts = [
    fault.found === null ? null : `found ${fault.found}`,
    fault.expected === null ? null : `expected ${fault.expected}`,
  ].filter((part) => part !== null);
  return visibleLine(
    `${fault.code}: ${where.join(', ')}${where.length ? ': ' : ''}${fault.message_en}${facts.length ? ` (${facts.join(', ')})` : ''}`,
  );
}
