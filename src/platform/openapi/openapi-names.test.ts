import { describe, expect, test } from 'vitest';
import { operationIds, singular } from './openapi-names.ts';
import type { Route } from '../http/route.ts';
import { SchemaNames } from './openapi-schemas.ts';
import { strict, Type } from '../http/schema.ts';

function route(method: string, path: string, name: string): Route {
  return { method, path, operation: { name } } as unknown as Route;
}

describe('ids of operations', () => {
  test('noun and verb; further routes of an operation say how they differ', () => {
    const routes = [
      route('GET', '/access-tokens', 'access_tokens.list'),
      route('POST', '/assets/{id}', 'asset.update'),
      route('PUT', '/assets/{id}', 'asset.update'),
      route('GET', '/bank-statements', 'bank-statement.list'),
      route('GET', '/banking/bank-statements', 'bank-statement.list'),
      route('GET', '/banking/bank-statements', 'bank-statement.list'),
    ];
    expect(operationIds(routes)).toEqual([
      'accessTokenList',
      'assetUpdate',
      'assetUpdateByPut',
      'bankStatementList',
      'bankStatementListInBanking',
      'bankStatementListInBanking2',
    ]);
  });

  test.each([
    ['entries', 'entry'],
    ['bank-matches', 'bank-match'],
    ['addresses', 'address'],
    ['lines', 'line'],
    ['status', 'status'],
    ['settings', 'settings'],
    ['access', 'access'],
  ])('one of %s is %s', (plural, one) => expect(singular(plural)).toBe(one));
});

describe('names of schemas', () => {
  const Person = strict({ id: Type.Integer() }, { title: 'Person' });
  const Line = strict({ amount: Type.String({ maxLength: 40 }) });
  const LineInput = strict({ amount: Type.String() });
  const Entry = strict({ id: Type.Integer({ description: 'Never 0' }), lines: Type.Array(Line), by: Person });
  const create = { id: 'entryCreate', noun: 'Entry', verb: 'Create' };
  const update = { id: 'entryUpdate', noun: 'Entry', verb: 'Update' };

  test('follow from where an object stands', () => {
    const names = new SchemaNames();
    const page = strict({ data: Type.Array(Entry), meta: strict({ page: Type.Integer({ maximum: 9 }) }) });
    const answer = names.answer(page, { id: 'entryList', noun: 'Entry', verb: 'List' }, false);
    const body = names.body(strict({ lines: Type.Array(LineInput) }), create);
    names.body(strict({ lines: Type.Array(LineInput), memo: Type.String() }), update);
    names.answer(strict({ moved: Type.Integer() }), { id: 'entryMove', noun: 'Entry', verb: 'Move' }, true);
    const schemas = names.components([]);
    expect(answer).toEqual({ $ref: '#/components/schemas/EntryList' });
    expect(body).toEqual({ $ref: '#/components/schemas/EntryCreateInput' });
    expect(Object.keys(schemas)).toEqual([
      'Entry',
      'EntryCreateInput',
      'EntryLine',
      'EntryLineInput',
      'EntryList',
      'EntryListMeta',
      'EntryMoveAnswer',
      'EntryUpdateInput',
      'Person',
    ]);
    expect(schemas.Entry).toMatchObject({
      properties: {
        id: { type: 'integer', format: 'int64', description: 'Never 0' },
        lines: { type: 'array', items: { $ref: '#/components/schemas/EntryLine' } },
      },
    });
  });

  test('what two shapes claim, the first has; what may be null is one type', () => {
    const names = new SchemaNames();
    names.answer(Type.Array(Line), { id: 'x', noun: 'Thing', verb: 'List' }, false);
    names.answer(
      strict({ note: Type.Union([Type.String(), Type.Null()]) }),
      { id: 'thingFirst', noun: 'Thing', verb: 'First' },
      false,
    );
    names.answer(LineInput, { id: 'thingFirstInCellar', noun: 'Thing', verb: 'First' }, false);
    const schemas = names.components([]);
    expect(Object.keys(schemas)).toEqual(['Thing', 'ThingFirst', 'ThingFirstInCellar']);
    expect(schemas.ThingFirst).toMatchObject({ properties: { note: { type: ['string', 'null'] } } });
  });
});
