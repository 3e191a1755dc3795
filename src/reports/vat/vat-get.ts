import sql from 'sql-template-tag';
import { VAT_ACCOUNTS } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import { type KnownAt, readKnownAt } from '../figures/known-at.ts';
import { readFigures } from '../figures/ledger-figures.ts';
import { type ReportContext, reportOperation } from '../printed/report-operation.ts';
import { readChart, type ReportChart } from '../printed/report-chart.ts';
import { NO_FILTER } from '../foundations/report-filter.ts';
import { FROM_TO_DATE, type ReportRange, requireRange } from '../foundations/report-range.ts';
import { readReportSubject, type ReportSubject } from '../foundations/report-subject.ts';
import { readVatCodes, type VatCode } from './vat-codes.ts';
import { type Discrepancy, discrepancies } from './vat-discrepancies.ts';
import { type Sides, vatAccountsOf, vatFigures, type VatFigures } from './vat-report.ts';
import { LARGEST_NOTES, type LateEntry, readLateEntries, readVatNotes, readVatSums, type VatNote } from './vat-sums.ts';

export interface VatQuestion {
  range: ReportRange;
  /** The time of knowledge of the books; null: now. */
  asOf: Date | null;
}

export interface VatReport extends VatQuestion, VatFigures {
  clientAccountId: number;
  codes: readonly VatCode[];
  chart: ReportChart;
  discrepancies: readonly Discrepancy[];
  /** Entries whose VAT differs from their base, and other movements of the VAT accounts; at most `LARGEST_NOTES`. */
  notes: readonly VatNote[];
  hasMoreNotes: boolean;
  lateEntries: readonly LateEntry[];
  printedAt: Date;
}

/** Entries have dates from 1970 to 2199. */
const EVERY_DAY: ReportRange = { from: '1970-01-01', to: '2199-12-31' };

/** VAT per code for a range of days, of posted entries. Throws 422 for an impossible range. */
export const getVatReport = reportOperation('report.vat', readVatReport);

export async function readVatReport(
  { tx, database, clientAccountId, now }: ReportContext,
  question: VatQuestion,
): Promise<VatReport> {
  const { range, asOf } = question;
  requireRange(range, FROM_TO_DATE);
  const known = await readKnownAt(tx, clientAccountId, asOf, now);
  const codes = await readVatCodes(tx, clientAccountId, known);
  const sums = await readVatSums(tx, clientAccountId, range, known);
  const grouped = await accountsGroupedAsVat(tx, clientAccountId);
  const vatAccounts = vatAccountsOf(codes, grouped, sums);
  const movements = await readMovements({ tx, database, clientAccountId, now }, range, vatAccounts, known);
  const figuresWith = (used: ReadonlySet<string>) => vatFigures(codes, sums, movements, vatAccounts, range, used);
  const first = figuresWith(new Set());
  const figures = first.accounts.some(
    ({ unassigned }) => unassigned.debit !== unassigned.credit || unassigned.debit !== 0n,
  )
    ? figuresWith(await readUsedCodes(tx, clientAccountId, known))
    : first;
  const found = await readVatNotes(tx, clientAccountId, range, known);
  const notes = found.slice(0, LARGEST_NOTES);
  return {
    ...question,
    ...figures,
    clientAccountId,
    codes,
    chart: await readChart(tx, database, clientAccountId, range.to, known),
    discrepancies: discrepancies(figures.rows, figures.accounts, notes, range),
    notes,
    hasMoreNotes: found.length > notes.length,
    lateEntries: await readLateEntries(tx, clientAccountId, range, known),
    printedAt: now,
  };
}

/** Codes used by any entry, of any day. */
async function readUsedCodes(tx: Transaction, clientAccountId: number, known: KnownAt | null): Promise<Set<string>> {
  const sums = await readVatSums(tx, clientAccountId, EVERY_DAY, known);
  return new Set(sums.flatMap(({ codes }) => codes));
}

/**
 * A client account's own accounts that SAF-T classifies as VAT (grouping 2740): imported charts have their own numbers.
 */
async function accountsGroupedAsVat(tx: Transaction, clientAccountId: number): Promise<Set<string>> {
  const rows = await tx.rows<{ account_code: string }>(sql`
    select account_code from client_gl_accounts
    where client_account_id = ${clientAccountId} and is_own and saft_code = ${VAT_ACCOUNTS.before}`);
  return new Set(rows.map((row) => row.account_code));
}

/** Debit and credit of the VAT accounts in the range, from the balances. */
async function readMovements(
  { tx, database, clientAccountId }: ReportContext,
  range: ReportRange,
  vatAccounts: ReadonlySet<string>,
  known: KnownAt | null,
): Promise<Map<string, Sides>> {
  const filter = { ...NO_FILTER, codes: [...vatAccounts], ranges: [{ from: VAT_ACCOUNTS.from, to: '2739~' }] };
  const movements = new Map<string, Sides>();
  for (const { accountCode, debit, credit } of await readFigures(tx, database, clientAccountId, range, filter, known)) {
    const sum = movements.get(accountCode) ?? { debit: 0n, credit: 0n };
    movements.set(accountCode, { debit: sum.debit + debit, credit: sum.credit + credit });
  }
  return movements;
}

export async function readVatSubject(context: ReportContext, question: VatQuestion): Promise<ReportSubject> {
  const { tx, clientAccountId, now } = context;
  return readReportSubject(tx, clientAccountId, await readKnownAt(tx, clientAccountId, question.asOf, now));
}
