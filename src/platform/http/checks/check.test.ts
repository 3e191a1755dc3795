import { describe, expect, test } from 'vitest';
import { checker } from './check.ts';
import { Id, MoneyInput, MultiLineText, nullable, QueryBoolean, strict, Type } from '../schema.ts';

const Body = strict({
  client_account_id: Id,
  name: Type.String({ minLength: 1, maxLength: 50 }),
  memo: Type.Optional(nullable(MultiLineText({ maxLength: 100 }))),
  amount: Type.Optional(nullable(MoneyInput)),
  kind: Type.Optional(nullable(Type.Enum(['A', 'B']))),
  metadata: Type.Optional(Type.Object({}, { additionalProperties: true })),
  lines: Type.Optional(Type.Array(strict({ account: Type.String(), amount: Type.Number() }))),
});
const body = checker(Body, 'body');
const query = checker(
  strict({
    client_account_id: Type.Optional(Id),
    is_active: Type.Optional(QueryBoolean),
    with: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
    date: Type.Optional(nullable(Type.String({ format: 'date' }))),
  }),
  'query',
);

const good = { client_account_id: 1, name: 'Fjord' };
const sentences = ({ problems }: ReturnType<typeof body>) =>
  problems.map(({ path, problem }) => `${path} ${problem.en}`);
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, i]));

describe('what the schema refuses has a problem', () => {
  test.each([1, 99, 999, 1000, 1001, 20_000])('with %i unknown fields', (count) => {
    const problems = sentences(body({ ...good, ...many(count) }));
    expect(problems[0]).toBe('x0 is not a known field');
    expect(problems).toHaveLength(Math.min(count, 101));
    if (count > 100) expect(problems.at(-1)).toBe(`body has ${count - 100} more fault(s)`);
  });

  test('with a thousand unknown fields beside a wrong one', () => {
    expect(sentences(body({ ...many(1000), client_account_id: 'x', name: 1 })).length).toBeGreaterThan(100);
    expect(sentences(query({ ...many(1000), client_account_id: 'x' })).length).toBeGreaterThan(100);
  });

  test('with more wrong elements than are told', () => {
    const lines = Array.from({ length: 5000 }, () => ({ account: 1, amount: 'x' }));
    expect(sentences(body({ ...good, lines })).length).toBe(101);
  });

  test('with more values than anybody needs, before they are looked at', () => {
    expect(sentences(body({ ...good, lines: Array.from({ length: 60_000 }, () => 1) }))).toEqual([
      'body must have at most 50000 fields and elements',
    ]);
  });

  test('nested too deep', () => {
    let metadata: object = {};
    for (let i = 0; i < 10_000; i++) metadata = { metadata };
    expect(sentences(body({ ...good, metadata }))).toEqual(['body must be nested at most 20 levels deep']);
  });
});

describe('one bad value is one fault', () => {
  test.each<[object, string]>([
    [{ memo: 5 }, 'memo must be string'],
    [{ memo: 'x'.repeat(101) }, 'memo must have at most 100 characters'],
    [{ amount: true }, 'amount must be string or number'],
    [{ amount: 'x'.repeat(41) }, 'amount must have at most 40 characters'],
    [{ kind: 'C' }, 'kind must be one of A, B'],
    [{ lines: [{ account: '1', amount: '2' }] }, 'lines[0].amount must be number'],
    [{ lines: [{ account: '1', amount: 2, more: 1 }] }, 'lines[0].more is not a known field'],
    [{ name: undefined }, 'name must be string'],
    [{ constructor: 1 }, 'constructor is not a known field'],
    [JSON.parse('{"__proto__":1}') as object, '__proto__ is not a known field'],
  ])('%j', (more, expected) => {
    expect(sentences(body(joined(good, more)))).toEqual([expected]);
  });

  const Party = strict({ id: Id, name: Type.Optional(Type.String()) });
  const choices = checker(
    strict({
      party: Type.Optional(nullable(Party)),
      parties: Type.Optional(nullable(Type.Array(Party))),
      ids: Type.Optional(Type.Union([Type.Array(Id), Type.String()])),
      by_name: Type.Optional(nullable(Type.Record(Type.String(), Id))),
      only: Type.Optional(nullable(Type.Literal('x'))),
      rule: Type.Optional(
        Type.Union([
          strict({ kind: Type.Literal('a'), id: Id }),
          strict({ kind: Type.Literal('b'), name: Type.String() }),
        ]),
      ),
    }),
    'body',
  );
  test.each<[object, string[]]>([
    [{ party: { id: 'x' } }, ['party.id must be integer']],
    [{ party: { id: 0, x: 1 } }, ['party.x is not a known field', 'party.id must be >= 1']],
    [{ party: {} }, ['party.id is required']],
    [{ party: 5 }, ['party must be object']],
    [{ parties: [{ id: 1 }, { id: 'x' }] }, ['parties[1].id must be integer']],
    [{ parties: [5] }, ['parties[0] must be object']],
    [{ ids: [0] }, ['ids[0] must be >= 1']],
    [{ ids: 5 }, ['ids must be array or string']],
    [{ by_name: { one: 'x' } }, ['by_name.one must be integer']],
    [{ only: 'y' }, ['only must be one of x']],
    [{ rule: { kind: 'a', id: 'x' } }, ['rule.id must be integer']],
    [{ rule: { kind: 'c' } }, ['rule.kind must be one of a, b']],
    [{ rule: 5 }, ['rule must be object']],
  ])('of a choice: %j', (value, expected) => {
    expect(sentences(choices(value))).toEqual(expected);
  });

  test('a required field', () => {
    expect(sentences(body({ name: 'x' }))).toEqual(['client_account_id is required']);
  });
});

