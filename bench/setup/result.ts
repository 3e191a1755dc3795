import type { Compared, Spread } from './rounds.ts';

/** One line of the table: measurement, target, result. */
export interface Result {
  measure: string;
  target: string;
  /** Null: not measured, and why. */
  seen: string | null;
  reached: boolean | null;
  detail: string;
}

export function comparison(measure: string, compared: Compared, atLeast: number, unit: string): Result {
  const { ours, theirs, ratio } = compared;
  const wal =
    ours.walBytes && theirs.walBytes ? `; WAL ${whole(ours.walBytes)} and ${whole(theirs.walBytes)} B each` : '';
  return {
    measure,
    target: `≥ ${atLeast} ×`,
    seen: times(ratio),
    reached: ratio.median >= atLeast,
    detail: `${whole(ours.rate)} against ${whole(theirs.rate)} ${unit}${wal}`,
  };
}

export function notMeasured(measure: string, target: string, why: string): Result {
  return { measure, target, seen: null, reached: null, detail: why };
}

export function times({ median, lowest, highest }: Spread): string {
  return `${median.toFixed(2)} × (${lowest.toFixed(2)}-${highest.toFixed(2)})`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function table(results: readonly Result[]): string {
  const rows = [
    ['measure', 'reach', 'seen: median (range)', 'reached', 'of which'],
    ...results.map(({ measure, target, seen, reached, detail }) => [
      measure,
      target,
      seen ?? 'not measured',
      reached === null ? '-' : reached ? 'yes' : 'no',
      detail,
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
