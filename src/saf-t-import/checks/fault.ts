import { FAULTS_LISTED, type FileFault, fileFaultLine, quotedFromFile } from '../../platform/file-faults.ts';
import { FAULTS, type FaultCode } from './fault-catalogue.ts';

/** One thing that is wrong in a SAF-T file. */
export interface Fault extends FileFault {
  code: FaultCode;
  element: string | null;
  /** TransactionID of the voucher, if the fault is inside one. */
  voucher: string | null;
}

export type FaultPlace = Partial<Pick<Fault, 'line' | 'element' | 'voucher' | 'found' | 'expected' | 'file'>>;

/** How many warnings of one kind are kept word for word, lest it hide the others. */
const WARNINGS_OF_A_KIND = 100;

/** All faults of one import, errors and warnings separately, with counts beyond the lists. */
export class FaultList {
  readonly errors: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly counts: Partial<Record<FaultCode, number>> = {};
  errorCount = 0;
  warningCount = 0;
  /** The part being read, recorded in every fault. */
  file: string | null = null;

  add(code: FaultCode, place: FaultPlace = {}): void {
    const entry = FAULTS[code];
    const ofKind = (this.counts[code] = (this.counts[code] ?? 0) + 1);
    if (entry.severity === 'error') this.errorCount++;
    else this.warningCount++;
    if (entry.severity === 'warning' && ofKind > WARNINGS_OF_A_KIND) return;
    const list = entry.severity === 'error' ? this.errors : this.warnings;
    if (list.length >= FAULTS_LISTED) return;
    list.push({
      code,
      severity: entry.severity,
      message: entry.nb,
      message_en: entry.en,
      file: place.file ?? this.file,
      line: place.line ?? null,
      element: place.element ?? null,
      voucher: place.voucher ?? null,
      found: quotedFromFile(place.found),
      expected: quotedFromFile(place.expected),
    });
  }

  get refused(): boolean {
    return this.errorCount > 0;
  }
}

/** One line for a terminal: `amount-invalid: line 312, voucher 17, Line/DebitAmount: … (found 12.345, expected …)`. */
export function faultLine(fault: Fault): string {
  return fileFaultLine(fault, [fault.voucher === null ? null : `voucher ${fault.voucher}`, fault.element]);
}
