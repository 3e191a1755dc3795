import { ownValue } from '../../../kernel/own-value.ts';
import { splitLine } from './csv-cells.ts';
import type { CsvColumn, CsvProfile } from './csv-profile.ts';
import { DNB } from './dnb.ts';
import { EIKA, HANDELSBANKEN } from './handelsbanken.ts';
import { NORDEA } from './nordea.ts';
import { SPAREBANK1 } from './sparebank1.ts';

const PROFILES: readonly CsvProfile[] = [EIKA, HANDELSBANKEN, NORDEA, SPAREBANK1, DNB];

/** How the rows below a header are read. */
export interface CsvHeader {
  profile: CsvProfile;
  separator: string;
  columns: CsvColumn[];
  names: string[];
}

/**
 * Recognises a bank by its whole header: every column must be a known one of the bank, so that none is ignored. Null if no
 * bank matches.
 */
export function readHeader(line: string): CsvHeader | null {
  for (const separator of [';', '\t', ',']) {
    const { names, keys } = namesOf(line, separator);
    if (names.length < 4) continue;
    for (const profile of PROFILES) {
      if (!isMarked(profile, keys) || unknownColumns(profile, keys).length > 0) continue;
      const columns = keys.map((key) => columnOf(profile, key) ?? 'ignored');
      const hasAmount = columns.includes('amount') || (columns.includes('in') && columns.includes('out'));
      if (hasAmount && !repeats(columns)) return { profile, separator, columns, names };
    }
  }
  return null;
}

/** The most similar bank for an unknown header, and the columns that the bank is not known to write. */
export function nearestHeader(line: string): { bank: string; unknown: string[] } | null {
  for (const separator of [';', '\t', ',']) {
    const { names, keys } = namesOf(line, separator);
    const profile = PROFILES.find((one) => isMarked(one, keys));
    if (profile) return { bank: profile.bank, unknown: unknownColumns(profile, keys).map((at) => names[at]!) };
  }
  return null;
}

function namesOf(line: string, separator: string): { names: string[]; keys: string[] } {
  const names = splitLine(line, separator);
  return { names, keys: names.map((name) => name.normalize('NFC').toLowerCase().replace(/\s+/g, ' ')) };
}

function columnOf({ columns }: CsvProfile, key: string): CsvColumn | undefined {
  return ownValue(columns, key);
}

function isMarked({ marks }: CsvProfile, keys: readonly string[]): boolean {
  return marks.every((spellings) => spellings.some((spelling) => keys.includes(spelling)));
}

function unknownColumns(profile: CsvProfile, keys: readonly string[]): number[] {
  return keys.flatMap((key, at) => (key === '' || columnOf(profile, key) ? [] : [at]));
}

function repeats(columns: readonly CsvColumn[]): boolean {
  const read = columns.filter((column) => column !== 'ignored');
  return new Set(read).size < read.length;
}
