import type { Ore } from '../../kernel/money.ts';
import { type BalanceSum, BalanceSums } from '../../ledger/index.ts';
import { ArrayColumn, UNDERWAY } from '../../platform/database/arrays.ts';
import { GiveWay } from '../../platform/database/give-way.ts';
import type { Ledger } from './ledger-head.ts';

/** A line ready to be inserted. */
export interface LineRow {
  account: string;
  debit: Ore;
  credit: Ore;
  dimensionSetId: number | null;
  partnerId: number | null;
  taxCode: string | null;
  taxRate: string | null;
  taxDeduction: string | null;
  taxAmount: Ore | null;
  baseLineNo: number | null;
  currencyCode: string | null;
  currencyAmount: string | null;
  exchangeRate: string | null;
  dueDate: string | null;
  paymentReference: string | null;
  documentReference: string | null;
  memo: string | null;
  origin: string | null;
}

export interface EntryRow {
  series: string;
  fiscalYear: number;
  number: number;
  date: string;
  period: number;
  memo: string;
  source: 'saf-t' | 'saf-t-opening' | 'saf-t-closing';
  total: Ore;
  origin: string;
}

/** For a line that has only its account and amount. */
const PLAIN = {
  dimensionSetId: null,
  partnerId: null,
  taxCode: null,
  taxRate: null,
  taxDeduction: null,
  taxAmount: null,
  baseLineNo: null,
  currencyCode: null,
  currencyAmount: null,
  exchangeRate: null,
  dueDate: null,
  paymentReference: null,
  documentReference: null,
  memo: null,
  origin: null,
} satisfies Partial<LineRow>;

/** A line of an account, with the given fields only. */
export function lineRow(
  account: string,
  { debit, credit }: { debit: Ore; credit: Ore },
  more: Partial<LineRow>,
): LineRow {
  return { account, debit, credit, ...PLAIN, ...more };
}

/** A line with a signed amount (debit positive) and at most a partner. */
export function accountLine(
  account: string,
  amount: Ore,
  partnerId: number | null = null,
  dimensionSetId: number | null = null,
): LineRow {
  const sides = { debit: amount > 0n ? amount : 0n, credit: amount < 0n ? -amount : 0n };
  return lineRow(account, sides, { dimensionSetId, partnerId });
}

const INSERT_ENTRIES = `
insert into journal_entries (client_account_id, id, posting_no, series, fiscal_year, sequence_number, entry_date, period,
  memo, source, debit_total, credit_total, line_count, posted_at, created_at, created_by_id, origin)
select $1, a, b, c, d, e, f, g, h, i, j, j, k, $2, $2, $3, l::jsonb
from unnest($4::bigint[], $5::bigint[], $6::text[], $7::int[], $8::int[], $9::date[], $10::int[], $11::text[], $12::text[],
  $13::bigint[], $14::int[], $15::text[]) as v (a, b, c, d, e, f, g, h, i, j, k, l)`;

const INSERT_LINES = `
insert into journal_entry_lines (client_account_id, entry_id, line_no, account_code, entry_date, debit, credit,
  dimension_set_id, business_partner_id, tax_code, tax_rate, tax_deduction, tax_amount, base_line_no, currency_code,
  currency_amount, exchange_rate, due_date, payment_reference, document_reference, memo, origin)
select $1, a, b, c, d, e, f, g, h, i, j::numeric, k::numeric, l, m, n, o::numeric, p::numeric, q, r, s, t, u::jsonb
from unnest($2::bigint[], $3::int[], $4::text[], $5::date[], $6::bigint[], $7::bigint[], $8::int[], $9::bigint[],
  $10::text[], $11::text[], $12::text[], $13::bigint[], $14::int[], $15::text[], $16::text[], $17::text[],
  $18::date[], $19::text[], $20::text[], $21::text[], $22::text[])
  as v (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u)`;

const ADD_BALANCES = `
insert into account_balances as old (client_account_id, account_code, month, dimension_set_id, debit, credit, line_count)
select $1, a, b, c, d, e, f
from unnest($2::text[], $3::date[], $4::int[], $5::bigint[], $6::bigint[], $7::int[]) as v (a, b, c, d, e, f)
order by a, b, c
on conflict (client_account_id, account_code, month, dimension_set_id)
  do update set debit = old.debit + excluded.debit, credit = old.credit + excluded.credit,
    line_count = old.line_count + excluded.line_count`;

const ENTRY_COLUMNS = [
  'bigint',
  'bigint',
  'text',
  'int',
  'int',
  'date',
  'int',
  'text',
  'text',
  'bigint',
  'int',
  'text',
] as const;
const LINE_COLUMNS = [
  ...(['bigint', 'int', 'text', 'date', 'bigint', 'bigint', 'int', 'bigint'] as const),
  ...(['text', 'text', 'text', 'bigint', 'int', 'text', 'text', 'text'] as const),
  ...(['date', 'text', 'text', 'text', 'text'] as const),
] as const;
const BALANCE_COLUMNS = ['text', 'date', 'int', 'bigint', 'bigint', 'int'] as const;

const LINES_PER_BATCH = 2_000;
const BALANCES_KEPT = 10_000;

/**
 * Writes final entries in large statements while the caller prepares the next ones: at most `UNDERWAY` batches are
 * being written while one is filled, so that the database never waits for the parser. Balances are summed here and
 * written folded. While others are busy, one batch is written at a time, with a pause after it.
 */
