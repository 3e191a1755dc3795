import { visibleLine } from '../kernel/visible.ts';
import type { Text } from './errors.ts';

/** What all catalogues of faults of imported files say of one: an error refuses, a warning is told and lived with. */
export interface FaultEntry extends Text {
  severity: Severity;
}

export type Severity = 'error' | 'warning';

export const error = (nb: string, en: string): FaultEntry => ({ severity: 'error', nb, en });
export const warning = (nb: string, en: string): FaultEntry => ({ severity: 'warning', nb, en });

/** A fault as it is told, whatever kind of file it is in: what, where, what stood there and what should have. */
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

/** How many faults of each severity are kept word for word; the rest is counted. */
export const FAULTS_LISTED = 1000;

/** What stood in a file, short enough to be told. */
export function quotedFromFile(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > 200 ? text.slice(0, 200) + '…' : text;
}

/**
 * One line for a terminal: `amount-invalid: books.xml, line 312, Line/DebitAmount: … (found 12.345, expected …)`. `place`:
 * what the kind of file knows beside file and line.
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
