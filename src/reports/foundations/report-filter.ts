import { type FieldProblem, problem } from '../../platform/errors.ts';

export interface DimensionFilter {
  type: string;
  ids: readonly number[];
}

/** The filter of a report. Empty lists: everything. */
export interface ReportFilter {
  /** Accounts of exactly these codes … */
  codes: readonly string[];
  /** … or within one of these ranges, both ends included. */
  ranges: readonly { from: string; to: string }[];
  /** Several ids of one type: any of them. Several types: all of them. Sorted by type. */
  dimensions: readonly DimensionFilter[];
}

export const NO_FILTER: ReportFilter = { codes: [], ranges: [], dimensions: [] };

export function isNarrowed(filter: ReportFilter): boolean {
  return filter.codes.length + filter.ranges.length + filter.dimensions.length > 0;
}

interface Read {
  filter: ReportFilter;
  problems: FieldProblem[];
}

type QueryText = string | readonly string[] | undefined;

/** Reads `account_codes` and `dimensions` from a query, and reports every fault in them. */
export function readFilter(query: { account_codes?: QueryText; dimensions?: QueryText }): Read {
  const problems: FieldProblem[] = [];
  const { codes, ranges } = readAccountCodes(listOf(query.account_codes), problems);
  const dimensions = readDimensions(listOf(query.dimensions), problems);
  return { filter: { codes, ranges, dimensions }, problems };
}

function listOf(text: QueryText): string[] {
  return text === undefined ? [] : typeof text === 'string' ? [text] : [...text];
}

function readAccountCodes(texts: string[], problems: FieldProblem[]) {
  const codes: string[] = [];
  const ranges: { from: string; to: string }[] = [];
  for (const part of texts.flatMap((text) => text.split(','))) {
    const term = part.trim();
    const range = /^(\d+)-(\d+)$/.exec(term);
    if (term === '' || term.length > 141) {
      problems.push(
        problem(
          'account_codes',
          `"${term.slice(0, 40)}" is no account code or range such as 6000-6999`,
          `«${term.slice(0, 40)}» er verken en kontokode eller et intervall som 6000-6999`,
        ),
      );
    } else if (range && range[1]! > range[2]!) {
      problems.push(
        problem(
          'account_codes',
          `the range ${term} must go from the lower to the higher code`,
          `intervallet ${term} må gå fra den laveste til den høyeste koden`,
        ),
      );
    } else if (range) ranges.push({ from: range[1]!, to: range[2]! });
    else codes.push(term);
  }
  return { codes: [...new Set(codes)].sort(), ranges };
}

/** `[["department", 5], ["project", 7]]` as JSON, or repeated `department,5`. */
function readDimensions(texts: string[], problems: FieldProblem[]): DimensionFilter[] {
  const byType = new Map<string, Set<number>>();
  for (const text of isPair(texts) ? [texts.join(',')] : texts) {
    for (const pair of pairsOf(text)) {
      const [type, id] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [];
      const number = typeof id === 'string' && /^\d{1,16}$/.test(id.trim()) ? Number(id) : id;
      if (typeof type !== 'string' || !/^[a-z][a-z0-9_]{0,30}$/.test(type.trim()) || !isId(number)) {
        problems.push(
          problem(
            'dimensions',
            `${shown(pair)} is no dimension; expected [type, id] as JSON or type,id`,
            `${shown(pair)} er ingen dimensjon; forventet [type, id] som JSON eller type,id`,
          ),
        );
        continue;
      }
      const ids = byType.get(type.trim()) ?? new Set();
      byType.set(type.trim(), ids.add(number));
    }
  }
  return [...byType]
    .map(([type, ids]) => ({ type, ids: [...ids].sort((a, b) => a - b) }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** A single pair, as a JSON list of two texts: it arrives here as a list of texts. */
function isPair([type, id, ...more]: readonly string[]): boolean {
  return more.length === 0 && id !== undefined && /^\s*\d+\s*$/.test(id) && !/[,[]/.test(type!);
}

function pairsOf(text: string): unknown[] {
  if (!text.trim().startsWith('[')) return [text.split(',')];
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return [text];
    // A single pair, from a parameter repeated as JSON.
    return parsed.length === 2 && typeof parsed[0] === 'string' ? [parsed] : parsed;
  } catch {
    return [text];
  }
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value);
  return `"${text.slice(0, 60)}"`;
}
