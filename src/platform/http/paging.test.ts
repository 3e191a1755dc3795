import { describe, expect, test } from 'vitest';
import { ownValue } from '../../kernel/own-value.ts';
import { orderBy } from './paging.ts';

const COLUMNS = { name: 'lower(name)', created_at: 'created_at' };
/** Properties that every object inherits. */
const INHERITED = ['constructor', 'toString', '__proto__', 'hasOwnProperty', '__defineGetter__', 'valueOf'];

test('order_by takes the names given to it, with ties broken', () => {
  expect(orderBy('-name, created_at desc', COLUMNS, 'name asc').sql).toBe(
    'order by lower(name) desc, created_at desc, id',
  );
});

describe.each(INHERITED)('%s', (name) => {
  test('is no column to order by', () => {
    for (const text of [name, `-${name}`, `${name} desc`])
      expect(() => orderBy(text, COLUMNS, 'name asc')).toThrow(/is not one of name, created_at/);
  });

  test('is in no table', () => {
    expect(ownValue(COLUMNS as Record<string, string>, name)).toBeUndefined();
  });
});
