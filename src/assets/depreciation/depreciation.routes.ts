import { isLocalDate } from '../../kernel/local-date.ts';
import { parseAmount, parseScaled } from '../../kernel/money.ts';
import { invalid, problem } from '../../platform/errors.ts';
import { listOf, pageOf, pageQuery } from '../../platform/http/paging.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, MoneyInput, nullable, strict, Type } from '../../platform/http/schema.ts';
import { getDepreciationPlan, OwnPlanView, PlanView } from './depreciation-plan-get.ts';
import { setDepreciationPlan } from './depreciation-plan-set.ts';
import { RunView } from './depreciation-run.ts';
import { createDepreciationRun } from './depreciation-run-create.ts';
import { getDepreciationRun, listDepreciationRuns } from './depreciation-run-list.ts';
import { type Month, monthNumber } from './month.ts';

const MonthText = Type.String({
  pattern: '^\\d{4}-\\d{2}(-\\d{2})?$',
  description: 'YYYY-MM, or any day of the month',
});

function monthOf(text: string, path: string): Month {
  const day = text.length === 7 ? `${text}-01` : text;
  if (!isLocalDate(day))
    throw invalid([problem(path, 'must be an existing month, YYYY-MM', 'må være en måned som finnes, ÅÅÅÅ-MM')]);
  return monthNumber(day);
}

export const depreciationRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/assets/{id}/depreciation-plan',
    tag: 'Depreciation',
    summary: 'The book plan of an asset, month by month',
    operation: getDepreciationPlan,
    client: 'record',
    recordIn: 'assets',
    params: strict({ id: Id }),
    query: strict({ until: Type.Optional(MonthText) }),
    response: PlanView,
    input: ({ params, query }) => ({
      id: params.id,
      until: query.until === undefined ? null : monthOf(query.until, 'until'),
    }),
  }),
  route({
    method: 'PUT',
    path: '/assets/{id}/depreciation-plan',
    tag: 'Depreciation',
    summary: 'Give an asset a plan of its own from a month on',
    operation: setDepreciationPlan,
    client: 'record',
    recordIn: 'assets',
    params: strict({ id: Id }),
    body: strict({
      valid_from: Type.Optional(nullable({ ...DateText, description: 'null: from the start of the asset' })),
      method: Type.Optional(nullable(Type.Enum(['linear', 'saldo', 'none']))),
      convention: Type.Optional(nullable(Type.Enum(['full_year', 'pro_rata']))),
      rate: Type.Optional(nullable(Type.Union([Type.String({ maxLength: 10 }), Type.Number()]))),
      life_months: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 1200 }))),
      residual_value: Type.Optional(MoneyInput),
    }),
    response: strict({ asset_id: Id, own_plans: Type.Array(OwnPlanView) }),
    input: ({ params, body }) => {
      const residual = parseAmount(body.residual_value ?? 0);
      const rate = body.rate == null ? null : parseScaled(body.rate, 4);
      const problems = [];
      if (residual === null || residual < 0n)
        problems.push(problem('residual_value', 'must be an amount of at least 0', 'må være et beløp på minst 0'));
      if (body.rate != null && (rate === null || rate < 0n || rate > 10_000n))
        problems.push(problem('rate', 'must be a share from 0 to 1', 'må være en andel fra 0 til 1'));
      if (problems.length > 0) throw invalid(problems);
      return {
        id: params.id,
        validFrom: body.valid_from ?? null,
        method: body.method ?? null,
        convention: body.convention ?? null,
        rate: body.rate == null ? null : String(body.rate),
        lifeMonths: body.life_months ?? null,
        residual: residual!,
      };
    },
  }),
  route({
    method: 'POST',
    path: '/depreciation-runs',
    tag: 'Depreciation',
    summary: 'Run the depreciation of a month: one entry, or with dry_run what it would be',
    operation: createDepreciationRun,
    client: 'body',
    status: 201,
    body: strict({
      client_account_id: Id,
      month: MonthText,
      dry_run: Type.Optional(Type.Boolean()),
      late: Type.Optional(
        Type.Enum(['catch_up', 'spread'], {
          description: 'What to do with depreciation that earlier months have missing; catch_up if not given',
        }),
      ),
    }),
    response: RunView,
    input: ({ body, language }) => ({
      month: monthOf(body.month, 'month'),
      dryRun: body.dry_run ?? false,
      automatic: false,
      late: body.late ?? ('catch_up' as const),
      language,
    }),
  }),
  route({
    method: 'GET',
    path: '/depreciation-runs',
    tag: 'Depreciation',
    summary: 'Depreciation runs, the newest month first',
    operation: listDepreciationRuns,
    client: 'query',
    query: strict({ client_account_id: Id, month: Type.Optional(MonthText), ...pageQuery(50) }),
    response: listOf(RunView),
    input: ({ query, language }) => ({
      ...pageOf(query, 50),
      month: query.month === undefined ? null : monthOf(query.month, 'month'),
      language,
    }),
  }),
  route({
    method: 'GET',
    path: '/depreciation-runs/{id}',
    tag: 'Depreciation',
    summary: 'A depreciation run with what it did with each asset',
    operation: getDepreciationRun,
    client: 'record',
    recordIn: 'depreciation_runs',
    params: strict({ id: Id }),
    response: RunView,
    input: ({ params, language }) => ({ id: params.id, language }),
  }),
];
