import { ownValue } from '../../../kernel/own-value.ts';
import { splitLine } from './csv-cells.ts';
import type { CsvColumn, CsvProfile } from './csv-profile.ts';
import { DNB } from './dnb.ts';
import { HANDELSBANKEN } from './handelsbanken.ts';
import { NORDEA } from './nordea.ts';
import { SPAREBANK1 } from './sparebank1.ts';

const PROFILES: readonly CsvProfile[] = [HANDELSBANKEN, NORDEA, SPAREBANK1, DNB];

/** How the rows below a header are to be read. */
export interface CsvHeader {
  profile: CsvProfile;
  separator: string;
  columns: CsvColumn[];
  names: string[];
}

/** Knows a bank by the set of its column names; null where no bank is known by them. */
export function readHeader(line: string): CsvHeader | null {
  for (const separator of [';', '\t', ',']) {
    const names = splitLine(line, separator);
    if (names.length < 4) continue;
    const keys = names.map((name) => name.normalize('NFC').toLowerCase().replace(/\s+/g, ' '));
    for (const profile of PROFILES) {
      if (!profile.marks.every((mark) => keys.includes(mark))) continue;
      // A digit: the first row has run into the header.
      if (keys.some((key) => ownValue(profile.columns, key) === undefined && /\d/.test(key))) return null;
      const columns = keys.map((key) => ownValue(profile.columns, key) ?? 'ignored');
      const hasAmount = columns.includes('amount') || (columns.includes('in') && columns.includes('out'));
      if (hasAmount) return { profile, separator, columns, names };
    }
  }
  return null;
}
