import { addDays, type LocalDate } from '../kernel/local-date.ts';
import { type Ore, ore } from '../kernel/money.ts';
import { READERS } from '../platform/caller.ts';
import type { Database, Transaction } from '../platform/database/pool.ts';
import { readOperation } from '../platform/operation.ts';
import { accountLinesStatement, type LineKey, type LineRow } from './account-lines-statement.ts';
import { type Figure, readFigures } from './ledger-figures.ts';
import { entityNames } from './related-entities.ts';
import { carriesForward, readChart, type ReportAccount } from './report-chart.ts';
import type { ReportFilter } from './report-filter.ts';
import { type ReportRange, requireRange } from './report-range.ts';
import { readReportSubject, type ReportSubject } from './report-subject.ts';

export interface AccountLinesQuestion {
  accountCode: string;
  range: ReportRange;
  dimensions: ReportFilter['dimensions'];
  /** The page after this line, or before it; `end`: the last page. Without either the first one. */
  after?: LineKey | undefined;
  before?: LineKey | 'end' | undefined;
  size: number;
}

export interface AccountLine {
  key: LineKey;
  series: string;
  sequenceNumber: number;
  fiscalYear: number;
  memo: string;
  taxCode: string | null;
  /** VAT that the line caused, or null. */
  taxAmount: Ore | null;
  documentReference: string | null;
  voucherId: number | null;
  /** Type and name of what the line belongs to. */
  dimensions: { type: string; id: number; name: string }[];
  /** debit − credit */
  amount: Ore;
  debit: Ore;
  credit: Ore;
  /** After the line, debit − credit. */
  balance: Ore;
}

/** A page of the lines of one account with running balance, in order of date and entry. */
export interface AccountLines {
  clientAccountId: number;
  question: AccountLinesQuestion;
  subject: ReportSubject;
  account: ReportAccount;
  opening: Ore;
  debit: Ore;
  credit: Ore;
  closing: Ore;
  /** Balance before the first line of the page. */
  carried: Ore;
  lines: AccountLine[];
  hasEarlier: boolean;
  hasLater: boolean;
  printedAt: Date;
  /** Names of the dimensions that the lines were narrowed to. */
  names: ReadonlyMap<number, string>;
}

/** Lines behind a figure of a report. Any page costs the same: it is found by its key, its balance from month balances. */
export const getAccountLines = readOperation({
  name: 'report.account-lines',
  access: { kind: 'client', scope: 'read:accounting', roles: READERS },
  async run({ platform, tx, clientAccountId, now }, question: AccountLinesQuestion): Promise<AccountLines> {
    const { range, accountCode, dimensions } = question;
    requireRange(range);
    const filter: ReportFilter = { codes: [accountCode], ranges: [], dimensions };
    const account = (await readChart(tx, platform.database, clientAccountId, range.to))(accountCode);
    const figures = await readFigures(tx, platform.database, clientAccountId, range, filter);
    const { opening, debit, credit } = sumsOf(figures, account);
    const statement = accountLinesStatement({ clientAccountId, ...question });
    const found = await tx.named<LineRow>(statement.name, statement.text, statement.values);
    const backwards = question.before !== undefined;
    const more = found.length > question.size;
    const rows = found.slice(0, question.size);
    if (backwards) rows.reverse();
    const carried = rows[0]
      ? opening + (await movedBefore(tx, platform.database, clientAccountId, rows[0], question))
      : opening;
    const members = rows.flatMap((row) => membersOf(row.dimension_key));
    const ids = [...members.map(({ id }) => id), ...dimensions.flatMap((dimension) => dimension.ids)];
    const names = await entityNames(tx, clientAccountId, new Set(ids));
    return {
      clientAccountId,
      question,
      subject: await readReportSubject(tx, clientAccountId),
      account,
      opening,
      debit,
      credit,
      closing: opening + debit - credit,
      carried,
      lines: withBalance(rows, carried, names),
      hasEarlier: backwards ? more : question.after !== undefined,
      hasLater: backwards ? question.before !== 'end' : more,
      printedAt: now,
      names,
    };
  },
});

function sumsOf(figures: readonly Figure[], account: ReportAccount) {
  const sums = { opening: 0n, debit: 0n, credit: 0n };
  for (const figure of figures) {
    sums.opening += figure.incoming + (carriesForward(account) ? figure.earlier : 0n);
    sums.debit += figure.debit;
    sums.credit += figure.credit;
  }
  return sums;
}

/** What moved from the beginning of the range up to, and without, the line. */
async function movedBefore(
  tx: Transaction,
  database: Database,
  clientAccountId: number,
  line: LineRow,
  { range, dimensions, accountCode }: AccountLinesQuestion,
): Promise<Ore> {
  let moved = 0n;
  const filter: ReportFilter = { codes: [accountCode], ranges: [], dimensions };
  if (line.entry_date > range.from) {
    const before = { from: range.from, to: addDays(line.entry_date, -1) };
    const figures = await readFigures(tx, database, clientAccountId, before, filter);
    for (const { debit, credit } of figures) moved += debit - credit;
  }
  const day = { from: line.entry_date, to: line.entry_date };
  const sum = accountLinesStatement({
    clientAccountId,
    accountCode,
    range: day,
    dimensions,
    before: keyOf(line),
    size: 0,
  });
  const [row] = await tx.named<{ moved: number }>(`${sum.name}-sum`, sum.sumText, sum.sumValues);
  return moved + ore(row!.moved);
}

function withBalance(rows: LineRow[], carried: Ore, names: ReadonlyMap<number, string>): AccountLine[] {
  let balance = carried;
  return rows.map((row) => {
    const amount = ore(row.debit) - ore(row.credit);
    balance += amount;
    return {
      key: keyOf(row),
      series: row.series,
      sequenceNumber: row.sequence_number,
      fiscalYear: row.fiscal_year,
      memo: row.memo,
      taxCode: row.tax_code,
      taxAmount: row.tax_amount === null ? null : ore(row.tax_amount),
      documentReference: row.document_reference,
      voucherId: row.voucher_id,
      dimensions: membersOf(row.dimension_key).map((member) => ({
        ...member,
        name: names.get(member.id) ?? String(member.id),
      })),
      amount,
      debit: ore(row.debit),
      credit: ore(row.credit),
      balance,
    };
  });
}

function keyOf(row: { entry_date: LocalDate; entry_id: number; line_no: number }): LineKey {
  return { date: row.entry_date, entryId: row.entry_id, lineNo: row.line_no };
}

function membersOf(key: string): { type: string; id: number }[] {
  if (key === '') return [];
  return key.split(',').map((member) => {
    const [type = '', id = ''] = member.split(':');
    return { type, id: Number(id) };
  });
}
