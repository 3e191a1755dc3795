import type { FieldProblem } from '../platform/errors.ts';
import { asBoolean, DateText, Id, QueryBoolean, Type } from '../platform/http/schema.ts';
import { readFilter, type ReportFilter } from './report-filter.ts';
import { REPORT_FORMATS } from './report-format.ts';

const OneOrMore = (description: string, examples: string[]) =>
  Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())], { description, examples }));

/** Query parameters that every report takes. */
export const ReportQuery = {
  client_account_id: Id,
  dimensions: OneOrMore(
    'JSON array of [type, id], or repeated type,id. Ids of one type: any of them; several types: all of them',
    ['[["department",2147483649]]'],
  ),
  include_drafts: Type.Optional(QueryBoolean),
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
  format?: string;
}

/** Faults of a report's query that its schema cannot tell; those of `format` its route tells. */
export function reportQueryFaults(query: RawReportQuery): FieldProblem[] {
  return readFilter(query).problems;
}

export function reportOptions(query: RawReportQuery): { filter: ReportFilter; includeDrafts: boolean } {
  return { filter: readFilter(query).filter, includeDrafts: asBoolean(query.include_drafts, false) };
}
