import type { ReportFilter } from './report-filter.ts';
import type { ReportRange } from './report-range.ts';

interface Source {
  clientAccountId: number;
  range: ReportRange;
  filter: ReportFilter;
}

/** The entries behind a figure, in the API. */
export function entriesLink({ clientAccountId, range }: Omit<Source, 'filter'>, accountCode: string): string {
  const account = encodeURIComponent(accountCode);
  return `/api/v2/journal-entries?client_account_id=${clientAccountId}&account_code=${account}&date_from=${range.from}&date_to=${range.to}`;
}

/** The lines behind a figure, as a page. `relation`: the dimension of the figure's related entity. */
export function linesPage(source: Source, accountCode: string, relation?: { type: string; id: number }): string {
  const { clientAccountId, range, filter } = source;
  const query = new URLSearchParams({ from: range.from, to: range.to });
  for (const { type, ids } of filter.dimensions) {
    if (type !== relation?.type) for (const id of ids) query.append('dimensions', `${type},${id}`);
  }
  if (relation) query.append('dimensions', `${relation.type},${relation.id}`);
  return `/client-accounts/${clientAccountId}/accounts/${encodeURIComponent(accountCode)}?${query.toString()}`;
}

/** The same lines in the general ledger, in the API, with the filter of the report. */
export function ledgerLink(source: Source & { includeDrafts: boolean }, accountCode: string): string {
  const { clientAccountId, range, filter, includeDrafts } = source;
  const query = new URLSearchParams({
    client_account_id: String(clientAccountId),
    start_date: range.from,
    end_date: range.to,
    account_codes: accountCode,
  });
  appendOptions(query, filter, includeDrafts);
  return `/api/v2/reports/general-ledger?${query.toString()}&format=json`;
}

/** The details of the result shown in the balance sheet. */
export function incomeStatementLink(source: Source & { includeDrafts: boolean }): string {
  const { clientAccountId, range, filter, includeDrafts } = source;
  const query = new URLSearchParams({
    client_account_id: String(clientAccountId),
    date_from: range.from,
    date_to: range.to,
  });
  appendOptions(query, filter, includeDrafts);
  return `/api/v2/reports/income-statement?${query.toString()}`;
}

function appendOptions(query: URLSearchParams, { dimensions }: ReportFilter, includeDrafts: boolean): void {
  for (const { type, ids } of dimensions) for (const id of ids) query.append('dimensions', `${type},${id}`);
  if (includeDrafts) query.append('include_drafts', 'true');
}
