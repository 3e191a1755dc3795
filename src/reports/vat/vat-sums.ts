import sql, { raw } from 'sql-template-tag';
import type { LocalDate } from '../../kernel/local-date.ts';
import { type Ore, ore } from '../../kernel/money.ts';
import { CHOSEN_COLUMNS, NESTED_LOOPS, NO_NESTED_LOOPS, VAT_DATE, VAT_NOTES, vatSums } from '../../ledger/index.ts';
import type { Transaction } from '../../platform/database/pool.ts';
import type { KnownAt } from '../figures/known-at.ts';
import type { ReportRange } from '../foundations/report-range.ts';
import { vatPeriod } from './vat-period.ts';

/**
 * Sums of lines of one VAT code, rate and account. `base`: lines with the code as base; `vat`: VAT lines linked to
 * them; `near`: VAT lines without code in entries whose base lines have no VAT lines (`codes` are those of the base
 * lines).
 */
export interface VatSum {
  role: 'base' | 'vat' | 'near';
  codes: readonly string[];
  /** Percent as stored; null: there was none. */
  rate: string | null;
  deduction: string | null;
  account: string;
  /** First day of the month, for `near`, whose rate is that of the day. */
  month: LocalDate | null;
  debit: Ore;
  credit: Ore;
  lines: number;
}

/** An entry whose VAT needs an explanation (`vat_notes`). */
export interface VatNote {
  entryId: number;
  kind: 'difference' | 'settlement' | 'opening' | 'loose';
  codes: readonly string[];
  account: string | null;
  series: string;
  fiscalYear: number;
  number: number;
  date: LocalDate;
  base: { debit: Ore; credit: Ore };
  expected: { debit: Ore; credit: Ore };
  posted: { debit: Ore; credit: Ore };
}

/** Entries dated in one period whose VAT belongs to another. */
export interface LateEntry {
  entryId: number;
  series: string;
  fiscalYear: number;
  number: number;
  date: LocalDate;
  vatTerm: LocalDate;
}

/** The posting up to which sums are stored, and the last one in the report. */
interface Marks {
  folded: number;
  upTo: number;
}

async function readMarks(tx: Transaction, clientAccountId: number, known: KnownAt | null): Promise<Marks> {
  const [row] = await tx.named<{ folded: number; last: number }>(
    'vat-marks',
    `select coalesce((select posting_no from vat_folds where client_account_id = $1), 0) as folded,
      coalesce((select last_posting_no from client_account_heads where client_account_id = $1), 0) as last`,
    [clientAccountId],
  );
  return { folded: row!.folded, upTo: known ? known.postingNo : row!.last };
}

interface SumRow {
  role: VatSum['role'];
  codes: string[];
  tax_rate: string | null;
  tax_deduction: string | null;
  account_code: string;
  month: LocalDate | null;
  debit: number | string;
  credit: number | string;
  line_count: number | string;
}

const FOLDED = `
select role, codes, tax_rate, tax_deduction, account_code, case when role = 'near' then month end as month,
  sum(debit) as debit, sum(credit) as credit, sum(line_count) as line_count
from vat_balances where client_account_id = $1 and month between $2::date and $3::date
group by 1, 2, 3, 4, 5, 6`;

/** Entries posted after $2 and up to $3, with VAT from $4 to $5. */
const LATER = `
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no > $2::bigint and e.posting_no <= $3::bigint
    and ${VAT_DATE} between $4::date and $5::date`;

/** Entries posted up to $3, $2 of them summed, with VAT from $4 to $5: a few days of them. */
const DAYS = `
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no > $2::bigint and e.posting_no <= $3::bigint and e.vat_term is null
    and e.entry_date between $4::date and $5::date
  union all
  select ${CHOSEN_COLUMNS} from journal_entries e
  where e.client_account_id = $1 and e.posting_no > $2::bigint and e.posting_no <= $3::bigint
    and e.vat_term between $4::date and $5::date`;

