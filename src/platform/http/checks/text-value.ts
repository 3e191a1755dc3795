import type { TSchema } from 'typebox';
import { type FieldProblem, problem } from '../../errors.ts';

export type TextInput = Record<string, string | string[] | undefined>;

interface SchemaParts {
  type?: string;
  enum?: unknown[];
  anyOf?: SchemaParts[];
  properties?: Record<string, SchemaParts>;
}

type Kind = 'array' | 'integer' | 'number' | 'boolean' | 'string' | 'null';

/** How the texts of one parameter are converted to its value. */
interface Parameter {
  kinds: Set<Kind>;
  /** A fixed choice with true and false, which some clients capitalise. */
  isFlag: boolean;
}

/**
 * Converts the texts of path and query to values. Text becomes a number only if it is the exact notation: 1.5 is not id
 * 1, 1e3 is not 1000, 007 is not 7. A list comes as `a=1&a=2`, `a[]=1`, `a=["1","2"]` or, split later,
 * `a=1,2`; a single value comes once.
 */
export function textValues(schema: TSchema): (input: TextInput) => { value: object; problems: FieldProblem[] } {
  const parameters = new Map(
    Object.entries((schema as SchemaParts).properties ?? {}).map(([name, each]) => [name, parameterOf(each)]),
  );
  return (input) => {
    const problems: FieldProblem[] = [];
    const value = Object.create(null) as Record<string, unknown>;
    for (const [given, texts] of Object.entries(input)) {
      if (texts === undefined) continue;
      const name = !parameters.has(given) && given.endsWith('[]') ? given.slice(0, -2) : given;
      const parameter = parameters.get(name);
      if (!parameter || (name !== given && !parameter.kinds.has('array'))) value[given] = texts;
      else if (parameter.kinds.has('array'))
        value[name] =
          name in value ? [value[name], listOf(texts, name !== given)].flat() : listOf(texts, name !== given);
      else if (Array.isArray(texts)) problems.push(problem(name, 'is given more than once', 'er oppgitt flere ganger'));
      else value[name] = single(texts, parameter);
    }
    return { value, problems };
  };
}

function parameterOf(schema: SchemaParts): Parameter {
  const branches = schema.anyOf ?? [schema];
  return {
    kinds: new Set(branches.map(({ type }) => type as Kind)),
    isFlag: branches.some(({ enum: values }) => values?.includes('true') && values.includes('false')),
  };
}

function listOf(texts: string | string[], isList: boolean): string | string[] {
  if (Array.isArray(texts)) return texts;
  if (texts.startsWith('[')) {
    const parsed = parsedList(texts);
    if (parsed) return parsed;
  }
  return isList ? [texts] : texts;
}

function parsedList(text: string): string[] | null {
  try {
    const parsed = JSON.parse(text) as unknown;
    if (!Array.isArray(parsed)) return null;
    // A mixed list is a pair of a dimension's type and id.
    const isOfOneKind = ['string', 'number'].some((kind) => parsed.every((one) => typeof one === kind));
    return isOfOneKind ? parsed.map(String) : null;
  } catch {
    return null;
  }
}

const INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;
const DECIMAL = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,20})?$/;

function single(text: string, { kinds, isFlag }: Parameter): unknown {
  if (kinds.has('integer') && INTEGER.test(text)) return Number(text);
  if (kinds.has('number') && DECIMAL.test(text)) return Number(text);
  if (kinds.has('boolean') && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (kinds.has('null') && text === 'null') return null;
  return isFlag && (text === 'True' || text === 'False') ? text.toLowerCase() : text;
}
