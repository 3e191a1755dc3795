import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testOwnerConnection } from '../../../test/support/database/database.ts';
import { ArrayColumn, numberArray, textArray, UNDERWAY } from './arrays.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client(testOwnerConnection());
  await client.connect();
});
afterAll(() => client.end());

async function asText(type: string, param: Buffer | string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(`select $1::${type}[]::text as text`, [param]);
  return rows[0]!.text;
}

test('values and the nulls between them; nulls at the end are left out', async () => {
  const bigints = new ArrayColumn('bigint', 3);
  for (const value of [null, 1, -1n, Number.MAX_SAFE_INTEGER, null, Number.MIN_SAFE_INTEGER, null, null])
    bigints.bigint(value);
  expect(await asText('bigint', bigints.take())).toBe('{NULL,1,-1,9007199254740991,NULL,-9007199254740991}');
  const ints = new ArrayColumn('int');
  for (const value of [2147483647, null, -2147483648]) ints.int(value);
  expect(await asText('int', ints.take())).toBe('{2147483647,NULL,-2147483648}');
  const texts = new ArrayColumn('text');
  for (const value of ['', 'æ "å" \\, {}', null, 'NULL', '😀']) texts.text(value);
  expect(await asText('text', texts.take())).toBe('{"","æ \\"å\\" \\\\, {}",NULL,"NULL",😀}');
  const dates = new ArrayColumn('date');
  for (const value of ['1970-01-01', '2000-01-01', null, '2024-02-29', '2199-12-31']) dates.date(value);
  expect(await asText('date', dates.take())).toBe('{1970-01-01,2000-01-01,NULL,2024-02-29,2199-12-31}');
  const moments = new ArrayColumn('timestamptz');
  for (const value of [new Date('1999-12-31T23:59:59.999Z'), new Date('2026-11-21T12:00:00.001Z')])
    moments.timestamptz(value);
  await client.query(`set timezone = 'UTC'`);
  expect(await asText('timestamptz', moments.take())).toBe(
    '{"1999-12-31 23:59:59.999+00","2026-11-21 12:00:00.001+00"}',
  );
});

test('known whole: numbers, and text that may hold anything', async () => {
  expect(await asText('bigint', numberArray([null, 1, -9007199254740993n]))).toBe('{NULL,1,-9007199254740993}');
  expect(await asText('text', textArray(['', 'æ "å" \\, {}', null, 'NULL', ' ']))).toBe(
    '{"","æ \\"å\\" \\\\, {}",NULL,"NULL"," "}',
  );
  expect([await asText('int', numberArray([])), await asText('text', textArray([]))]).toEqual(['{}', '{}']);
});

test('an array without values is empty, and one is as good as new after each statement', async () => {
  const column = new ArrayColumn('int');
  expect(await asText('int', column.take())).toBe('{}');
  column.int(null);
  expect(await asText('int', column.take())).toBe('{}');
  const taken: Buffer[] = [];
  for (let round = 0; round < UNDERWAY; round++) {
    for (let i = 0; i < 100 * (round + 1); i++) column.int(round);
    taken.push(column.take());
  }
  const texts: string[] = [];
  for (const buffer of taken) texts.push(await asText('int', buffer));
  expect(texts).toEqual(
    [0, 1, 2].map(
      (round) =>
        `{${Array(100 * (round + 1))
          .fill(round)
          .join(',')}}`,
    ),
  );
});

test('a number that is not exact is refused', () => {
  expect(() => new ArrayColumn('bigint').bigint(2 ** 53)).toThrow('not exact');
});
