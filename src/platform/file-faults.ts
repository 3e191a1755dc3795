import { visibleLine } from '../kernel/visible.ts';
import type { Text } from './errors.ts';

/** Common properties of all catalogues of faults in imported files: an error refuses, a warning is reported and accepted. */
export interface FaultEntry extends Text {
  severity: Severity;
}

export type Severity = 'error' | 'warning';

export const error = (nb: string, en: string): FaultEntry => ({ severity: 'error', nb, en });
export const warning = (nb: string, en: string): FaultEntry => ({ severity: 'warning', nb, en });

/** A fault as it is reported, for any kind of file: code, position, found and expected value. */
export interface FileFault {
  code: string;
  severity: Severity;
  message: string;
  message_en: string;
  /** The member of a ZIP; null for a plain file. */
  file: string | null;
  line: number | null;
  found: string | null;
  expected: string | null;
}

/** Limit of faults of each severity that are kept individually; the rest is counted. */
export const FAULTS_LISTED = 1000;

/** A value from a file, shortened for display. */
export function quotedFromFile(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > 200 ? text.slice(0, 200) + '…' : text;
}

/**
 * One line for a terminal: `amount-invalid: books.xml, line 312, Line/DebitAmount: … (found 12.345, expected …)`. `place`:
 * the position in terms of the kind of file, beside file and line.
 */
export function fileFaultLine(fault: FileFault, place: readonly (string | null)[]): string {
  const where = [fault.file, fault.line === null ? null : `line ${fault.line}`, ...place].filter(
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
