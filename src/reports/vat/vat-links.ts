import type { ReportRange } from '../foundations/report-range.ts';

interface Source {
  clientAccountId: number;
  range: ReportRange;
}

/** The transactions of a VAT code with base and tax; `format`: as a page or file instead of the API. */
export function transactionsLink({ clientAccountId, range }: Source, taxCode: string | null, format?: 'html'): string {
  const query = new URLSearchParams({
    client_account_id: String(clientAccountId),
    from_date: range.from,
    to_date: range.to,
    ...(taxCode === null ? {} : { tax_code: taxCode }),
    ...(format ? { format } : {}),
  });
  return `/api/v2/reports/vat/transactions?${query.toString()}`;
}

/** The page of an entry. */
export function entryPage(entryId: number): string {
  return `/journal-entries/${entryId}`;
}

export function entryLink(entryId: number): string {
  return `/api/v2/journal-entries/${entryId}`;
}