export class EntryWriter {
  readonly #ledger: Ledger;
  readonly #entries = ENTRY_COLUMNS.map((type) => new ArrayColumn(type));
  readonly #lines = LINE_COLUMNS.map((type) => new ArrayColumn(type));
  #balances = new BalanceSums();
  #lineCount = 0;
  readonly #underway: Promise<unknown>[] = [];
  #failure: unknown;
  /** Number of all entries added. */
  entries = 0;
  lines = 0;
  debit: Ore = 0n;
  /** Record ids of the first and the last entry; 0 for none. */
  firstId = 0;
  lastId = 0;
  /** Writes the records that lines refer to, before the lines. */
  readonly #before: () => Promise<void>;
  readonly #giveWay: GiveWay;

  constructor(ledger: Ledger, before: () => Promise<void>) {
    this.#ledger = ledger;
    this.#before = before;
    this.#giveWay = new GiveWay(ledger.tx);
  }

  add(entry: EntryRow, lines: readonly LineRow[]): void {
    const id = this.#ledger.takeId();
    if (this.firstId === 0) this.firstId = id;
    this.lastId = id;
    this.#addEntry(id, entry, lines.length);
    for (let i = 0; i < lines.length; i++) this.#addLine(id, i + 1, entry.date, lines[i]!);
    this.#balances.add(entry.date, lines);
    this.entries++;
    this.lines += lines.length;
    this.debit += entry.total;
  }

  /** True if there is enough for a statement. */
  get isFull(): boolean {
    return this.#lineCount >= LINES_PER_BATCH;
  }

  #addEntry(id: number, entry: EntryRow, lineCount: number): void {
    const columns = this.#entries;
    columns[0]!.bigint(id);
    columns[1]!.bigint(this.#ledger.takePostingNo(entry.total));
    columns[2]!.text(entry.series);
    columns[3]!.int(entry.fiscalYear);
    columns[4]!.int(entry.number);
    columns[5]!.date(entry.date);
    columns[6]!.int(entry.period);
    columns[7]!.text(entry.memo);
    columns[8]!.text(entry.source);
    columns[9]!.bigint(entry.total);
    columns[10]!.int(lineCount);
    columns[11]!.text(entry.origin);
  }

  #addLine(id: number, lineNo: number, date: string, line: LineRow): void {
    const columns = this.#lines;
    columns[0]!.bigint(id);
    columns[1]!.int(lineNo);
    columns[2]!.text(line.account);
    columns[3]!.date(date);
    columns[4]!.bigint(line.debit);
    columns[5]!.bigint(line.credit);
    columns[6]!.int(line.dimensionSetId);
    columns[7]!.bigint(line.partnerId);
    columns[8]!.text(line.taxCode);
    columns[9]!.text(line.taxRate);
    columns[10]!.text(line.taxDeduction);
    columns[11]!.bigint(line.taxAmount);
    columns[12]!.int(line.baseLineNo);
    columns[13]!.text(line.currencyCode);
    columns[14]!.text(line.currencyAmount);
    columns[15]!.text(line.exchangeRate);
    columns[16]!.date(line.dueDate);
    columns[17]!.text(line.paymentReference);
    columns[18]!.text(line.documentReference);
    columns[19]!.text(line.memo);
    columns[20]!.text(line.origin);
    this.#lineCount++;
  }

  /**
   * Sends the collected entries, after waiting for the oldest batch if too many are under way: this limits the pace of
   * reading.
   */
  async send(): Promise<void> {
    if (this.#underway.length === UNDERWAY) await this.#underway.shift();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#lineCount === 0) return;
    const isAsked = this.#giveWay.isAsked();
    const begun = this.#giveWay.now();
    const { tx, clientAccountId, now, userId } = this.#ledger;
    const entries = [clientAccountId, now, userId, ...this.#entries.map((column) => column.take())];
    const lines = [clientAccountId, ...this.#lines.map((column) => column.take())];
    this.#lineCount = 0;
    const balances = this.#balances.all.length >= BALANCES_KEPT ? this.#takeBalances() : null;
    // In this order, sent without waiting for responses.
    const writing = [
      this.#before(),
      tx.named('saf-t-insert-entries', INSERT_ENTRIES, entries),
      tx.named('saf-t-insert-lines', INSERT_LINES, lines),
    ];
    if (balances) writing.push(this.#writeBalances(balances));
    this.#underway.push(
      Promise.all(writing).catch((error: unknown) => {
        this.#failure ??= error;
      }),
    );
    if (!isAsked) return;
    await this.#settled();
    await this.#giveWay.pause(begun);
  }

  async finish(): Promise<void> {
    await this.send();
    await this.#settled();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#writeBalances(this.#takeBalances());
  }

  /** The database's first error, after everything under way has ended; undefined if there is none. */
  async failure(): Promise<unknown> {
    await this.#settled();
    return this.#failure;
  }

  /** After a fault nothing more is written; batches under way end first. */
  async abandon(): Promise<void> {
    await this.#settled();
    for (const column of [...this.#entries, ...this.#lines]) column.take();
    this.#lineCount = 0;
    this.#takeBalances();
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#underway.splice(0));
  }

  #takeBalances(): readonly BalanceSum[] {
    const { all } = this.#balances;
    this.#balances = new BalanceSums();
    return all;
  }

  async #writeBalances(balances: readonly BalanceSum[]): Promise<void> {
    const { tx, clientAccountId } = this.#ledger;
    for (let from = 0; from < balances.length; from += LINES_PER_BATCH) {
      const columns = BALANCE_COLUMNS.map((type) => new ArrayColumn(type));
      for (const balance of balances.slice(from, from + LINES_PER_BATCH)) {
        columns[0]!.text(balance.account);
        columns[1]!.date(balance.month);
        columns[2]!.int(balance.set);
        columns[3]!.bigint(balance.debit);
        columns[4]!.bigint(balance.credit);
        columns[5]!.int(balance.lines);
      }
      await tx.named('saf-t-add-balances', ADD_BALANCES, [clientAccountId, ...columns.map((column) => column.take())]);
    }
  }
}
