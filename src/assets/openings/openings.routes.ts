import { type Ore, parseAmount } from '../../kernel/money.ts';
import { type FieldProblem, invalid, problem } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, MoneyInput, nullable, requireDates, strict, Type } from '../../platform/http/schema.ts';
import { assignOpenings, OpeningsAssigned } from './opening-assign.ts';
import { getOpeningBalances, OpeningBalances } from './opening-balances-get.ts';

const tag = 'Assets';
const AccountCode = Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 70 })));
const MOST = 500;

export const openingRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/asset-openings',
    tag,
    summary: 'Balances of fixed-asset accounts that are on no asset, as imported books leave them',
    operation: getOpeningBalances,
    client: 'query',
    query: strict({ client_account_id: Id, entry_date: Type.Optional(DateText) }),
    response: OpeningBalances,
    input: ({ query }) => ({ entryDate: query.entry_date ?? null }),
  }),
  route({
    method: 'POST',
    path: '/asset-openings',
    tag,
    summary: 'Put such balances on assets: cost and accumulated depreciation of each, in one entry',
    operation: assignOpenings,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      entry_date: Type.Optional(nullable(DateText)),
      assets: Type.Array(
        strict({
          asset_id: Id,
          cost_account_code: AccountCode,
          cost: MoneyInput,
          accumulated_account_code: AccountCode,
          accumulated_depreciation: Type.Optional(MoneyInput),
        }),
        { minItems: 1, maxItems: MOST },
      ),
    }),
    response: OpeningsAssigned,
    input: ({ body }) => {
      const problems: FieldProblem[] = requireDates({ entry_date: body.entry_date ?? undefined });
      const amountOf = (path: string, given: string | number, least: Ore): Ore => {
        const amount = parseAmount(given);
        if (amount !== null && amount >= least) return amount;
        problems.push(
          least === 0n
            ? problem(path, 'must be an amount of at least 0', 'må være et beløp på minst 0')
            : problem(path, 'must be an amount above 0', 'må være et beløp over 0'),
        );
        return 0n;
      };
      const assets = body.assets.map((each, i) => ({
        assetId: each.asset_id,
        costAccount: each.cost_account_code ?? null,
        cost: amountOf(`assets[${i}].cost`, each.cost, 1n),
        accumulatedAccount: each.accumulated_account_code ?? null,
        accumulated: amountOf(`assets[${i}].accumulated_depreciation`, each.accumulated_depreciation ?? 0, 0n),
      }));
      if (problems.length > 0) throw invalid(problems);
      return { entryDate: body.entry_date ?? null, assets };
    },
  }),
];