const NEAR_MONTH = `date_trunc('month', vat_date)::date`;

const sumsOf = (chosen: string) => `
with chosen as materialized (${chosen}),
${vatSums(NEAR_MONTH)}
select role, codes, tax_rate, tax_deduction, account_code, case when role = 'near' then month end as month,
  sum(debit) as debit, sum(credit) as credit, sum(line_count) as line_count
from sums group by 1, 2, 3, 4, 5, 6`;

const SUMS_LATER = sumsOf(LATER);
const SUMS_DAYS = sumsOf(DAYS);

/**
 * Every sum of the range, exact at any time: whole months from the folded sums, plus the lines that are not folded yet,
 * and those of the days outside whole months. `known`: only entries posted by then; later ones are subtracted, or the
 * earlier ones are read, whichever are fewer.
 */
export async function readVatSums(
  tx: Transaction,
  clientAccountId: number,
  range: ReportRange,
  known: KnownAt | null,
): Promise<VatSum[]> {
  const { folded, upTo } = await readMarks(tx, clientAccountId, known);
  const { months, edges } = vatPeriod(range);
  const sums = new Map<string, VatSum>();
  const lines = async (from: number, to: number, days: ReportRange, factor: 1n | -1n, byDay = false) => {
    if (to <= from) return;
    const [name, text] = byDay ? ['vat-sums-days', SUMS_DAYS] : ['vat-sums-later', SUMS_LATER];
    const values = [clientAccountId, from, to, days.from, days.to];
    collect(sums, await fromLines<SumRow>(tx, name, text, values), factor);
  };
  if (upTo < folded / 2) {
    await lines(0, upTo, range, 1n);
    return [...sums.values()];
  }
  if (months) {
    collect(sums, await tx.named<SumRow>('vat-sums-folded', FOLDED, [clientAccountId, months.first, months.last]), 1n);
    await lines(upTo, folded, { from: months.first, to: lastDayOf(months.last, range) }, -1n);
  }
  await lines(folded, upTo, range, 1n);
  for (const edge of edges) await lines(0, Math.min(folded, upTo), edge, 1n, true);
  return [...sums.values()].filter((sum) => sum.debit !== 0n || sum.credit !== 0n || sum.lines !== 0);
}

async function fromLines<R>(tx: Transaction, name: string, text: string, values: unknown[]): Promise<R[]> {
  await tx.execute(raw(NO_NESTED_LOOPS));
  const rows = await tx.named<R>(name, text, values);
  await tx.execute(raw(NESTED_LOOPS));
  return rows;
}

/** The last day of the last whole month of the range. */
function lastDayOf(month: LocalDate, { to }: ReportRange): LocalDate {
  const end = `${month.slice(0, 8)}31`;
  return end < to ? end.replace(/\d\d$/, String(daysOf(month))) : to;
}

function daysOf(month: LocalDate): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

function collect(sums: Map<string, VatSum>, rows: readonly SumRow[], factor: 1n | -1n): void {
  for (const row of rows) {
    const key = JSON.stringify([row.role, row.codes, row.tax_rate, row.tax_deduction, row.account_code, row.month]);
    let sum = sums.get(key);
    if (!sum) {
      const { role, codes, tax_rate: rate, tax_deduction: deduction, account_code: account, month } = row;
      sums.set(key, (sum = { role, codes, rate, deduction, account, month, debit: 0n, credit: 0n, lines: 0 }));
    }
    sum.debit += factor * ore(row.debit);
    sum.credit += factor * ore(row.credit);
    sum.lines += Number(factor) * Number(row.line_count);
  }
}

interface NoteRow {
  vat_date: LocalDate;
  entry_id: number;
  kind: VatNote['kind'];
  codes: string[];
  account_code: string | null;
  series: string;
  fiscal_year: number;
  sequence_number: number;
  entry_date: LocalDate;
  base_debit: number | string;
  base_credit: number | string;
  expected_debit: number | string;
  expected_credit: number | string;
  posted_debit: number | string;
  posted_credit: number | string;
}

