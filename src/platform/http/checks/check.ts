import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { type FieldProblem, problem } from '../../errors.ts';
import { explained, type Fault } from './fault.ts';
import { type TextInput, textValues } from './text-value.ts';
import { moreFaults, textWalk } from './text-walk.ts';

/** Most faults reported for one part of a request; the others are counted. */
const MOST_FAULTS = 100;
// Faults reported by the schema library, which produces several for one bad value.
Settings.Set({ maxErrors: 1000 });

const DEEPEST = 20;
/** Most fields and elements of an input, unless a route sets another limit. */
export const MOST_VALUES = 50_000;

export type Check = (value: unknown) => { value: unknown; problems: FieldProblem[] };

export interface CheckOptions {
  /** The most fields and elements. */
  values?: number;
}

/**
 * A validator that is compiled at its first use, which makes the start with three hundred routes fast. `where` is the
 * part of the request. In paths and queries text is converted to a number if the schema requires one, in a body never.
 * Input that the schema refuses has at least one problem.
 */
export function checker(schema: TSchema, where: 'path' | 'query' | 'body', options: CheckOptions = {}): Check {
  let check: Check | undefined;
  return (input) => (check ??= compiledCheck(schema, where, options))(input);
}

function compiledCheck(
  schema: TSchema,
  where: 'path' | 'query' | 'body',
  { values: mostValues = MOST_VALUES }: CheckOptions,
): Check {
  const compiled = Compile(schema);
  const walk = textWalk(schema, where, { values: mostValues, depth: DEEPEST, faults: MOST_FAULTS });
  const asValues = where === 'body' ? null : textValues(schema);
  return (input) => {
    const given = asValues ? asValues((input ?? {}) as TextInput) : { value: input, problems: [] };
    const walked = walk(given.value);
    const problems = [...given.problems, ...walked.problems];
    if (walked.isExcessive) return { value: given.value, problems };
    if (compiled.Check(given.value)) return { value: given.value, problems };
    // A parameter given twice is dropped, so that it may appear to be missing.
    const reported = new Set(problems.map(({ path }) => path));
    const faults = explained(compiled.Errors(given.value) as Fault[], where).filter(({ path }) => !reported.has(path));
    problems.push(...faults.slice(0, MOST_FAULTS));
    if (faults.length > MOST_FAULTS) problems.push(moreFaults(where, faults.length - MOST_FAULTS));
    if (problems.length === 0) problems.push(problem(where, 'is not valid', 'er ikke gyldig'));
    return { value: given.value, problems };
  };
}

const checkShape = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/** Faults of one of our responses: the schema only, because its texts may be older than the current rules. */
export function shapeFaults(schema: TSchema, value: unknown): string[] {
  let compiled = checkShape.get(schema);
  if (!compiled) checkShape.set(schema, (compiled = Compile(schema)));
  if (compiled.Check(value)) return [];
  return compiled.Errors(value).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
