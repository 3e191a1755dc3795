import { FAULTS_LISTED, type FileFault, fileFaultLine, quotedFromFile } from '../../platform/file-faults.ts';
import { type BankFaultCode, BANK_FAULTS } from './fault-catalogue.ts';

/** One fault of a bank file. An error refuses its statement, or the whole file if `statement` is null. */
export interface BankFault extends FileFault {
  code: BankFaultCode;
  /** Element, record, tag or column. */
  path: string | null;
  /** BankStatement.index; null: the file. */
  statement: number | null;
}

export type BankFaultPlace = Partial<Pick<BankFault, 'file' | 'line' | 'path' | 'statement' | 'found' | 'expected'>>;

/** All faults of one file. */
export class BankFaults {
  readonly errors: BankFault[] = [];
  readonly warnings: BankFault[] = [];
  readonly counts: Partial<Record<BankFaultCode, number>> = {};
  errorCount = 0;
  warningCount = 0;
  /** The file as a whole is refused: none of its records may be stored. */
  fileRefused = false;
  readonly refusedStatements = new Set<number>();
  /** The member of a ZIP that is being read; added to every fault. */
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
    if (count > FAULTS_LISTED) return;
    (severity === 'error' ? this.errors : this.warnings).push({
      code,
      severity,
      message: nb,
      message_en: en,
      file: place.file ?? this.file,
      line: place.line ?? null,
      path: place.path ?? null,
      statement,
      found: quotedFromFile(place.found),
      expected: quotedFromFile(place.expected),
    });
  }
}

/** One line for a terminal: `balance-mismatch: line 12, Stmt[1]/Bal: … (found 100.00, expected 90.00)`. */
export function bankFaultLine(fault: BankFault): string {
  return fileFaultLine(fault, [fault.path]);
}