/** Most notes in a report; with more of them the user should look at the transactions. */
export const LARGEST_NOTES = 1_000;

const NOTE_TAIL = `
select n.vat_date, n.entry_id, n.kind, n.codes, n.account_code, e.series, e.fiscal_year, e.sequence_number, e.entry_date,
  n.base_debit, n.base_credit, n.expected_debit, n.expected_credit, n.posted_debit, n.posted_credit
from n join journal_entries e on e.client_account_id = $1 and e.id = n.entry_id
order by n.vat_date, n.entry_id, n.kind, n.codes, n.account_code limit ${LARGEST_NOTES + 1}`;

const NOTED = `
with n as materialized (
  select * from vat_notes where client_account_id = $1 and vat_date between $2::date and $3::date and posting_no <= $4::bigint
  order by vat_date, entry_id limit ${LARGEST_NOTES + 1}
)${NOTE_TAIL}`;

const NOTES_LATER = `
with chosen as materialized (${LATER}),
${vatSums(NEAR_MONTH)},
${VAT_NOTES},
n as (select * from notes)${NOTE_TAIL}`;

/** Notes of the range by date, one more than `LARGEST_NOTES` if there are more. */
export async function readVatNotes(
  tx: Transaction,
  clientAccountId: number,
  range: ReportRange,
  known: KnownAt | null,
): Promise<VatNote[]> {
  const { folded, upTo } = await readMarks(tx, clientAccountId, known);
  const rows = await tx.named<NoteRow>('vat-notes', NOTED, [clientAccountId, range.from, range.to, upTo]);
  if (upTo > folded)
    rows.push(
      ...(await fromLines<NoteRow>(tx, 'vat-notes-later', NOTES_LATER, [
        clientAccountId,
        folded,
        upTo,
        range.from,
        range.to,
      ])),
    );
  rows.sort((a, b) => compare(a.vat_date, b.vat_date) || a.entry_id - b.entry_id || compare(placeOf(a), placeOf(b)));
  return rows.map(noteOf).slice(0, LARGEST_NOTES + 1);
}

function placeOf({ kind, codes, account_code: account }: NoteRow): string {
  return JSON.stringify([kind, codes, account]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function noteOf(row: NoteRow): VatNote {
  return {
    entryId: row.entry_id,
    kind: row.kind,
    codes: row.codes,
    account: row.account_code,
    series: row.series,
    fiscalYear: row.fiscal_year,
    number: row.sequence_number,
    date: row.entry_date,
    base: { debit: ore(row.base_debit), credit: ore(row.base_credit) },
    expected: { debit: ore(row.expected_debit), credit: ore(row.expected_credit) },
    posted: { debit: ore(row.posted_debit), credit: ore(row.posted_credit) },
  };
}

/** Late entries that the range gains (dated outside it) or loses (dated in it, of another term), by date. */
export async function readLateEntries(
  tx: Transaction,
  clientAccountId: number,
  { from, to }: ReportRange,
  known: KnownAt | null,
): Promise<LateEntry[]> {
  const rows = await tx.rows<{
    id: number;
    series: string;
    fiscal_year: number;
    sequence_number: number;
    entry_date: LocalDate;
    vat_term: LocalDate;
  }>(sql`
    select e.id, e.series, e.fiscal_year, e.sequence_number, e.entry_date, e.vat_term from journal_entries e
    where e.client_account_id = ${clientAccountId} and e.vat_term is not null
      and (e.vat_term between ${from} and ${to}) <> (e.entry_date between ${from} and ${to})
      and e.posting_no <= ${known?.postingNo ?? Number.MAX_SAFE_INTEGER}
    order by e.entry_date, e.id limit ${LARGEST_NOTES}`);
  return rows.map((row) => ({
    entryId: row.id,
    series: row.series,
    fiscalYear: row.fiscal_year,
    number: row.sequence_number,
    date: row.entry_date,
    vatTerm: row.vat_term,
  }));
}
