import { Type, type Static, type TSchema, type TStringOptions } from 'typebox';
import * as Format from 'typebox/format';
import { isLocalDate } from '../../kernel/local-date.ts';
import { type FieldProblem, problem } from '../errors.ts';

// Neither our dates nor PostgreSQL's have a year 0.
Format.Set('date', isLocalDate);
Format.Set('date-time', (text) => Format.IsDateTime(text) && !/^0000|^-/.test(isoTime(text)));

/** Empty for text in the form of a time that is not a valid time of day here, such as a leap second. */
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

export const Id = Type.Integer({ title: 'Id', minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
/** Largest value of a four-byte integer column of PostgreSQL. */
export const LARGEST_INT4 = 2_147_483_647;
/** Multi-line text: the only kind in which line breaks and tabs are accepted. */
export function MultiLineText(options: TStringOptions = {}) {
  return Type.String({ ...options, [MULTI_LINE]: true });
}
/** The keyword that marks such a text in the schema check and the API's description. */
export const MULTI_LINE = 'x-multi-line';
/** A calendar date. The check includes that it exists (no 30 February). */
export const DateText = Type.String({ title: 'Date', format: 'date', description: 'YYYY-MM-DD' });
export const TimeText = Type.String({ title: 'Time', format: 'date-time', description: 'ISO 8601 UTC' });
/** Money is accepted as text or number; it is returned as text with two decimals. */
export const MoneyInput = Type.Union([Type.String({ maxLength: 40 }), Type.Number()], { title: 'MoneyInput' });
export const QueryBoolean = Type.Enum(['true', 'false', '1', '0']);
export const QueryBooleanOrAll = Type.Enum(['true', 'false', '1', '0', 'null']);

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export function asBoolean(text: 'true' | 'false' | '1' | '0' | undefined, otherwise: boolean): boolean {
  return text === undefined ? otherwise : text === 'true' || text === '1';
}

/** `null` in the query means both. */
export function asBooleanOrAll(
  text: 'true' | 'false' | '1' | '0' | 'null' | undefined,
  otherwise: boolean,
): boolean | null {
  return text === 'null' ? null : asBoolean(text, otherwise);
}

/** Some format checks accept dates that do not exist; this one never does. */
export function requireDates(fields: Record<string, string | undefined | null>): FieldProblem[] {
  return Object.entries(fields)
    .filter(([, text]) => text != null && !isLocalDate(text))
    .map(([path]) => problem(path, 'must be an existing date, YYYY-MM-DD', 'må være en dato som finnes, ÅÅÅÅ-MM-DD'));
}
