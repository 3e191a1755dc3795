import { type Ore, parseAmount, parseScaled } from '../../kernel/money.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { Id, MoneyInput, nullable, strict, Type } from '../../platform/http/schema.ts';
import type { SaldoGroup } from '../asset-class.ts';
import { chooseSaldo } from './saldo-choose.ts';
import { getTaxDepreciation, TaxDepreciationView } from './tax-depreciation-get.ts';

const tag = 'Depreciation';
const GROUPS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'gl'] as const satisfies (SaldoGroup | 'gl')[];
const Year = Type.Integer({ minimum: 1990, maximum: 2200 });

export const taxDepreciationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/tax-depreciation',
    tag,
    summary: 'Tax depreciation of an income year by saldo group, and its difference from the accounts',
    operation: getTaxDepreciation,
    client: 'query',
    query: strict({ client_account_id: Id, income_year: Year }),
    response: TaxDepreciationView,
    input: ({ query }) => ({ year: query.income_year }),
  }),
  route({
    method: 'PUT',
    path: '/tax-depreciation/choices',
    tag,
    summary: 'Choose rate, income at once, grants or opening balance of a saldo balance for an income year',
    operation: chooseSaldo,
    client: 'body',
    body: strict({
      client_account_id: Id,
      income_year: Year,
      saldo_group: Type.Enum([...GROUPS], { description: 'gl: the gain and loss account' }),
      asset_id: Type.Optional(nullable(Id)),
      opening_balance: Type.Optional(nullable(MoneyInput)),
      rate: Type.Optional(nullable(Type.Union([Type.String({ maxLength: 10 }), Type.Number()]))),
      income_at_once: Type.Optional(MoneyInput),
      grants: Type.Optional(MoneyInput),
      vat_adjustment: Type.Optional(MoneyInput),
      deduct_small_balance: Type.Optional(Type.Boolean()),
    }),
    response: strict({ income_year: Type.Integer(), saldo_group: Type.String(), asset_id: nullable(Id) }),
    input: ({ body }) => {
      const problems: FieldProblem[] = [];
      const amount = (
        path: 'income_at_once' | 'grants' | 'vat_adjustment' | 'opening_balance',
        least: Ore | null,
      ): Ore => {
        const value = parseAmount(body[path] ?? 0);
        if (value === null || (least !== null && value < least))
          problems.push(problem(path, 'must be an amount with two decimals', 'må være et beløp med to desimaler'));
        return value ?? 0n;
      };
      const rate = body.rate == null ? null : parseScaled(body.rate, 4);
      if (body.rate != null && (rate === null || rate < 0n))
        problems.push(problem('rate', 'must be a share from 0 to 1', 'må være en andel fra 0 til 1'));
      const choice = {
        year: body.income_year,
        group: body.saldo_group,
        assetId: body.asset_id ?? null,
        opening: body.opening_balance == null ? null : amount('opening_balance', null),
        rate: body.rate == null ? null : String(body.rate),
        incomeAtOnce: amount('income_at_once', 0n),
        grants: amount('grants', 0n),
        vatAdjustment: amount('vat_adjustment', null),
        deductSmallBalance: body.deduct_small_balance ?? false,
      };
      if (problems.length > 0) throw invalid(problems);
      return choice;
    },
  }),
];
