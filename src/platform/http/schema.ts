import { Type, type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import * as Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { isLocalDate } from '../../kernel/local-date.ts';
import { type FieldProblem, problem } from '../errors.ts';

// All faults of a request are told at once, not the first eight; a thousand are enough for anybody.
Settings.Set({ maxErrors: 1000 });
// Neither our dates nor PostgreSQL's have a year 0.
Format.Set('date', isLocalDate);
Format.Set('date-time', (text) => Format.IsDateTime(text) && !/^0000|^-/.test(isoTime(text)));

/** Empty for what has the form of a time and is none that a clock here tells, such as a leap second. */
function isoTime(text: string): string {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

export { Type };
export type { Static, TSchema };

/** An object that refuses unknown fields. */
export function strict<T extends Record<string, TSchema>>(properties: T, options: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** A calendar date. That it exists (no 30 February) is part of the check. */
export const DateText = Type.String({ format: 'date', description: 'YYYY-MM-DD' });
export const TimeText = Type.String({ format: 'date-time', description: 'ISO 8601 UTC' });
/** Money comes in as text or number; it goes out as text with two decimals. */
export const MoneyInput = Type.Union([Type.String({ maxLength: 40 }), Type.Number()]);
export const QueryBoolean = Type.Enum(['true', 'false', '1', '0']);
export const QueryBooleanOrAll = Type.Enum(['true', 'false', '1', '0', 'null']);

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export function asBoolean(text: 'true' | 'false' | '1' | '0' | undefined, otherwise: boolean): boolean {
  return text === undefined ? otherwise : text === 'true' || text === '1';
}

/** `null` in the query means: both. */
export function asBooleanOrAll(
  text: 'true' | 'false' | '1' | '0' | 'null' | undefined,
  otherwise: boolean,
): boolean | null {
  return text === 'null' ? null : asBoolean(text, otherwise);
}

type Check = (value: unknown) => { value: unknown; problems: FieldProblem[] };

/**
 * A validator that is compiled at its first use (three hundred routes start in no time). `where` is the part of the
 * request; text becomes a number where the schema asks for one in paths and queries, never in a body.
 */
export function checker(schema: TSchema, where: 'path' | 'query' | 'body'): Check {
  let compiled: ReturnType<typeof Compile> | undefined;
  return (input) => {
    compiled ??= Compile(schema);
    const value = where === 'body' ? input : converted(schema, (input ?? {}) as Record<string, unknown>);
    if (compiled.Check(value)) return { value, problems: [] };
    return { value, problems: distinct(compiled.Errors(value).flatMap((fault) => explain(fault as Fault, where))) };
  };
}

/** Text becomes a number only where it says exactly that: 1.5 is no id 1, and 1e3 none of 1000. */
function converted(schema: TSchema, input: Record<string, unknown>): unknown {
  const value = Value.Convert(schema, { ...input }) as Record<string, unknown>;
  for (const [name, text] of Object.entries(input)) {
    const number = value[name];
    const isExact = typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text) && Number(text) === number;
    if (typeof number === 'number' && typeof text !== 'number' && !isExact) value[name] = text;
  }
  return value;
}

interface Fault {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

function explain(fault: Fault, where: string): FieldProblem[] {
  const path = pathOf(fault.instancePath, where);
  const at = (name: string) => (path === where ? name : `${path}.${name}`);
  const params = fault.params;
  switch (fault.keyword) {
    case 'boolean': // the unknown field itself; its parent says it better
    case 'const': // one branch of a choice; anyOf says it
      return [];
    case 'required':
      return (params.requiredProperties as string[]).map((name) => problem(at(name), 'is required', 'må oppgis'));
    case 'additionalProperties':
      return (params.additionalProperties as string[]).map((name) =>
        problem(at(name), 'is not a known field', 'er et ukjent felt'),
      );
    case 'type':
      return [
        problem(
          path,
          `must be ${String(params.type)}`,
          `må være ${TYPE_NB[String(params.type)] ?? String(params.type)}`,
        ),
      ];
    case 'format':
      return params.format === 'date'
        ? [problem(path, 'must be an existing date, YYYY-MM-DD', 'må være en dato som finnes, ÅÅÅÅ-MM-DD')]
        : [problem(path, `must be a valid ${String(params.format)}`, `må være gyldig ${String(params.format)}`)];
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).join(', ');
      return [problem(path, `must be one of ${allowed}`, `må være en av ${allowed}`)];
    }
    case 'minimum':
    case 'exclusiveMinimum':
      return [problem(path, fault.message, `må være minst ${String(params.limit)}`)];
    case 'maximum':
      return [problem(path, fault.message, `kan være høyst ${String(params.limit)}`)];
    case 'minLength':
      return [
        problem(
          path,
          `must have at least ${String(params.limit)} character(s)`,
          `må ha minst ${String(params.limit)} tegn`,
        ),
      ];
    case 'maxLength':
      return [
        problem(
          path,
          `must have at most ${String(params.limit)} characters`,
          `kan ha høyst ${String(params.limit)} tegn`,
        ),
      ];
    case 'minItems':
      return [
        problem(
          path,
          `must have at least ${String(params.limit)} item(s)`,
          `må ha minst ${String(params.limit)} element(er)`,
        ),
      ];
    case 'maxItems':
      return [
        problem(
          path,
          `must have at most ${String(params.limit)} items`,
          `kan ha høyst ${String(params.limit)} elementer`,
        ),
      ];
    default:
      return [problem(path, fault.message, `er ugyldig (${fault.keyword})`)];
  }
}

const TYPE_NB: Record<string, string> = {
  integer: 'et heltall',
  number: 'et tall',
  string: 'tekst',
  boolean: 'true eller false',
  object: 'et objekt',
  array: 'en liste',
  null: 'null',
};

function pathOf(instancePath: string, where: string): string {
  const parts = instancePath.split('/').slice(1);
  if (parts.length === 0) return where;
  return parts.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

function distinct(problems: FieldProblem[]): FieldProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, problem: text }) => {
    const key = `${path} ${text.en}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Dates that do not exist pass some format checks; here they never do. */
export function requireDates(fields: Record<string, string | undefined | null>): FieldProblem[] {
  return Object.entries(fields)
    .filter(([, text]) => text != null && !isLocalDate(text))
    .map(([path]) => problem(path, 'must be an existing date, YYYY-MM-DD', 'må være en dato som finnes, ÅÅÅÅ-MM-DD'));
}
