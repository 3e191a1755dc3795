import { type LocalDate, yearOf } from '../kernel/local-date.ts';
import type { SafTVersion } from './export-subject.ts';

export const SAF_T_VERSIONS: readonly SafTVersion[] = ['1.30', '1.40'];

/**
 * The version that is mandatory for the newest year of a range: 1.40 for periods from 2027 on, 1.30 from 2025 on. Earlier
 * years, for which 1.20 was made, are written as 1.30.
 */
export function versionFor(to: LocalDate): SafTVersion {
  return yearOf(to) >= 2027 ? '1.40' : '1.30';
}
