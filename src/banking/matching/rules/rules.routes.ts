import { requireSameClientAccount } from '../../../masters/index.ts';
import { listOf, pageOf, pageQuery } from '../../../platform/http/paging.ts';
import { route, type Route } from '../../../platform/http/route.ts';
import { asBooleanOrAll, DateText, Id, QueryBooleanOrAll, strict, Type } from '../../../platform/http/schema.ts';
import { RuleAction, RuleCondition, RuleView } from './rule.ts';
import { createRule, getRule, listRules, RuleTrial, tryRule, updateRule } from './rule-write.ts';

const tag = 'Bank matching';
const Fields = {
  name: Type.String({ minLength: 1, maxLength: 150 }),
  priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'The lowest number that fits decides' }),
  condition: RuleCondition,
  action: RuleAction,
  books: Type.Boolean({ description: 'True: carried out without asking' }),
};
const one = {
  tag,
  path: '/banking/rules/{id}',
  client: 'record',
  recordIn: 'bank_rules',
  params: strict({ id: Id }),
  response: RuleView,
} as const;

export const ruleRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/banking/rules',
    tag,
    summary: 'List matching rules, in the order in which they are asked',
    operation: listRules,
    client: 'query',
    query: strict({ client_account_id: Id, is_active: Type.Optional(QueryBooleanOrAll), ...pageQuery(100) }),
    response: listOf(RuleView),
    input: ({ query }) => ({ ...pageOf(query, 100), isActive: asBooleanOrAll(query.is_active, true) }),
  }),
  route({
    method: 'POST',
    path: '/banking/rules',
    tag,
    summary: 'Create a matching rule',
    operation: createRule,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      name: Fields.name,
      condition: Fields.condition,
      action: Fields.action,
      priority: Type.Optional(Fields.priority),
      books: Type.Optional(Fields.books),
    }),
    response: RuleView,
    input: ({ body: { client_account_id: _, ...body } }) => body,
  }),
  route({
    ...one,
    method: 'GET',
    summary: 'A matching rule',
    operation: getRule,
    input: ({ params }) => ({ id: params.id }),
  }),
  ...(['PUT', 'PATCH'] as const).map((method) =>
    route({
      ...one,
      method,
      summary: 'Change a matching rule',
      operation: updateRule,
      body: strict({
        client_account_id: Type.Optional(Id),
        ...(Object.fromEntries(Object.entries(Fields).map(([name, schema]) => [name, Type.Optional(schema)])) as {
          [K in keyof typeof Fields]: ReturnType<typeof Type.Optional<(typeof Fields)[K]>>;
        }),
        is_active: Type.Optional(Type.Boolean()),
      }),
      input: ({ params: { id }, body: { client_account_id, ...changes } }) => {
        requireSameClientAccount(id, client_account_id);
        return { id, changes };
      },
    }),
  ),
  route({
    ...one,
    method: 'DELETE',
    summary: 'Put a matching rule out of use',
    operation: updateRule,
    input: ({ params }) => ({ id: params.id, changes: { is_active: false } }),
  }),
  route({
    method: 'POST',
    path: '/banking/rules/dry-run',
    tag,
    summary: 'What a rule would have taken of the transactions there are; nothing is changed',
    operation: tryRule,
    client: 'body',
    body: strict({
      client_account_id: Id,
      condition: RuleCondition,
      from_date: Type.Optional(DateText),
      to_date: Type.Optional(DateText),
    }),
    response: RuleTrial,
    input: ({ body }) => ({ condition: body.condition, from: body.from_date ?? null, to: body.to_date ?? null }),
  }),
];
