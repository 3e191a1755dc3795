import { visibleLine } from '../../kernel/visible.ts';
import { FAULTS, type FaultCode, type Severity } from './fault-catalogue.ts';

/** One fault of a file: kind, position, found and expected value. */
export interface Fault {
  code: FaultCode;
  severity: Severity;
  message: string;
  message_en: string;
  /** The part of a set (file name inside the ZIP); null for a plain file. */
  file: string | null;
  line: number | null;
  element: string | null;
  /** TransactionID of the voucher, if the fault is inside one. */
  voucher: string | null;
  found: string | null;
  expected: string | null;
}

export type FaultPlace = Partial<Pick<Fault, 'line' | 'element' | 'voucher' | 'found' | 'expected' | 'file'>>;

/**
 * How many faults of each severity are kept, and how many warnings of one kind, so that one kind does not hide the
 * others; the rest is counted.
 */
const LISTED = 1000;
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
    if (list.length >= LISTED) return;
    list.push({
      code,
      severity: entry.severity,
      message: entry.nb,
      message_en: entry.en,
      file: place.file ?? this.file,
      line: place.line ?? null,
      element: place.element ?? null,
      voucher: place.voucher ?? null,
      found: short(place.found),
      expected: short(place.expected),
    });
  }

  get refused(): boolean {
    return this.errorCount > 0;
  }
}

function short(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > 200 ? text.slice(0, 200) + '…' : text;
}

/** One line for a terminal: `line 312, voucher 17, Line/DebitAmount: ... (found 12.345, expected ...)`. */
export function faultLine(fault: Fault): string {
  const where = [
    fault.file,
    fault.line === null ? null : `line ${fault.line}`,
    fault.voucher === null ? null : `voucher ${fault.voucher}`,
    fault.element,
  ].filter((part) => part !== null);
  const facts = [
    fault.found === null ? null : `found ${fault.found}`,
    fault.expected === null ? null : `expected ${fault.expected}`,
  ].filter((part) => part !== null);
  return visibleLine(
    `${fault.code}: ${where.join(', ')}${where.length ? ': ' : ''}${fault.message_en}${facts.length ? ` (${facts.join(', ')})` : ''}`,
  );
}
