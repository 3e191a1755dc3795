import { invalid, problem } from '../platform/errors.ts';
import { Type } from '../platform/http/schema.ts';

/** A filter that takes several values: separated by comma, semicolon or space, or repeated. */
export const QueryList = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

export function valuesOf(given: string | string[] | undefined): string[] {
  return (Array.isArray(given) ? given : [given ?? ''])
    .flatMap((text) => text.split(/[\s,;]+/))
    .filter((value) => value !== '');
}

export function idsOf(name: string, given: string | string[] | undefined): number[] {
  return valuesOf(given).map((value) => {
    const id = /^\d{1,16}$/.test(value) ? Number(value) : 0;
    if (id > 0 && Number.isSafeInteger(id)) return id;
    throw invalid([problem(name, `"${value}" is no id`, `«${value}» er ingen id`)]);
  });
}

export function choicesOf(name: string, given: string | string[] | undefined, allowed: readonly string[]): string[] {
  const values = valuesOf(given);
  const list = allowed.join(', ');
  if (values.every((value) => allowed.includes(value))) return values;
  throw invalid([problem(name, `must be among ${list}`, `må være blant ${list}`)]);
}