/** Own properties of both objects, whatever their names. */
function joined(one: object, other: object): object {
  return Object.fromEntries([...Object.entries(one), ...Object.entries(other)]);
}

describe('text', () => {
  const line = 'must not contain control characters or line breaks';
  test.each<[object, string[]]>([
    [{ name: 'a\0b' }, ['name must not contain NUL']],
    [{ name: 'a\ud800b' }, ['name must be well-formed Unicode']],
    [{ name: '\udc00' }, ['name must be well-formed Unicode']],
    [{ name: 'a\nb' }, [`name ${line}`]],
    [{ name: 'a\tb' }, [`name ${line}`]],
    [{ name: 'a\u0085b' }, [`name ${line}`]],
    [{ name: ' \u00a0 ' }, ['name must not be blank']],
    [{ name: '😀 Ærlig é' }, []],
    [{ memo: 'a\r\nb\tc\nd' }, []],
    [{ memo: 'a\0' }, ['memo must not contain NUL']],
    [{ memo: 'a\u001b[31m' }, ['memo must not contain control characters']],
    [{ memo: ' ' }, []],
    [{ metadata: { deep: ['a', 'b\0'] } }, ['metadata.deep[1] must not contain NUL']],
    [{ metadata: { 'a\0': 1 } }, ['metadata.a\ufffd its name must not contain NUL']],
    [{ lines: [{ account: '1\u0007', amount: 2 }] }, [`lines[0].account ${line}`]],
  ])('%j', (more, expected) => {
    expect(sentences(body({ ...good, ...more }))).toEqual(expected);
  });
});

describe('what texts of a query stand for', () => {
  test.each<[Record<string, string | string[]>, object]>([
    [{ client_account_id: '7' }, { client_account_id: 7 }],
    [{ is_active: 'True' }, { is_active: 'true' }],
    [{ is_active: 'False' }, { is_active: 'false' }],
    [{ with: 'a,b' }, { with: 'a,b' }],
    [{ with: ['a', 'b'] }, { with: ['a', 'b'] }],
    [{ 'with[]': ['a', 'b'] }, { with: ['a', 'b'] }],
    [{ 'with[]': 'a' }, { with: ['a'] }],
    [{ with: '["a","b"]' }, { with: ['a', 'b'] }],
    [{ with: '["project",1]' }, { with: '["project",1]' }],
    [{ date: 'null' }, { date: null }],
  ])('%j', (input, value) => {
    const checked = query(input);
    expect(sentences(checked)).toEqual([]);
    expect({ ...(checked.value as object) }).toEqual(value);
  });

  test.each<[Record<string, string | string[]>, string[]]>([
    [{ client_account_id: '007' }, ['client_account_id must be integer']],
    [{ client_account_id: '1.0' }, ['client_account_id must be integer']],
    [{ client_account_id: '1e3' }, ['client_account_id must be integer']],
    [{ client_account_id: '+1' }, ['client_account_id must be integer']],
    [{ client_account_id: '9007199254740993' }, ['client_account_id must be <= 9007199254740991']],
    [{ client_account_id: '99999999999999999999' }, ['client_account_id must be integer']],
    [{ client_account_id: ['1', '2'] }, ['client_account_id is given more than once']],
    [{ 'client_account_id[]': '1' }, ['client_account_id[] is not a known field']],
    [{ is_active: 'TRUE ' }, ['is_active must be one of true, false, 1, 0']],
    [{ with: 'a\0' }, ['with must not contain NUL']],
    [{ constructor: '1' }, ['constructor is not a known field']],
  ])('%j is refused', (input, expected) => {
    expect(sentences(query(input))).toEqual(expected);
  });
});
