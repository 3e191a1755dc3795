import { type Ore } from '../../kernel/money.ts';
import { READERS } from '../../platform/caller.ts';
import { readOperation } from '../../platform/operation.ts';
import { openGeneralLedger } from '../general-ledger/general-ledger-read.ts';
import type { LedgerRow } from '../general-ledger/ledger-rows.ts';
import { entityNames } from './related-entities.ts';
import { readChart, type ReportAccount } from '../printed/report-chart.ts';
import type { ReportFilter } from '../foundations/report-filter.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import { readReportSubject, type ReportSubject } from '../foundations/report-subject.ts';

export interface AccountLinesQuestion {
  accountCode: string;
  range: ReportRange;
  dimensions: ReportFilter['dimensions'];
  /** From 1, or the last one; a page beyond the last means the last. */
  page: number | 'last';
  size: number;
}

/** A page of one account's rows in the general ledger. */
export interface AccountLines {
  clientAccountId: number;
  question: AccountLinesQuestion;
  subject: ReportSubject;
  account: ReportAccount;
  rows: LedgerRow[];
  /** Balance before the first row if that is a line: carried from the previous page. */
  carried: Ore | null;
  page: number;
  pages: number;
  printedAt: Date;
  /** Names of the dimensions in the filter. */
  names: ReadonlyMap<number, string>;
}

/** Lines behind a figure of a report. Throws 404 for an account that is not in the chart, 422 for an impossible range. */
export const getAccountLines = readOperation({
  name: 'report.account-lines',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, tx, clientAccountId, now }, question: AccountLinesQuestion): Promise<AccountLines> {
    const { range, accountCode, dimensions, size } = question;
    const { database } = platform;
    const { ledger, reader } = await openGeneralLedger(
      { tx, database, clientAccountId, now },
      { range, filter: { codes: [accountCode], ranges: [], dimensions }, includeDrafts: false, asOf: null },
    );
    const pages = Math.max(1, Math.ceil(ledger.rows / size));
    const page = question.page === 'last' ? pages : Math.min(question.page, pages);
    const rows: LedgerRow[] = [];
    for await (const batch of reader(size).rows(ledger.sections, (page - 1) * size, page * size)) rows.push(...batch);
    const ids = new Set(dimensions.flatMap((dimension) => dimension.ids));
    return {
      clientAccountId,
      question,
      subject: await readReportSubject(tx, clientAccountId),
      account: (await readChart(tx, database, clientAccountId, range.to))(accountCode),
      rows,
      carried: carriedTo(rows[0]),
      page,
      pages,
      printedAt: now,
      names: await entityNames(tx, clientAccountId, ids),
    };
  },
});

function carriedTo(row: LedgerRow | undefined): Ore | null {
  return row && 'line' in row ? row.line.balance - row.line.debit + row.line.credit : null;
}
