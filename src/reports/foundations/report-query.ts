import { type FieldProblem, problem } from '../../platform/errors.ts';
import { asBoolean, DateText, Id, QueryBoolean, Type } from '../../platform/http/schema.ts';
import { readFilter, type ReportFilter } from './report-filter.ts';
import { REPORT_FORMATS } from './report-format.ts';

const OneOrMore = (description: string, examples: string[]) =>
  Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description, examples }));

export const AsOfQuery = {
  as_of: Type.Optional(
    Type.String({
      format: 'date-time',
      description:
        'The books as they were known at this moment: the entries posted until then, under the names of then. Without drafts',
      examples: ['2026-02-05T08:00:00Z'],
    }),
  ),
};

/** Query parameters of every report. */
export const ReportQuery = {
  client_account_id: Id,
  dimensions: OneOrMore(
    'JSON array of [type, id], or repeated type,id. Ids of one type: any of them; several types: all of them',
    ['[["department",2147483649]]'],
  ),
  include_drafts: Type.Optional(QueryBoolean),
  ...AsOfQuery,
  format: Type.Optional(
    Type.String({
      description: `One of ${REPORT_FORMATS.join(', ')}. May be left out with Accept: application/json`,
      examples: ['json'],
    }),
  ),
};

export const AccountCodesQuery = {
  account_codes: OneOrMore('Account codes and ranges, repeated or separated by commas', ['1500,6000-6999']),
};

export const DateRangeQuery = { date_from: DateText, date_to: DateText };

interface RawReportQuery {
  account_codes?: string | string[];
  dimensions?: string | string[];
  include_drafts?: 'true' | 'false' | '1' | '0';
  as_of?: string;
  format?: string;
}

/** Faults of a report's query that its schema cannot detect; the route checks `format`. */
export function reportQueryFaults(query: RawReportQuery): FieldProblem[] {
  return [...readFilter(query).problems, ...asOfFaults(query)];
}

/** Earlier states of drafts are not stored. A leap second has the form of a time but is not a valid one here. */
export function asOfFaults({ as_of: asOf, include_drafts: drafts }: RawReportQuery): FieldProblem[] {
  if (asOf === undefined) return [];
  const faults: FieldProblem[] = [];
  if (/^\d{4}-\d\d-\d\d[Tt ]/.test(asOf) && Number.isNaN(Date.parse(asOf)))
    faults.push(problem('as_of', 'is no time that exists', 'er ikke et tidspunkt som finnes'));
  if (asBoolean(drafts, false))
    faults.push(
      problem(
        'include_drafts',
        'cannot be combined with as_of: how drafts stood then is not kept',
        'kan ikke kombineres med as_of: hvordan utkastene var da, er ikke tatt vare på',
      ),
    );
  return faults;
}

export interface ReportOptions {
  filter: ReportFilter;
  includeDrafts: boolean;
  /** The time of knowledge of the books; null: now. */
  asOf: Date | null;
}

export function reportOptions(query: RawReportQuery): ReportOptions {
  return {
    filter: readFilter(query).filter,
    includeDrafts: asBoolean(query.include_drafts, false),
    asOf: query.as_of === undefined ? null : new Date(query.as_of),
  };
}
