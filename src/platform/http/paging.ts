import sql, { join, raw, type Sql } from 'sql-template-tag';
import { invalid, problem } from '../errors.ts';
import { ownValue } from '../../kernel/own-value.ts';
import { strict, type TSchema, Type } from './schema.ts';

/** Query parameters of a list, with its default and largest page size. */
export function pageQuery(defaultSize: number, maximum = 1_000) {
  return {
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    per_page: Type.Optional(Type.Integer({ minimum: 1, maximum, default: defaultSize })),
  };
}

export interface Page {
  page: number;
  perPage: number;
}

export function pageOf(query: { page?: number; per_page?: number }, defaultSize: number): Page {
  return { page: query.page ?? 1, perPage: query.per_page ?? defaultSize };
}

const PageMeta = strict(
  { page: Type.Integer(), pages: Type.Integer(), per_page: Type.Integer(), records: Type.Integer() },
  { title: 'PageMeta' },
);

export function listOf<T extends TSchema>(item: T) {
  return strict({
    data: Type.Array(item),
    meta: PageMeta,
  });
}

export function envelope<T>(data: T[], { page, perPage }: Page, records: number) {
  return { data, meta: { page, pages: Math.max(1, Math.ceil(records / perPage)), per_page: perPage, records } };
}

export function limitOffset({ page, perPage }: Page): Sql {
  return sql`limit ${perPage} offset ${(page - 1) * perPage}`;
}

/**
 * `order_by=name asc, created_at desc` or `-created_at`: only the given columns are allowed, ties are broken by id.
 * `columns` maps the API's names to our SQL expressions.
 */
export function orderBy(text: string | undefined, columns: Record<string, string>, otherwise: string, tie = 'id'): Sql {
  const terms: string[] = [];
  for (const part of (text ?? otherwise).split(',')) {
    const [name = '', direction = 'asc', ...rest] = part.trim().split(/\s+/);
    const descending = name.startsWith('-') || direction.toLowerCase() === 'desc';
    const column = ownValue(columns, name.replace(/^-/, ''));
    if (!column || rest.length > 0 || !['asc', 'desc'].includes(direction.toLowerCase())) {
      const known = Object.keys(columns).join(', ');
      throw invalid([
        problem(
          'order_by',
          `"${part.trim()}" is not one of ${known} (asc|desc)`,
          `«${part.trim()}» er ikke en av ${known} (asc|desc)`,
        ),
      ]);
    }
    terms.push(`${column} ${descending ? 'desc' : 'asc'}`);
  }
  return sql`order by ${join(
    [...terms, tie].map((term) => raw(term)),
    ', ',
  )}`;
}

/** `with=a,b.c` (also repeated): the requested relations; an unknown one is refused with the list of known ones. */
export function relations(value: string | string[] | undefined, supported: readonly string[]): Set<string> {
  const asked = (Array.isArray(value) ? value : [value ?? ''])
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter(Boolean);
  const unknown = asked.filter((name) => !supported.includes(name));
  if (unknown.length > 0) {
    const list = supported.join(', ');
    throw invalid(
      unknown.map((name) =>
        problem(
          'with',
          `unknown relation "${name}"; supported: ${list}`,
          `ukjent relasjon «${name}»; støttede: ${list}`,
        ),
      ),
    );
  }
  return new Set(asked);
}

export const WithQuery = { with: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])) };
