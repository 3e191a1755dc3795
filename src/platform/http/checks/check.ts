import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { type FieldProblem, problem } from '../../errors.ts';
import { explained, type Fault } from './fault.ts';
import { type TextInput, textValues } from './text-value.ts';
import { moreFaults, textWalk } from './text-walk.ts';

/** Faults told of one part of a request; the others are counted. */
const MOST_FAULTS = 100;
// Faults of the engine, of which one bad value makes several.
Settings.Set({ maxErrors: 1000 });

const DEEPEST = 20;
/** Fields and elements of an input, where a route does not say otherwise. */
export const MOST_VALUES = 50_000;

export type Check = (value: unknown) => { value: unknown; problems: FieldProblem[] };

export interface CheckOptions {
  /** The most fields and elements. */
  values?: number;
}

/**
 * A validator that is compiled at its first use (three hundred routes start in no time). `where` is the part of the
 * request; text becomes a number where the schema asks for one in paths and queries, never in a body. What the schema
 * refuses has at least one problem.
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
    // A parameter given twice is left out, so that it may seem to be lacking.
    const told = new Set(problems.map(({ path }) => path));
    const faults = explained(compiled.Errors(given.value) as Fault[], where).filter(({ path }) => !told.has(path));
    problems.push(...faults.slice(0, MOST_FAULTS));
    if (faults.length > MOST_FAULTS) problems.push(moreFaults(where, faults.length - MOST_FAULTS));
    if (problems.length === 0) problems.push(problem(where, 'is not valid', 'er ikke gyldig'));
    return { value: given.value, problems };
  };
}

const checkShape = new WeakMap<TSchema, ReturnType<typeof Compile>>();

/** What is wrong with an answer of our own: its shape alone, since it may hold text that came before today's rules. */
export function shapeFaults(schema: TSchema, value: unknown): string[] {
  let compiled = checkShape.get(schema);
  if (!compiled) checkShape.set(schema, (compiled = Compile(schema)));
  if (compiled.Check(value)) return [];
  return compiled.Errors(value).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
