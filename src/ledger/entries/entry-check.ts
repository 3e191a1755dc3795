import { isLocalDate, yearOf } from '../../kernel/local-date.ts';
import { formatAmount, MAX_ENTRY_TOTAL, type Ore } from '../../kernel/money.ts';
import { type FieldProblem, problem } from '../../platform/errors.ts';
import type { Chart, Masters } from '../masters.ts';
import { prepareLine } from './line-check.ts';
import { tieGivenVat } from './line-vat.ts';
import type { NewEntry } from './new-entry.ts';
import type { PreparedEntry, PreparedLine } from './prepared-entry.ts';
export const DEFAULT_SERIES = 'GL';

export type Checked =
  | { entry: PreparedEntry; problems?: undefined }
  | { entry?: undefined; problems: FieldProblem[]; totals?: Totals };

export interface Totals {
  debit: Ore;
  credit: Ore;
}

/**
 * Checks every rule of an entry that can be decided from the entry and the masters. Reports all faults at once,
 * including those found while reading.
 */
export function checkEntry(input: NewEntry, masters: Masters, national: Chart, source: string): Checked {
  if (!isLocalDate(input.entryDate) || yearOf(input.entryDate) < 1970 || yearOf(input.entryDate) > 2199) {
    return {
      problems: [
        problem(
          'entry_date',
          'must be an existing date from 1970 to 2199',
          'må være en dato som finnes, fra 1970 til 2199',
        ),
      ],
    };
  }
  const problems: FieldProblem[] = input.faults ? [...input.faults] : [];
  const lines: PreparedLine[] = [];
  const numberOfInput: number[] = [];
  input.lines.forEach((line, index) => {
    numberOfInput[index] = lines.length + 1;
    prepareLine(line, index, input, masters, national, lines, problems);
  });
  checkVatTerm(input, problems);
  if (input.vat === 'given') tieGivenVat(input.lines, lines, numberOfInput, problems);
  if (problems.length > 0) return { problems };
  const totals = { debit: sum(lines, 'debit'), credit: sum(lines, 'credit') };
  if (totals.debit !== totals.credit) return { problems: [], totals };
  if (totals.debit > MAX_ENTRY_TOTAL) {
    const limit = formatAmount(MAX_ENTRY_TOTAL);
    return { problems: [problem('lines', `may be ${limit} in all at most`, `kan være høyst ${limit} til sammen`)] };
  }
  const { fiscalYear, period } = masters.fiscalCalendar.periodOf(input.entryDate);
  return {
    entry: {
      entryDate: input.entryDate,
      series: input.series ?? DEFAULT_SERIES,
      fiscalYear,
      period,
      memo: input.memo ?? '',
      source,
      voucherId: input.voucherId ?? null,
      relationType: input.relationType ?? null,
      relationId: input.relationId ?? null,
      documentReference: input.documentReference ?? null,
      vatTerm: input.vatTerm ?? null,
      cancelsEntryId: null,
      cancellationReason: null,
      total: totals.debit,
      lines,
    },
  };
}

/** A late entry belongs to a term before its date; its own term needs no mark. */
function checkVatTerm({ entryDate: date, vatTerm: term }: NewEntry, problems: FieldProblem[]): void {
  if (term == null || (isLocalDate(term) && yearOf(term) >= 1970 && term <= date)) return;
  problems.push(
    problem(
      'vat_term',
      `must be a date from 1970 on and not after entry_date ${date}`,
      `må være en dato fra 1970 og ikke etter entry_date ${date}`,
    ),
  );
}

function sum(lines: readonly PreparedLine[], side: 'debit' | 'credit'): Ore {
  let total = 0n;
  for (const line of lines) total += line[side];
  return total;
}
