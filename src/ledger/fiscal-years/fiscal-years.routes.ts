import { invalid } from '../../platform/errors.ts';
import { route, type Route } from '../../platform/http/route.ts';
import { DateText, Id, nullable, requireDates, strict, Type } from '../../platform/http/schema.ts';
import { FiscalYearsView, listFiscalYears } from './fiscal-year-list.ts';
import { setFiscalYear } from './fiscal-year-set.ts';

const tag = 'Client account settings';
const path = '/client-accounts/{client_account_id}/fiscal-years';
const params = Type.Object({ client_account_id: Id });

export const fiscalYearRoutes: Route[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'When the fiscal years of a client account begin and end',
    operation: listFiscalYears,
    client: 'path',
    params,
    response: FiscalYearsView,
    input: () => undefined,
  }),
  route({
    method: 'PUT',
    path,
    tag,
    summary: 'Choose when fiscal years begin; refused where entries would be numbered anew',
    operation: setFiscalYear,
    client: 'path',
    params,
    body: strict({
      first_month: Type.Integer({ minimum: 1, maximum: 12 }),
      valid_from: Type.Optional(
        nullable({ ...DateText, description: 'The first day of the first year of that kind; null: from ever' }),
      ),
      named_after: Type.Optional(
        Type.Enum(['end', 'start'], { description: 'The calendar year that names a fiscal year; end if not given' }),
      ),
      first_year: Type.Optional(
        nullable(
          strict(
            { date_from: DateText, date_to: DateText },
            { description: 'Of a new company, where it is not twelve months: 1 to 18 whole months' },
          ),
        ),
      ),
    }),
    response: FiscalYearsView,
    input: ({ body }) => {
      const faults = requireDates({
        valid_from: body.valid_from ?? undefined,
        'first_year.date_from': body.first_year?.date_from,
        'first_year.date_to': body.first_year?.date_to,
      });
      if (faults.length > 0) throw invalid(faults);
      return {
        firstMonth: body.first_month,
        validFrom: body.valid_from ?? null,
        namedAfter: body.named_after ?? ('end' as const),
        firstYear: body.first_year ? { from: body.first_year.date_from, to: body.first_year.date_to } : null,
      };
    },
  }),
];
